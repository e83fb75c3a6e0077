"""What a face does, as a factor: a calm, friendly one is easiest to make a character of."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from screentest.prep.core.values import Face
from screentest.prep.scoring.curves import rise

# In smaller faces a mouth reads as pulled, and eyes as crossed, by chance.
_READABLE_PX, _SURE_PX = 50.0, 70.0
_LEAST_OPEN = 0.5
# What is there for so long before and after a moment is no word; lips that are held so are a pout.
_LASTS_S = 0.3
_POUTS = (0.08, 0.2)


def mouth_factor(face: Face) -> float:
    """1 for a mouth that is closed or speaks, less the wider it is open.

    Speech reads up to 0.35, now and then 0.45; mouths opened for show 0.45 to 0.75.
    """
    return 1 - 0.5 * rise(face.mouth_open, 0.35, 0.7)


def calm_factor(face: Face, *, face_px: float, lasting: float = 0.0) -> float:
    """1 for a face at rest, that speaks or smiles, less for one that is drawn out of shape.

    ``lasting``: the least grimace of the moments around, see ``lasting_over``.
    """
    crossed = rise(face.crossed, 0.0, 0.5) if face.eyes_open > _LEAST_OPEN else 0.0
    drawn = max(rise(face.grimace, 0.08, 0.45), rise(lasting, *_POUTS), crossed)
    return 1 - 0.5 * drawn * rise(face_px, _READABLE_PX, _SURE_PX)


def lasting_over(times_s: Sequence[float], faces: Sequence[Face | None]) -> tuple[float, ...]:
    """How much of a grimace lasts around each sample of one person: a word passes, a pout stays."""

    def least(t_s: float) -> float:
        first, past = (bisect_left(times_s, t_s + by_s) for by_s in (-_LASTS_S, _LASTS_S))
        return min((face.grimace for face in faces[first:past] if face is not None), default=0.0)

    return tuple(map(least, times_s))
