"""Eyes are measured in real footage as if every picture were looked at."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from screentest import probe
from screentest.prep.core.values import EyesTrace, Scan
from screentest.prep.media.frames import reading
from screentest.prep.people.tracks import tracks_of
from screentest.prep.scanning.eyes import EyesWatch, part_of
from screentest.prep.scanning.scan import look_at
from screentest.prep.vision.analysis import fitted
from screentest.prep.vision.mesh import FaceStack
from tests.conftest import Footage

# Of the part from 0.4 s on and the two after it.
PARTS = (1, 3)
Measure = Callable[[tuple[int, int]], EyesTrace]


@pytest.fixture(scope="module")
def looked(footage: Footage) -> Scan:
    return look_at(probe(footage("face-short")), start_s=0.0, length_s=3.0)


@pytest.fixture
def measure(looked: Scan) -> Measure:
    track = tracks_of(looked.signals, aspect=16 / 9)[0]
    moments = [(looked.signals[i].t_s, face) for i, face in sorted(track.faces.items())]

    def measured(parts: tuple[int, int]) -> EyesTrace:
        watch = EyesWatch(track.key(looked.signals), moments, parts=parts, end_s=3.0)
        with reading(looked.source) as reader:
            assert not list(watch.pictures_at(reader, ()))
        return watch.trace()

    return measured


def test_eyes_are_measured_fifteen_times_a_second_and_right(looked: Scan, measure: Measure) -> None:
    trace = measure(PARTS)
    assert len(trace.times_s) == 18, "1.2 s"
    faces = FaceStack()
    with reading(looked.source) as reader:
        seen = {f.t_s: fitted(reader.picture(f), faces, small=False) for f in reader.span(0.4, 1.6)}
    off = [abs(seen[t][0].eyes_open - e) for t, e in zip(trace.times_s, trace.eyes_open, strict=True)]
    assert np.mean(off) < 0.05
    assert max(off) < 0.15


def test_a_part_is_measured_alike_whatever_else_is(measure: Measure) -> None:
    all_of_it, alone = measure(PARTS), measure((2, 2))
    pairs = zip(all_of_it.times_s, all_of_it.eyes_open, strict=True)
    assert [pair for pair in pairs if part_of(pair[0]) == 2] == list(
        zip(alone.times_s, alone.eyes_open, strict=True)
    )


def test_the_mesh_is_fitted_only_where_the_eyes_change(
    measure: Measure, monkeypatch: pytest.MonkeyPatch
) -> None:
    fitted_at: list[object] = []
    fit = FaceStack.fit

    def counted(self: FaceStack, *args: object) -> object:
        fitted_at.append(args)
        return fit(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(FaceStack, "fit", counted)
    assert len(measure(PARTS).times_s) == 18
    assert 3 <= len(fitted_at) < 18, "once in each part at least"


def test_pictures_that_are_asked_for_come_in_passing(looked: Scan) -> None:
    track = tracks_of(looked.signals, aspect=16 / 9)[0]
    moments = [(looked.signals[i].t_s, face) for i, face in sorted(track.faces.items())]
    watch = EyesWatch(track.key(looked.signals), moments, parts=(2, 2), end_s=3.0)
    with reading(looked.source) as reader:
        times_s = [t_s for t_s, _ in watch.pictures_at(reader, (0.2, 1.0, 2.0))]
    assert times_s == [0.2, 1.0, 2.0]
    assert len(watch.trace().times_s) == 6
