"""Every window that could be chosen, with its score: pure.

A window lies inside one shot that was looked at closely. A window with a person holds one and the same
person in at least nine of ten samples.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import fmean, median

from screentest.prep.core.geometry import clusters, enclosing
from screentest.prep.core.shots import EDGE_S, Shot
from screentest.prep.core.values import Face, FrameSignal, Heads, Scan, Segment, Span, Subject, TrackKey
from screentest.prep.people.tracks import Track
from screentest.prep.picking.scored import ScoredPerson, ScoredShot, by_track, scored_shots
from screentest.prep.scoring.faceless import FacelessFactors
from screentest.prep.scoring.faces import WEIGHTS, Factors, Weights, combined
from screentest.prep.vision.facing import is_person

_PERSON_SHARE = 0.9
MIN_FACE_SCORE = 0.15
MIN_FACELESS_SCORE = 0.05
_SAME_SCORE = 1e-4


@dataclass(frozen=True, slots=True)
class Policy:
    """How to choose. ``version`` changes whenever the same scan would give another segment."""

    weights: Weights = WEIGHTS
    version: int = 4


POLICY = Policy()


@dataclass(frozen=True, slots=True)
class Window:
    """A candidate with what its reasons need.

    ``factors``: of each sample, None where the person is unseen. ``values``: how good each sample is,
    0 where the person is unseen. ``person``: whose window it is, None without a face.
    """

    start_s: float
    length_s: float
    score: float
    subject: Subject
    prominence: float
    factors: tuple[Factors | None, ...] | tuple[FacelessFactors, ...]
    values: tuple[float, ...]
    signals: tuple[FrameSignal, ...]
    person: ScoredPerson | None
    first: int

    @property
    def track(self) -> Track | None:
        """Where the person is."""
        return self.person.track if self.person is not None else None

    @property
    def moments(self) -> tuple[tuple[FrameSignal, Face], ...]:
        """The samples that show the person, turned to the camera or not, and the face in each."""
        mine = self.track.faces if self.track is not None else {}
        numbered = enumerate(self.signals, self.first)
        return tuple((signal, mine[i]) for i, signal in numbered if i in mine)


def window_behind(
    scan: Scan, segment: Segment, *, tracks: frozenset[TrackKey] | None = None
) -> Window | None:
    """The window that a segment was made from; None where its start was given.

    ``tracks``: only a window of these.
    """
    start_s = segment.start_s + EDGE_S
    around = [s for s in scored_shots(scan) if s.shot.span.start_s <= start_s < s.shot.span.end_s]
    windows = ranked(around, segment.length_s, segment.subject, POLICY, tracks=tracks)
    alike = (w for w in windows if abs(w.start_s - segment.start_s) < EDGE_S)
    return next((w for w in alike if abs(w.score - segment.score) < _SAME_SCORE), None)


def window_at(looked: Scan, start_s: float, length_s: float) -> Window:
    """The one window a person asked for, cuts and all: its best person, else its picture."""
    end_s = start_s + length_s
    fine = [s for s in looked.signals if s.fine and start_s - EDGE_S <= s.t_s < end_s - EDGE_S]
    there = looked.source_of(fine[0]) if fine else looked.source
    scored = ScoredShot(Shot(Span(start_s, end_s), tuple(fine), there), by_track(looked.eyes))
    people = scored.people if fine else ()
    seen = [
        _face_window(scored.shot, one, _values(one.factors, POLICY), 0, len(fine), length_s)
        for one in people
    ]
    best = max((w for w in seen if w), key=lambda w: w.score, default=None)
    if best is not None:
        return replace(best, start_s=start_s)
    return replace(_faceless_window(scored, 0, len(fine), length_s), start_s=start_s)


def heads_of(window: Window) -> Heads | None:
    """Where the faces of a window are; None without a person."""
    if window.person is None:
        return None
    faces = [face for _, face in window.moments]
    kept = {id(face) for face in faces}
    others = [f.box for s in window.signals for f in s.faces if id(f) not in kept and is_person(f)]
    return Heads(
        person=enclosing([f.box for f in faces]),
        face_height=median(f.box.height for f in faces),
        others=clusters(others),
    )


def ranked(
    shots: Sequence[ScoredShot],
    length_s: float,
    subject: Subject,
    policy: Policy,
    *,
    tracks: frozenset[TrackKey] | None = None,
) -> list[Window]:
    """Every window of a length that meets the requirements, best first.

    ``tracks``: only windows of these.
    """
    found: list[Window] = []
    for scored in shots:
        span = scored.shot.span
        if span.end_s - span.start_s + EDGE_S < length_s:
            continue
        if subject == "face":
            windows = _face_windows(scored, length_s, policy)
            found.extend(w for w in windows if tracks is None or (w.person and w.person.key in tracks))
        else:
            found.extend(_faceless_windows(scored, length_s))
    good = [w for w in found if w.score >= _least_score(w)]
    return sorted(good, key=lambda w: (-round(w.score, 6), -w.prominence, w.start_s))


def _least_score(window: Window) -> float:
    """What a window has to score."""
    return MIN_FACE_SCORE * bare_life(window) if window.subject == "face" else MIN_FACELESS_SCORE


def bare_life(window: Window) -> float:
    """What life and covers leave of the score of a window with a face, a share of 1.

    A photo, or a face that is covered, is a face for want of another: it is held against less.
    """
    seen = [m for m in window.factors if isinstance(m, Factors)]
    return fmean(m.alive**WEIGHTS.alive * m.bare**WEIGHTS.bare for m in seen)


def _starts(shot: Shot, length_s: float) -> Iterator[tuple[int, int]]:
    """(first, past last) sample of each window that fits into the shot."""
    times = [s.t_s for s in shot.signals]
    past = 0
    for first, start_s in enumerate(times):
        end_s = start_s + length_s
        if end_s > shot.span.end_s + EDGE_S:
            return
        while past < len(times) and times[past] < end_s - EDGE_S:
            past += 1
        yield first, past


def _face_windows(scored: ScoredShot, length_s: float, policy: Policy) -> Iterator[Window]:
    bounds = tuple(_starts(scored.shot, length_s))
    for person in scored.people:
        values = _values(person.factors, policy)
        for first, past in bounds:
            window = _face_window(scored.shot, person, values, first, past, length_s)
            if window is not None:
                yield window


def _values(factors: Sequence[Factors | None], policy: Policy) -> tuple[float, ...]:
    return tuple(m.score(policy.weights) if m else 0.0 for m in factors)


def _face_window(
    shot: Shot,
    person: ScoredPerson,
    values: tuple[float, ...],
    first: int,
    past: int,
    length_s: float,
) -> Window | None:
    """The window over some samples, None where the person shows their face in too few."""
    inside = person.factors[first:past]
    if sum(m is not None for m in inside) < _PERSON_SHARE * len(inside):
        return None
    return Window(
        start_s=shot.signals[first].t_s,
        length_s=length_s,
        score=combined(values[first:past]),
        subject="face",
        prominence=person.track.prominence,
        factors=inside,
        values=values[first:past],
        signals=shot.signals[first:past],
        person=person,
        first=first,
    )


def _faceless_windows(scored: ScoredShot, length_s: float) -> Iterator[Window]:
    for first, past in _starts(scored.shot, length_s):
        yield _faceless_window(scored, first, past, length_s)


def _faceless_window(scored: ScoredShot, first: int, past: int, length_s: float) -> Window:
    """The window over some samples, judged by its picture alone; 0 where there are none."""
    values = scored.faceless_values[first:past]
    return Window(
        start_s=scored.shot.signals[first].t_s if values else scored.shot.span.start_s,
        length_s=length_s,
        score=combined(values, weak_percentile=0) if values else 0.0,
        subject="other",
        prominence=0.0,
        factors=scored.faceless[first:past],
        values=values,
        signals=scored.shot.signals[first:past],
        person=None,
        first=first,
    )
