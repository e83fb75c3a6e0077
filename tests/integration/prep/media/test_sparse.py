"""The first look at footage: moments a second or two apart, wherever the keyframes stand."""

from __future__ import annotations

import math
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from av.packet import Packet
from av.video.stream import VideoStream

from screentest import probe
from screentest.prep.clipping.ffmpeg import executable
from screentest.prep.core.values import Span
from screentest.prep.media import recording
from screentest.prep.media.frames import reading
from screentest.prep.media.opening import packets

LENGTH_S, FPS, EVERY_S, UNSEEN_S = 40, 25, 1.8, 3.6


@pytest.fixture(scope="module", params=[0.04, 0.5, 2, 9, 60], ids=lambda gop_s: f"gop-{gop_s}")
def film(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A test picture with keyframes so far apart, open groups where they are long."""
    return filmed(tmp_path_factory.mktemp("sparse") / "film.mp4", gop_s=request.param)


def filmed(path: Path, *, gop_s: float, more: tuple[str, ...] = ()) -> Path:
    gop = round(gop_s * FPS)
    command = [executable(), "-v", "error", "-nostdin", "-f", "lavfi"]
    command += ["-i", f"testsrc2=size=160x90:rate={FPS}:duration={LENGTH_S}", "-c:v", "libx264"]
    command += ["-preset", "veryfast", "-g", str(gop), "-sc_threshold", "0"]
    command += ["-x264-params", "open-gop=1", *more, str(path)]
    subprocess.run(command, check=True, timeout=120)
    return path


def times_s(path: Path, *, within: Span | None = None) -> list[float]:
    with reading(probe(path), quick=True) as reader:
        return [shot.t_s for shot in reader.sparse(EVERY_S, within=within)]


def test_no_stretch_goes_unseen_and_none_is_seen_too_often(film: Path) -> None:
    found = times_s(film)
    steps = [after - before for before, after in pairwise(found)]
    assert found[0] < EVERY_S
    assert found[-1] > LENGTH_S - 2 * EVERY_S
    assert min(steps) > EVERY_S - 0.15
    assert max(steps) < EVERY_S + 1.1


def test_where_more_may_go_unseen_less_is_decoded_and_no_more_goes_unseen(film: Path) -> None:
    source = probe(film)
    with reading(source, quick=True) as reader:
        found = [shot.t_s for shot in reader.sparse(EVERY_S, unseen_s=UNSEEN_S)]
    steps = [after - before for before, after in pairwise([*found, LENGTH_S])]
    assert found[0] == 0
    assert max(steps) < UNSEEN_S + 0.3


def test_a_gap_is_looked_into_no_further_than_needed(film: Path) -> None:
    with reading(probe(film), quick=True) as reader:
        keys = [shot.t_s for shot in reader.sparse(EVERY_S, unseen_s=math.inf)]
        for start_s, end_s in pairwise([*keys, float(LENGTH_S)]):
            inside = reader.between(start_s, end_s, every_s=EVERY_S, unseen_s=UNSEEN_S)
            found = [shot.t_s for shot in inside]
            assert found[0] == start_s
            steps = [after - before for before, after in pairwise(found)]
            assert max(steps, default=0) < 1.5 * EVERY_S
            if end_s - start_s > UNSEEN_S:
                needed_s = max(end_s - UNSEEN_S, start_s + EVERY_S / 2)
                assert needed_s - 0.1 < found[-1] < needed_s + 0.3


def test_a_keyframe_that_comes_soon_is_taken_where_the_next_comes_late(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files that were joined: nothing but keyframes is decoded."""
    path = filmed(
        tmp_path / "joined.mp4", gop_s=2, more=("-force_key_frames", "expr:gte(t,n_forced*3.3)")
    )
    alone: list[int] = []
    decoded = recording.RecordingReader._decoded

    def counted(reader: Any, packet: Any) -> Any:
        alone.append(packet is None or packet.is_keyframe)
        return decoded(reader, packet)

    monkeypatch.setattr(recording.RecordingReader, "_decoded", counted)
    found = times_s(path)
    assert all(alone)
    assert max(after - before for before, after in pairwise(found)) <= 2.1


def test_two_halves_see_what_the_whole_sees(film: Path) -> None:
    halves = [*times_s(film, within=Span(0, 20)), *times_s(film, within=Span(20, 40))]
    assert all(after > before for before, after in pairwise(halves))
    assert max(after - before for before, after in pairwise(halves)) < EVERY_S + 1.1


def test_what_is_passed_over_unread_changes_nothing(
    film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "_WORTH_A_JUMP_BYTES", 10**12)
    all_read = times_s(film)
    monkeypatch.setattr(recording, "_WORTH_A_JUMP_BYTES", 0)
    assert times_s(film) == all_read


def test_of_footage_made_of_keyframes_only_those_looked_at_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = filmed(tmp_path / "intra.mp4", gop_s=0.04)
    monkeypatch.setattr(recording, "_WORTH_A_JUMP_BYTES", 0)
    read: list[int | None] = []

    def counted(*arguments: Any) -> Iterator[Packet[VideoStream]]:
        for packet in packets(*arguments):
            read.append(packet.pts)
            yield packet

    monkeypatch.setattr(recording, "packets", counted)
    seen = times_s(path)
    assert len(read) < 3 * len(seen) < LENGTH_S * FPS / 10


def test_an_index_that_leads_nowhere_ends_in_reading_on(
    film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = times_s(film)
    monkeypatch.setattr(recording, "_WORTH_A_JUMP_BYTES", 0)
    source = probe(film)
    misled = replace(source, keyframes_s=tuple(sorted({0.0, *(k / 10 for k in range(1, 400, 7))})))
    with reading(misled, quick=True) as reader:
        found = [shot.t_s for shot in reader.sparse(EVERY_S)]
    assert max(b - a for a, b in pairwise(found)) < EVERY_S + 2.2
    assert len(found) >= 0.6 * len(expected)


def test_what_is_seen_is_the_picture_of_that_moment(film: Path) -> None:
    source = probe(film)
    with reading(source) as reader:
        sparse = {shot.t_s: reader.thumb(shot) for shot in reader.sparse(EVERY_S)}
    with reading(source) as reader:
        every = {shot.t_s: reader.thumb(shot) for shot in reader.span(0, LENGTH_S)}
    assert set(sparse) <= set(every)
    assert all((sparse[t_s] == every[t_s]).all() for t_s in sparse)
