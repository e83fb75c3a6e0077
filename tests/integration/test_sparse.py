"""The first look at footage: moments a second or two apart, wherever the keyframes stand."""

from __future__ import annotations

import subprocess
from itertools import pairwise
from pathlib import Path

import pytest

from prep import probe
from prep.ffmpeg import executable
from prep.frames import reading
from prep.values import Span

LENGTH_S, FPS, EVERY_S = 40, 25, 1.8


@pytest.fixture(scope="module", params=[0.04, 0.5, 2, 9, 60], ids=lambda gop_s: f"gop-{gop_s}")
def film(request, tmp_path_factory) -> Path:
    """A test picture with keyframes so far apart, open groups where they are long."""
    path = tmp_path_factory.mktemp("sparse") / "film.mp4"
    gop = round(request.param * FPS)
    command = [executable(), "-v", "error", "-nostdin", "-f", "lavfi"]
    command += ["-i", f"testsrc2=size=160x90:rate={FPS}:duration={LENGTH_S}", "-c:v", "libx264"]
    command += ["-preset", "veryfast", "-g", str(gop), "-sc_threshold", "0"]
    command += ["-x264-params", "open-gop=1", str(path)]
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


def test_two_halves_see_what_the_whole_sees(film: Path) -> None:
    halves = [*times_s(film, within=Span(0, 20)), *times_s(film, within=Span(20, 40))]
    assert all(after > before for before, after in pairwise(halves))
    assert max(after - before for before, after in pairwise(halves)) < EVERY_S + 1.1


def test_what_is_seen_is_the_picture_of_that_moment(film: Path) -> None:
    source = probe(film)
    with reading(source) as reader:
        sparse = {shot.t_s: reader.thumb(shot) for shot in reader.sparse(EVERY_S)}
    with reading(source) as reader:
        every = {shot.t_s: reader.thumb(shot) for shot in reader.span(0, LENGTH_S)}
    assert set(sparse) <= set(every)
    assert all((sparse[t_s] == every[t_s]).all() for t_s in sparse)
