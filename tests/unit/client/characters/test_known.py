"""What a further registration of a character takes over from its first."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from screentest.client.characters.known import _from_origin
from screentest.client.characters.order import Order
from screentest.client.remote.character_models import MODELS
from screentest.prep.core.progress import SILENT
from screentest.prep.core.values import Subject
from screentest.prep.core.wishes import Wishes
from tests.made_up import source
from tests.registry_parts import CLIP, FILE_NAME, WISH, Registry, brought

KLING = MODELS["kwaivgi/kling-elements-advanced"]
FILM = source(duration_s=30.0, fingerprint=WISH.source_fingerprint)


def taken_over(
    tmp_path: Path, said: dict[str, float | str], *, subject: Subject = "face", **order: Any
) -> Wishes:
    """The wishes of an order for Kling about a character whose window at Sora is 8-12 s."""
    clip = replace(CLIP, segment=replace(CLIP.segment, subject=subject))
    with Registry(tmp_path / FILE_NAME) as registry:
        origin = brought(registry, "uploaded", wish=replace(WISH, overrides=said), clip=clip)
    asked = Order(FILM.path, "Joe", KLING.model_id, **order)
    return _from_origin(asked, FILM, origin, KLING, scans=tmp_path, watcher=SILENT)[0].wishes


@pytest.mark.parametrize("reference", ["auto", "video"])
def test_a_clip_keeps_the_window(tmp_path: Path, reference: str) -> None:
    wishes = taken_over(tmp_path, {}, reference=reference)
    assert (wishes.start_s, wishes.length_s) == (8.0, 4.0)


def test_stills_come_from_all_of_the_footage_as_a_window_shows_one_angle(tmp_path: Path) -> None:
    wishes = taken_over(tmp_path, {"person": 2.0}, reference="images")
    assert wishes == Wishes(person=2)
    assert taken_over(tmp_path, {}, reference="images", wishes=Wishes(start_s=1.0)) == Wishes(start_s=1)


def test_what_is_said_to_be_an_animal_goes_as_stills_of_all_the_footage_too(tmp_path: Path) -> None:
    assert taken_over(tmp_path, {"subject": "animal"}).start_s is None
    assert taken_over(tmp_path, {}, subject="other").start_s == 8.0, "a look may still find a face"


def test_what_the_owner_said_that_it_is_it_is_at_the_next_model(tmp_path: Path) -> None:
    assert taken_over(tmp_path, {"subject": "drawing"}) == Wishes(subject="drawing")
    assert taken_over(tmp_path, {"subject": "face"}).subject is None, "it was about the window"
    asked = Wishes(subject="animal")
    assert taken_over(tmp_path, {"subject": "drawing"}, wishes=asked).subject == "animal"


def test_a_track_that_was_chosen_elsewhere_is_not_one_to_clone(tmp_path: Path) -> None:
    assert taken_over(tmp_path, {"audio_track": 2.0}).audio_track is None
