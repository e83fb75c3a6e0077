"""Draws the page about a comparison: reads the video's pictures, writes one file."""

from __future__ import annotations

import os

from screentest.prep.comparing.page import Sides, compare_page, shown_moments
from screentest.prep.comparing.reference import FaceReference
from screentest.prep.comparing.verdict import Likeness
from screentest.prep.core.text import printable
from screentest.prep.core.values import Source
from screentest.prep.report.file import report_place, write_page
from screentest.prep.report.screen import jpeg, screen_pictures_at

_STILL_PX = 420


def draw_comparison(
    likeness: Likeness,
    *,
    video: Source,
    reference: FaceReference,
    sides: Sides,
    out: str | os.PathLike[str],
) -> str:
    """Writes the page, readable by its owner alone; its absolute path.

    Raises OutputExists where ``out`` exists and is not a report, OutputNotWritable, DiskFull, and what
    reading the video raises.
    """
    target = report_place(out)
    seen = screen_pictures_at(video, (one.t_s for one in shown_moments(likeness)))
    write_page(
        target,
        compare_page(
            likeness,
            sides,
            length_s=video.end_s,
            reference=b"" if reference.picture is None else jpeg(reference.picture, width_px=_STILL_PX),
            pictures={t_s: jpeg(picture, width_px=_STILL_PX) for t_s, picture in seen.items()},
        ),
    )
    return printable(str(target))
