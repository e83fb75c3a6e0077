"""Where a clip goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from screentest.prep.clipping.place import clip_place, require_clip_name
from screentest.prep.core.errors import ImpossibleWish


def test_without_a_name_it_is_called_like_its_footage_in_the_current_folder() -> None:
    assert clip_place("/footage/joe raw.MOV") == Path("joe raw.clip.mp4")


def test_in_a_folder_it_has_its_usual_name(tmp_path: Path) -> None:
    assert clip_place("/footage/joe.mov", tmp_path) == tmp_path / "joe.clip.mp4"


def test_a_name_is_taken_as_it_is() -> None:
    assert clip_place("joe.mov", "out/clip.mp4") == Path("out/clip.mp4")


@pytest.mark.parametrize("name", ["clip.mov", "clip.MKV", "clip.jpg"])
def test_a_name_of_another_format_is_refused_with_one_that_fits(name: str) -> None:
    with pytest.raises(ImpossibleWish) as caught:
        clip_place("joe.mp4", name)
    assert caught.value.hint == "Name it clip.mp4."


@pytest.mark.parametrize("name", ["clip.mp4", "clip", "clip.v2", "clip.m4v"])
def test_other_names_are_left_to_whoever_gives_them(name: str) -> None:
    require_clip_name(Path(name))
