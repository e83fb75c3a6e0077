"""The clock of MPEG transport and program streams, read without a demuxer (ISO/IEC 13818-1).

FFmpeg follows the clock it is told: where one starts again, all that comes after lies in the past. So
the clock is looked at here, with the place in the file at which each of its values lies.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from screentest.prep.media.deadline import Deadline

TICKS_PER_S = 90_000
_BITS = 33
_SYNC = 0x47
_PACKET_BYTES = 188
# (size, bytes before the mark): plain packets; those of camcorders and Blu-ray with a time before each;
# those with bytes for correction behind.
_PACKET_SIZES = ((188, 0), (192, 4), (204, 0))
_SURE_PACKETS = 5
# From the start of a picture's head to the end of its times.
_TIMES_END = 19
# A pack is as long as a disc's sector; shorter ones are passed over.
_LEAST_PACK_BYTES = 1024
_RUN_PACKETS = 4096
_CHUNK_BYTES = 8 << 20
_OVERLAP_BYTES = 187
_WHOLE_BYTES = 128 << 20
_SAMPLES = 256
_SAMPLE_BYTES = 256 << 10
_VIDEO_IDS = (0xE0, 0xF0)
_SWITCHES = 8
_PACK = re.compile(rb"\x00\x00\x01\xba([\x20-\x2f\x40-\x7f].{8})", re.DOTALL)
# A clock goes back by less where pictures come late, and is not another one for so few pictures.
_BACK_TICKS = TICKS_PER_S // 2
_HOLE_TICKS, _AHEAD_TICKS = 10 * TICKS_PER_S, 3600 * TICKS_PER_S
_FEW = 8

Bytes = NDArray[np.uint8]
Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Clock:
    """The values of a clock, in ticks of 33 bits, in the order of the file.

    ``places``: the byte at which each one's picture begins. ``tables``: where a program's tables begin,
    before which a transport stream cannot be read.
    """

    places: Numbers
    ticks: Numbers
    tables: Numbers

    def joint(self, index: int) -> int:
        """The byte at which a recording begins whose first value is that: with the tables before it."""
        place, before = self.places[index], self.places[index - 1]
        tables = self.tables[(self.tables > before) & (self.tables < place)]
        return int(tables[-1] if len(tables) else place)


def joints(path: Path, deadline: Deadline, *, transport: bool, stream_id: int) -> tuple[int, ...]:
    """The bytes at which a recording begins whose clock does not go on from the one before.

    ``stream_id``: of the pictures. Long files are looked at in places first, and all through only where
    these do not follow one another; a piece of less than one in two hundred may be missed there.
    """
    if path.stat().st_size > _WHOLE_BYTES:
        samples = _clock(_samples(path, deadline), transport=transport, stream_id=stream_id)
        if not restarts(samples.ticks, few=1):
            return ()
    clock = _clock(_chunks(path, deadline), transport=transport, stream_id=stream_id)
    return tuple(clock.joint(index) for index in restarts(clock.ticks))


def restarts(ticks: Numbers, *, few: int = _FEW) -> tuple[int, ...]:
    """The indices at which a clock starts again for good; a wrap after 33 bits is not one. Pure.

    ``few``: values that stand alone are a damaged time and not another clock.
    """
    steps = _steps(ticks)
    breaks = np.flatnonzero((steps < -_BACK_TICKS) | (steps > _HOLE_TICKS)) + 1
    found: list[int] = []
    last: int | None = None
    for first, past in pairwise([0, *breaks.tolist(), len(ticks)]):
        if past - first < few:
            continue
        if last is not None and not _goes_on(int(ticks[last]), int(ticks[first])):
            found.append(first)
        last = past - 1
    return tuple(found)


def _goes_on(before: int, after: int) -> bool:
    step = int(_steps(np.asarray([before, after], np.int64))[0])
    return -_BACK_TICKS <= step <= _AHEAD_TICKS


def _steps(ticks: Numbers) -> Numbers:
    """From each value to the next, the shorter way around."""
    half = 1 << (_BITS - 1)
    return np.asarray((np.diff(ticks) + half) % (2 * half) - half, np.int64)


def _chunks(path: Path, deadline: Deadline) -> Iterator[tuple[int, bytes]]:
    """(where it begins, bytes) of all of the file, in pieces that overlap by less than a packet."""
    with path.open("rb") as file:
        place = 0
        while chunk := file.read(_CHUNK_BYTES + _OVERLAP_BYTES):
            deadline.check()
            yield place, chunk
            place = file.seek(place + _CHUNK_BYTES)


def _samples(path: Path, deadline: Deadline) -> Iterator[tuple[int, bytes]]:
    last = path.stat().st_size - _SAMPLE_BYTES
    with path.open("rb") as file:
        for sample in range(_SAMPLES):
            place = file.seek(last * sample // (_SAMPLES - 1))
            deadline.check()
            yield place, file.read(_SAMPLE_BYTES)


def _clock(chunks: Iterator[tuple[int, bytes]], *, transport: bool, stream_id: int) -> Clock:
    return _picture_clock(chunks, stream_id) if transport else _pack_clock(chunks)


def _pack_clock(chunks: Iterator[tuple[int, bytes]]) -> Clock:
    """The clock of a program stream: every pack's own (SCR)."""
    found: list[Numbers] = [np.zeros((0, 2), np.int64)]
    next_place = 0
    for start, chunk in chunks:
        packs: list[tuple[int, int]] = []
        for pack in _PACK.finditer(chunk):
            if (place := start + pack.start()) >= next_place:
                packs.append((place, _pack_ticks(pack[1])))
                next_place = place + _LEAST_PACK_BYTES
        found.append(np.asarray(packs, np.int64).reshape(-1, 2))
    places, ticks = np.concatenate(found).T
    return Clock(places, ticks, np.zeros(0, np.int64))


