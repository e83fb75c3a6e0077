"""Which scan a report is drawn from: footage is not looked at twice for nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from screentest import pick
from screentest.client.cli.output.report import scan_behind
from screentest.prep.core.errors import FootageError
from screentest.prep.core.values import Scan, Span
from screentest.prep.scanning.cache import SCANNER_VERSION, to_json
from screentest.prep.scanning.scan import looked_closer
from tests.made_up import face, scan_of


@pytest.fixture
def meeting() -> Scan:
    """Two stretches that meet at 6 s, of footage that is gone: to look at it again would fail."""
    whole = scan_of(lambda t: face() if 4 <= t < 8.2 else None)
    return replace(whole, refined=(Span(6.0, 20.0), Span(0.0, 6.0)))


def keep(scan: Scan, home: Path) -> None:
    folder = home / "scans"
    folder.mkdir(parents=True)
    name = f"{scan.source.fingerprint[:40]}.v{SCANNER_VERSION}.json"
    (folder / name).write_text(json.dumps(to_json(scan)), encoding="utf-8")


def test_stretches_that_meet_are_one(meeting: Scan) -> None:
    assert meeting.looked_at == (Span(0.0, 20.0),)
    assert replace(meeting, refined=(Span(0, 2), Span(3, 4), Span(1, 2.5))).looked_at == (
        Span(0, 2.5),
        Span(3, 4),
    )


def test_a_window_over_the_seam_of_two_stretches_needs_no_second_look(
    meeting: Scan, tmp_path: Path
) -> None:
    keep(meeting, tmp_path)
    segment = pick(meeting)
    assert segment.start_s < 6.0 < segment.end_s
    assert scan_behind(meeting.source, segment, asked=False, home=tmp_path) == meeting
    assert looked_closer(meeting, [6.0]) == meeting


def test_a_window_that_was_not_all_looked_at_is_looked_at_again(meeting: Scan, tmp_path: Path) -> None:
    segment = pick(meeting)
    half = replace(meeting, refined=(Span(6.0, 20.0),))
    keep(half, tmp_path)
    with pytest.raises(FootageError):
        scan_behind(half.source, segment, asked=False, home=tmp_path)
