"""Whether the inputs that a service shows of a task are those of a row."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from screentest.client.characters.task import CHARACTER
from screentest.client.registry.videos import Video
from screentest.client.videos.place import as_recorded
from screentest.client.videos.task import video_to
from screentest.prep.stills.values import Still
from tests.registry_parts import (
    FILE_NAME,
    VIDEO_WISH,
    Registration,
    Registry,
    brought,
    video_brought,
)

KEY = f"screentest/0a/{'ab' * 32}.mp4"
OWN_URL = f"https://s3/b/{KEY}?X-Amz-Signature={'cd' * 32}"
OTHER_URL = f"https://s3/b/screentest/0b/{'ef' * 32}.mp4?X-Amz-Signature={'ab' * 32}"
IMAGE = {"prompt": "Joe waves.", "image": "ab" * 32}


@pytest.fixture
def registry(tmp_path: Path) -> Any:
    with Registry(tmp_path / FILE_NAME) as opened:
        yield opened


@pytest.fixture
def row(registry: Registry) -> Registration:
    return brought(registry, "unknown", key=KEY)


@pytest.mark.parametrize(
    ("inputs", "told"),
    [
        ({"name": "Joe", "video": OWN_URL}, True),
        ({"name": " joe", "video": OWN_URL}, True),
        ({"name": "Joe", "element_video_list": [OWN_URL]}, True),
        ({"name": "Ann", "video": OWN_URL}, False),
        ({"name": "Ann"}, False),
        # Another home's clip, or another clip of ours.
        ({"name": "Joe", "video": OTHER_URL}, False),
        # The service's own copy, whose name tells nothing.
        ({"name": "Joe", "video": "https://cdn/1.mp4"}, None),
        ({"name": "Joe"}, None),
        ({"video": OTHER_URL}, None),
        ({"name": 5}, None),
    ],
)
def test_a_characters_inputs_are_its_name_and_its_clip(
    row: Registration, inputs: dict[str, object], told: bool | None
) -> None:
    assert CHARACTER.matches(row, inputs) is told


@pytest.mark.parametrize(
    ("inputs", "told"),
    [
        ({"frontal_image": "{own}-1.jpg?a=b", "refer_images": ["{own}-2.jpg"]}, True),
        ({"refer_images": ["{own}-2.jpg"]}, True),
        ({"frontal_image": "https://s3/b/screentest/0a/images/{other}-1.jpg"}, False),
        ({"frontal_image": "https://s3/b/screentest/0b/images/{id}-1.jpg"}, False),
        ({"element_video_list": [OTHER_URL]}, False),
        ({"frontal_image": "https://cdn/1.jpg?{own}-1.jpg"}, None),
        ({}, None),
    ],
)
def test_a_character_by_stills_is_known_by_the_places_of_its_stills(
    registry: Registry, inputs: dict[str, object], told: bool | None
) -> None:
    row = brought(registry, "unknown")
    start = row.identity[:32]
    key = f"screentest/0a/images/{start}-1.jpg"
    still = Still("/s/1.jpg", "frontal", 1.0, 0.0, 0.0, 400, 300, 0.9, "/raw", "ab" * 32, 10)
    row = replace(row, object_key=key, stills=(still, replace(still, path="/s/2.jpg")))
    own = f"https://s3/b/screentest/0a/images/{start}"
    words = json.dumps({"name": "Joe", **inputs})
    for name, value in (("own", own), ("id", start), ("other", "0" * 32)):
        words = words.replace(f"{{{name}}}", value)
    assert CHARACTER.matches(row, json.loads(words)) is told


def test_a_clip_s_row_is_not_a_task_s_that_was_given_stills(row: Registration) -> None:
    url = f"https://s3/b/screentest/0a/images/{'0' * 32}-1.jpg"
    assert CHARACTER.matches(row, {"name": "Joe", "frontal_image": url}) is False


def test_a_character_without_an_object_goes_by_its_name(row: Registration) -> None:
    row = replace(row, object_key=None)
    assert CHARACTER.matches(row, {"name": "Joe", "video": OWN_URL}) is None
    assert CHARACTER.matches(row, {"name": "Ann", "video": OWN_URL}) is False


def video(registry: Registry, inputs: dict[str, object]) -> Video:
    return video_brought(registry, "unknown", wish=replace(VIDEO_WISH, inputs=inputs))


@pytest.mark.parametrize(
    ("asked", "inputs", "told"),
    [
        ({"prompt": "Joe waves."}, {"prompt": "Joe waves."}, True),
        ({"prompt": "Joe waves."}, {"prompt": "Joe waves.", "seed": -1}, True),
        ({"prompt": "Joe waves."}, {"prompt": "Joe runs."}, False),
        ({"prompt": "Joe waves."}, {}, None),
        ({"prompt": "Joe waves.", "duration": 4}, {"prompt": "Joe waves.", "duration": 8}, None),
        ({"prompt": "Joe waves."}, {"prompt": "Joe waves.", "image": "https://s/a.png"}, None),
        (IMAGE, {"prompt": "Joe waves."}, None),
        (IMAGE, {"prompt": "Joe waves.", "image": "https://s/other.png"}, None),
        (
            {"prompt": "Joe waves.", "image": as_recorded("https://s/a.png?id=1")},
            {"prompt": "Joe waves.", "image": "https://s/a.png?id=1"},
            True,
        ),
        (
            {"prompt": "Joe waves.", "image": as_recorded("https://s/a.png?id=1")},
            {"prompt": "Joe waves.", "image": "https://s/a.png?id=2"},
            None,
        ),
        # As a service shows it that keeps no queries.
        (
            {"prompt": "Joe waves.", "image": as_recorded("https://s/a.png?id=1")},
            {"prompt": "Joe waves.", "image": "https://s/a.png"},
            None,
        ),
        (
            {"prompt": "Joe waves.", "image": "https://s/a.png"},
            {"prompt": "Joe waves.", "image": "https://s/a.png?X-Amz-Signature=1"},
            True,
        ),
    ],
)
def test_a_videos_inputs_are_all_that_it_was_asked_for_with(
    registry: Registry, asked: dict[str, object], inputs: dict[str, object], told: bool | None
) -> None:
    kind = video_to(Path("/out.mp4"))
    assert kind.matches(video(registry, asked), inputs) is told


def test_a_videos_first_frame_is_known_by_its_place_in_the_bucket(registry: Registry) -> None:
    row = video(registry, dict(IMAGE))
    place = f"https://s3/b/screentest/0a/images/{row.identity[:32]}.png?X-Amz-Signature=1"
    assert video_to(Path("/out.mp4")).matches(row, {"prompt": "Joe waves.", "image": place}) is True


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        (["https://s3/b/f/images/{own}-1.mp4?X=1", "https://s3/b/f/images/{own}-2.jpg"], True),
        (["https://s3/b/f/images/{own}-1.mp4"], None),
        (["https://s3/b/f/images/{own}-1.mp4", "https://s3/b/f/images/{other}-2.jpg"], None),
        (["https://s3/b/f/images/{own}-1.mp4", "https://s3/b/x.jpg?for=/images/{own}-2.jpg"], None),
        (["https://s3/b/f/images/{own}-1.mp4", "https://s3/b/f/images/{own}-2.jpg/x"], None),
        ("https://s3/b/f/images/{own}-1.mp4", None),
        ([1, None], None),
    ],
)
def test_files_in_a_list_are_known_by_their_places_in_the_bucket(
    registry: Registry, sent: object, told: bool | None
) -> None:
    hashes = ["ab" * 32, "cd" * 32]
    row = video(registry, {"prompt": "Joe waves.", "reference_videos": hashes})
    text = json.dumps(sent).replace("{own}", row.identity[:32]).replace("{other}", "0" * 32)
    shown = {"prompt": "Joe waves.", "reference_videos": json.loads(text), "resolution": "720p"}
    assert video_to(Path("/out.mp4")).matches(row, shown) is told


@pytest.mark.parametrize(("shown", "told"), [("1", True), ("2", None), (1, None)])
def test_elements_in_a_list_are_known_by_their_ids(
    registry: Registry, shown: object, told: bool | None
) -> None:
    row = video(registry, {"prompt": "Joe waves.", "element_list": [{"element_id": "1"}]})
    inputs = {"prompt": "Joe waves.", "element_list": [{"element_id": shown, "name": "Joe"}]}
    assert video_to(Path("/out.mp4")).matches(row, inputs) is told


def test_a_query_tells_nothing_of_whose_first_frame_it_is(registry: Registry) -> None:
    row = video(registry, dict(IMAGE))
    other = f"https://s3/b/other.png?for={row.identity}"
    shown = {"prompt": "Joe waves.", "image": other}
    assert video_to(Path("/out.mp4")).matches(row, shown) is None
