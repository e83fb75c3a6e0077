"""A part of footage, as if it were all of it."""

from __future__ import annotations

from dataclasses import replace

from screentest.prep.core.errors import ImpossibleWish
from screentest.prep.core.remedy import Remedy
from screentest.prep.core.text import shown_name, timecode
from screentest.prep.core.values import Source


def between(source: Source, *, start_s: float | None = None, end_s: float | None = None) -> Source:
    """The source with the pictures between two times alone; None for its own start or end.

    Times stay the file's. Its scan is not to be kept, as it has the whole file's fingerprint. Raises
    ImpossibleWish where nothing lies between.
    """
    first_s = max(source.video_start_s, start_s or 0.0)
    last_s = source.end_s if end_s is None else min(source.end_s, end_s)
    if first_s >= last_s:
        raise ImpossibleWish(
            f"{shown_name(source.path)} shows nothing there: it runs from "
            f"{timecode(source.video_start_s)} to {timecode(source.end_s)}.",
            Remedy("by_hand", words="give a start before the end"),
        )
    return replace(source, video_start_s=first_s, duration_s=last_s - first_s)
