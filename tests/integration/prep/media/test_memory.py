"""Hostile containers: none fills the memory, here or in ffmpeg; `make fuzz` tries many more."""

from __future__ import annotations

import subprocess
import sys

from fixtures.hostile import MOST_MB

TASTE = ("stsc", "elst", "cmov", "iinf", "tags")


def test_a_container_of_each_kind_stays_below_the_limit() -> None:
    """In a process of its own: a peak is that of everything a process ever did. The tags are as many as
    are just borne."""
    code = (
        "import sys, tempfile; from pathlib import Path; from fixtures.hostile import tried\n"
        "with tempfile.TemporaryDirectory() as folder:\n"
        "    for name in sys.argv[1:]:\n"
        "        for outcome, mb in tried(name, each=1, seed=5, folder=Path(folder)):\n"
        "            print(name, mb, outcome.what, outcome.fault)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *TASTE], capture_output=True, check=True, text=True
    )
    found = [line.split(maxsplit=3) for line in done.stdout.splitlines()]
    assert [name for name, *_ in found] == list(TASTE)
    for name, peak_mb, what, *fault in found:
        assert int(peak_mb) < MOST_MB, name
        assert what == ("clip" if name == "tags" else "NotAVideo"), name
        assert not fault, name
