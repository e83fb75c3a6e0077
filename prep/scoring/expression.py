"""What a face does, as a factor: a calm, friendly one is easiest to make a character of."""

from __future__ import annotations

from screentest.prep.core.values import Face
from screentest.prep.scoring.curves import rise


def mouth_factor(face: Face) -> float:
    """1 for a mouth that is closed or speaks, less the wider it is open."""
    return 1 - 0.2 * rise(face.mouth_open, 0.25, 0.65)


def calm_factor(face: Face) -> float:
    """1 for a face at rest or a smile, less for one that is drawn out of shape."""
    return 1 - 0.4 * rise(face.grimace, 0.3, 0.8)
