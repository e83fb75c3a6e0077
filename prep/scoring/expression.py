"""What a face does, as a factor: a calm, friendly one is easiest to make a character of."""

from __future__ import annotations

from screentest.prep.core.values import Face
from screentest.prep.scoring.curves import rise

# In smaller faces a mouth reads as pulled, and eyes as crossed, by chance.
_READABLE_PX, _SURE_PX = 50.0, 70.0
_LEAST_OPEN = 0.5


def mouth_factor(face: Face) -> float:
    """1 for a mouth that is closed or speaks, less the wider it is open.

    Speech reads up to 0.35, now and then 0.45; mouths opened for show 0.45 to 0.75.
    """
    return 1 - 0.25 * rise(face.mouth_open, 0.25, 0.7)


def calm_factor(face: Face, *, face_px: float) -> float:
    """1 for a face at rest, that speaks or smiles, less for one that is drawn out of shape."""
    crossed = rise(face.crossed, 0.0, 0.5) if face.eyes_open > _LEAST_OPEN else 0.0
    drawn = max(rise(face.grimace, 0.08, 0.45), crossed)
    return 1 - 0.5 * drawn * rise(face_px, _READABLE_PX, _SURE_PX)
