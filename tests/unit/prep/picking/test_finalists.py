"""A window that is about to win is looked at more closely, and may lose by it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from screentest.prep.core.values import Box, EyesTrace, Face, Scan
from screentest.prep.core.wishes import NO_WISHES, Wishes
from screentest.prep.picking.casting import cast, with_hidden_cuts
from screentest.prep.picking.finalists import with_eyes_at
from screentest.prep.picking.pick import pick, segment_at
from tests.made_up import FACE, face, scan_of

CUT_S = 6.0
LATER = face(yaw_deg=6.0, box=Box(0.41, 0.3, 0.15, 0.35))


@pytest.fixture(autouse=True)
def one_person(monkeypatch: pytest.MonkeyPatch) -> None:
    """The footage is made up: identity is not asked, and eyes that are not known cannot be read."""
    monkeypatch.setattr("screentest.prep.picking.finalists.hidden_cut_s", lambda *_, **__: None)


def trace(first: Face, start_s: float, *shut: tuple[float, float]) -> EyesTrace:
    """Eyes measured for six seconds, shut from time to time."""
    times_s = tuple(start_s + n / 15 for n in range(90))
    values = tuple(0.1 if any(a <= t < b for a, b in shut) else 0.9 for t in times_s)
    return EyesTrace((start_s, first.box), times_s, values)


def two_shots(*shut: tuple[float, float]) -> Scan:
    """Open eyes in every sample of both; the first is better but for what was measured in between."""
    scan = scan_of(lambda t: FACE if t < CUT_S else LATER, length_s=12.0, cuts_s=(CUT_S,))
    return replace(scan, traced=(trace(FACE, 0.0, *shut), trace(LATER, CUT_S)))


def test_eyes_that_are_shut_between_the_samples_cost_a_window_its_place() -> None:
    fluttering = tuple((n * 0.4 + 0.02, n * 0.4 + 0.18) for n in range(15))
    scan = two_shots(*fluttering)
    assert pick(scan).start_s < CUT_S, "by its samples alone the first would win"
    assert cast(scan).segment.start_s >= CUT_S
    assert pick(with_hidden_cuts(scan)).start_s >= CUT_S


def test_a_blink_costs_no_window_its_place() -> None:
    scan = two_shots((1.0, 1.25), (3.0, 3.2), (5.0, 5.1))
    assert cast(scan).segment.start_s < CUT_S


def test_the_window_that_wins_was_measured_from_end_to_end() -> None:
    for scan in (two_shots(), two_shots((0.0, 5.9))):
        chosen = cast(scan)
        times_s = [t for eyes in chosen.scan.eyes for t in eyes.times_s]
        inside = [t for t in times_s if chosen.segment.start_s <= t < chosen.segment.end_s]
        assert len(inside) >= 15 * chosen.segment.length_s - 1
        assert any("of the frames" in reason for reason in chosen.segment.reasons)


def test_what_was_measured_for_another_choice_does_not_change_this_one() -> None:
    """The second shot was measured when somebody asked for it; here the first wins by its samples."""
    scan = two_shots((1.0, 1.25))
    asked = cast(scan, Wishes(length_s=3.0)).scan
    assert cast(asked) == replace(cast(scan), scan=cast(asked).scan)
    assert cast(asked, NO_WISHES).scan.eyes == cast(scan).scan.eyes


def test_a_given_start_is_judged_by_every_frame() -> None:
    scan = scan_of(lambda t: FACE, length_s=4.0)
    known = replace(scan, traced=(trace(FACE, 0.0, (1.0, 1.9)),))
    looked = with_eyes_at(known, 0.0, 4.0)
    given = segment_at(scan.source, start_s=0.0, length_s=4.0, looked=looked)
    assert any("shut once, for about 0.9 s" in reason for reason in given.reasons)
