"""Where a clip goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from screentest import SORA_2, prepare
from screentest.prep.clipping.place import (
    clip_place,
    require_clip_name,
    require_not_footage,
    require_perhaps_ours,
)
from screentest.prep.core.errors import ImpossibleWish, NotFound, OutputExists


def test_without_a_name_it_is_called_like_its_footage_in_the_current_folder() -> None:
    assert clip_place("/footage/joe raw.MOV") == Path("joe raw.clip.mp4")


def test_in_a_folder_it_has_its_usual_name(tmp_path: Path) -> None:
    assert clip_place("/footage/joe.mov", tmp_path) == tmp_path / "joe.clip.mp4"


def test_a_name_is_taken_as_it_is() -> None:
    assert clip_place("joe.mov", "out/clip.mp4") == Path("out/clip.mp4")


@pytest.mark.parametrize("name", ["clip.mov", "clip.MKV", "clip.jpg", "clip.html", "clip.txt"])
def test_a_name_of_another_format_is_refused_with_one_that_fits(name: str) -> None:
    with pytest.raises(ImpossibleWish) as caught:
        clip_place("joe.mp4", name)
    assert caught.value.hint == "Name it clip.mp4."


@pytest.mark.parametrize("name", ["clip.mp4", "clip", "clip.v2", "clip.m4v"])
def test_other_names_are_left_to_whoever_gives_them(name: str) -> None:
    require_clip_name(Path(name))


def test_standard_output_is_no_place_for_a_clip() -> None:
    with pytest.raises(ImpossibleWish, match="not to standard output"):
        clip_place("joe.mp4", "-")
    with pytest.raises(ImpossibleWish, match="A video is written to a file"):
        require_clip_name(Path("-"), what="video")


@pytest.mark.parametrize("content", [b"my novel", b""])
def test_a_file_that_is_no_clip_is_not_ours(content: bytes, tmp_path: Path) -> None:
    target = tmp_path / "joe.mp4"
    target.write_bytes(content)
    with pytest.raises(OutputExists, match="already exists with other content"):
        require_perhaps_ours(target, SORA_2)


def test_a_video_that_no_model_takes_is_not_ours(face_clip: Path) -> None:
    with pytest.raises(OutputExists):
        require_perhaps_ours(face_clip, SORA_2)


def test_footage_is_known_by_any_of_its_names(tmp_path: Path) -> None:
    raw, link = tmp_path / "raw.mp4", tmp_path / "clip.mp4"
    raw.write_bytes(b"film")
    link.symlink_to(raw)
    with pytest.raises(OutputExists, match="is the footage itself"):
        require_not_footage(link, raw)
    require_not_footage(tmp_path / "other.mp4", raw)
    require_not_footage(raw, tmp_path / "gone.mp4")


def test_what_would_not_be_replaced_is_told_before_the_footage_is_looked_for(tmp_path: Path) -> None:
    target = tmp_path / "joe.mp4"
    target.write_bytes(b"my novel")
    with pytest.raises(OutputExists):
        prepare(tmp_path / "no such.mov", out=target)
    with pytest.raises(NotFound):
        prepare(tmp_path / "no such.mov", out=target, overwrite=True)
