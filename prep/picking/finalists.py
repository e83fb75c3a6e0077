"""What a window about to win is looked at for: that it shows one person, and how open the eyes are."""

from __future__ import annotations

from dataclasses import replace

import cv2

from screentest.prep.core.shots import EDGE_S
from screentest.prep.core.values import EyesTrace, IdentityCheck, Scan, Span
from screentest.prep.media.frames import reading
from screentest.prep.media.pictures import pictures_at
from screentest.prep.people.splices import hidden_cut_s, sightings_of
from screentest.prep.picking.scored import ScoredPerson, by_track
from screentest.prep.picking.windows import Window, window_at
from screentest.prep.scanning.eyes import EyesWatch, part_of, within
from screentest.prep.vision.facing import is_person


def set_aside(scan: Scan) -> Scan:
    """The scan as it is before anything was picked from it, so that no pick depends on another."""
    return replace(scan, eyes=())


def looked_over(scan: Scan, window: Window | None) -> tuple[Scan, float | None]:
    """The scan that knows of a window, and when another person takes the face's place inside it.

    What was checked or measured before is not looked at again; the rest is read in one pass.
    """
    if window is None or window.person is None:
        return scan, None
    seen = window.moments
    span, face = Span(window.start_s, window.start_s + window.length_s), seen[0][1].box
    parts = _parts(window)
    watch = _watch(scan, window.person, parts)
    for known in scan.checked:
        if (known.window, known.face) == (span, face):
            return _with_eyes(_measured(scan, watch), window.person, parts), known.cut_s
    sightings = sightings_of(seen, scan.source_of(seen[0][0]))
    pictures = watch.pictures_at if watch is not None else pictures_at
    cut_s = hidden_cut_s(scan.source, sightings, pictures=pictures)
    looked = scan if watch is None else _traced(scan, watch.trace())
    checked = (*scan.checked, IdentityCheck(span, face, cut_s))
    return _with_eyes(replace(looked, checked=checked), window.person, parts), cut_s


def with_eyes_at(scan: Scan, start_s: float, length_s: float) -> Scan:
    """The scan that knows how open the eyes are in a window that a person asked for."""
    window = window_at(scan, start_s, length_s)
    if window.person is None:
        return scan
    parts = _parts(window)
    return _with_eyes(_measured(scan, _watch(scan, window.person, parts)), window.person, parts)


def _parts(window: Window) -> frozenset[int]:
    """The parts of the footage in which a window shows its person."""
    return frozenset(part_of(signal.t_s) for signal, face in window.moments if is_person(face))


def _watch(scan: Scan, person: ScoredPerson, parts: frozenset[int]) -> EyesWatch | None:
    """Who measures the eyes in some parts; None where that is known."""
    known = by_track(scan.traced).get(person.key)
    missing = parts - {part_of(t_s) for t_s in known.times_s} if known is not None else parts
    if not missing:
        return None
    signals = person.shot.signals
    moments = [(signals[i].t_s, face) for i, face in sorted(person.track.faces.items())]
    end_s = person.shot.span.end_s - EDGE_S
    return EyesWatch(person.key, moments, parts=(min(missing), max(missing)), end_s=end_s)


def _measured(scan: Scan, watch: EyesWatch | None) -> Scan:
    if watch is None:
        return scan
    cv2.setNumThreads(1)
    with reading(scan.source) as reader:
        for _ in watch.pictures_at(reader, ()):
            pass  # nobody asked for a picture
    return _traced(scan, watch.trace())


def _traced(scan: Scan, trace: EyesTrace) -> Scan:
    return replace(scan, traced=_joined(scan.traced, trace))


def _with_eyes(scan: Scan, person: ScoredPerson, parts: frozenset[int]) -> Scan:
    """The scan in which picks know of one person's eyes in some parts."""
    known = by_track(scan.traced).get(person.key)
    return scan if known is None else replace(scan, eyes=_joined(scan.eyes, within(known, parts)))


def _joined(traces: tuple[EyesTrace, ...], more: EyesTrace) -> tuple[EyesTrace, ...]:
    """The traces with more of one track."""
    known = by_track(traces)
    before = known.get(more.track, EyesTrace(more.track, (), ()))
    values = dict(zip(before.times_s, before.eyes_open, strict=True))
    values.update(zip(more.times_s, more.eyes_open, strict=True))
    times_s = tuple(sorted(values))
    known[more.track] = EyesTrace(more.track, times_s, tuple(values[t_s] for t_s in times_s))
    return tuple(known.values())
