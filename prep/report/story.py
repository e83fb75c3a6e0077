"""What a report tells about a scan and its segment: pure.

The score over time, the moments of the filmstrip, and who appears where.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from prep.score import glimpse, is_person, plain_moment
from prep.tracks import Track, tracks_of
from prep.values import Face, FrameSignal, Scan, Segment, Span, Subject
from prep.windows import POLICY, Shot, Window, ranked, shots_of, window_at

FILMSTRIP_FRAMES = 8
_INSTANT_S = 0.01
_SAMPLE_GAP_S = 0.7


@dataclass(frozen=True, slots=True)
class Point:
    """A moment's score in [0, 1]."""

    t_s: float
    score: float


@dataclass(frozen=True, slots=True)
class Curve:
    """The footage's score over time.

    ``glances``: sparse samples, judged by what a detector alone tells. ``close``: one run of points for
    each stretch that was looked at closely; there a moment without the subject scores 0.
    """

    glances: tuple[Point, ...]
    close: tuple[tuple[Point, ...], ...]


@dataclass(frozen=True, slots=True)
class Moment:
    """One picture of the filmstrip. ``face``: the chosen person's; ``others``: the other faces.

    ``score`` is None where the moment has none of its own.
    """

    t_s: float
    face: Face | None
    others: tuple[Face, ...]
    score: float | None


@dataclass(frozen=True, slots=True)
class Appearance:
    """One person in one shot, as far as it was looked at closely.

    ``seen_s``: for how long the face was in the picture. ``best``, ``best_s``: the face that shows
    the person best, and when. ``largest_share``: the largest face's height over the picture's.
    """

    shot: int
    first_s: float
    last_s: float
    seen_s: float
    best: Face
    best_s: float
    largest_share: float
    chosen: bool


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
    appearances: tuple[Appearance, ...]


def story_of(scan: Scan, segment: Segment, *, frames: int = FILMSTRIP_FRAMES) -> Story:
    """The story of how ``segment`` was chosen from ``scan``."""
    source = scan.source
    chosen = window_at(scan, segment.start_s, segment.length_s)
    return Story(
        first_s=source.video_start_s,
        end_s=max(scan.end_s, source.video_start_s + source.duration_s, segment.end_s),
        segment=segment,
        curve=curve_of(scan, segment.subject),
        cuts_s=scan.cuts_s,
        looked_at=_united(scan.refined),
        moments=_moments(chosen, frames),
        appearances=_appearances(scan, chosen),
    )


def curve_of(scan: Scan, subject: Subject) -> Curve:
    """The score over time for one kind of subject."""
    shots = shots_of(scan)
    # A window of an instant holds one sample, so its score is that moment's own.
    instants = ranked(scan, shots, _INSTANT_S, subject, POLICY)
    best: dict[float, float] = {}
    for instant in instants:
        best[instant.start_s] = max(best.get(instant.start_s, 0.0), instant.score)
    close = [tuple(Point(s.t_s, best.get(s.t_s, 0.0)) for s in shot.signals) for shot in shots]
    glances = [Point(s.t_s, _glance(s, scan, subject)) for s in scan.signals if not s.fine]
    return Curve(tuple(glances), tuple(close))


def _glance(signal: FrameSignal, scan: Scan, subject: Subject) -> float:
    if subject == "other":
        return plain_moment(signal)
    return max((glimpse(face, scan.source) for face in signal.faces), default=0.0)


def _moments(chosen: Window, frames: int) -> tuple[Moment, ...]:
    signals = chosen.signals
    shown = [_moment(chosen, index) for index in spread(len(signals), frames)]
    return tuple(shown)


def _moment(chosen: Window, index: int) -> Moment:
    signal = chosen.signals[index]
    face = chosen.track.faces.get(chosen.first + index) if chosen.track else None
    factors = chosen.moments[index] if chosen.moments else None
    score = factors.score() if factors else None
    if chosen.subject == "other":
        score = plain_moment(signal)
    return Moment(signal.t_s, face, tuple(f for f in signal.faces if f is not face), score)


def spread(count: int, wanted: int) -> tuple[int, ...]:
    """Up to ``wanted`` of ``count`` indices, evenly over all of them."""
    kept = min(count, wanted)
    return tuple(int((2 * i + 1) * count / (2 * kept)) for i in range(kept))


def _united(spans: Sequence[Span]) -> tuple[Span, ...]:
    united: list[Span] = []
    for span in sorted(spans, key=lambda s: s.start_s):
        if united and span.start_s <= united[-1].end_s + 1e-3:
            united[-1] = replace(united[-1], end_s=max(united[-1].end_s, span.end_s))
        else:
            united.append(span)
    return tuple(united)


def _appearances(scan: Scan, chosen: Window) -> tuple[Appearance, ...]:
    """Every person of every shot, most seen first; a face seen once may be a mistake."""
    aspect = scan.source.width_px / scan.source.height_px
    own = set(map(id, chosen.track.faces.values())) if chosen.track else set()
    found = [
        _appearance(number, shot, track, own)
        for number, shot in enumerate(shots_of(scan))
        for track in tracks_of(shot.signals, aspect=aspect)
        if len(track.faces) > 1 and any(is_person(f) for f in track.faces.values())
    ]
    return tuple(sorted(found, key=lambda a: (not a.chosen, -a.seen_s, a.first_s)))


def _appearance(number: int, shot: Shot, track: Track, own: set[int]) -> Appearance:
    times_s = [shot.signals[i].t_s for i in sorted(track.faces)]
    best = max(track.faces, key=lambda i: _portrait(track.faces[i]))
    return Appearance(
        shot=number,
        first_s=times_s[0],
        last_s=times_s[-1],
        seen_s=_seen_s(shot, track),
        best=track.faces[best],
        best_s=shot.signals[best].t_s,
        largest_share=max(f.box.height for f in track.faces.values()),
        chosen=any(id(face) in own for face in track.faces.values()),
    )


def _seen_s(shot: Shot, track: Track) -> float:
    """How long a face shows: each sample holds until the next one."""
    ends_s = [*(s.t_s for s in shot.signals[1:]), shot.span.end_s]
    lasting = (min(_SAMPLE_GAP_S, ends_s[i] - shot.signals[i].t_s) for i in track.faces)
    return sum(lasting)


def _portrait(face: Face) -> float:
    """How well a face shows who it is: large, turned to the camera, eyes open."""
    turned = min(1.0, abs(face.yaw_deg) / 60 + abs(face.nose_offset))
    return face.box.height * (1.1 - turned) * (0.5 + face.eyes_open) * (0.2 + face.presence)
