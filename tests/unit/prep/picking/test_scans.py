"""Which scan a report is drawn from: footage is not looked at twice for nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from screentest import KLING_ELEMENTS, SORA_2, pick
from screentest.prep.core.errors import FootageError
from screentest.prep.core.values import EyesTrace, IdentityCheck, Scan, Span
from screentest.prep.core.wishes import NO_WISHES, Wishes
from screentest.prep.picking.interest import interest_in
from screentest.prep.picking.scans import scan_behind, spec_to_scan_for
from screentest.prep.scanning.cache import keep
from screentest.prep.scanning.scan import looked_closer, unseen_around
from tests.made_up import FACE, face, scan_of


@pytest.fixture
def meeting() -> Scan:
    """Two stretches that meet at 6 s, of footage that is gone: to look at it again would fail."""
    whole = scan_of(lambda t: face() if 4 <= t < 8.2 else None)
    scan = replace(whole, refined=(Span(6.0, 20.0), Span(0.0, 6.0)))
    window = pick(scan)
    checked = IdentityCheck(Span(window.start_s, window.end_s), FACE.box, None)
    times_s = tuple(n / 15 for n in range(60, 123))
    eyes = EyesTrace((4.0, FACE.box), times_s, (FACE.eyes_open,) * len(times_s))
    return replace(scan, checked=(checked,), eyes=(eyes,), traced=(eyes,))


def kept(scan: Scan, folder: Path) -> Path:
    keep(scan, interest_in(scan.source, SORA_2), folder=folder)
    return folder


def test_stretches_that_meet_are_one(meeting: Scan) -> None:
    assert meeting.looked_at == (Span(0.0, 20.0),)
    assert replace(meeting, refined=(Span(0, 2), Span(3, 4), Span(1, 2.5))).looked_at == (
        Span(0, 2.5),
        Span(3, 4),
    )


def test_a_window_over_the_seam_of_two_stretches_needs_no_second_look(
    meeting: Scan, tmp_path: Path
) -> None:
    folder, segment = kept(meeting, tmp_path), pick(meeting)
    assert segment.start_s < 6.0 < segment.end_s
    assert scan_behind(meeting.source, segment, NO_WISHES, SORA_2, folder=folder) == meeting
    assert looked_closer(meeting, [6.0], window_s=4.0) == meeting


def test_a_window_that_was_not_all_looked_at_is_looked_at_again(meeting: Scan, tmp_path: Path) -> None:
    segment = pick(meeting)
    half = replace(meeting, refined=(Span(6.0, 20.0),))
    folder = kept(half, tmp_path)
    with pytest.raises(FootageError):
        scan_behind(half.source, segment, NO_WISHES, SORA_2, folder=folder)


def test_of_a_window_whose_start_was_given_no_kept_scan_tells(meeting: Scan, tmp_path: Path) -> None:
    folder, asked = kept(meeting, tmp_path), Wishes(start_s=pick(meeting).start_s)
    with pytest.raises(FootageError):
        scan_behind(meeting.source, pick(meeting), asked, SORA_2, folder=folder)


def test_a_number_is_of_the_scan_that_is_listed_whatever_the_model() -> None:
    assert spec_to_scan_for(Wishes(person=2), KLING_ELEMENTS) == SORA_2
    assert spec_to_scan_for(Wishes(subject="face"), KLING_ELEMENTS) == KLING_ELEMENTS


def test_only_what_was_not_looked_at_yet_is_looked_at_closer() -> None:
    """Around 7 s lie 4 to 10 s, where a window of 4 s has room."""
    scan = scan_of(lambda _: None)
    for looked, unseen in (
        ((Span(0.0, 6.0), Span(8.0, 20.0)), (Span(6.0, 8.0),)),
        ((Span(5.0, 9.0),), (Span(4.0, 5.0), Span(9.0, 10.0))),
        ((Span(0.0, 5.0), Span(5.05, 20.0)), ()),
        ((), (Span(4.0, 10.0),)),
    ):
        assert unseen_around(replace(scan, refined=looked), 7.0, window_s=4.0) == unseen
