"""--report: how the window was picked, as one HTML page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

import click

from screentest.client.cli.output.emit import emit
from screentest.client.cli.running.call import Call
from screentest.prep.core.errors import ScreentestError

if TYPE_CHECKING:
    from rich.console import Console

Show = Callable[["Console"], None]


def report_option(command: Callable[..., object]) -> Callable[..., object]:
    """--report FILE, refused before any work if no report can be written there."""
    return click.option(
        "--report",
        metavar="FILE.html",
        callback=_place,
        expose_value=True,
        help="Also write an HTML report: score over time, filmstrip, reasons, before and after.",
    )(command)


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
