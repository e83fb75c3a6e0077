"""How progress is reported, stage by stage, and how work is cancelled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, Protocol

from screentest.prep.core.errors import Cancelled

# Called with the share done, 0 to 1.
Progress = Callable[[float], None]


def unwatched(_share: float) -> None:
    """A ``Progress`` for work that nobody watches."""


class Watcher(Protocol):
    """Is called as work goes on. A stage that fails is started and never ended."""

    def started(self, stage: str) -> None: ...

    def advanced(self, stage: str, fraction: float) -> None:
        """``fraction`` of the stage is done, 0 to 1."""

    def ended(self, stage: str, summary: str) -> None:
        """``summary``: what came out, in a few words."""

    def warned(self, message: str) -> None: ...


class _Silent:
    def started(self, stage: str) -> None:
        pass

    def advanced(self, stage: str, fraction: float) -> None:
        pass

    def ended(self, stage: str, summary: str) -> None:
        pass

    def warned(self, message: str) -> None:
        pass


SILENT: Final[Watcher] = _Silent()


class Passing:
    """Passes everything on to another watcher."""

    def __init__(self, watcher: Watcher) -> None:
        self._watcher = watcher

    def started(self, stage: str) -> None:
        self._watcher.started(stage)

    def advanced(self, stage: str, fraction: float) -> None:
        self._watcher.advanced(stage, fraction)

    def ended(self, stage: str, summary: str) -> None:
        self._watcher.ended(stage, summary)

    def warned(self, message: str) -> None:
        self._watcher.warned(message)


def is_silent(watcher: Watcher) -> bool:
    """Whether nobody hears a watcher, whatever passes on to it."""
    while isinstance(watcher, Passing):
        watcher = watcher._watcher
    return watcher is SILENT


class Noted(Passing):
    """Passes everything on and notes which stages were started."""

    def __init__(self, watcher: Watcher) -> None:
        super().__init__(watcher)
        self.names: set[str] = set()

    def started(self, stage: str) -> None:
        self.names.add(stage)
        super().started(stage)


# Whether to stop; called at each sign of progress.
IsCancelled = Callable[[], bool]


class _Cancellable(Passing):
    def __init__(self, watcher: Watcher, cancelled: IsCancelled) -> None:
        super().__init__(watcher)
        self._cancelled = cancelled

    def started(self, stage: str) -> None:
        self._go_on()
        super().started(stage)

    def advanced(self, stage: str, fraction: float) -> None:
        self._go_on()
        super().advanced(stage, fraction)

    def _go_on(self) -> None:
        if self._cancelled():
            raise Cancelled("The work was cancelled.", "Start it again: finished scans are kept.")


def cancellable(watcher: Watcher, cancelled: IsCancelled | None) -> Watcher:
    """Passes everything on; raises Cancelled at a sign of progress once ``cancelled`` is true."""
    return watcher if cancelled is None else _Cancellable(watcher, cancelled)


class Stage:
    """One stage under way: ``advance`` its share done, set ``summary`` before it ends."""

    def __init__(self, watcher: Watcher, name: str) -> None:
        self._watcher = watcher
        self._name = name
        self.summary = ""

    def advance(self, fraction: float) -> None:
        self._watcher.advanced(self._name, fraction)


@contextmanager
def stage(watcher: Watcher, name: str) -> Iterator[Stage]:
    """Tell the watcher that a stage begins and, unless it fails, how it ended."""
    watcher.started(name)
    under_way = Stage(watcher, name)
    yield under_way
    watcher.ended(name, under_way.summary)
