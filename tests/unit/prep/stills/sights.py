"""Made-up sights for pure tests: one face at one moment, turned as a test says."""

from __future__ import annotations

from typing import Any

import numpy as np

from screentest.prep.core.values import Box
from screentest.prep.people.recogniser import Identity
from screentest.prep.stills.looking import Seen
from screentest.prep.stills.values import Sight, Turn
from tests.made_up import face


def sight(
    yaw_deg: float = 0.0,
    pitch_deg: float | None = 0.0,
    *,
    t_s: float = 1.0,
    others: tuple[Box, ...] = (),
    **flaws: Any,
) -> Sight:
    """A good face, but for its ``flaws``. ``pitch_deg``: None in a profile."""
    in_profile = pitch_deg is None
    shown = face(
        yaw_deg=0.0 if in_profile else yaw_deg,
        pitch_deg=pitch_deg or 0.0,
        presence=0.0 if in_profile else 0.99,
        nose_offset=0.8 if in_profile else yaw_deg / 100,
        roll_deg=0.0,
        **{"clarity": 0.94, **flaws},
    )
    turn = Turn(yaw_deg, pitch_deg)
    return Sight(0, t_s, shown, turn, aspect=16 / 9, height_px=720, others=others)


def identity(like: float) -> Identity:
    """An identity that is like ``identity(1.0)`` by so much."""
    found = np.zeros(128, np.float32)
    found[0], found[1] = like, (1 - like * like) ** 0.5
    return found


def seen(one: Sight, like: float, *, shot_s: float = 0.0) -> Seen:
    """A sight of somebody who is like the person wanted by so much."""
    return Seen(one, identity(like), (0, shot_s))
