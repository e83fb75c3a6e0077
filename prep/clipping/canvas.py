"""The clip's canvas: pure arithmetic with exact ratios.

The canvas is the smallest box of the model's exact aspect, both sides even, that holds the displayed
picture; the picture is scaled only where it is below the smallest box or above the largest, and never
stretched.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from screentest.prep.core.spec import ClipSpec, Orientation


@dataclass(frozen=True, slots=True)
class Canvas:
    """Sizes in pixels. The picture is ``picture_*`` large and lies at ``left_px``, ``top_px``."""

    width_px: int
    height_px: int
    picture_width_px: int
    picture_height_px: int
    left_px: int
    top_px: int

    @property
    def is_padded(self) -> bool:
        return (self.picture_width_px, self.picture_height_px) != (self.width_px, self.height_px)

    @property
    def orientation(self) -> Orientation:
        return "portrait" if self.height_px > self.width_px else "landscape"

    @property
    def filled(self) -> float:
        """The share of the canvas that the picture covers."""
        return self.picture_width_px * self.picture_height_px / (self.width_px * self.height_px)


def orientation_of(width_px: int, height_px: int, *, wanted: Orientation | None) -> Orientation:
    """The orientation ``wanted``, else the picture's own: portrait for a tall one, else landscape."""
    if wanted is not None:
        return wanted
    return "portrait" if height_px > width_px else "landscape"


def boxes(spec: ClipSpec, orientation: Orientation) -> list[tuple[int, int]]:
    """Every (width, height) of the exact aspect with even sides in the model's bounds, smallest first.

    For 16:9 between 720 and 1080 lines: 32j x 18j for j = 40..60.
    """
    aspect = spec.aspect
    step = lcm(2, aspect.denominator)
    while (aspect * step) % 2:
        step += aspect.denominator
    first = -(-spec.min_short_px // step) * step
    found = [(int(aspect * short), short) for short in range(first, spec.max_short_px + 1, step)]
    return found if orientation == "landscape" else [(short, long) for long, short in found]


def canvas_for(
    width_px: int, height_px: int, *, spec: ClipSpec, orientation: Orientation | None = None
) -> Canvas:
    """The canvas for a picture displayed at ``width_px`` x ``height_px``; its own shape by default."""
    sizes = boxes(spec, orientation_of(width_px, height_px, wanted=orientation))
    holding = [(w, h) for w, h in sizes if w >= width_px and h >= height_px]
    width, height = holding[0] if holding else sizes[-1]
    scale = min(Fraction(width, width_px), Fraction(height, height_px))
    if scale > 1 and (width, height) != sizes[0]:
        scale = Fraction(1)
    fitted_width, fitted_height = _fitted(width_px, width, scale), _fitted(height_px, height, scale)
    return Canvas(
        width_px=width,
        height_px=height,
        picture_width_px=fitted_width,
        picture_height_px=fitted_height,
        # Chroma is stored at half resolution: an odd offset would shift colour against light.
        left_px=(width - fitted_width) // 4 * 2,
        top_px=(height - fitted_height) // 4 * 2,
    )


def is_upscaled(width_px: int, height_px: int, canvas: Canvas) -> bool:
    """Whether the picture was enlarged to reach the canvas."""
    return canvas.picture_width_px > width_px + 1 or canvas.picture_height_px > height_px + 1


def _fitted(side_px: int, limit_px: int, scale: Fraction) -> int:
    """The scaled side, even, at least 2 and within the canvas."""
    return max(2, min(limit_px, round(side_px * scale / 2) * 2))
