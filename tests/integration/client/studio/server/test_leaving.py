"""The end of a studio's process while it still looks who is in a film."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

_LOOKING = """
import sys, threading
from dataclasses import replace
from pathlib import Path
from screentest import probe
from screentest.client.studio.film import people as module
from screentest.client.studio.film.memory import ScanMemory

begun = threading.Event()

class Noted(ScanMemory):
    def scan(self, source, spec):
        found = super().scan(film, spec)
        begun.set()
        return found

home, film = Path(sys.argv[1]), probe(sys.argv[2])
people = module.People(home / "people", Noted(home / "scans"), is_over=lambda: False)
for number in range(50):
    people.of(replace(film, fingerprint=f"{number:064x}"))
for _ in range(2):  # in the midst of one
    begun.clear()
    assert begun.wait(60)
"""


@pytest.mark.usefixtures("scanned")
def test_ctrl_c_while_people_are_looked_for_aborts_nothing(home: Path, face_clip: Path) -> None:
    """A thread of C++ that is ended with the process takes all of it down, with a signal."""
    asked = [sys.executable, "-c", _LOOKING, str(home), str(face_clip)]
    told = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert (told.returncode, told.stderr) == (0, "")
