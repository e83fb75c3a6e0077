"""What of an order makes it another registration."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from screentest.client.characters.order import overrides_of, that_change_something
from screentest.client.registry.identity import Wish
from screentest.client.remote.character_models import MODELS
from screentest.prep.core.errors import NotFound
from screentest.prep.core.wishes import Wishes
from tests.made_up import source

WISH = Wish("sandbox", "acc", "openai/sora-2/characters", "Joe", "/raw/joe.mov", "f00d", {})


def test_defaults_said_aloud_are_no_overrides() -> None:
    assert overrides_of(Wishes()) == {}


def test_the_same_second_written_otherwise_is_the_same_thing() -> None:
    whole = overrides_of(Wishes(start_s=8, orientation="portrait"))
    assert whole == overrides_of(Wishes(start_s=8.0, orientation="portrait"))
    assert replace(WISH, overrides=whole).identity == (
        replace(WISH, overrides={"orientation": "portrait", "start_s": 8.0}).identity
    )


@pytest.mark.parametrize(
    ("wishes", "said"),
    [
        (Wishes(length_s=3), {"length_s": 3.0}),
        (Wishes(subject="other"), {"subject": "other"}),
        (Wishes(person=2), {"person": 2.0}),
        (Wishes(fit="auto"), {"fit": "auto"}),
        (Wishes(orientation="landscape"), {"orientation": "landscape"}),
        (Wishes(rotate_deg=90), {"rotate_deg": 90.0}),
        (Wishes(audio_track=1), {"audio_track": 1.0}),
        (Wishes(audio="remove"), {"audio": "remove"}),
    ],
)
def test_whatever_was_said_counts(wishes: Wishes, said: dict[str, float | str]) -> None:
    assert overrides_of(wishes) == said


def test_a_description_counts() -> None:
    assert overrides_of(Wishes(), description="a fox") == {"description": "a fox"}


def test_a_photo_counts_by_its_content_so_that_it_may_move(tmp_path: Path) -> None:
    here, there = tmp_path / "a.png", tmp_path / "b.png"
    here.write_bytes(b"a picture")
    there.write_bytes(b"a picture")
    assert overrides_of(Wishes(match=here)) == overrides_of(Wishes(match=str(there)))
    with pytest.raises(NotFound):
        overrides_of(Wishes(match=tmp_path / "gone.png"))


def test_a_landscape_asked_of_landscape_footage_is_what_was_paid_for_before() -> None:
    # It was the default of earlier releases, which did not count it.
    asked = Wishes(orientation="landscape", fit="crop")
    assert that_change_something(asked, source(width_px=640, height_px=480)) == Wishes(fit="crop")
    assert that_change_something(asked, source(width_px=480, height_px=480)) == Wishes(fit="crop")
    assert that_change_something(asked, source(width_px=480, height_px=640)) == asked
    upright = Wishes(orientation="portrait")
    assert that_change_something(upright, source(width_px=480, height_px=640)) == upright


def test_a_sound_to_be_kept_is_what_was_paid_for_before_where_it_is_kept_anyway() -> None:
    # It was the default of every model in earlier releases, which did not count it.
    asked, raw = Wishes(audio="keep"), source()
    sora, kling = (MODELS[name] for name in (WISH.model, "kwaivgi/kling-elements-advanced"))
    assert that_change_something(asked, raw, model=sora) == Wishes()
    assert that_change_something(asked, raw, model=kling) == asked, "else its voice would be left out"
    assert overrides_of(that_change_something(asked, raw, model=kling)) == {"audio": "keep"}
