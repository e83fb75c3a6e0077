"""Footage whose note of its rotation is wrong: said, with the turn that fixes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from screentest import Wishes, prepare
from screentest.prep.core.errors import NoUsableSegment
from screentest.prep.pipeline import choose
from tests.conftest import Footage


@pytest.mark.parametrize("turn_deg", [90, 180, 270])
def test_a_face_that_a_wrong_rotation_lays_down_is_said(turn_deg: int, face_clip: Path) -> None:
    choice = choose(face_clip, Wishes(start_s=27.0, length_s=3.0, rotate_deg=turn_deg))
    (said,) = choice.warnings
    assert "leave the rotation out" in said
    assert ("upside down" in said) == (turn_deg == 180)


def test_where_a_face_is_insisted_on_the_error_tells_the_turn(footage: Footage) -> None:
    with pytest.raises(NoUsableSegment) as caught:
        choose(footage("face-with-sound"), Wishes(subject="face", rotate_deg=90))
    assert caught.value.remedies[1].values == ("rotate_deg",)


def test_nothing_is_said_of_an_upright_face(face_clip: Path) -> None:
    assert not choose(face_clip, Wishes(start_s=27.0, length_s=3.0)).warnings


def test_nothing_is_said_where_no_face_shows(footage: Footage) -> None:
    assert not choose(footage("pattern-720p"), Wishes(start_s=0.0)).warnings


def test_the_warning_comes_with_the_clip(face_clip: Path, tmp_path: Path) -> None:
    wishes = Wishes(start_s=27.0, length_s=2.0, rotate_deg=180)
    assert "upside down" in prepare(face_clip, wishes, out=tmp_path / "out.mp4").clip.warnings[0]
