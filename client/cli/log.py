"""--log-file: what a command was asked, did and said, with the time of each, and without secrets."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from screentest.prep.core.progress import Passing

if TYPE_CHECKING:
    from screentest.prep.core.progress import Watcher

_SECRETS = ("WAVESPEED_API_KEY", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_ACCESS_KEY_ID")
_MOST_LETTERS = 2_000


def local_now() -> datetime:
    return datetime.now().astimezone()


class CommandLog:
    """Lines added to the end of a file that only its owner may read.

    ``secrets``: keys that no name in the environment holds. Raises OutputNotWritable.
    """

    def __init__(
        self, file: Path, *, secrets: Sequence[str] = (), now: Callable[[], datetime] = local_now
    ) -> None:
        from screentest.prep.core.files import not_writable

        try:
            self._out = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        except OSError as error:
            raise not_writable(file, error, "log file") from error
        self.file = file
        self._now = now
        self._secrets = (*secrets, *(os.environ.get(name, "") for name in _SECRETS))

    def began(self, arguments: Sequence[str]) -> None:
        from importlib.metadata import version

        self.say(f"screentest {version('screentest')}: {shlex.join(['screentest', *arguments])}")

    def say(self, line: str) -> None:
        """One line; a full disk costs the line and not the command."""
        from screentest.client.remote.scrub import scrubbed

        plain = scrubbed(line, secrets=self._secrets, most=_MOST_LETTERS)
        text = f"{self._now().isoformat(timespec='seconds')} [{os.getpid()}] {plain}\n"
        try:
            os.write(self._out, text.encode("utf-8", "backslashreplace"))
        except OSError:
            return

    def ended(self, code: int) -> None:
        """The last line; nothing can be said after it."""
        self.say(f"exit {code}")
        os.close(self._out)


class LoggedWatcher(Passing):
    """Writes down what it passes on, but how far a stage is."""

    def __init__(self, watcher: Watcher, log: CommandLog) -> None:
        super().__init__(watcher)
        self._log = log

    def started(self, stage: str) -> None:
        self._log.say(f"{stage}: started")
        super().started(stage)

    def ended(self, stage: str, summary: str) -> None:
        self._log.say(f"{stage}: {summary or 'done'}")
        super().ended(stage, summary)

    def warned(self, message: str) -> None:
        self._log.say(f"warning: {message}")
        super().warned(message)
