"""The contact sheet of a folder: what is picked from each piece of footage, on one page."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from fnmatch import fnmatch
from pathlib import Path

from screentest.prep.core.errors import Cancelled, ScreentestError
from screentest.prep.core.progress import SILENT, Watcher, stage
from screentest.prep.core.values import Choice
from screentest.prep.media.suffixes import VIDEOS
from screentest.prep.report.file import report_place, write_page
from screentest.prep.report.picks_page import Row, picks_page, runner_up_s
from screentest.prep.report.screen import jpeg, screen_pictures_at
from screentest.prep.report.story import story_of

STILL_PX = 208
QUALITY = 70


def contact_sheet(
    folder: Path,
    *,
    out: str | os.PathLike[str],
    choose: Callable[[Path], Choice],
    only: str = "*",
    watcher: Watcher = SILENT,
) -> tuple[Row, ...]:
    """Writes the contact sheet of the footage under ``folder`` to ``out``; its rows.

    ``choose``: gives the window of one file, such as ``prep.pipeline.choose``; what it raises becomes
    that file's row. ``only``: a pattern of the names to take. ``watcher``: each file is a stage, by its
    name. The page is private (0600), as it shows faces. Raises OutputExists, OutputNotWritable,
    DiskFull and Cancelled.
    """
    target = report_place(out)
    files = footage_in(folder, only)
    rows = tuple(_row(file, str(file.relative_to(folder)), choose, watcher) for file in files)
    write_page(target, picks_page(rows, title=folder.resolve().name))
    return rows


def footage_in(folder: Path, only: str = "*") -> list[Path]:
    """Every file under a folder that is called like a video, in order of name."""
    found = (f for f in folder.rglob("*") if f.is_file() and f.suffix.lower() in VIDEOS)
    return sorted(f for f in found if fnmatch(f.name, only) and not f.name.startswith("."))


def _row(file: Path, name: str, choose: Callable[[Path], Choice], watcher: Watcher) -> Row:
    """One file's row, which says what is wrong where no window was picked."""
    with stage(watcher, name) as under_way:
        try:
            row = _picked(choose(file), name)
        except Cancelled:
            raise
        except ScreentestError as error:
            row = Row(name, error=error.message)
        except Exception as error:  # a fault here must not cost the other files' rows
            row = Row(name, error=f"Internal error in screentest: {type(error).__name__}.")
        under_way.summary = f"{row.story.segment.score:.2f}" if row.story else row.error
    return row


def _picked(choice: Choice, name: str) -> Row:
    source, story = choice.scan.source, story_of(choice.scan, choice.segment)
    times_s = {m.t_s for m in story.moments}
    other_s = runner_up_s(story)
    if other_s is not None:
        times_s.add(other_s)
    pictures = screen_pictures_at(source, times_s)
    stills = {t_s: jpeg(p, width_px=STILL_PX, quality=QUALITY) for t_s, p in pictures.items()}
    return Row(name, source, story, stills)


def any_picked(rows: Sequence[Row]) -> bool:
    """Whether something was picked from at least one file."""
    return any(row.story for row in rows)
