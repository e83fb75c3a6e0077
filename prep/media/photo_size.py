"""How large a photo says it is, read from its head before anything decodes it.

A photo of a megabyte can unpack to gigabytes. So what does not say its size in a way that is known
here is not decoded at all.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

Size = tuple[int, int]

# JPEG's markers: headers of frames, and those that nothing follows.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE = frozenset({0x00, 0x01, *range(0xD0, 0xDA)})


def photo_size(photo: bytes) -> Size | None:
    """(width, height) in pixels that a photo's own header gives, as it is stored.

    JPEG, PNG, WebP, AVIF, TIFF, BMP and GIF; the largest one where a file gives several. None for
    everything else, and where the header cannot be read.
    """
    for magic, at, read in _KINDS:
        if photo[at : at + len(magic)] == magic:
            try:
                return read(photo)
            except (struct.error, IndexError):
                return None
    return None


def _png(photo: bytes) -> Size | None:
    # IHDR is the first chunk (W3C PNG, 5.6).
    width, height = struct.unpack_from(">II", photo, 16)
    return (width, height) if photo[12:16] == b"IHDR" else None


def _jpeg(photo: bytes) -> Size | None:
    """Of the frame header before the first scan (ITU-T T.81, B.1.1.2 and B.2.2)."""
    found, at = list[Size](), 2
    while at + 4 <= len(photo):
        marker, length = struct.unpack_from(">xBH", photo, at)
        if photo[at] != 0xFF or marker == 0xFF:
            at += 1  # a byte that fills up
            continue
        if marker == 0xDA:
            break
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", photo, at + 5)
            found.append((width, height))
        at += 2 if marker in _ALONE else 2 + length
    return _largest(found)


def _webp(photo: bytes) -> Size | None:
    """Of the canvas, and of every picture in it (RFC 9649)."""
    found, at = list[Size](), 12
    while at + 8 <= len(photo):
        kind, length = struct.unpack_from("<4sI", photo, at)
        body = photo[at + 8 : at + 38]
        if kind == b"VP8X":
            found.append((1 + _three(body, 4), 1 + _three(body, 7)))
        elif kind == b"VP8 ":
            width, height = struct.unpack_from("<HH", body, 6)
            found.append((width & 0x3FFF, height & 0x3FFF))
        elif kind == b"VP8L":
            (bits,) = struct.unpack_from("<I", body, 1)
            found.append((1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)))
        elif kind == b"ANMF":
            found.append((1 + _three(body, 6), 1 + _three(body, 9)))
            at += 8 + 16
            continue
        at += 8 + length + (length & 1)
    return _largest(found)


def _three(body: bytes, at: int) -> int:
    return int.from_bytes(body[at : at + 3], "little")


def _avif(photo: bytes) -> Size | None:
    """Of the largest ImageSpatialExtentsProperty (ISO/IEC 23008-12, 6.5.3), wherever one lies."""
    found, at = list[Size](), photo.find(b"ispe")
    while at >= 0:
        found.append(struct.unpack_from(">II", photo, at + 8))
        at = photo.find(b"ispe", at + 4)
    return _largest(found)


def _tiff(photo: bytes) -> Size | None:
    """Of the first picture, which is the one that is decoded (TIFF 6.0, section 2)."""
    order = "<" if photo[:2] == b"II" else ">"
    (at,) = struct.unpack_from(f"{order}I", photo, 4)
    (count,) = struct.unpack_from(f"{order}H", photo, at)
    sides = {256: 0, 257: 0}
    for entry in range(at + 2, at + 2 + 12 * count, 12):
        tag, kind = struct.unpack_from(f"{order}HH", photo, entry)
        if tag in sides:
            (side,) = struct.unpack_from(order + ("H" if kind == 3 else "I"), photo, entry + 8)
            sides[tag] = max(sides[tag], side)
    return sides[256], sides[257]


def _bmp(photo: bytes) -> Size | None:
    (head,) = struct.unpack_from("<I", photo, 14)
    width, height = struct.unpack_from("<HH" if head == 12 else "<ii", photo, 18)
    return abs(width), abs(height)


def _gif(photo: bytes) -> Size | None:
    width, height = struct.unpack_from("<HH", photo, 6)
    return width, height


def _largest(found: list[Size]) -> Size | None:
    return (max(w for w, _ in found), max(h for _, h in found)) if found else None


_KINDS: tuple[tuple[bytes, int, Callable[[bytes], Size | None]], ...] = (
    (b"\xff\xd8\xff", 0, _jpeg),
    (b"\x89PNG\r\n\x1a\n", 0, _png),
    (b"WEBP", 8, _webp),
    (b"ftypavif", 4, _avif),
    (b"ftypavis", 4, _avif),
    (b"ftypmif1", 4, _avif),
    (b"II*\0", 0, _tiff),
    (b"MM\0*", 0, _tiff),
    (b"BM", 0, _bmp),
    (b"GIF8", 0, _gif),
)
