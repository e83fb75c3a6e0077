"""Scans made for picking: for windows of a model's length, the best one checked to show one person."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from screentest.prep.core.progress import Progress
from screentest.prep.core.spec import SORA_2, ClipSpec
from screentest.prep.core.values import Scan, Segment, Source
from screentest.prep.core.wishes import Wishes
from screentest.prep.media.probe import probe
from screentest.prep.picking.casting import with_hidden_cuts
from screentest.prep.picking.finalists import with_eyes_at
from screentest.prep.picking.interest import interest_in
from screentest.prep.scanning import cache
from screentest.prep.scanning.scan import look_at, looked_closer
from screentest.prep.scanning.scan import scan as measured

# The model whose scan lists and numbers people, for all models.
LIST_SPEC = SORA_2
# A window may end this much later than a close look and still lie in it.
_EDGE_S = 0.1


def scan(
    source: Source | str | os.PathLike[str],
    *,
    spec: ClipSpec = SORA_2,
    progress: Progress | None = None,
) -> Scan:
    """The signals of a source's pictures over time, fine where a clip for ``spec`` may lie.

    Its best window shows one person throughout. ``progress`` is called with the share done, 0 to 1.
    Raises what ``probe`` raises for a path, and Unreadable where no picture decodes.
    """
    found = source if isinstance(source, Source) else probe(source)
    return with_hidden_cuts(measured(found, interest_in(found, spec), progress=progress), spec=spec)


def kept_scan(
    source: Source, spec: ClipSpec, *, folder: Path, progress: Progress | None = None
) -> Scan:
    """The result of ``scan``, read from ``folder`` where it is kept for clips of that length."""
    found = cache.cached_scan(source, interest_in(source, spec), folder=folder, progress=progress)
    checked = with_hidden_cuts(found, spec=spec)
    if knows_more(checked, found):
        keep_checks(checked, spec, folder=folder)
    return checked


def keep_checks(checked: Scan, spec: ClipSpec, *, folder: Path) -> None:
    """Keeps what was checked beside what was measured, so that it is not checked again.

    The cuts it found are not kept as such: what is picked must not depend on what was asked before.
    """
    cache.keep_checks(checked, interest_in(checked.source, spec), folder=folder)


def knows_more(looked: Scan, before: Scan) -> bool:
    """Whether windows were looked over since."""
    return (looked.checked, looked.traced) != (before.checked, before.traced)


def looked_at(
    source: Source, *, start_s: float, length_s: float, progress: Progress | None = None
) -> Scan:
    """A scan of one window alone, with the eyes of its face. Raises what ``look_at`` raises."""
    looked = look_at(source, start_s=start_s, length_s=length_s, progress=progress)
    return with_eyes_at(looked, start_s, length_s)


def spec_to_scan_for(wishes: Wishes, spec: ClipSpec) -> ClipSpec:
    """The model to scan for: where a person is named by number, the one whose scan lists people."""
    return spec if wishes.person is None else LIST_SPEC


def scan_behind(
    source: Source, segment: Segment, wishes: Wishes, spec: ClipSpec, *, folder: Path
) -> Scan:
    """The scan that a window came from: the kept one, or a look at a window whose start was given.

    The footage is looked at again only where the kept scan has not looked at all of the window.
    """
    if wishes.start_s is not None:
        return looked_at(source, start_s=segment.start_s, length_s=segment.length_s)
    kept = kept_scan(source, spec_to_scan_for(wishes, spec), folder=folder)
    if any(s.start_s <= segment.start_s and segment.end_s <= s.end_s + _EDGE_S for s in kept.looked_at):
        return replace(kept, eyes=kept.traced)
    # Picked from a closer look than the one that is kept, as for a photo.
    middle_s = (segment.start_s + segment.end_s) / 2
    moments_s = [segment.start_s, middle_s, segment.end_s]
    return looked_closer(kept, moments_s, window_s=segment.length_s)
