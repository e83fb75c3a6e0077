"""Two people never become one sheet, and a user's own files stay."""

from __future__ import annotations

from pathlib import Path

import pytest

from screentest.prep.core.errors import OutputExists, OutputNotWritable
from screentest.prep.stills.folder import keep_sheet, sheet_folder

JOE = {"frontal.jpg": b"joe", "left.jpg": b"joe, left", "sheet.jpg": b"joe twice"}
ANN = {"frontal.jpg": b"ann", "up.jpg": b"ann, up", "sheet.jpg": b"ann twice"}


def held(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_the_same_sheet_may_be_made_again(tmp_path: Path) -> None:
    keep_sheet(tmp_path, JOE, overwrite=False)
    keep_sheet(tmp_path, JOE, overwrite=False)
    assert held(tmp_path) == JOE


@pytest.mark.parametrize("left", ["frontal.jpg", "left.jpg"])
def test_another_sheet_is_refused_before_anything_is_written(left: str, tmp_path: Path) -> None:
    (tmp_path / left).write_bytes(JOE[left])
    with pytest.raises(OutputExists, match=left):
        keep_sheet(tmp_path, ANN, overwrite=False)
    assert held(tmp_path) == {left: JOE[left]}


def test_replacing_a_sheet_leaves_no_still_of_the_other_person(tmp_path: Path) -> None:
    keep_sheet(tmp_path, JOE, overwrite=False)
    (tmp_path / "notes.txt").write_bytes(b"mine")
    keep_sheet(tmp_path, ANN, overwrite=True)
    assert held(tmp_path) == {**ANN, "notes.txt": b"mine"}


def test_a_folder_in_a_still_s_place_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "frontal.jpg").mkdir()
    with pytest.raises(OutputNotWritable, match=r"frontal\.jpg"):
        keep_sheet(tmp_path, JOE, overwrite=True)
    assert (tmp_path / "frontal.jpg").is_dir()


def test_a_folder_is_made_where_it_is_missing_and_no_deeper(tmp_path: Path) -> None:
    assert sheet_folder(tmp_path / "new").is_dir()
    with pytest.raises(OutputNotWritable, match="cannot be made"):
        sheet_folder(tmp_path / "no" / "such")


def test_a_private_sheet_is_for_its_owner_alone_however_deep(tmp_path: Path) -> None:
    folder = sheet_folder(tmp_path / "home" / "stills" / "joe", private=True)
    keep_sheet(folder, JOE, overwrite=False, private=True)
    keep_sheet(folder, JOE, overwrite=False, private=True)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o600}
    assert held(folder) == JOE
