"""How far a head is turned, lifted and tilted, as a factor."""

from __future__ import annotations

import math

from screentest.prep.core.values import Face
from screentest.prep.scoring.usual import Usual
from screentest.prep.vision.facing import tilt_deg, turn_deg

# A head tilted by 10 degrees is charming, by 20 a flaw, by 30 bad.
_TILT_FREE_DEG, _TILT_DEG = 8.0, 16.0


def frontal_factor(face: Face, usual: Usual) -> float:
    """1 for a head that faces the camera and stands upright."""
    # A camera far above or below still costs: half of what exceeds 15 degrees.
    pitch_deg = abs(face.pitch_deg - usual.pitch_deg) + 0.5 * max(0.0, abs(usual.pitch_deg) - 15)
    tilted_deg = max(0.0, tilt_deg(face) - _TILT_FREE_DEG)
    return math.exp(
        -((turn_deg(face) / 24) ** 2) - (pitch_deg / 24) ** 2 - (tilted_deg / _TILT_DEG) ** 2
    )
