"""A part of a picture, in pixels. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction

Real = int | Fraction


@dataclass(frozen=True, slots=True)
class Crop:
    """A rectangle of an upright picture, in its stored pixels; all four even."""

    left_px: int
    top_px: int
    width_px: int
    height_px: int

    @classmethod
    def from_edges(
        cls,
        width_px: int,
        height_px: int,
        *,
        left: Real = 0,
        top: Real = 0,
        right: Real = 0,
        bottom: Real = 0,
    ) -> Crop:
        """What is left of a picture without so much at its edges, rounded inwards to even pixels."""
        x, columns = _inner(width_px, left, right)
        y, rows = _inner(height_px, top, bottom)
        return cls(x, y, columns, rows)

    def within(self, outer: Crop | None) -> Crop:
        """This crop of what ``outer`` leaves, as one crop."""
        if outer is None:
            return self
        return replace(self, left_px=self.left_px + outer.left_px, top_px=self.top_px + outer.top_px)


def _inner(size: int, first: Real, last: Real) -> tuple[int, int]:
    """(offset, length) without ``first`` and ``last``; even where something is taken off."""
    if not first and not last:
        return 0, size
    begin = math.ceil(first / 2) * 2
    return begin, max(2, math.floor((size - last - begin) / 2) * 2)
