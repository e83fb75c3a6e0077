"""Several files of one person: the best window among them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from screentest.prep.core.errors import (
    FootageError,
    ImpossibleWish,
    NotFound,
    PickError,
    ScreentestError,
)
from screentest.prep.core.progress import SILENT, IsCancelled, Watcher
from screentest.prep.core.remedy import Remedy
from screentest.prep.core.spec import SORA_2, ClipSpec
from screentest.prep.core.values import Choice, Segment, Source
from screentest.prep.core.wishes import NO_WISHES, Wishes
from screentest.prep.pipeline import AnyPath, choose


def choose_best(
    raws: Sequence[AnyPath | Source],
    wishes: Wishes = NO_WISHES,
    spec: ClipSpec = SORA_2,
    *,
    scans: Path | None = None,
    watcher: Watcher = SILENT,
    cancelled: IsCancelled | None = None,
) -> tuple[int, Choice]:
    """Which of several files of one person has the best window, from 0 on, and that window.

    A window of the length that is asked for comes before a shorter one. Files that cannot be used are
    warned of and passed over. Raises what ``choose`` raises of one file, of the first where none can be
    used; ImpossibleWish for a start, which says nothing of which file.
    """
    if len(raws) > 1 and wishes.start_s is not None:
        raise ImpossibleWish(
            "A start cannot be combined with several files: it says nothing of which.",
            Remedy("without", ("start_s",)),
        )
    found: list[tuple[int, Choice]] = []
    first: ScreentestError | None = None
    for number, raw in enumerate(raws):
        try:
            choice = choose(raw, wishes, spec, scans=scans, watcher=watcher, cancelled=cancelled)
        except (FootageError, PickError) as error:
            if len(raws) == 1:
                raise
            first = first or error
            watcher.warned(f"{_named(raw)} is passed over: {error.message}")
        else:
            found.append((number, choice))
    if not found:
        raise first or NotFound("There is no footage.", Remedy("footage"))
    wanted_s = wishes.length_s or float(spec.target_length_s)
    return max(found, key=lambda one: _quality(one[1].segment, wanted_s=wanted_s))


def _quality(segment: Segment, *, wanted_s: float) -> tuple[bool, float]:
    return segment.length_s > wanted_s - _ABOUT_S, segment.score


def _named(raw: AnyPath | Source) -> str:
    return Path(raw.path if isinstance(raw, Source) else raw).name


_ABOUT_S = 0.25
"""How much shorter a window may be than another and count as long."""
