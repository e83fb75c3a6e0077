"""A worker's scratch: its own, bounded, and swept by whoever comes next."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from screentest.client.worker.scratch import ScratchFile, scratch, sweep, to_sweep
from screentest.prep.core.errors import ConfigError


def test_the_longest_unused_go_first_and_what_is_old_goes_anyway() -> None:
    used_at = {"a": 10.0, "b": 30.0, "c": 20.0}
    files = [ScratchFile(Path(name), 5, at) for name, at in used_at.items()]
    gone = to_sweep(files, most_bytes=11, used_since_s=0.0)
    assert [str(one.path) for one in gone] == ["a"]
    gone = to_sweep(files, most_bytes=100, used_since_s=15.0)
    assert [str(one.path) for one in gone] == ["a"]
    assert to_sweep(files, most_bytes=15, used_since_s=0.0) == []


def test_a_sweep_leaves_what_is_not_a_file_alone(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("/etc/hostname")
    (tmp_path / "clip.mp4").write_bytes(b"123")
    sweep(tmp_path, most_bytes=0)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["folder", "link"]


def test_a_killed_workers_scratch_is_swept_by_the_next_and_a_living_ones_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCREENTEST_SCRATCH", str(tmp_path))
    program = (
        "from screentest.client.worker.scratch import scratch\n"
        "print(scratch().footage, flush=True)\n"
        "input()\n"
    )
    worker = subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert worker.stdout is not None
    assert worker.stdin is not None
    with worker.stdout, worker.stdin:
        theirs = Path(worker.stdout.readline().strip())
        ours = scratch()
        assert theirs.is_dir()
        assert ours.footage != theirs
        worker.kill()
        worker.wait()
    third = subprocess.run(
        [sys.executable, "-c", program], input="\n", capture_output=True, text=True, check=True
    )
    assert not theirs.exists(), "the killed one's"
    assert ours.footage.is_dir(), "a living one's"
    assert not Path(third.stdout.strip()).exists(), "one that ended by itself takes it along"


def test_a_folder_that_others_could_meddle_with_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SCREENTEST_SCRATCH", raising=False)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    base = tmp_path / f"screentest-{os.geteuid()}"
    base.mkdir(mode=0o777)
    base.chmod(0o777)
    with pytest.raises(ConfigError, match="not a folder of this user alone"):
        scratch()
    base.rmdir()
    base.symlink_to(tmp_path)
    with pytest.raises(ConfigError, match="not a folder of this user alone"):
        scratch()
    base.unlink()
    assert scratch().clips.is_dir()
    assert base.stat().st_mode & 0o777 == 0o700
