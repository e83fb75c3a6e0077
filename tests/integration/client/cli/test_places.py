"""Places that a command is started in: no home, one for reading only, few letters, closed streams."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Footage
from tests.waiting import HANG_S

COMMAND = [sys.executable, "-m", "screentest.client.cli"]


@pytest.fixture(scope="module")
def short(footage: Footage) -> Path:
    """3 s of a face: quick to scan."""
    return footage("face-short")


def ran(
    *arguments: object, folder: Path, before: str = "", after: str = "", **environ: str
) -> subprocess.CompletedProcess[str]:
    """What came of the command under a shell, with nothing in its environment but what is named."""
    return subprocess.run(
        ["/bin/sh", "-c", f'{before} "$@" {after}', "sh", *COMMAND, *map(str, arguments)],
        cwd=folder,
        env={"PATH": os.defpath, **environ},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=HANG_S,
        check=False,
    )


def test_without_a_home_the_users_own_is_found(short: Path, tmp_path: Path) -> None:
    ended = ran("probe", short, "--json", folder=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout)["duration_s"] > 2


def test_where_nothing_can_be_kept_footage_is_picked_all_the_same(short: Path, tmp_path: Path) -> None:
    home = tmp_path / "a file" / "home"  # no user may make a folder there, not even root
    home.parent.touch()
    ended = ran("--home", home, "pick", short, "--json", folder=tmp_path, HOME=str(home))
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout)["score"] > 0
    assert "The scan is not kept" in ended.stderr
    assert "a file" in ended.stderr


def test_where_nothing_can_be_kept_nothing_is_registered(short: Path, tmp_path: Path) -> None:
    home = tmp_path / "a file" / "home"
    home.parent.touch()
    order = ("--home", home, "register", short, "--name", "Joe", "--sandbox")
    ended = ran(*order, folder=tmp_path, HOME=str(home))
    assert ended.returncode == 1
    assert "Cannot keep files" in ended.stderr
    assert "--home" in ended.stderr


@pytest.mark.parametrize("locale", ["C", "POSIX", "nonsense"])
def test_names_in_any_script_are_read_in_any_locale(short: Path, tmp_path: Path, locale: str) -> None:
    footage = Path(shutil.copy(short, tmp_path / "Zoë läuft ☂.mp4"))
    environ = {"HOME": str(tmp_path), "LANG": locale, "LC_ALL": locale}
    ended = ran("probe", footage.name, "--json", folder=tmp_path, **environ)
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout)["source"].endswith(footage.name)
    assert ran("probe", footage.name, folder=tmp_path, **environ).returncode == 0


def test_a_folder_that_is_gone_is_named(short: Path, tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    ended = ran("probe", "x.mp4", folder=folder, before='rmdir "$PWD";', HOME=str(tmp_path))
    assert ended.returncode == 1
    assert "The folder that the command was started in is gone." in ended.stderr


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_are_no_reason_to_fail(short: Path, tmp_path: Path, closed: str) -> None:
    clip = tmp_path / "joe.mp4"
    made = ("--home", tmp_path / "home", "clip", short, "-o", clip, "--start", "0.5")
    ended = ran(*made, folder=tmp_path, after=closed, HOME=str(tmp_path))
    assert ended.returncode == 0, ended.stderr
    assert ran("check", clip, folder=tmp_path, HOME=str(tmp_path)).returncode == 0
