"""Footage of people stays where it is, and so does the news that somebody looked at it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Footage
from tests.waiting import HANG_S

CHECKOUT = Path(__file__).parent.parent.parent.parent

NO_SOCKETS = """
import os, socket, sys

def forbid(event, arguments):
    looked_up = event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr")
    opened = event == "socket.__new__" and arguments[1] in (socket.AF_INET, socket.AF_INET6)
    if looked_up or opened:
        os.write(2, f"{event} {arguments}".encode())
        os._exit(97)

sys.addaudithook(forbid)
"""

FROM_PYTHON = """
import sys
from screentest import check, clip, pick, probe, scan
made = clip(probe(sys.argv[1]), pick(scan(probe(sys.argv[1]))), out=sys.argv[2])
assert check(made.path).ok
assert "onnxruntime" in sys.modules
"""

IN_A_WORKER = """
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from screentest import probe, scan
with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
    assert pool.submit(scan, pool.submit(probe, sys.argv[1]).result()).result()
"""

FROM_THE_COMMAND_LINE = """
import sys
from screentest.client.cli import main
sys.argv = ["screentest", "clip", sys.argv[1], "-o", sys.argv[2]]
main()
"""

FROM_A_SINGLE_MODEL = """
from screentest.prep.vision.sessions import session
from screentest.prep.vision.weights import DETECTOR
session(DETECTOR)
"""


@pytest.mark.parametrize(
    "way_in",
    [
        pytest.param(FROM_PYTHON, id="python"),
        pytest.param(IN_A_WORKER, id="worker"),
        pytest.param(FROM_THE_COMMAND_LINE, id="command"),
        pytest.param(FROM_A_SINGLE_MODEL, id="model"),
    ],
)
def test_preparing_a_clip_opens_no_connection_and_leaves_no_trace(
    footage: Footage, tmp_path: Path, way_in: str
) -> None:
    hooks, user, home, out = (tmp_path / name for name in ("hooks", "user", "home", "out"))
    for folder in (hooks, user, home, out):
        folder.mkdir()
    (hooks / "sitecustomize.py").write_text(NO_SOCKETS)
    script = tmp_path / "way_in.py"
    script.write_text(f"if __name__ == '__main__':\n{indented(way_in)}")
    run = subprocess.run(
        [sys.executable, script, footage("face-short"), out / "clip.mp4"],
        env={
            # No more than this: the wheel keeps still by itself where variables of a CI are set.
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{hooks}{os.pathsep}{CHECKOUT}",
            "HOME": str(user),
            "XDG_CACHE_HOME": str(user / "cache"),
            "SCREENTEST_HOME": str(home),
        },
        cwd=out,
        capture_output=True,
        text=True,
        timeout=HANG_S,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert list(user.rglob("*")) == []


def indented(script: str) -> str:
    return "".join(f"    {line}\n" for line in script.splitlines() if line)


def test_the_watch_over_connections_would_see_one(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(NO_SOCKETS)
    run = subprocess.run(
        [sys.executable, "-c", "import socket; socket.create_connection(('127.0.0.1', 1))"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        timeout=HANG_S,
        check=False,
    )
    assert run.returncode == 97
