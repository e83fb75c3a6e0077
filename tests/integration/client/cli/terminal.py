"""The command on a real terminal: what it writes there, and what somebody types."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
import threading
from collections.abc import Sequence

from tests.waiting import HANG_S

COMMAND = [sys.executable, "-m", "screentest.client.cli"]
COLUMNS = 80


def on_a_terminal(
    *arguments: object,
    interrupt_at: bytes | None = None,
    typed: Sequence[tuple[bytes, bytes]] = (),
    columns: int = COLUMNS,
) -> tuple[str, int]:
    """What a command wrote on a terminal, and its exit code.

    ``typed``: what is typed once something is seen, one after the other.
    """
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color"}
    environment.pop("COLUMNS", None)
    process = subprocess.Popen(
        [*COMMAND, *map(str, arguments)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment,
        start_new_session=True,
    )
    os.close(theirs)
    killer = threading.Timer(HANG_S, process.kill)
    killer.start()
    try:
        text = everything_from(ours, process, interrupt_at, [*typed])
    finally:
        killer.cancel()
        os.close(ours)
    return text, process.wait(HANG_S)


def everything_from(
    terminal: int,
    process: subprocess.Popen[bytes],
    interrupt_at: bytes | None,
    typed: list[tuple[bytes, bytes]],
) -> str:
    seen, since = b"", b""
    while True:
        try:
            chunk = os.read(terminal, 65536)
        except OSError:  # Linux reports the end of a terminal this way
            return seen.decode()
        if not chunk:
            return seen.decode()
        seen, since = seen + chunk, since + chunk
        if typed and typed[0][0] in since:
            os.write(terminal, typed.pop(0)[1])
            since = b""
        if interrupt_at and interrupt_at in seen:
            process.send_signal(signal.SIGINT)
            interrupt_at = None


def screen_lines(text: str) -> list[str]:
    """The lines without colours and cursor movements."""
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)
    return [line.split("\r")[-1] for line in plain.replace("\r\n", "\n").split("\n")]
