"""Every window that could be chosen, with its score: pure.

A window lies inside one shot that was looked at closely. A window with a person holds one and the same
person in at least nine of ten samples.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from statistics import median

from screentest.prep.core.geometry import enclosing, places
from screentest.prep.core.values import (
    Face,
    FrameSignal,
    Heads,
    Scan,
    Segment,
    Source,
    Span,
    Subject,
    TrackKey,
)
from screentest.prep.people.tracks import Track, step_faces, tracks_of
from screentest.prep.scoring.faceless import PlainFactors, plain_factors
from screentest.prep.scoring.faces import (
    WEIGHTS,
    Factors,
    Weights,
    combined,
    factors,
    is_person,
    usual_of,
)

_PERSON_SHARE = 0.9
_MIN_FACE_SCORE = 0.15
MIN_PLAIN_SCORE = 0.08
EDGE_S = 1e-3
_SAME_SCORE = 1e-4


@dataclass(frozen=True, slots=True)
class Policy:
    """How to choose. ``version`` changes whenever the same scan would give another segment."""

    weights: Weights = WEIGHTS
    version: int = 3


POLICY = Policy()


@dataclass(frozen=True, slots=True)
class Window:
    """A candidate with what its reasons need.

    ``moments``: factors a sample, None where the person is unseen. ``values``: how good each sample is,
    0 where the person is unseen.
    """

    start_s: float
    length_s: float
    score: float
    subject: Subject
    prominence: float
    moments: tuple[Factors | None, ...] | tuple[PlainFactors, ...]
    values: tuple[float, ...]
    signals: tuple[FrameSignal, ...]
    track: Track | None
    first: int


@dataclass(frozen=True)  # without slots: keeps what was worked out, as windows of many lengths need it
class Shot:
    """A stretch without a cut, and its fine samples."""

    span: Span
    signals: tuple[FrameSignal, ...]
    source: Source

    @cached_property
    def people(self) -> tuple[tuple[Track, tuple[Factors | None, ...]], ...]:
        """Each person with the factors of each sample."""
        aspect = self.source.width_px / self.source.height_px
        tracks = tracks_of(self.signals, aspect=aspect)
        return tuple((track, _moments(track, self, aspect)) for track in tracks)

    @cached_property
    def plain(self) -> tuple[PlainFactors, ...]:
        """The factors of each sample, faces aside."""
        return tuple(plain_factors(s) for s in self.signals)

    @cached_property
    def plain_values(self) -> tuple[float, ...]:
        """How good each sample is, faces aside."""
        return tuple(moment.score() for moment in self.plain)


def shots_of(scan: Scan) -> tuple[Shot, ...]:
    """Cut-free stretches of what was looked at closely, in order of time."""
    fine = sorted((s for s in scan.signals if s.fine), key=lambda s: s.t_s)
    shots: list[Shot] = []
    for span in scan.looked_at:
        inner = sorted(c for c in scan.cuts_s if span.start_s < c < span.end_s)
        edges = [span.start_s, *inner, span.end_s]
        for start_s, end_s in pairwise(edges):
            inside = tuple(s for s in fine if start_s - EDGE_S <= s.t_s < end_s - EDGE_S)
            if inside:
                shots.append(Shot(Span(start_s, end_s), inside, scan.source))
    return tuple(shots)


def window_behind(
    scan: Scan, segment: Segment, *, tracks: frozenset[TrackKey] | None = None
) -> Window | None:
    """The window that a segment was made from; None where its start was given.

    ``tracks``: only a window of these.
    """
    shots = tuple(
        s for s in shots_of(scan) if s.span.start_s <= segment.start_s + EDGE_S < s.span.end_s
    )
    windows = ranked(shots, segment.length_s, segment.subject, POLICY, tracks=tracks)
    alike = (w for w in windows if abs(w.start_s - segment.start_s) < EDGE_S)
    return next((w for w in alike if abs(w.score - segment.score) < _SAME_SCORE), None)


def window_at(looked: Scan, start_s: float, length_s: float) -> Window:
    """The one window a person asked for, cuts and all: its best person, else its picture."""
    end_s = start_s + length_s
    fine = [s for s in looked.signals if s.fine and start_s - EDGE_S <= s.t_s < end_s - EDGE_S]
    shot = Shot(Span(start_s, end_s), tuple(fine), looked.source)
    people = shot.people if fine else ()
    seen = [
        _face_window(shot, track, moments, _values(moments, POLICY), 0, len(fine), length_s)
        for track, moments in people
    ]
    best = max((w for w in seen if w), key=lambda w: w.score, default=None)
    if best is not None:
        return replace(best, start_s=start_s)
    return replace(_plain_window(shot, 0, len(fine), length_s), start_s=start_s)


def heads_of(window: Window) -> Heads | None:
    """Where the faces of a window are; None without a person."""
    if window.track is None:
        return None
    mine = window.track.faces
    faces = [mine[i] for i in range(window.first, window.first + len(window.signals)) if i in mine]
    kept = {id(face) for face in faces}
    others = [f.box for s in window.signals for f in s.faces if id(f) not in kept and is_person(f)]
    return Heads(
        person=enclosing([f.box for f in faces]),
        face_height=median(f.box.height for f in faces),
        others=places(others),
    )


def ranked(
    shots: tuple[Shot, ...],
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
    for shot in shots:
        if shot.span.end_s - shot.span.start_s + EDGE_S < length_s:
            continue
        if subject == "face":
            windows = _face_windows(shot, length_s, policy)
            found.extend(w for w in windows if tracks is None or _key(w, shot) in tracks)
        else:
            found.extend(_plain_windows(shot, length_s))
    floor = _MIN_FACE_SCORE if subject == "face" else MIN_PLAIN_SCORE
    good = [w for w in found if w.score >= floor]
    return sorted(good, key=lambda w: (-round(w.score, 6), -w.prominence, w.start_s))


def _key(window: Window, shot: Shot) -> TrackKey | None:
    return window.track.key(shot.signals) if window.track is not None else None


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


def _face_windows(shot: Shot, length_s: float, policy: Policy) -> Iterator[Window]:
    bounds = tuple(_starts(shot, length_s))
    for track, moments in shot.people:
        values = _values(moments, policy)
        for first, past in bounds:
            window = _face_window(shot, track, moments, values, first, past, length_s)
            if window is not None:
                yield window


def _values(moments: Sequence[Factors | None], policy: Policy) -> tuple[float, ...]:
    return tuple(m.score(policy.weights) if m else 0.0 for m in moments)


def _face_window(
    shot: Shot,
    track: Track,
    moments: tuple[Factors | None, ...],
    values: tuple[float, ...],
    first: int,
    past: int,
    length_s: float,
) -> Window | None:
    """The window over some samples, None where the person does not show the face in enough of them."""
    inside = moments[first:past]
    if sum(m is not None for m in inside) < _PERSON_SHARE * len(inside):
        return None
    return Window(
        start_s=shot.signals[first].t_s,
        length_s=length_s,
        score=combined(values[first:past]),
        subject="face",
        prominence=track.prominence,
        moments=inside,
        values=values[first:past],
        signals=shot.signals[first:past],
        track=track,
        first=first,
    )


def _moments(track: Track, shot: Shot, aspect: float) -> tuple[Factors | None, ...]:
    """The person's factors a sample; None where the person does not show the face."""
    shown = {i: f for i, f in track.faces.items() if is_person(f)}
    if not shown:
        return (None,) * len(shot.signals)
    usual = usual_of(list(shown.values()))
    moments: list[Factors | None] = []
    for index, signal in enumerate(shot.signals):
        face = shown.get(index)
        if face is None:
            moments.append(None)
            continue
        speed = _speed(shown.get(index - 1), face, shot.signals[index - 1 : index + 1], aspect)
        others = [other for other in signal.faces if other is not face]
        moments.append(factors(face, shot.source, usual=usual, speed=speed, others=others))
    return tuple(moments)


def _speed(before: Face | None, face: Face, signals: tuple[FrameSignal, ...], aspect: float) -> float:
    """How fast a face moved since the sample before, in its own heights per second."""
    if before is None or len(signals) < 2:
        return 0.0
    return step_faces(before, face, aspect) / max(0.05, signals[1].t_s - signals[0].t_s)


def _plain_windows(shot: Shot, length_s: float) -> Iterator[Window]:
    for first, past in _starts(shot, length_s):
        yield _plain_window(shot, first, past, length_s)


def _plain_window(shot: Shot, first: int, past: int, length_s: float) -> Window:
    """The window over some samples, judged by its picture alone; 0 where there are none."""
    values = shot.plain_values[first:past]
    return Window(
        start_s=shot.signals[first].t_s if values else shot.span.start_s,
        length_s=length_s,
        score=combined(values, weak_percentile=0) if values else 0.0,
        subject="other",
        prominence=0.0,
        moments=shot.plain[first:past],
        values=values,
        signals=shot.signals[first:past],
        track=None,
        first=first,
    )
