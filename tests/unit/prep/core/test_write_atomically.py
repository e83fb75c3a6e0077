"""Small files written in one call: whole or not at all, and private."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from screentest.prep.core.errors import OutputNotWritable
from screentest.prep.core.files import write_atomically


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_content_is_there_whole_and_alone(tmp_path: Path) -> None:
    write_atomically(tmp_path / "a.json", b"{}")
    assert (tmp_path / "a.json").read_bytes() == b"{}"
    assert names(tmp_path) == ["a.json"]


@pytest.mark.parametrize("mode", [0o600, 0o640])
def test_a_file_is_its_owners_unless_somebody_else_may_read_it(tmp_path: Path, mode: int) -> None:
    before = os.umask(0)
    try:
        (tmp_path / "a.json").touch(0o666)
        write_atomically(tmp_path / "a.json", b"{}", mode=mode)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a.json").stat().st_mode) == mode


def test_a_reader_who_has_it_open_keeps_the_old_content(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b"old")
    with (tmp_path / "a.json").open("rb") as reader:
        write_atomically(tmp_path / "a.json", b"new")
        assert reader.read() == b"old"
    assert (tmp_path / "a.json").read_bytes() == b"new"


def test_a_missing_folder_is_reported_with_what_was_to_be_written(tmp_path: Path) -> None:
    with pytest.raises(OutputNotWritable, match="list of ports cannot be written"):
        write_atomically(tmp_path / "none" / "a.json", b"{}", what="list of ports")


def test_a_folder_in_the_files_place_is_reported_and_not_changed(tmp_path: Path) -> None:
    (tmp_path / "a.json").mkdir()
    with pytest.raises(OutputNotWritable):
        write_atomically(tmp_path / "a.json", b"{}")
    assert names(tmp_path) == ["a.json"]
