"""What a report shows of a scan and its segment: pure.

The score over time, the moments of the filmstrip, and which person was chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from screentest.prep.core.values import (
    Face,
    Figure,
    FrameSignal,
    Scan,
    Segment,
    Span,
    Subject,
    TrackKey,
)
from screentest.prep.picking.scored import scored_shots
from screentest.prep.picking.windows import POLICY, Window, ranked, window_at, window_behind
from screentest.prep.scoring.faceless import faceless_score
from screentest.prep.scoring.faces import coarse_score

if TYPE_CHECKING:
    from screentest.prep.people.grouping import Person

FILMSTRIP_FRAMES = 8
_INSTANT_S = 0.01


@dataclass(frozen=True, slots=True)
class Point:
    """A moment's score in [0, 1]."""

    t_s: float
    score: float


@dataclass(frozen=True, slots=True)
class Curve:
    """The footage's score over time.

    ``coarse``: coarse samples, scored by the face detector alone. ``close``: one run of points for
    each stretch that was looked at closely; there a moment that no window could be made of scores 0.
    """

    coarse: tuple[Point, ...]
    close: tuple[tuple[Point, ...], ...]


@dataclass(frozen=True, slots=True)
class Moment:
    """One picture of the filmstrip. ``face``: the chosen person's; ``others``: the other faces.

    ``score`` is None where the moment has none of its own. ``figure``: where no person was chosen.
    """

    t_s: float
    face: Face | None
    others: tuple[Face, ...]
    score: float | None
    figure: Figure | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """All that a report shows besides pictures. ``first_s`` to ``end_s``: the footage's own clock."""

    first_s: float
    end_s: float
    segment: Segment
    curve: Curve
    cuts_s: tuple[float, ...]
    looked_at: tuple[Span, ...]
    moments: tuple[Moment, ...]


def story_of(scan: Scan, segment: Segment, *, frames: int = FILMSTRIP_FRAMES) -> Story:
    """The story of how ``segment`` was chosen from ``scan``."""
    source = scan.source
    chosen = _window_of(scan, segment)
    return Story(
        first_s=source.video_start_s,
        end_s=max(scan.end_s, source.video_start_s + source.duration_s, segment.end_s),
        segment=segment,
        curve=curve_of(scan, segment.subject),
        cuts_s=scan.cuts_s,
        looked_at=scan.looked_at,
        moments=_moments(chosen, frames),
    )


def chosen_of(people: Sequence[Person], scan: Scan, segment: Segment) -> Person | None:
    """The person of a scan that the segment was picked for, None without one."""
    return next((p for p in people if _is_window_of(p.tracks, scan, segment)), None)


def _is_window_of(tracks: frozenset[TrackKey] | None, scan: Scan, segment: Segment) -> bool:
    return segment.subject == "face" and window_behind(scan, segment, tracks=tracks) is not None


def _window_of(scan: Scan, segment: Segment) -> Window:
    """The window behind a segment: as it was ranked, or judged by itself where it was given."""
    found = window_behind(scan, segment)
    return found or window_at(scan, segment.start_s, segment.length_s)


def curve_of(scan: Scan, subject: Subject) -> Curve:
    """The score over time for one kind of subject."""
    shots = scored_shots(scan)
    # A window of an instant holds one sample, so its score is that moment's own.
    instants = ranked(shots, _INSTANT_S, subject, POLICY)
    best: dict[float, float] = {}
    for instant in instants:
        best[instant.start_s] = max(best.get(instant.start_s, 0.0), instant.score)
    close = [tuple(Point(s.t_s, best.get(s.t_s, 0.0)) for s in scored.shot.signals) for scored in shots]
    coarse = [Point(s.t_s, _coarse_value(s, scan, subject)) for s in scan.signals if not s.fine]
    return Curve(tuple(coarse), tuple(close))


def _coarse_value(signal: FrameSignal, scan: Scan, subject: Subject) -> float:
    if subject == "other":
        return faceless_score(signal)
    return max((coarse_score(face, scan.source_of(signal)) for face in signal.faces), default=0.0)


def _moments(chosen: Window, frames: int) -> tuple[Moment, ...]:
    signals = chosen.signals
    shown = [_moment(chosen, index) for index in spread(len(signals), frames)]
    return tuple(shown)


def _moment(chosen: Window, index: int) -> Moment:
    signal = chosen.signals[index]
    face = chosen.track.faces.get(chosen.first + index) if chosen.track else None
    factors = chosen.factors[index]
    score = factors.score() if factors else None
    others = tuple(f for f in signal.faces if f is not face)
    figure = signal.figure if chosen.subject == "other" else None
    return Moment(signal.t_s, face, others, score, figure)


def spread(count: int, wanted: int) -> tuple[int, ...]:
    """Up to ``wanted`` of ``count`` indices, evenly spread."""
    kept = min(count, wanted)
    return tuple(int((2 * i + 1) * count / (2 * kept)) for i in range(kept))
