"""What is seen of a batch: a live block or lines on stderr while it runs, its results on stdout."""

from __future__ import annotations

import contextlib
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Protocol, TextIO

from screentest.client.cli.output.emit import emit_json
from screentest.client.cli.output.wording import visible
from screentest.client.cli.running.call import Call

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from screentest.client.batch.outcome import Outcome, Tally

Clock = Callable[[], float]
EVERY_S = 30.0
"""How often a line in a pipe tells how far it is."""
_RATE_OVER = 40
_BAR_COLUMNS = 48
MOST_TOLD = 20
"""How many failures are told again at the end."""


class BatchView(Protocol):
    """Hears of a batch as it goes on."""

    def begun(self) -> None: ...

    def ended(self, outcome: Outcome) -> None: ...

    def told(self, sentence: str) -> None: ...


class _Unseen:
    def begun(self) -> None: ...

    def ended(self, outcome: Outcome) -> None: ...

    def told(self, sentence: str) -> None: ...


@contextlib.contextmanager
def watching_batch(
    call: Call, *, total: int, max_cost_usd: float | None, clock: Clock = time.monotonic
) -> Iterator[BatchView]:
    """The view for this call and this stderr; ``total``: how many items there are."""
    if call.verbosity < 0:
        yield _Unseen()
    elif sys.stderr.isatty():
        with LiveBatch(sys.stderr, total=total, max_cost_usd=max_cost_usd, clock=clock) as view:
            yield view
    else:
        yield LineBatch(sys.stderr, total=total, clock=clock)


class Headway:
    """How far a batch is. ``rate_per_min``: of the items that ended lately."""

    def __init__(self, total: int, clock: Clock) -> None:
        from screentest.client.batch.outcome import Tally

        self.total = total
        self.tally = Tally()
        self.begun = 0
        self._clock = clock
        self._ends_s: deque[float] = deque([clock()], maxlen=_RATE_OVER)

    def add(self, outcome: Outcome) -> None:
        self.tally.add(outcome)
        self._ends_s.append(self._clock())

    @property
    def rate_per_min(self) -> float:
        took_s = self._clock() - self._ends_s[0]
        return 60.0 * (len(self._ends_s) - 1) / took_s if took_s > 0 else 0.0

    @property
    def left_min(self) -> float | None:
        """Minutes until the end at this rate; None before there is one."""
        rate = self.rate_per_min
        return (self.total - self.tally.items) / rate if rate > 0 else None

    @property
    def counts(self) -> str:
        under_way = ("under way", self.begun - self.tally.items)
        counts = (*self.tally.counts.items(), under_way)
        said = ", ".join(f"{count} {status}" for status, count in counts if count > 0)
        return f"{self.tally.items} of {self.total}{f': {said}' if said else ''}"

    @property
    def speed(self) -> str:
        left = self.left_min
        if left is None:
            return ""
        return f"{self.rate_per_min:.1f} a minute, {_minutes(left)} left"


class LineBatch:
    """One line an item, and now and then how far it is."""

    def __init__(self, out: TextIO, *, total: int, clock: Clock) -> None:
        self._out, self._clock = out, clock
        self._headway = Headway(total, clock)
        self._told_s = clock()

    def begun(self) -> None:
        self._headway.begun += 1

    def ended(self, outcome: Outcome) -> None:
        self._headway.add(outcome)
        self._say(line_of(outcome))
        for warning in _new_warnings(outcome):
            self._say(f"warning: {outcome.name}: {warning}")
        if self._clock() - self._told_s >= EVERY_S:
            self._told_s = self._clock()
            self._say(f"{self._headway.counts}; {self._headway.speed}")

    def told(self, sentence: str) -> None:
        self._say(f"warning: {sentence}")

    def _say(self, line: str) -> None:
        self._out.write(visible(line) + "\n")
        self._out.flush()


