"""Draws the page about one pick: reads the footage and the clip, writes one file."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from screentest.prep.core.progress import SILENT, Progress, Watcher, stage
from screentest.prep.core.spec import SORA_2, ClipSpec
from screentest.prep.core.text import printable
from screentest.prep.core.values import Clip, Scan, Segment
from screentest.prep.people.grouping import find_people
from screentest.prep.picking.windows import window_behind
from screentest.prep.report.colour import for_screen
from screentest.prep.report.file import report_place, write_page
from screentest.prep.report.page import Cast, Pictures, page
from screentest.prep.report.screen import jpeg, screen_pictures_at
from screentest.prep.report.story import chosen_of, story_of
from screentest.prep.report.videos import after, before

_STILL_PX = 420
_PORTRAIT_PX = 224


def draw(
    scan: Scan,
    clip: Clip,
    *,
    out: str | os.PathLike[str],
    spec: ClipSpec = SORA_2,
    headline: str = "",
    warnings: Sequence[str] = (),
    watcher: Watcher = SILENT,
) -> str:
    """Writes the page about ``clip`` and the ``scan`` it was picked from; its absolute path.

    ``headline``: what became of the clip. The file is private (0600), as it shows faces. Raises
    OutputExists where ``out`` exists and is not a report, OutputNotWritable, DiskFull, and what
    reading footage raises.
    """
    target = report_place(out)
    with stage(watcher, "report") as under_way:
        _draw(scan, clip, target, spec, headline, warnings, under_way.advance)
        under_way.summary = printable(str(target))
    return under_way.summary


def _as_picked(seen: Scan, before: Scan, segment: Segment) -> Scan:
    """The scan as it was picked from: tracks put together score otherwise than each of them."""
    kept = replace(seen, together=before.together)
    return next((s for s in (kept, seen) if window_behind(s, segment) is not None), kept)


def _draw(
    scan: Scan,
    clip: Clip,
    target: Path,
    spec: ClipSpec,
    headline: str,
    warnings: Sequence[str],
    progress: Progress,
) -> None:
    source, segment = scan.source, clip.segment
    who = find_people(scan)
    scan, found = _as_picked(who.scan, scan, segment), who.people
    progress(0.2)
    story = story_of(scan, segment)
    seen = screen_pictures_at(source, (m.t_s for m in story.moments))
    progress(0.4)
    pictures = Pictures(
        stills={t_s: jpeg(picture, width_px=_STILL_PX) for t_s, picture in seen.items()},
        portraits=[
            jpeg(for_screen(person.thumbnail, source.transfer), width_px=_PORTRAIT_PX)
            for person in found
        ],
        before=before(source, segment, spec=spec),
        after=after(clip, spec=spec),
    )
    cast = Cast(found, chosen_of(found, scan, segment))
    write_page(
        target,
        page(source, story, clip, cast, pictures, headline=headline, warnings=warnings),
    )
    progress(1.0)