def _pack_ticks(head: bytes) -> int:
    """Three numbers of 3, 15 and 15 bits, a marker after each; MPEG-2 has two bits fewer before."""
    bits = int.from_bytes(head[:5], "big") >> (2 if head[0] & 0x40 else 0)
    return (bits >> 33 & 7) << 30 | (bits >> 17 & 0x7FFF) << 15 | (bits >> 1 & 0x7FFF)


def _picture_clock(chunks: Iterator[tuple[int, bytes]], stream_id: int) -> Clock:
    """The clock of a transport stream: when each of its pictures is to be decoded (DTS, else PTS)."""
    found: list[tuple[Numbers, Numbers, Numbers]] = []
    tables: list[Numbers] = []
    for start, chunk in chunks:
        for place, packets in _packets(chunk):
            at = start + place + np.arange(len(packets), dtype=np.int64) * packets.shape[1]
            packets = packets[:, -_PACKET_BYTES:] if packets.shape[1] == 192 else packets
            begins = np.flatnonzero(packets[:, 1] & 0x40)
            heads = packets[begins]
            ids = (heads[:, 1].astype(np.int64) & 0x1F) << 8 | heads[:, 2]
            tables.append(at[begins][ids == 0])
            timed, ticks = _timed(heads)
            found.append((at[begins][timed], ids[timed], ticks))
    if not found:
        return Clock(*[np.zeros(0, np.int64)] * 3)
    places, ids, ticks = (np.concatenate(column) for column in zip(*found, strict=True))
    ours = _in_a_row(ids, stream_id)
    return Clock(places[ours], ticks[ours], np.concatenate(tables))


def _packets(chunk: bytes) -> Iterator[tuple[int, Bytes]]:
    """(where they begin, packets as rows) of each run of packets in a piece of a transport stream."""
    every = np.frombuffer(chunk, np.uint8)
    at = 0
    while (synced := _synced(chunk, at)) is not None:
        at, size, head = synced
        count = min(_RUN_PACKETS, (len(chunk) - at) // size)
        rows = every[at : at + count * size].reshape(count, size)
        lost = np.flatnonzero(rows[:, head] != _SYNC)
        if len(lost):  # the packet before was cut off, and what comes next begins within it
            count = int(lost[0]) - 1
        yield at, rows[:count]
        at += count * size + (1 if len(lost) else 0)


def _synced(chunk: bytes, at: int) -> tuple[int, int, int] | None:
    """(first byte, size, bytes before the mark) of the next packets, None where there are no more."""
    while (mark := chunk.find(_SYNC, at)) >= 0:
        for size, head in _PACKET_SIZES:
            marks = chunk[mark : mark + _SURE_PACKETS * size : size]
            if mark >= head and len(marks) > 1 and marks.count(_SYNC) == len(marks):
                return mark - head, size, head
        at = mark + 1
    return None


def _timed(heads: Bytes) -> tuple[NDArray[np.bool_], Numbers]:
    """(which packets begin a picture with a time, those times) of packets that begin something."""
    filled = (heads[:, 3] & 0x20) > 0
    offsets = np.where(filled, 5 + heads[:, 4].astype(np.int64), 4)
    offsets = np.where(offsets > _PACKET_BYTES - _TIMES_END, 0, offsets)
    wide = heads[np.arange(len(heads))[:, None], offsets[:, None] + np.arange(_TIMES_END)]
    wide = wide.astype(np.int64)
    is_start = (wide[:, 0] == 0) & (wide[:, 1] == 0) & (wide[:, 2] == 1)
    is_video = (wide[:, 3] >= _VIDEO_IDS[0]) & (wide[:, 3] < _VIDEO_IDS[1])
    timed = np.asarray((offsets > 0) & is_start & is_video & ((wide[:, 7] & 0x80) > 0))
    wide = wide[timed]
    both = (wide[:, 7] & 0x40) > 0
    return timed, np.where(both, _ticks(wide[:, 14:19]), _ticks(wide[:, 9:14]))


def _ticks(five: Numbers) -> Numbers:
    """A time of 33 bits, written in five bytes with markers."""
    high = five[:, 0] >> 1 & 7
    middle = five[:, 1] << 7 | five[:, 2] >> 1
    low = five[:, 3] << 7 | five[:, 4] >> 1
    return np.asarray(high << 30 | middle << 15 | low, np.int64)


def _in_a_row(ids: Numbers, stream_id: int) -> NDArray[np.bool_]:
    """Which pictures are of the stream, or of another that takes its place where it ends.

    Streams that come by turns all along are other programs of one broadcast, with clocks of their own.
    """
    ours = np.asarray(ids == stream_id)
    for other in set(ids.tolist()) - {stream_id}:
        pair = ids[ours | (ids == other)]
        if np.count_nonzero(np.diff(pair)) <= _SWITCHES:
            ours |= ids == other
    return ours
