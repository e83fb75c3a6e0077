"""Interrupted runs: a clip is there whole or not at all, and nothing else is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from screentest import clip, probe, segment_at
from screentest.prep.core.errors import OutputNotWritable
from tests.conftest import Footage
from tests.permissions import bound_by_permissions
from tests.waiting import HANG_S, until


def begun(raw: Path, folder: Path) -> subprocess.Popen[bytes]:
    """A run of the command that has begun to write its clip."""
    words = [
        sys.executable,
        "-m",
        "screentest.client.cli",
        "clip",
        raw,
        "--start",
        "0",
        "-o",
        folder / "out.mp4",
    ]
    child = subprocess.Popen(
        [str(word) for word in words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "SCREENTEST_HOME": str(folder.parent / "home")},
    )

    def is_writing() -> bool:
        assert child.poll() is None, "it ended before it could be interrupted"
        return any(part.stat().st_size for part in folder.rglob(".screentest-*.part") if part.is_file())

    until(is_writing)
    return child


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "clips"
    made.mkdir()
    return made


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_leaves_nothing(sent: signal.Signals, footage: Footage, folder: Path) -> None:
    child = begun(footage("pattern-8k"), folder)
    child.send_signal(sent)
    assert child.wait(HANG_S) == 130
    assert list(folder.iterdir()) == []


def test_what_a_killed_run_leaves_goes_away_with_the_next(footage: Footage, folder: Path) -> None:
    child = begun(footage("pattern-8k"), folder)
    child.kill()
    child.wait(HANG_S)
    assert not (folder / "out.mp4").exists()
    source = probe(footage("quadrants"))
    clip(source, segment_at(source, start_s=0.0), out=folder / "next.mp4")
    assert [f.name for f in folder.iterdir()] == ["next.mp4"]


def test_a_run_killed_beside_an_older_clip_leaves_that_clip_alone(
    footage: Footage, folder: Path
) -> None:
    source = probe(footage("quadrants"))
    clip(source, segment_at(source, start_s=0.0), out=folder / "out.mp4")
    older = (folder / "out.mp4").read_bytes()
    child = begun(footage("pattern-8k"), folder)
    child.kill()
    child.wait(HANG_S)
    assert len(list(folder.iterdir())) == 2
    clip(source, segment_at(source, start_s=0.0), out=folder / "next.mp4")
    assert sorted(f.name for f in folder.iterdir()) == ["next.mp4", "out.mp4"]
    assert (folder / "out.mp4").read_bytes() == older


def test_a_run_beside_another_does_not_sweep_its_work_away(footage: Footage, folder: Path) -> None:
    child = begun(footage("pattern-8k"), folder)
    source = probe(footage("quadrants"))
    clip(source, segment_at(source, start_s=0.0), out=folder / "other.mp4")
    assert child.wait(HANG_S) == 0
    assert sorted(f.name for f in folder.iterdir()) == ["other.mp4", "out.mp4"]


def test_a_long_name_in_any_script_works(footage: Footage, folder: Path) -> None:
    source = probe(footage("quadrants"))
    name = "ü" * 120 + ".mp4"
    clip(source, segment_at(source, start_s=0.0), out=folder / name)
    assert [f.name for f in folder.iterdir()] == [name]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere root cannot be bound")
def test_a_folder_that_refuses_is_named_and_stays_empty(footage: Footage, folder: Path) -> None:
    folder.chmod(0o500)
    source = probe(footage("quadrants"))
    with bound_by_permissions(), pytest.raises(OutputNotWritable, match="clips"):
        clip(source, segment_at(source, start_s=0.0), out=folder / "out.mp4")
    assert list(folder.iterdir()) == []
