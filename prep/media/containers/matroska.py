"""What a Matroska or WebM file says of a track that FFmpeg's libraries do not hand on (RFC 9559).

Only element headers and one small element are read; nothing here trusts a size it is told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

from screentest.prep.media.containers.mp4 import CleanAperture

_MAX_ELEMENTS = 512
EBML, SEGMENT = 0x1A45DFA3, 0x18538067
_TRACKS, _TRACK = 0x1654AE6B, 0xAE
_KIND, _VIDEO = 0x83, 0xE0
_WIDTH, _HEIGHT = 0xB0, 0xBA
_CROPS = {"bottom": 0x54AA, "top": 0x54BB, "left": 0x54CC, "right": 0x54DD}
# Video, sound, subtitles, metadata: FFmpeg makes no stream of other tracks.
_STREAM_KINDS = (1, 2, 17, 33)

_EBML = b"\x1a\x45\xdf\xa3"
_SEEK_HEAD, _SEEK_AT = 0x114D9B74, 0x53AC
_CLUSTER, _CUES, _ATTACHMENTS, _FILE = 0x1F43B675, 0x1C53BB6B, 0x1941A469, 0x61A7
_PASSED_OVER = frozenset({0xEC, 0xBF, _CLUSTER})
# FFmpeg's lists take up to 12 times the bytes of cues, and up to 32 times those of all else (tried).
_MOST_CUE_BYTES, _MOST_HEADER_BYTES = 24_000_000, 8_000_000
_MOST_FILES = 2000
_MOST_BEFORE_PICTURES = 10_000


def pixel_crop(path: Path, stream: int, part: tuple[int, int] | None = None) -> CleanAperture | None:
    """What ``PixelCrop`` leaves of the ``stream``-th stream; None where it takes nothing away.

    ``part``: the bytes to look at, None for all.
    """
    with suppress(OSError, IndexError, ValueError), path.open("rb") as file:
        start, end = part or (0, path.stat().st_size)
        for segment in _named(file, start, end, SEGMENT):
            for tracks in _named(file, *segment, _TRACKS):
                return _aperture(file, _streams(file, tracks)[stream])
    return None


def header_problem(path: Path, part: tuple[int, int] | None = None) -> str:
    """What is wrong with what a Matroska file holds besides pictures and sound, as the rest of a
    sentence about the file; "" where it can be read, and for other files.

    ``part``: the bytes to look at, None for all. A recording that never learnt its length seems to
    hold those after it, so each of several that were joined is looked at alone.
    """
    with suppress(OSError, IndexError, ValueError), path.open("rb") as file:
        start, end = part or (0, path.stat().st_size)
        file.seek(start)
        if file.read(len(_EBML)) == _EBML and _is_heavy(file, start, end):
            return "has a header or an index larger than fits in the memory"
    return ""


def _is_heavy(file: BinaryIO, start: int, end: int) -> bool:
    sizes: Counter[int] = Counter()
    for number, (kind, first, stop) in enumerate(_besides_pictures(file, start, end)):
        if kind == _ATTACHMENTS:
            sizes[_FILE] += sum(1 for _ in elements(file, first, stop, most=_MOST_FILES))
        else:
            sizes[_CUES if kind == _CUES else SEGMENT] += stop - first
        if number >= _MOST_BEFORE_PICTURES or sizes[_FILE] >= _MOST_FILES:
            return True
        if sizes[_CUES] > _MOST_CUE_BYTES or sizes[SEGMENT] > _MOST_HEADER_BYTES:
            return True
    return False


def _besides_pictures(file: BinaryIO, first: int, end: int) -> Iterator[tuple[int, int, int]]:
    """What FFmpeg reads before the first cluster, and what a seek head says of the rest."""
    for start, stop in _named(file, first, end, SEGMENT):
        seek_heads, seen = list[tuple[int, int]](), set[int]()
        for found in elements(file, start, stop, most=_MOST_BEFORE_PICTURES + 1):
            if found[0] == _CLUSTER:
                break
            seen.add(found[1])
            seek_heads += [found[1:]] if found[0] == _SEEK_HEAD else []
            if found[0] not in _PASSED_OVER:
                yield found
        while seek_heads:
            for seek in elements(file, *seek_heads.pop(), most=_MOST_BEFORE_PICTURES + 1):
                at = start + _number(file, seek[1:], _SEEK_AT)
                found = next(elements(file, at, stop), (_CLUSTER, at, at))
                if found[0] not in _PASSED_OVER and found[1] not in seen:
                    seen.add(found[1])
                    seek_heads += [found[1:]] if found[0] == _SEEK_HEAD else []
                    yield found


def _streams(file: BinaryIO, tracks: tuple[int, int]) -> list[tuple[int, int]]:
    """The track entries that become streams, in FFmpeg's order."""
    entries = list(_named(file, *tracks, _TRACK))
    return [entry for entry in entries if _number(file, entry, _KIND) in _STREAM_KINDS]


def _aperture(file: BinaryIO, entry: tuple[int, int]) -> CleanAperture | None:
    for video in _named(file, *entry, _VIDEO):
        crop = {side: _number(file, video, name) for side, name in _CROPS.items()}
        width = _number(file, video, _WIDTH) - crop["left"] - crop["right"]
        height = _number(file, video, _HEIGHT) - crop["top"] - crop["bottom"]
        if not any(crop.values()) or min(width, height) < 1:
            return None
        right, below = crop["left"] - crop["right"], crop["top"] - crop["bottom"]
        return CleanAperture(Fraction(width), Fraction(height), Fraction(right, 2), Fraction(below, 2))
    return None


def _number(file: BinaryIO, place: tuple[int, int], name: int) -> int:
    """An unsigned number inside an element, 0 where it is not there."""
    for start, end in _named(file, *place, name):
        file.seek(start)
        return int.from_bytes(file.read(min(8, end - start)), "big")
    return 0


def _named(file: BinaryIO, start: int, end: int, name: int) -> Iterator[tuple[int, int]]:
    return ((inner, stop) for kind, inner, stop in elements(file, start, end) if kind == name)


def elements(
    file: BinaryIO, start: int, end: int, *, most: int = _MAX_ELEMENTS
) -> Iterator[tuple[int, int, int]]:
    """(id, start of content, end) of each element between two offsets."""
    for _ in range(most):
        if start + 2 > end:
            return
        file.seek(start)
        header = file.read(12)
        id_length = 9 - header[0].bit_length()
        size_length = 9 - header[id_length].bit_length()
        size_bytes = header[id_length : id_length + size_length]
        if id_length > 4 or size_length > 8 or len(size_bytes) < size_length:
            return
        most = (1 << 7 * size_length) - 1
        size = int.from_bytes(size_bytes, "big") & most
        content = start + id_length + size_length
        if content > end:
            return
        stop = end if size == most else content + size  # all ones: as long as what holds it
        if stop > end:
            stop = end  # cut off
        yield int.from_bytes(header[:id_length], "big"), content, stop
        start = stop
