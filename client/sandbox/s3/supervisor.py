"""Runs one command for as long as its parent lives: python supervisor.py UNLINK... -- COMMAND...

Standard input is a pipe whose other end only the parent holds. When it closes, however the parent
died, the command gets SIGTERM, then SIGKILL. The files before ``--`` are what the command leaves
behind; they are deleted after it. Only a little of the standard library is imported: this process has
to be up before the command is, and lives as long.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import selectors
import signal
import subprocess
import sys
from collections.abc import Callable

STOP_WAIT_S = 3.0  # with open connections a clean stop takes longer
_PR_SET_PDEATHSIG = 1


def _die_with_parent() -> Callable[[], None] | None:
    """What the command runs first, on Linux: it is to end also when this process is killed."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)
    return lambda: libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _wait_for_either(child: subprocess.Popen[bytes], signals: int) -> None:
    """Return when the parent's pipe ends, the command does, or this process is told to stop."""
    with selectors.DefaultSelector() as ready:
        ready.register(0, selectors.EVENT_READ)
        ready.register(signals, selectors.EVENT_READ)
        while child.poll() is None:
            for key, _ in ready.select():
                got = os.read(key.fd, 4096)
                if not got if key.fd == 0 else signal.SIGTERM in got:
                    return


def _stop(child: subprocess.Popen[bytes]) -> int:
    """Ask, wait, force; return the exit status."""
    child.terminate()
    try:
        return child.wait(STOP_WAIT_S)
    except subprocess.TimeoutExpired:
        child.kill()
        return child.wait()


def _signals_as_bytes() -> int:
    """A descriptor to read signals from, each as one byte, its number.

    The handlers themselves do nothing: SIG_IGN in their place would be inherited by the command.
    """
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    for name in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, lambda *_: None)
    return reader


def _inherited() -> tuple[int, ...]:
    """Descriptors for the command: the lock on its folder, which must outlive this process."""
    return tuple(int(fd) for fd in os.environ.pop("SUPERVISOR_KEEP_FDS", "").split())


def main(arguments: list[str]) -> int:
    """Run the command after ``--`` until it or the parent ends; its exit status, 0 if stopped."""
    split = arguments.index("--")
    signals = _signals_as_bytes()
    child = subprocess.Popen(
        arguments[split + 1 :],
        stdin=subprocess.DEVNULL,
        pass_fds=_inherited(),
        preexec_fn=_die_with_parent(),
        restore_signals=True,
    )
    _wait_for_either(child, signals)
    status = child.poll()
    if status is None:
        _stop(child)
    for leftover in arguments[:split]:
        with contextlib.suppress(OSError):
            os.unlink(leftover)  # noqa: PTH108 - pathlib is slow to import
    return status or 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
