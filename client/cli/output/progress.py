"""Progress of the stages on stderr: bars on a terminal, plain lines elsewhere, silence with -q.

Each class here is a ``prep.core.progress.Watcher``. Summaries hold a service's words and file names,
so control characters are shown and not obeyed.
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TextIO

from screentest.client.cli.output.wording import visible
from screentest.client.cli.running.call import Call
from screentest.client.cli.running.interrupts import Interrupts
from screentest.prep.core.progress import SILENT, Passing

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID

    from screentest.prep.core.progress import Watcher

Clock = Callable[[], float]

_EVERY_S = 5.0
_NAME_WIDTH = 8


@contextlib.contextmanager
def watching(call: Call) -> Iterator[Watcher]:
    """The watcher for this call and this stderr; its bar is removed when the block ends."""
    with _watcher_for(call) as watcher:
        if call.log is not None:
            from screentest.client.cli.log import LoggedWatcher

            watcher = LoggedWatcher(watcher, call.log)
        yield _InterruptCheck(watcher, call.interrupts)


@contextlib.contextmanager
def _watcher_for(call: Call) -> Iterator[Watcher]:
    if call.verbosity < 0:
        yield SILENT
    elif _draws_bars(sys.stderr):
        watcher = BarWatcher(sys.stderr, clock=time.monotonic)
        with watcher.drawn():
            yield watcher
    else:
        yield LineWatcher(sys.stderr, clock=time.monotonic, detailed=call.verbosity > 0)


class _InterruptCheck(Passing):
    """Passes everything on, and raises KeyboardInterrupt once the command was asked to stop."""

    def __init__(self, watcher: Watcher, interrupts: Interrupts) -> None:
        super().__init__(watcher)
        self._interrupts = interrupts

    def started(self, stage: str) -> None:
        self._interrupts.check()
        super().started(stage)

    def advanced(self, stage: str, fraction: float) -> None:
        self._interrupts.check()
        super().advanced(stage, fraction)


class LineWatcher:
    """One line per stage when it ends, and a percentage every few seconds while it lasts.

    ``clock``: monotonic seconds. ``detailed``: also a line when a stage starts.
    """

    def __init__(self, out: TextIO, *, clock: Clock, detailed: bool = False) -> None:
        self._out = out
        self._clock = clock
        self._detailed = detailed
        self._started_s = self._written_s = clock()

    def started(self, stage: str) -> None:
        self._started_s = self._written_s = self._clock()
        if self._detailed:
            self._say(f"{stage}: started")

    def advanced(self, stage: str, fraction: float) -> None:
        now_s = self._clock()
        if now_s - self._written_s >= _EVERY_S:
            self._written_s = now_s
            self._say(f"{stage}: {_clamped(fraction) * 100:.0f} %")

    def ended(self, stage: str, summary: str) -> None:
        self._say(f"{stage}: {summary or 'done'} ({self._clock() - self._started_s:.1f} s)")

    def warned(self, message: str) -> None:
        self._say(f"warning: {message}")

    def _say(self, line: str) -> None:
        self._out.write(visible(line) + "\n")
        self._out.flush()


class BarWatcher:
    """A bar for the stage at work, and a finished line for every stage before it."""

    def __init__(self, out: TextIO, *, clock: Clock) -> None:
        self._console = _console_on(out)
        self._clock = clock
        self._progress = _progress_on(self._console)
        self._task: TaskID | None = None
        self._started_s = clock()

    @contextlib.contextmanager
    def drawn(self) -> Iterator[None]:
        with self._progress:
            yield
        self._console.print()

    def started(self, stage: str) -> None:
        self._started_s = self._clock()
        self._clear()
        self._task = self._progress.add_task(stage.ljust(_NAME_WIDTH), total=None)

    def advanced(self, stage: str, fraction: float) -> None:  # noqa: ARG002
        if self._task is not None:
            self._progress.update(self._task, total=1.0, completed=_clamped(fraction))

    def ended(self, stage: str, summary: str) -> None:
        self._clear()
        took = f"{self._clock() - self._started_s:5.1f} s"
        self._console.print(_finished_line(stage, summary, took, mark=self._mark("✓", "*")))

    def warned(self, message: str) -> None:
        self._console.print(_warning_line(message, mark=self._mark("!", "!")))

    def _clear(self) -> None:
        if self._task is not None:
            self._progress.remove_task(self._task)
            self._task = None

    def _mark(self, wanted: str, plain: str) -> str:
        return wanted if self._console.encoding.lower().startswith("utf") else plain


def _draws_bars(out: TextIO) -> bool:
    if not out.isatty():
        return False
    return not _console_on(out).is_dumb_terminal


def _console_on(out: TextIO) -> Console:
    from rich.console import Console

    return Console(file=out, highlight=False, markup=False, emoji=False)


def _progress_on(console: Console) -> Progress:
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    return Progress(
        TextColumn("  {task.description}", markup=False),
        BarColumn(bar_width=36, complete_style="green", pulse_style="dim"),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )


def _finished_line(stage: str, summary: str, took: str, *, mark: str) -> object:
    from rich.table import Table
    from rich.text import Text

    line = Table.grid(padding=(0, 1), expand=True)
    line.add_column(width=1, style="green")
    line.add_column(width=_NAME_WIDTH, style="bold")
    line.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
    line.add_column(width=len(took), style="dim", justify="right")
    line.add_row(mark, stage, Text(visible(summary)), took)
    return line


def _warning_line(message: str, *, mark: str) -> object:
    from rich.table import Table
    from rich.text import Text

    line = Table.grid(padding=(0, 1))
    line.add_column(width=1, style="yellow")
    line.add_column(overflow="fold")
    line.add_row(mark, Text(visible(message), style="yellow"))
    return line


def _clamped(fraction: float) -> float:
    return min(1.0, max(0.0, fraction))
