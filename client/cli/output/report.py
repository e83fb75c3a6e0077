"""--report: how the window was picked, as one HTML page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from screentest.client.cli.output.emit import emit
from screentest.client.cli.params import completing
from screentest.client.cli.running.call import Call
from screentest.prep.core.errors import ScreentestError

if TYPE_CHECKING:
    from rich.console import Console

    from screentest.client.batch.report import BatchReport

Show = Callable[["Console"], None]


def report_option(command: Callable[..., object]) -> Callable[..., object]:
    """--report FILE, refused before any work if no report can be written there."""
    return click.option(
        "--report",
        metavar="FILE.html",
        shell_complete=completing.files,
        callback=_place,
        expose_value=True,
        help="Also write an HTML report: score over time, filmstrip, reasons, before and after.",
    )(command)


def batch_report_option(command: Callable[..., object]) -> Callable[..., object]:
    """--report FILE of a batch, refused before any work if no report can be written there."""
    return click.option(
        "--report",
        metavar="FILE.html",
        shell_complete=completing.files,
        callback=_place,
        help="Also write an HTML page of all items: pictures, score and reasons, the worst first.",
    )(command)


@contextmanager
def batch_reporting(
    report: str | None, sources: Sequence[str], *, prepares: bool, rehearses: bool
) -> Iterator[BatchReport | None]:
    """The page that is written when the block ends; None where none is wanted."""
    if report is None:
        yield None
        return
    from screentest.client.batch.report import BatchReport, title_of

    note = ""
    if rehearses:
        note = "A dry run: nothing was made or sent, and costs are what a run would cost."
    elif prepares:
        note = "Nothing was sent. The same command without --prepare registers what is prepared."
    with BatchReport(Path(report), title=title_of(sources), note=note) as page:
        yield page


def _place(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    if value is None:
        return None
    from screentest.prep.report.file import report_place

    return str(report_place(value))


def fault_of(draw: Callable[[], None]) -> ScreentestError | OSError | None:
    """The error of drawing a report, so that what is done and paid for can be shown first."""
    try:
        draw()
    except (ScreentestError, OSError) as error:
        return error
    return None


def emit_with_report(
    call: Call,
    *,
    as_json: Callable[[], Mapping[str, object]],
    show: Show,
    report: str | None,
    fault: Exception | None = None,
) -> None:
    """Emit a result and its report's path, if there is one; then raise the report's error, if any."""
    drawn = report if fault is None else None
    emit(call, as_json=lambda: _with_report(as_json(), drawn), show=partial(_show, show, drawn))
    if fault is not None:
        raise fault


def _with_report(result: Mapping[str, object], report: str | None) -> Mapping[str, object]:
    return result if report is None else {**result, "report": report}


def _show(show: Show, report: str | None, console: Console) -> None:
    from screentest.client.cli.output.tables import show_facts

    show(console)
    if report is not None:
        console.print()
        show_facts(console, [("Report", report)])
