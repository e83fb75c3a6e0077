"""Boxes around boxes, and which of them overlap: pure."""

from __future__ import annotations

from collections.abc import Sequence

from screentest.prep.core.values import Box


def clusters(boxes: Sequence[Box]) -> tuple[Box, ...]:
    """One box around each group of boxes that overlap: where each of several people is.

    No two results overlap, and the order of ``boxes`` changes only their order.
    """
    found: list[Box] = []
    for box in boxes:
        # A box that grows may reach clusters that it did not touch before.
        while touching := [other for other in found if _overlap(other, box)]:
            found = [other for other in found if other not in touching]
            box = enclosing([box, *touching])
        found.append(box)
    return tuple(found)


def _overlap(a: Box, b: Box) -> bool:
    return a.x < b.x + b.width and b.x < a.x + a.width and a.y < b.y + b.height and b.y < a.y + a.height


def enclosing(boxes: Sequence[Box]) -> Box:
    """The smallest box around some boxes; at least one."""
    left, top = min(b.x for b in boxes), min(b.y for b in boxes)
    right, bottom = max(b.x + b.width for b in boxes), max(b.y + b.height for b in boxes)
    return Box(left, top, right - left, bottom - top)


def shared_area(a: Box, b: Box) -> float:
    """How large the part is that two boxes share."""
    wide = min(a.x + a.width, b.x + b.width) - max(a.x, b.x)
    high = min(a.y + a.height, b.y + b.height) - max(a.y, b.y)
    return max(0.0, wide) * max(0.0, high)
