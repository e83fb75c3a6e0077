"""How a stored picture becomes the one that a person sees: turned, flipped, cut, square-pixelled."""

from __future__ import annotations

import math
import struct
from dataclasses import replace
from fractions import Fraction

from screentest.prep.core.crop import Crop
from screentest.prep.core.errors import ImpossibleWish
from screentest.prep.core.values import Source
from screentest.prep.media.containers.mp4 import CleanAperture

# Clockwise quarter turns in degrees, and whether to flip left-right before.
Turn = tuple[int, bool]


def orientation(matrix: bytes | None) -> Turn:
    """(clockwise degrees to turn, whether to flip left-right first) of a display matrix.

    The matrix is nine int32, of which a b c d map a stored (x, y) to (ax + cy, bx + dy) on screen
    (ISO/IEC 14496-12, tkhd). Angles are rounded to quarter turns: nothing else is a camera's.
    """
    if matrix is None:
        return 0, False
    a, b, _, c, d = struct.unpack("<5i", matrix[:20])
    mirrored = a * d - b * c < 0
    sign = -1 if mirrored else 1
    turns = round(math.degrees(math.atan2(sign * b, sign * a)) / 90)
    return turns % 4 * 90, mirrored


def displayed_size(width_px: int, height_px: int, sar: Fraction, turn_deg: int) -> tuple[int, int]:
    """(width, height) on screen: square pixels made by enlarging, never by shrinking; upright."""
    wide = round(width_px * max(sar, Fraction(1)))
    high = round(height_px / min(sar, Fraction(1)))
    return (high, wide) if turn_deg % 180 else (wide, high)


def upright_aperture(
    clean: CleanAperture | None, width_px: int, height_px: int, *, turn_deg: int, mirrored: bool
) -> Crop | None:
    """The clean aperture in pixels of the upright picture, even; None where all is to be seen."""
    if clean is None:
        return None
    x = (width_px - clean.width_px) / 2 + clean.right_of_centre_px
    y = (height_px - clean.height_px) / 2 + clean.below_centre_px
    left, right = x, width_px - x - clean.width_px
    top, bottom = y, height_px - y - clean.height_px
    if min(left, right, top, bottom) < 0 or clean.width_px < 2 or clean.height_px < 2:
        return None
    if mirrored:
        left, right = right, left
    for _ in range(turn_deg // 90):
        left, top, right, bottom = bottom, left, top, right
    wide, high = (height_px, width_px) if turn_deg % 180 else (width_px, height_px)
    crop = Crop.from_edges(wide, high, left=left, top=top, right=right, bottom=bottom)
    return None if (crop.width_px, crop.height_px) == (wide, high) else crop


def seen_size(
    width_px: int, height_px: int, aperture: Crop | None, sar: Fraction, turn_deg: int
) -> tuple[int, int]:
    """(width, height) on screen of what is meant to be seen of a stored picture."""
    if aperture is None:
        return displayed_size(width_px, height_px, sar, turn_deg)
    wide, high = aperture.width_px, aperture.height_px
    stored = (high, wide) if turn_deg % 180 else (wide, high)
    return displayed_size(*stored, sar, turn_deg)


def turned(source: Source, turn_deg: int) -> Source:
    """The source as it is where a person turns it clockwise by so many degrees, whatever its file says.

    One that was turned before is turned from what its file says, not further. Raises ImpossibleWish for
    anything but quarter turns.
    """
    if turn_deg % 90:
        raise ImpossibleWish(
            f"Footage cannot be rotated by {turn_deg} degrees.",
            "It can be by 90, 180 or 270, clockwise.",
        )
    result = source
    for _ in range((turn_deg - source.turned_deg) % 360 // 90):
        result = _quarter_turned(result)
    joined = tuple(turned(recording, turn_deg) for recording in result.joined)
    return replace(result, turned_deg=turn_deg % 360, joined=joined)


def _quarter_turned(source: Source) -> Source:
    wide, high = source.coded_width_px, source.coded_height_px
    if source.rotation_deg % 180:
        wide, high = high, wide
    seen = source.aperture
    if seen is not None:
        below_px = high - seen.top_px - seen.height_px
        seen = Crop(below_px, seen.left_px, seen.height_px, seen.width_px)
    return replace(
        source,
        rotation_deg=(source.rotation_deg + 90) % 360,
        width_px=source.height_px,
        height_px=source.width_px,
        aperture=seen,
    )
