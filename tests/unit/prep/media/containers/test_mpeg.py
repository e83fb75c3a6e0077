"""Clocks of MPEG streams: where another recording begins, and what only looks like it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from pathlib import Path

import numpy as np
import pytest

from screentest.prep.media.containers import mpeg
from screentest.prep.media.containers.mpeg import TICKS_PER_S, joints, restarts
from screentest.prep.media.deadline import Deadline

VIDEO, OTHER = 0x100, 0x200


def ticks(*runs: tuple[float, float]) -> list[int]:
    """A clock of 25 a second from one second to another, for each run."""
    frames = chain.from_iterable(
        (first + k / 25 for k in range(round((past - first) * 25))) for first, past in runs
    )
    return [round(t_s * TICKS_PER_S) % (1 << 33) for t_s in frames]


def found(clock: list[int]) -> tuple[int, ...]:
    return restarts(np.asarray(clock, np.int64))


@pytest.mark.parametrize(
    ("runs", "wanted"),
    [
        (((1.4, 31.4),), ()),
        (((1.4, 31.4), (1.4, 15.4)), (750,)),
        (((1.4, 3.4), (2.0, 5.0)), (50,)),
        (((0, 2), (0, 2), (0, 2)), (50, 100)),
        (((90_000, 90_002), (0, 2)), (50,)),
        (((0, 2), (7300, 7302)), (50,)),
    ],
)
def test_a_clock_that_starts_again_begins_another_recording(
    runs: tuple[tuple[float, float], ...], wanted: tuple[int, ...]
) -> None:
    assert found(ticks(*runs)) == wanted


@pytest.mark.parametrize(
    "clock",
    [
        ticks((95_440, 95_450)),
        ticks((0, 2), (1.7, 4)),
        ticks((0, 2), (30, 32)),
        [*ticks((10, 12)), 0, *ticks((12, 14))],
        [*ticks((10, 12)), *ticks((0, 0.2)), *ticks((12, 14))],
        [5],
        [],
    ],
    ids=["wrap", "late pictures", "a hole", "one damaged time", "a few", "one picture", "none"],
)
def test_what_only_looks_like_another_clock_is_one_recording(clock: list[int]) -> None:
    assert found(clock) == ()


def packet(pid: int, payload: bytes, *, size: int = 188) -> bytes:
    """One transport packet that begins something, filled up in front of it."""
    room = 184 - len(payload) - 1
    body = bytes([0x47, 0x40 | pid >> 8, pid & 0xFF, 0x30, room]) + bytes(room) + payload
    return {188: body, 192: b"\0\0\0\0" + body, 204: body + bytes(16)}[size]


def time_bytes(mark: int, value: int) -> bytes:
    high, middle, low = value >> 30, value >> 15 & 0x7FFF, value & 0x7FFF
    return (mark << 4 | high << 1 | 1).to_bytes(1) + b"".join(
        (part << 1 | 1).to_bytes(2) for part in (middle, low)
    )


def picture(value: int, *, pid: int = VIDEO, size: int = 188) -> bytes:
    """A picture that is shown some time after ``value``, at which it is decoded."""
    times = time_bytes(3, value + 9000) + time_bytes(1, value)
    return packet(pid, b"\0\0\1\xe0\0\0\x80\xc0\x0a" + times, size=size)


def recording(first_s: float, past_s: float, *, pid: int = VIDEO, size: int = 188) -> bytes:
    pictures = b"".join(picture(value, pid=pid, size=size) for value in ticks((first_s, past_s)))
    return packet(0, b"\0\0", size=size) + packet(0x1000, b"\0\2", size=size) + pictures


def joints_of(content: bytes, folder: Path, *, transport: bool = True) -> tuple[int, ...]:
    path = folder / "raw.ts"
    path.write_bytes(content)
    stream_id = VIDEO if transport else 0x1E0
    return joints(path, Deadline(path, 60), transport=transport, stream_id=stream_id)


@pytest.mark.parametrize("size", [188, 192, 204])
def test_a_recording_begins_with_its_tables_in_every_kind_of_packet(size: int, tmp_path: Path) -> None:
    first = recording(10, 14, size=size)
    assert joints_of(first + recording(1, 4, size=size), tmp_path) == (len(first),)


def test_a_recording_that_was_cut_within_a_packet_hides_none(tmp_path: Path) -> None:
    first = recording(10, 14)[:-100]
    assert joints_of(first + recording(1, 4), tmp_path) == (len(first),)


def test_another_camera_gives_its_pictures_another_number(tmp_path: Path) -> None:
    first = recording(10, 14)
    assert joints_of(first + recording(1, 4, pid=OTHER), tmp_path) == (len(first),)


def test_another_program_of_a_broadcast_has_a_clock_of_its_own(tmp_path: Path) -> None:
    one, other = ticks((10, 18)), ticks((1, 9))
    turns = [
        b"".join(picture(value, pid=pid) for value in clock[first : first + 20])
        for first in range(0, 200, 20)
        for clock, pid in ((one, VIDEO), (other, OTHER))
    ]
    assert joints_of(b"".join(turns), tmp_path) == ()


def pack(value: int, *, mpeg_2: bool) -> bytes:
    times = time_bytes(2, value)
    if mpeg_2:
        bits = 1 << 46 | (value >> 30) << 43 | 1 << 42 | (value >> 15 & 0x7FFF) << 27 | 1 << 26
        times = (bits | (value & 0x7FFF) << 11 | 1 << 10 | 1).to_bytes(6)
    return (b"\0\0\1\xba" + times).ljust(2048, b"\xff")


@pytest.mark.parametrize("mpeg_2", [True, False])
def test_program_streams_are_told_by_their_packs(mpeg_2: bool, tmp_path: Path) -> None:
    first, second = (
        b"".join(pack(value, mpeg_2=mpeg_2) for value in ticks(run)) for run in ((10, 14), (1, 4))
    )
    assert joints_of(first + second, tmp_path, transport=False) == (len(first),)
    assert joints_of(first, tmp_path, transport=False) == ()


def test_long_files_are_read_through_only_where_a_look_here_and_there_tells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mpeg, "_WHOLE_BYTES", 0)
    monkeypatch.setattr(mpeg, "_SAMPLE_BYTES", 2000)
    first = recording(10, 60)
    read = read_of(monkeypatch)
    assert joints_of(first + recording(1, 40), tmp_path) == (len(first),)
    assert read == ["samples", "all"]
    assert joints_of(first, tmp_path) == ()
    assert read == ["samples", "all", "samples"]


def read_of(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was read from now on, in order."""
    read: list[str] = []

    def noting(name: str, what: str) -> None:
        real = getattr(mpeg, name)

        def noted(path: Path, deadline: Deadline) -> Iterable[tuple[int, bytes]]:
            read.append(what)
            return real(path, deadline)  # type: ignore[no-any-return]

        monkeypatch.setattr(mpeg, name, noted)

    noting("_samples", "samples")
    noting("_chunks", "all")
    return read
