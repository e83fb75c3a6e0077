"""How good a face is in a role, in [0, 1]: pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from screentest.prep.core.values import Face
from screentest.prep.scoring.curves import rise
from screentest.prep.scoring.faces import exposure_factor, whole_factor
from screentest.prep.scoring.gaze import gaze_from_camera_deg
from screentest.prep.stills.roles import fit
from screentest.prep.stills.values import Role, Sight

_LEVEL_WITHIN_DEG = 25.0
# So far do a camera's height and a face's build go; beyond, somebody who looks up all the time does.
_MOST_LEVEL_DEG = 8.0
# Lids follow the eyes down: a head that looks down reads as half shut.
_LIDS_DOWN = 0.75
_ASIDE_DEG = 18.0
_CLEAR = 0.93
# Around a face, in its heights: what head and shoulders take.
_BESIDE, _BELOW = 1.25, 1.5


@dataclass(frozen=True, slots=True)
class Habits:
    """What is usual for one person.

    ``level_deg``: the pitch of the level head. ``eyes_open``: wide. ``clarity``/``clarity_aside``: the
    detector's score with nothing before the face, facing and turned.
    """

    level_deg: float
    eyes_open: float
    clarity: float
    clarity_aside: float


def habits_of(sights: Sequence[Sight]) -> Habits:
    """What is usual over the sights of one person; ordinary values where none tells."""
    seen = [s for s in sights if s.turn.pitch_deg is not None]
    facing = [s for s in seen if abs(s.turn.yaw_deg) <= _LEVEL_WITHIN_DEG] or seen
    if not facing:
        return Habits(0.0, 0.85, _CLEAR, _CLEAR)
    usual_deg = median(s.turn.pitch_deg or 0.0 for s in facing)
    return Habits(
        level_deg=min(_MOST_LEVEL_DEG, max(-_MOST_LEVEL_DEG, usual_deg)),
        eyes_open=float(np.percentile([s.face.eyes_open for s in facing], 75)),
        clarity=_usual_clarity([s for s in seen if abs(s.turn.yaw_deg) < _ASIDE_DEG]),
        clarity_aside=_usual_clarity([s for s in seen if abs(s.turn.yaw_deg) >= _ASIDE_DEG]),
    )


def score(role: Role, sight: Sight, habits: Habits) -> float:
    """The product of what matters in a still: the angle, open eyes, nothing in front of the face, size,
    sharpness, light, a whole head, and nobody else as large."""
    face = sight.face
    angle = fit(role, sight.turn, level_deg=habits.level_deg, roll_deg=face.roll_deg)
    if angle == 0.0:
        return 0.0
    face_px = face.box.height * sight.height_px
    size = max(0.05, rise(face_px, 20.0, 260.0)) ** 0.4
    sharp = _sharp(face) ** 0.5
    lit = max(0.05, exposure_factor(face.exposure)) ** 0.5
    seen = _eyes(role, sight, habits) * _clear(role, face, habits) * whole_factor(face) * _alone(sight)
    return float(angle * seen * size * sharp * lit * _expression(role, sight))


def _alone(sight: Sight) -> float:
    """Less the larger another face is, and where one is so near that no crop leaves it out."""
    own, others = sight.face.box, sight.others
    rival = max((box.height for box in others), default=0.0) / max(1e-6, own.height)
    beside = _BESIDE * own.height / sight.aspect
    is_near = any(
        own.x - beside < box.x + box.width
        and box.x < own.x + own.width + beside
        and own.y < box.y + box.height
        and box.y < own.y + (1 + _BELOW) * own.height
        for box in others
    )
    return (1 - 0.4 * rise(rival, 0.4, 1.0)) * (0.85 if is_near else 1.0)


def _sharp(face: Face) -> float:
    """Stricter than for a window: of two stills of one side, the crisper."""
    return max(0.05, rise(math.log10(face.sharpness + 1), 0.6, 2.4))


def _eyes(role: Role, sight: Sight, habits: Habits) -> float:
    if role == "profile":
        return 1.0  # the mesh does not hold there, and what it says of eyes is not true
    wide = max(0.6, min(0.95, habits.eyes_open)) * (_LIDS_DOWN if role == "down" else 1.0)
    return max(0.05, rise(sight.face.eyes_open / wide, 0.4, 0.9))


def _clear(role: Role, face: Face, habits: Habits) -> float:
    """The detector's own score drops where a hand or hair covers the face, and a little for a turn."""
    if role == "profile":
        return max(0.1, rise(face.clarity, 0.65, 0.85))
    usual = habits.clarity_aside if role in ("left", "right") else habits.clarity
    return max(0.05, rise(face.clarity - usual, -0.045, -0.003)) * max(
        0.1, rise(face.clarity, 0.75, 0.9)
    )


def _usual_clarity(sights: Sequence[Sight]) -> float:
    """The ninetieth percentile, as a hand may be up for most of the footage."""
    return float(np.percentile([s.face.clarity for s in sights], 90)) if sights else _CLEAR


def _expression(role: Role, sight: Sight) -> float:
    """A portrait looks at the camera, its mouth at rest; of a turned head only the mouth is sure."""
    face = sight.face
    mouth = 1 - 0.35 * rise(face.mouth_open, 0.08, 0.5)
    if role != "frontal":
        return mouth
    gaze = 1 - 0.4 * rise(gaze_from_camera_deg(face), 15, 40)
    return mouth * gaze * (1 - 0.5 * rise(sight.face.grimace, 0.2, 0.7))
