"""Where to look for each angle: pure, from the scan's samples, and bounded whatever the footage.

The scan's glimpses tell how far a nose is off the middle and nothing of pitch. So a few are posed:
those that promise a turn, and others spread over the footage. Around the best of these for each role
there is a close look.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from screentest.prep.core.values import Face, Scan, Span, united
from screentest.prep.stills.roles import ANGLES, nearness, turn_of
from screentest.prep.stills.scored import habits_of
from screentest.prep.stills.values import Role, Sight, Turn
from screentest.prep.vision.facing import PROFILE_NOSE_OFFSET, nose_turn_deg

MOST_GLIMPSES = 40
# Together at most 12 looks of 1.6 s, sampled six times a second.
_LOOKS_A_ROLE = 2
_AROUND_S = 0.8
_EVERY_S = 0.16
# A refined look compares every frame this near to what was chosen.
_REFINED_S = 0.18
_APART_S = 1.5
_LEAST_FACE = 0.045
_MOMENT_S = 1e-3


@dataclass(frozen=True, slots=True)
class Look:
    """A stretch to be looked at; a sample each ``every_s``, 0 for each frame."""

    span: Span
    every_s: float


@dataclass(frozen=True, slots=True)
class Glimpse:
    """A sample of the scan that shows a face, and what it tells of the turn."""

    t_s: float
    face: Face
    turn: Turn


def glimpses_in(scan: Scan, within: Span) -> tuple[Glimpse, ...]:
    """Every face of the scan that is large enough for a still, largest of its moment first."""
    return tuple(
        Glimpse(signal.t_s, face, _hint(face))
        for signal in scan.signals
        if within.start_s <= signal.t_s < within.end_s
        for face in sorted(signal.faces, key=lambda f: -f.box.height)[:2]
        if face.box.height >= _LEAST_FACE
    )


def moments_to_pose(glimpses: Sequence[Glimpse], *, most: int = MOST_GLIMPSES) -> tuple[Look, ...]:
    """The moments that are worth a mesh each, in order of time.

    Half by what they promise for a role, the roles in turn; the rest spread evenly.
    """
    times_s = sorted({glimpse.t_s for glimpse in glimpses})
    chosen: set[float] = set(times_s if len(times_s) <= most else _by_role(glimpses, most // 2))
    left = [t_s for t_s in times_s if t_s not in chosen]
    room = most - len(chosen)
    chosen |= {left[k * len(left) // room] for k in range(room)} if left and room else set()
    return tuple(Look(Span(t_s - _MOMENT_S, t_s + _MOMENT_S), 0.0) for t_s in sorted(chosen))


def looks_for(sights: Sequence[Sight], glimpses: Sequence[Glimpse], within: Span) -> tuple[Look, ...]:
    """Close looks around what promises most for each role; no two overlap."""
    level_deg = habits_of(sights).level_deg
    times_s: list[float] = []
    for role in ANGLES:
        rated = [(_worth(role, s.turn, s.face, level_deg), s.t_s) for s in sights]
        rated += [
            (0.7 * _worth(role, g.turn, g.face, level_deg), g.t_s)
            for g in glimpses
            if role in ("left", "right", "profile")
        ]
        times_s += _apart(rated, most=_LOOKS_A_ROLE)
    spans = (_clipped(t_s, _AROUND_S, within) for t_s in times_s)
    return tuple(Look(span, _EVERY_S) for span in united(spans))


def refined(times_s: Iterable[float], within: Span) -> tuple[Look, ...]:
    """Every frame just around some moments."""
    spans = (_clipped(t_s, _REFINED_S, within) for t_s in times_s)
    return tuple(Look(span, 0.0) for span in united(spans))


def _hint(face: Face) -> Turn:
    """The turn that a sample tells; where only a nose tells it, pitch is unknown and read as level."""
    known = turn_of(face)
    if known is not None and (face.yaw_deg or face.pitch_deg):
        return known
    turned_deg = nose_turn_deg(face)
    if abs(face.nose_offset) <= PROFILE_NOSE_OFFSET / 4:
        turned_deg = 0.0
    return Turn(turned_deg if face.nose_offset > 0 else -turned_deg, None)


def _by_role(glimpses: Sequence[Glimpse], most: int) -> set[float]:
    """The best moments for the roles that a nose tells of, in turn."""
    roles: tuple[Role, ...] = ("frontal", "left", "right", "profile")
    queues = [
        [g.t_s for g in sorted(glimpses, key=lambda g: -_worth(role, g.turn, g.face, 0.0))]
        for role in roles
    ]
    found: set[float] = set()
    for places in zip(*queues, strict=True):
        for t_s in places:
            if len(found) >= most:
                return found
            found.add(t_s)
    return found


def _worth(role: Role, turn: Turn, face: Face, level_deg: float) -> float:
    size = min(1.0, face.box.height / 0.3) ** 0.4
    return float(nearness(role, turn, level_deg=level_deg) * size * min(1.0, face.clarity / 0.9))


def _apart(rated: Iterable[tuple[float, float]], *, most: int) -> list[float]:
    """The moments of most worth, none near another."""
    times_s: list[float] = []
    for _, t_s in sorted(rated, key=lambda one: (-one[0], one[1])):
        if len(times_s) >= most:
            break
        if all(abs(t_s - other_s) >= _APART_S for other_s in times_s):
            times_s.append(t_s)
    return times_s


def _clipped(t_s: float, around_s: float, within: Span) -> Span:
    start_s = min(max(within.start_s, t_s - around_s), within.end_s)
    return Span(start_s, max(start_s, min(within.end_s, t_s + around_s)))
