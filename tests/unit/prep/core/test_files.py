"""A file appears whole or not at all, and what belongs to somebody else is never touched."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from screentest.prep.core.errors import DiskFull, OutputNotWritable
from screentest.prep.core.files import (
    atomic_file,
    may_write,
    not_writable,
    scratch_folder_beside,
    sha256_of,
)
from tests.permissions import bound_by_permissions

# Begins a file, says so, and waits to be killed.
WRITER = """
import sys, time
from pathlib import Path
from screentest.prep.core.files import {kind}
with {kind}(Path(sys.argv[1])) as part:
    (part / "frame.png" if part.is_dir() else part).write_bytes(b"half a clip")
    print(part, flush=True)
    time.sleep(600)
"""

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere root cannot be bound")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "clips"
    made.mkdir()
    return made


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def test_nothing_has_the_name_before_all_of_it_is_written(folder: Path) -> None:
    target = folder / "clip.mp4"
    with atomic_file(target) as part:
        part.write_bytes(b"half")
        assert not target.exists()
        part.write_bytes(b"all of it")
    assert target.read_bytes() == b"all of it"
    assert names(folder) == ["clip.mp4"]


def test_work_in_progress_is_hidden_and_lies_beside_its_target(folder: Path) -> None:
    with atomic_file(folder / "clip.mp4") as part:
        assert part.parent == folder
        assert part.name.startswith(".")


def test_an_older_clip_stays_until_the_new_one_is_whole(folder: Path) -> None:
    target = folder / "clip.mp4"
    target.write_bytes(b"old")
    with atomic_file(target) as part:
        part.write_bytes(b"new")
        assert target.read_bytes() == b"old"
    assert target.read_bytes() == b"new"


def begun_and_broken_off(target: Path, error: BaseException) -> None:
    with atomic_file(target) as part:
        part.write_bytes(b"half")
        raise error


@pytest.mark.parametrize("error", [ValueError("boom"), KeyboardInterrupt()])
def test_a_write_that_fails_leaves_the_older_clip_and_nothing_else(
    error: BaseException, folder: Path
) -> None:
    target = folder / "clip.mp4"
    target.write_bytes(b"old")
    with pytest.raises(type(error)):
        begun_and_broken_off(target, error)
    assert target.read_bytes() == b"old"
    assert names(folder) == ["clip.mp4"]


@pytest.mark.parametrize("kind", ["atomic_file", "scratch_folder_beside"])
def test_what_a_killed_writer_left_goes_away_with_the_next_write(kind: str, folder: Path) -> None:
    command = [sys.executable, "-c", WRITER.format(kind=kind), str(folder / "clip.mp4")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        left = Path(writer.stdout.readline().strip())
        writer.send_signal(signal.SIGKILL)
    assert names(folder) == [left.name]
    with atomic_file(folder / "next.mp4") as part:
        part.write_bytes(b"next")
    assert names(folder) == ["next.mp4"]


def test_two_writers_of_one_target_do_not_sweep_each_other_away(folder: Path) -> None:
    target = folder / "clip.mp4"
    with atomic_file(target) as first:
        with atomic_file(target) as second:
            second.write_bytes(b"second")
        assert first.exists()
        first.write_bytes(b"first")
    assert target.read_bytes() == b"first"


def test_a_room_in_use_survives_another_writer(folder: Path) -> None:
    with scratch_folder_beside(folder / "clip.mp4") as room:
        (room / "frame.png").write_bytes(b"picture")
        with atomic_file(folder / "other.mp4") as part:
            part.write_bytes(b"other")
        assert (room / "frame.png").read_bytes() == b"picture"
    assert names(folder) == ["other.mp4"]


@pytest.mark.parametrize(
    "name", ["screentest-1.part", ".screentest-1", ".screentest-1.part.mp4", ".part"]
)
def test_files_that_are_not_ours_by_name_are_never_swept(name: str, folder: Path) -> None:
    (folder / name).write_bytes(b"somebody's own")
    with atomic_file(folder / "clip.mp4") as part:
        part.write_bytes(b"clip")
    assert (folder / name).read_bytes() == b"somebody's own"


def test_a_link_with_a_name_of_ours_leads_the_sweep_nowhere(folder: Path, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "footage.mp4").write_bytes(b"precious")
    (folder / ".screentest-0.part").symlink_to(precious)
    with atomic_file(folder / "clip.mp4") as part:
        part.write_bytes(b"clip")
    assert (precious / "footage.mp4").read_bytes() == b"precious"


def test_a_pipe_with_a_name_of_ours_does_not_block_the_write(folder: Path) -> None:
    os.mkfifo(folder / ".screentest-0.part")
    with atomic_file(folder / "clip.mp4") as part:
        part.write_bytes(b"clip")
    assert (folder / "clip.mp4").read_bytes() == b"clip"


def test_a_part_that_another_process_holds_is_left_to_it(folder: Path) -> None:
    held = folder / ".screentest-0.part"
    held.write_bytes(b"still being written")
    with held.open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with atomic_file(folder / "clip.mp4") as part:
            part.write_bytes(b"clip")
        assert held.exists()


def filled_and_broken_off(target: Path) -> None:
    with scratch_folder_beside(target) as room:
        (room / "deep" / "down").mkdir(parents=True)
        (room / "deep" / "down" / "frame.png").write_bytes(b"picture")
        raise ValueError("boom")


def test_a_room_goes_away_with_all_it_holds_even_after_an_error(folder: Path) -> None:
    with pytest.raises(ValueError, match="boom"):
        filled_and_broken_off(folder / "clip.mp4")
    assert names(folder) == []


def test_nobody_else_can_read_a_private_folder(folder: Path) -> None:
    with umask(0), scratch_folder_beside(folder / "clip.mp4") as room:
        assert stat.S_IMODE(room.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("mode", "mask", "wanted"),
    [(0o666, 0o022, 0o644), (0o666, 0o077, 0o600), (0o600, 0o022, 0o600), (0o600, 0, 0o600)],
)
def test_a_file_has_the_mode_asked_for_less_the_umask(
    mode: int, mask: int, wanted: int, folder: Path
) -> None:
    target = folder / "report.html"
    with umask(mask), atomic_file(target, mode=mode) as part:
        assert stat.S_IMODE(part.stat().st_mode) == wanted, "private from the first byte on"
    assert stat.S_IMODE(target.stat().st_mode) == wanted


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with (
        pytest.raises(OutputNotWritable, match=r"clip cannot be written to .*gone/clip\.mp4: no such"),
        atomic_file(tmp_path / "gone" / "clip.mp4"),
    ):
        pytest.fail("nothing can be written there")


def test_a_folder_at_the_target_is_reported_and_not_changed(folder: Path) -> None:
    (folder / "clip.mp4").mkdir()
    with (
        pytest.raises(OutputNotWritable, match="is a directory"),
        atomic_file(folder / "clip.mp4") as part,
    ):
        part.write_bytes(b"clip")
    assert names(folder) == ["clip.mp4"]


@on_linux
def test_a_folder_that_refuses_is_named_and_stays_empty(folder: Path) -> None:
    folder.chmod(0o500)
    with (
        bound_by_permissions(),
        pytest.raises(OutputNotWritable, match="permission denied"),
        atomic_file(folder / "clip.mp4"),
    ):
        pytest.fail("nothing can be written there")
    assert names(folder) == []


@on_linux
def test_whether_a_folder_takes_files_is_known_before_any_work(folder: Path) -> None:
    with bound_by_permissions():
        assert may_write(folder)
        folder.chmod(0o500)
        assert not may_write(folder)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("what", ["clip", "report"])
def test_a_full_disk_is_reported_as_one_with_its_folder(code: int, what: str) -> None:
    error = not_writable(Path("/films/out.mp4"), OSError(code, os.strerror(code)), what)
    assert isinstance(error, DiskFull)
    assert error.message == f"The disk is full: there is no space for the {what} in /films."


def test_an_error_without_a_number_is_reported_in_its_own_words() -> None:
    error = not_writable(Path("/films/out.mp4"), OSError("Gone fishing"), "clip")
    assert isinstance(error, OutputNotWritable)
    assert error.message == "The clip cannot be written to /films/out.mp4: gone fishing."


def test_a_name_with_line_breaks_stays_on_one_line() -> None:
    error = not_writable(Path("/films/a\nb.mp4"), OSError(errno.EACCES, "Permission denied"), "clip")
    assert "\n" not in error.message


def test_the_hash_is_of_every_byte(folder: Path) -> None:
    content = os.urandom(3 << 20)
    (folder / "clip.mp4").write_bytes(content)
    assert sha256_of(folder / "clip.mp4") == hashlib.sha256(content).hexdigest()
