"""Who is in a video: what is sent of each, in which order, and how a prompt says so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from screentest.client.errors import ConfigError
from screentest.client.remote.models.wan import WAN_3_REFERENCE
from screentest.client.remote.video_models import TEXT_MODEL, video_model_of
from screentest.client.videos.cast import (
    Member,
    ReferenceFile,
    files_of,
    lengths_s,
    named_at,
    references_of,
    require_room,
    with_stills_shared,
)
from tests.unit.client.cli.output.test_history import a_record

JOE = a_record(name="Joe", character_no=1, character_id="char_1")


def by_clip(name: str, number: int) -> Member:
    row = replace(JOE, name=name, character_no=number)
    return Member(row, "video", (ReferenceFile(f"/{name}.mp4", name),), 4.0)


def by_stills(name: str, number: int, count: int) -> Member:
    files = tuple(ReferenceFile(f"/{name}-{one}.jpg", f"{name}{one}") for one in range(count))
    return Member(replace(JOE, name=name, character_no=number), "images", files)


CAST = (by_stills("Rex", 1, 3), by_clip("Joe", 2), by_stills("Max", 3, 2), by_clip("Ann", 4))


def test_clips_go_before_stills_and_each_place_counts_its_own_kind() -> None:
    assert [file.sha256 for file in files_of(CAST)] == [
        "Joe",
        "Ann",
        "Rex0",
        "Rex1",
        "Rex2",
        "Max0",
        "Max1",
    ]
    assert [(one.name, one.place, one.way) for one in named_at(CAST)] == [
        ("Rex", 1, "images"),
        ("Joe", 1, "video"),
        ("Max", 4, "images"),
        ("Ann", 2, "video"),
    ]
    assert lengths_s(CAST) == (4.0, 4.0)


def test_what_is_recorded_is_the_hash_and_what_is_sent_the_url() -> None:
    cast = (by_stills("Rex", 1, 1), by_clip("Joe", 2))
    recorded, sent = references_of(cast), references_of(cast, ("https://clip", "https://still"))
    assert (recorded.clips, recorded.stills) == (("Joe",), ("Rex0",))
    assert (sent.clips, sent.stills) == (("https://clip",), ("https://still",))
    assert references_of([Member(JOE)]).ids == ("char_1",)


@pytest.mark.parametrize(("count", "each"), [(1, 10), (2, 5), (3, 3), (4, 2), (6, 1), (10, 1)])
def test_stills_are_shared_so_that_all_together_fit(count: int, each: int) -> None:
    cast = [by_stills(f"A{number}", number, 10) for number in range(count)]
    assert [len(one.files) for one in with_stills_shared(cast, most=10)] == [each] * count


@pytest.mark.parametrize(
    ("cast", "said"),
    [
        ([by_clip(f"A{number}", number) for number in range(5)], None),
        ([by_clip(f"A{number}", number) for number in range(6)], "6 characters are too many"),
        ([by_clip("Joe", 1), by_stills("Joe", 1, 1)], "is named twice"),
        ([by_clip("Joe", 1), by_clip("Joe", 2)], "cannot tell them apart"),
    ],
)
def test_a_cast_must_fit_and_be_told_apart(cast: list[Member], said: str | None) -> None:
    if said is None:
        require_room(cast, WAN_3_REFERENCE)
        return
    with pytest.raises(ConfigError, match=said):
        require_room(cast, WAN_3_REFERENCE)


def test_files_are_counted_by_kind() -> None:
    assert WAN_3_REFERENCE.cast
    narrow = replace(WAN_3_REFERENCE, cast=replace(WAN_3_REFERENCE.cast, most_clips=1, most_stills=1))
    require_room([by_clip("Joe", 1), by_stills("Rex", 2, 3)], narrow)
    for other in (by_clip("Ann", 3), by_stills("Max", 3, 1)):
        with pytest.raises(ConfigError, match="too many"):
            require_room([by_clip("Joe", 1), by_stills("Rex", 2, 3), other], narrow)


def test_ids_of_two_models_are_no_files() -> None:
    require_room([Member(JOE)], video_model_of(TEXT_MODEL))
    assert files_of([Member(JOE)]) == ()