class LiveBatch:
    """A block that stays at the bottom; what failed and what was warned of scrolls above it."""

    def __init__(self, out: TextIO, *, total: int, max_cost_usd: float | None, clock: Clock) -> None:
        from rich.console import Console
        from rich.live import Live

        self._headway = Headway(total, clock)
        self._max_cost_usd = max_cost_usd
        self._console = Console(file=out, highlight=False, markup=False, emoji=False)
        self._live = Live(
            console=self._console, get_renderable=self._block, refresh_per_second=4, transient=True
        )

    def __enter__(self) -> LiveBatch:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def begun(self) -> None:
        self._headway.begun += 1

    def ended(self, outcome: Outcome) -> None:
        self._headway.add(outcome)
        if outcome.status == "failed":
            self._console.print(visible(line_of(outcome)), style="red")
        for warning in _new_warnings(outcome):
            self._console.print(visible(f"{outcome.name}: {warning}"), style="yellow")

    def told(self, sentence: str) -> None:
        self._console.print(visible(sentence), style="yellow")

    def _block(self) -> RenderableType:
        from rich.console import Group
        from rich.padding import Padding
        from rich.progress_bar import ProgressBar
        from rich.text import Text

        headway = self._headway
        spent = f"USD {headway.tally.cost_usd:g} spent"
        if self._max_cost_usd is not None:
            spent += f" of {self._max_cost_usd:g}"
        bar = ProgressBar(
            total=max(headway.total, 1),
            completed=headway.tally.items,
            width=_BAR_COLUMNS,
            complete_style="green",
            finished_style="green",
        )
        lines = (headway.counts, ", ".join(filter(None, (headway.speed, spent))))
        # Padded: a bar alone does not end its line.
        return Group(Padding(bar, (0, 0)), *(Text(line, overflow="fold") for line in lines))


def _new_warnings(outcome: Outcome) -> tuple[str, ...]:
    """What was not said before: of what an earlier run registered, that run said it."""
    return () if outcome.status == "exists" else outcome.warnings


def line_of(outcome: Outcome) -> str:
    """What became of an item, on one line."""
    line = f"{outcome.status}: {outcome.name} ({', '.join(outcome.footage)})"
    if outcome.character_id:
        line += f": {outcome.character_id}"
    if outcome.score is not None:
        line += f", score {outcome.score:.2f}"
    if outcome.fault is not None:
        line += f": {outcome.fault.message} {outcome.fault.hint}".rstrip()
    return f"{line}: {outcome.said}" if outcome.said else line


def show_end(
    console: Console,
    *,
    tally: Tally,
    failed: list[Outcome],
    passed_over: str,
    report: str | None = None,
) -> None:
    """The counts at the end, and the first that failed, with their reasons and ways out."""
    counts = ", ".join(f"{count} {status}" for status, count in tally.counts.items() if count)
    console.print(f"{tally.items} items: {counts or 'none'}; USD {tally.cost_usd:g}")
    if passed_over:
        console.print(passed_over)
    for outcome in failed[:MOST_TOLD]:
        console.print(visible(line_of(outcome)))
    more = tally.counts["failed"] - MOST_TOLD
    if more > 0:
        console.print(f"and {more} more that failed; see --json or stderr.")
    if report is not None:
        console.print(visible(f"Report: {report}"))


def emit_outcome(call: Call, outcome: Outcome) -> None:
    """One line of JSON for an item, where JSON is wanted; one of the log, where there is one."""
    from screentest.client.batch.outcome import outcome_json

    if call.log is not None:
        call.log.say(line_of(outcome))
    if call.json:
        emit_json(outcome_json(outcome))


def emit_summary(call: Call, tally: Tally, *, wall_s: float, report: str | None = None) -> None:
    """The last line of JSON. ``report``: the path of a page that was written."""
    from screentest.client.batch.outcome import summary_json

    if call.json:
        summary = summary_json(tally, wall_s=wall_s)
        emit_json(summary if report is None else {**summary, "report": report})


def _minutes(minutes: float) -> str:
    if minutes < 1:
        return "less than a minute"
    return f"{minutes:.0f} min" if minutes < 120 else f"{minutes / 60:.1f} h"
