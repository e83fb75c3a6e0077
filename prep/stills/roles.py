"""Which side of a head a turn shows: pure.

Left and right are the viewer's, as film has them (screen left, screen right): negative yaw looks to the
left edge of the picture. Angles are the mesh's, which reads about 0.9 of a turn
(``prep.vision.facing``), so a true three-quarter view of 42 degrees reads about 38, and one that only
begins to show, at some 20 degrees, 18.
"""

from __future__ import annotations

import math

from screentest.prep.core.values import Face
from screentest.prep.stills.values import Role, Turn
from screentest.prep.vision.facing import MIN_PRESENCE, nose_turn_deg

# In the order in which they are chosen, and in which a sheet shows them.
ANGLES: tuple[Role, ...] = ("frontal", "left", "right", "profile", "up", "down")
# The mesh holds to about here; a head that is turned further has no more than a nose to tell by.
_MESH_HOLDS_DEG = 50.0
_PROFILE_DEG = 58.0
# Nose offsets of a true profile read 0.65 and more, of half ones up to 0.55.
_PROFILE_NOSE = 0.62
# A nose so far off the middle is of a turned head: a mesh that says otherwise has collapsed.
_TURNED_NOSE = 0.5
_MOST_FRONTAL_DEG = 11.0
_MOST_LEVEL_DEG = 12.0
_LEAST_QUARTER_DEG, _MOST_QUARTER_DEG = 18.0, 57.0
_LEAST_NOD_DEG, _MOST_NOD_DEG = 12.0, 45.0
# A head that is lowered before a low camera looks level in the picture, and is not called down.
_LEAST_SEEN_DEG = 10.0
_MOST_ASIDE_DEG = 18.0
_MOST_TILT_DEG = 35.0
# Two stills whose turns are nearer than this show the same angle.
APART_DEG = 14.0


def turn_of(face: Face, *, side: float = 0.0) -> Turn | None:
    """How a fitted face is turned; None where neither its mesh nor its nose can tell.

    ``side``: of the picture that a profile looks to, see ``looking.side_of_nose``; 0 where only the
    sign of ``nose_offset`` tells, which is chance where the eyes fall together.
    """
    aside_deg = math.copysign(1.0, face.nose_offset) * face.yaw_deg
    collapsed = abs(face.nose_offset) >= _TURNED_NOSE and aside_deg < _LEAST_QUARTER_DEG
    if face.presence > MIN_PRESENCE and not collapsed:
        return Turn(face.yaw_deg, face.pitch_deg)
    if abs(face.nose_offset) >= _PROFILE_NOSE:
        turned_deg = max(_PROFILE_DEG, nose_turn_deg(face))
        return Turn(math.copysign(turned_deg, side or face.nose_offset), None)
    return None


def fit(role: Role, turn: Turn, *, level_deg: float, roll_deg: float = 0.0) -> float:
    """How well a turn fills a role, in [0, 1]; 0 where it does not.

    ``level_deg``: the pitch of this person's level head, as cameras sit high or low.
    """
    yaw_deg = turn.yaw_deg
    if abs(roll_deg) > _MOST_TILT_DEG:
        return 0.0
    upright = math.exp(-((roll_deg / 30) ** 2))
    if role == "profile":
        reach = abs(yaw_deg) >= _PROFILE_DEG
        return upright * (0.6 + 0.4 * _near(abs(yaw_deg), 85.0, 25.0)) if reach else 0.0
    if turn.pitch_deg is None:
        return 0.0
    nod_deg = turn.pitch_deg - level_deg
    if role == "frontal":
        if abs(yaw_deg) > _MOST_FRONTAL_DEG or abs(nod_deg) > _MOST_LEVEL_DEG:
            return 0.0
        return upright * _near(yaw_deg, 0.0, 14.0) * _near(nod_deg, 0.0, 14.0)
    if role in ("left", "right"):
        aside_deg = -yaw_deg if role == "left" else yaw_deg
        if not _LEAST_QUARTER_DEG <= aside_deg <= _MOST_QUARTER_DEG:
            return 0.0
        return upright * _near(aside_deg, 38.0, 20.0) * _near(nod_deg, 0.0, 22.0)
    up_deg = nod_deg if role == "up" else -nod_deg
    seen_deg = turn.pitch_deg if role == "up" else -turn.pitch_deg
    if not _LEAST_NOD_DEG <= up_deg <= _MOST_NOD_DEG or seen_deg < _LEAST_SEEN_DEG:
        return 0.0
    if abs(yaw_deg) > _MOST_ASIDE_DEG:
        return 0.0
    return upright * _near(up_deg, 22.0, 16.0) * _near(yaw_deg, 0.0, 24.0)


def nearness(role: Role, turn: Turn, *, level_deg: float) -> float:
    """How near a turn comes to a role, above 0 even where it does not fill it: to look around there."""
    nod_deg = (turn.pitch_deg if turn.pitch_deg is not None else level_deg) - level_deg
    wanted = {
        "frontal": (0.0, 0.0),
        "left": (-38.0, 0.0),
        "right": (38.0, 0.0),
        "profile": (math.copysign(85.0, turn.yaw_deg), 0.0),
        "up": (0.0, 22.0),
        "down": (0.0, -22.0),
    }[role]
    return math.exp(-((math.hypot(turn.yaw_deg - wanted[0], nod_deg - wanted[1]) / 28.0) ** 2))


def apart_deg(one: Turn, other: Turn, *, level_deg: float) -> float:
    """How far two turns lie apart."""
    nods = [t.pitch_deg if t.pitch_deg is not None else level_deg for t in (one, other)]
    return math.hypot(one.yaw_deg - other.yaw_deg, nods[0] - nods[1])


def is_identifiable(turn: Turn) -> bool:
    """Whether a face recogniser can be believed: strangers stay strangers, the same stay the same."""
    return turn.pitch_deg is not None and abs(turn.yaw_deg) <= _MESH_HOLDS_DEG


def _near(value: float, wanted: float, spread: float) -> float:
    return math.exp(-(((value - wanted) / spread) ** 2))
