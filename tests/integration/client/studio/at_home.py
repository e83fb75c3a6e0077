"""The studio as a person starts it: the command in a process of its own, and the address it prints."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.waiting import HANG_S


@contextmanager
def studio_at(home: Path, *arguments: object, log: Path | None = None) -> Iterator[str]:
    """The printed URL, until the block ends: by Ctrl-C, which is no failure.

    ``arguments``: footage, and options such as ``--sandbox``. ``log``: where stderr goes.
    """
    command = [sys.executable, "-m", "screentest.client.cli", "--home", home, "studio", *arguments]
    said = (log or home.with_name(f"{home.name}.log")).open("ab")
    with (
        said,
        subprocess.Popen(
            [*map(str, command), "--no-open", "--json"], stdout=subprocess.PIPE, stderr=said, text=True
        ) as process,
    ):
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            assert line, Path(said.name).read_text()
            yield str(json.loads(line)["url"])
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(HANG_S)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
    assert process.returncode in (0, 130), Path(said.name).read_text()
