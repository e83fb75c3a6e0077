"""How good a moment is, faces aside, in [0, 1]: pure.

For footage of animals, mascots, drawn characters, and of people who do not show the face.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from prep.score import exposure_factor, is_person, rise
from prep.values import Box, Figure, FrameSignal

_EDGE = 0.004
# Heights of a face, as shares of the picture, whose body is as large as a figure that counts for
# nothing, and in full.
_SMALL_FACE, _LARGE_FACE = 0.02, 0.09


@dataclass(frozen=True, slots=True)
class PlainFactors:
    """What a moment without a face is made of, each in [0, 1].

    ``shown``: how surely and how large somebody is there; nobody is worth three fifths, as it may be
    what no detector knows. ``whole``, ``alone``, ``still``: of that figure, never so low that it would
    be better not to see it. ``textured``, ``sharp``, ``lit``, ``calm``: of the picture.
    """

    shown: float
    whole: float
    alone: float
    still: float
    textured: float
    sharp: float
    lit: float
    calm: float

    weights: ClassVar[dict[str, float]] = {
        "shown": 1.0,
        "whole": 1.0,
        "alone": 1.0,
        "still": 1.0,
        "textured": 0.35,
        "sharp": 0.35,
        "lit": 0.3,
        "calm": 1.0,
    }

    def score(self) -> float:
        """The product of the factors' powers."""
        return float(math.prod(getattr(self, name) ** power for name, power in self.weights.items()))


def plain_factors(signal: FrameSignal) -> PlainFactors:
    """The factors of one moment."""
    heights = [face.box.height for face in signal.faces if is_person(face)]
    figure = signal.figure if not heights else None
    shown = rise(max(heights, default=0.0), _SMALL_FACE, _LARGE_FACE)
    whole = still = 1.0
    others, sharpness = max(0, len(heights) - 1), signal.sharpness
    if figure is not None:
        shown = _clearly_shown(figure)
        whole = 1 - 0.06 * _edges_cut(figure.box)
        still = 1 - 0.15 * rise(figure.sizes_per_s, 0.2, 1.5)
        others, sharpness = figure.others, figure.sharpness
    return PlainFactors(
        shown=0.6 + 0.4 * shown,
        whole=whole,
        alone=0.9 if others else 1.0,
        still=still,
        textured=max(0.02, rise(signal.detail, 0.05, 0.6)),
        sharp=max(0.02, rise(math.log10(sharpness + 1), 0.5, 2.6)),
        lit=max(0.02, exposure_factor(signal.exposure)),
        calm=1 - 0.6 * rise(signal.motion, 0.05, 0.8),
    )


def plain_moment(signal: FrameSignal) -> float:
    """How good a moment is, faces aside: somebody in it, whole, textured, sharp, lit and calm."""
    return plain_factors(signal).score()


def _clearly_shown(figure: Figure) -> float:
    """1 for what is surely a figure and fills a tenth of the picture."""
    side = math.sqrt(figure.box.width * figure.box.height)
    return rise(figure.sureness, 0.1, 0.4) * rise(side, 0.08, 0.3)


def _edges_cut(box: Box) -> int:
    """How many of the picture's edges a figure reaches; the lower one only cuts legs off."""
    return (box.x < _EDGE) + (box.y < _EDGE) + (box.x + box.width > 1 - _EDGE)
