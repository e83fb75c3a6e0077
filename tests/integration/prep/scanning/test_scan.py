"""scan: what is looked at, and what is found there."""

from __future__ import annotations

from pathlib import Path

import pytest

from screentest import pick, probe, scan
from screentest.prep.core.progress import Progress
from screentest.prep.core.values import Scan, Span
from screentest.prep.scanning.close import blank, looked_closely
from screentest.prep.scanning.scan import look_at
from screentest.prep.scanning.workers import Workers
from tests.conftest import Footage


def test_a_cut_on_the_seam_of_two_looks_is_found(footage: Footage) -> None:
    """Two stretches that touch at a cut must not become one shot."""
    source = probe(footage("one-cut"))
    with Workers(source, count=2) as workers:
        both = looked_closely(blank(source), [Span(1, 5), Span(5, 9)], workers, lambda _: None)
    assert both.cuts_s == pytest.approx((5.0,), abs=0.05)


@pytest.mark.parametrize(
    "looks",
    [[(1, 5), (5, 9)], [(5, 9), (1, 5)], [(1, 5.1), (5.1, 9)], [(1, 4.9), (4.9, 9)]],
)
@pytest.mark.parametrize("at_once", [True, False])
def test_a_dissolve_across_the_seam_of_two_looks_is_found(
    footage: Footage, looks: list[tuple[float, float]], at_once: bool
) -> None:
    source = probe(footage("one-dissolve"))
    spans = [Span(*look) for look in looks]
    looked = blank(source)
    with Workers(source, count=2) as workers:
        for batch in [spans] if at_once else [[span] for span in spans]:
            looked = looked_closely(looked, batch, workers, lambda _: None)
    assert min(looked.cuts_s) == pytest.approx(4.8, abs=0.4)
    assert max(looked.cuts_s) == pytest.approx(5.2, abs=0.4)


def test_two_looks_that_meet_where_frames_are_missing_leave_no_gap(footage: Footage) -> None:
    """Each seventh and eleventh frame is missing, the one at 2.1 s too."""
    source = probe(footage("vfr"))
    spans = [Span(0, 2.11), Span(2.11, 5)]
    with Workers(source, count=2) as workers:
        together = looked_closely(blank(source), spans, workers, lambda _: None)
        after = looked_closely(
            looked_closely(blank(source), spans[1:], workers, _none), spans[:1], workers, _none
        )
    assert len(together.looked_at) == len(after.looked_at) == 1
    assert together.looked_at[0].end_s == pytest.approx(5, abs=0.1)


def _none(_: float) -> None:
    """A scan without progress."""


def test_a_pick_stays_on_its_side_of_a_cut(footage: Footage) -> None:
    made = pick(scan(probe(footage("one-cut"))))
    assert made.subject == "face"
    assert made.end_s <= 5.0 + 0.05


@pytest.fixture(scope="module")
def followed(face_clip: Path) -> tuple[Scan, list[float]]:
    """One more scan of the real clip, and the progress that it told."""
    told: list[float] = []
    return scan(face_clip, progress=told.append), told


def test_two_scans_of_the_same_footage_are_the_same(
    face_scan: Scan, followed: tuple[Scan, list[float]]
) -> None:
    again, _ = followed
    assert again == face_scan


def test_progress_goes_from_nothing_to_all(followed: tuple[Scan, list[float]]) -> None:
    _, told = followed
    assert told[-1] == 1.0
    assert all(0 <= share <= 1 for share in told)


def test_a_given_stretch_alone_is_looked_at(face_clip: Path) -> None:
    looked = look_at(probe(face_clip), start_s=20.0, length_s=4.0)
    assert all(20.0 - 1e-6 <= s.t_s < 24.0 for s in looked.signals)
    turned = max(abs(f.yaw_deg) for s in looked.signals for f in s.faces)
    assert turned > 12, "the head turns there"


def test_a_phone_clip_is_seen_upright(footage: Footage) -> None:
    made = pick(scan(probe(footage("face-rotated-90"))))
    assert made.subject == "face"


def test_the_error_itself_is_raised_and_not_that_the_others_stopped(face_clip: Path) -> None:
    def work(worker: object, span: Span, say: Progress) -> None:
        if span.start_s:
            raise ValueError("the second worker fell over")
        while True:
            say(0.5)

    with (
        Workers(probe(face_clip), count=2) as workers,
        pytest.raises(ValueError, match="second worker"),
    ):
        workers.each(work, [Span(0, 1), Span(1, 2)], lambda _: None)
