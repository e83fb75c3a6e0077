"""What a registration says while it runs, in a thread that can be stopped between its steps."""

from __future__ import annotations

from collections.abc import Callable

from screentest.prep.core.errors import Cancelled


class ItemWatcher:
    """A watcher that keeps what was warned of, and stops its thread between steps once that is asked.

    Nothing is stopped between a submit and what is recorded of its reply.
    """

    def __init__(self, stopped_in: Callable[[float], bool]) -> None:
        self.said: list[str] = []
        self._stopped_in = stopped_in

    def started(self, stage: str) -> None:  # noqa: ARG002
        self.sleep(0.0)

    def advanced(self, stage: str, fraction: float) -> None:  # noqa: ARG002
        self.sleep(0.0)

    def sleep(self, pause_s: float) -> None:
        if self._stopped_in(pause_s):
            raise Cancelled("The batch was stopped.", "The same command goes on.")

    def ended(self, stage: str, summary: str) -> None: ...

    def warned(self, message: str) -> None:
        self.said.append(message)
