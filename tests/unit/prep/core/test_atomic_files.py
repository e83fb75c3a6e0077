"""Files that appear whole or not at all, whatever happens while they are written."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from screentest.prep.core.errors import OutputNotWritable
from screentest.prep.core.files import atomic_file, scratch_folder_beside, write_atomically


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


def test_a_folder_that_does_not_exist_is_told_with_what_was_to_be_written(tmp_path: Path) -> None:
    with pytest.raises(OutputNotWritable, match="list of ports cannot be written"):
        write_atomically(tmp_path / "none" / "a.json", b"{}", what="list of ports")


def test_a_folder_in_the_files_place_is_told_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "a.json").mkdir()
    with pytest.raises(OutputNotWritable):
        write_atomically(tmp_path / "a.json", b"{}")
    assert names(tmp_path) == ["a.json"]


def test_an_error_halfway_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"old")

    def write_half() -> None:
        with atomic_file(tmp_path / "a.mp4") as part:
            part.write_bytes(b"half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_half()
    assert (tmp_path / "a.mp4").read_bytes() == b"old"
    assert names(tmp_path) == ["a.mp4"]


def test_what_a_killed_run_left_goes_away_and_what_a_running_one_writes_stays(tmp_path: Path) -> None:
    (tmp_path / ".screentest-dead.part").write_bytes(b"half")
    (tmp_path / ".screentest-note").write_bytes(b"not ours")
    with atomic_file(tmp_path / "a.mp4") as part:
        part.write_bytes(b"a")
        write_atomically(tmp_path / "b.mp4", b"b")
        assert part.exists()
    assert names(tmp_path) == [".screentest-note", "a.mp4", "b.mp4"]


def test_a_scratch_folder_is_private_and_goes_away_with_all_it_holds(tmp_path: Path) -> None:
    with scratch_folder_beside(tmp_path / "a.mp4") as folder:
        assert folder.parent == tmp_path
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        (folder / "b").mkdir()
        (folder / "b" / "c").write_bytes(b"c")
    assert names(tmp_path) == []


def test_a_scratch_folder_goes_away_after_an_error_too(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), scratch_folder_beside(tmp_path / "a.mp4"):
        raise RuntimeError
    assert names(tmp_path) == []
