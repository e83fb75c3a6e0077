"""How far a head is turned, lifted and tilted, as a factor."""

from __future__ import annotations

import math
from typing import Literal

from screentest.prep.core.values import Face
from screentest.prep.scoring.usual import Usual
from screentest.prep.vision.facing import tilt_deg, turn_deg

Off = Literal["turned", "nodding", "tilted"]

_TURN_DEG, _NOD_DEG = 26.0, 24.0
# A head tilted by 10 degrees is charming, by 20 a flaw, by 30 bad.
_TILT_FREE_DEG, _TILT_DEG = 8.0, 18.0


def frontal_factor(face: Face, usual: Usual) -> float:
    """1 for a head that faces the camera and stands upright."""
    return math.exp(-sum(off_front(face, usual).values()))


def off_front(face: Face, usual: Usual) -> dict[Off, float]:
    """What each way not to face the camera takes off the factor's logarithm, 0 for nothing."""
    # A camera far above or below still costs: half of what exceeds 15 degrees.
    nod_deg = abs(face.pitch_deg - usual.pitch_deg) + 0.5 * max(0.0, abs(usual.pitch_deg) - 15)
    return {
        "turned": (turn_deg(face) / _TURN_DEG) ** 2,
        "nodding": (nod_deg / _NOD_DEG) ** 2,
        "tilted": (max(0.0, tilt_deg(face) - _TILT_FREE_DEG) / _TILT_DEG) ** 2,
    }
