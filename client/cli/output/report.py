"""--report: how the window was picked, as one HTML page."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from screentest.client.characters import footage
from screentest.client.cli.output.emit import emit
from screentest.client.cli.running.call import Call
from screentest.client.config import private_folder
from screentest.prep.core.errors import ScreentestError
from screentest.prep.core.progress import stage

if TYPE_CHECKING:
    from rich.console import Console

    from screentest.client.characters.direction import Direction
    from screentest.prep.core.progress import Watcher
    from screentest.prep.core.spec import ClipSpec
    from screentest.prep.core.values import Clip, Scan, Segment, Source

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


def draw_pick(
    report: str,
    source: Source,
    segment: Segment,
    direction: Direction,
    *,
    spec: ClipSpec,
    call: Call,
    watcher: Watcher,
) -> None:
    """Write the report on a window without a clip: one is made for it and deleted.

    Raises what making a clip and writing a report raise.
    """
    with tempfile.TemporaryDirectory(prefix="screentest-") as folder:
        clip, _ = footage.made(
            source,
            segment,
            direction,
            spec=spec,
            out=Path(folder) / "clip.mp4",
            watcher=watcher,
        )
        asked = direction.start_s is not None
        draw_clip(report, source, clip, spec=spec, asked=asked, call=call, watcher=watcher)


def draw_clip(
    report: str,
    source: Source,
    clip: Clip,
    *,
    spec: ClipSpec,
    headline: str = "",
    asked: bool = False,
    call: Call,
    watcher: Watcher,
) -> None:
    """Write the report on a clip. ``headline``: what became of it."""
    from screentest.prep.report.draw import draw

    with stage(watcher, "report") as under_way:
        draw(
            scan_behind(source, clip.segment, asked=asked, home=call.home),
            clip,
            out=report,
            spec=spec,
            headline=headline,
            warnings=footage.warnings_about(clip),
            progress=under_way.advance,
        )
        under_way.summary = report


def scan_behind(source: Source, segment: Segment, *, asked: bool, home: Path) -> Scan:
    """The scan that a window came from: the kept one, or a look at a window that was given.

    The footage is looked at again only where the kept scan has not looked at all of the window.
    """
    if asked:
        from screentest.prep.scanning.scan import look_at

        return look_at(source, start_s=segment.start_s, length_s=segment.length_s)
    from screentest.prep.scanning.cache import cached_scan
    from screentest.prep.scanning.scan import looked_closer

    scan = cached_scan(source, folder=private_folder(home / "scans"))
    if any(s.start_s <= segment.start_s and segment.end_s <= s.end_s + 0.1 for s in scan.looked_at):
        return scan
    # Picked from a closer look than the one that is kept, as for a photo.
    middle_s = (segment.start_s + segment.end_s) / 2
    return looked_closer(scan, [segment.start_s, middle_s, segment.end_s])


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
