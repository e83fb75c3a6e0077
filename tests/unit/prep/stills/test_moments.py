"""Where to look: at what promises an angle, and at no more of it in longer footage."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from screentest.prep.core.values import Scan, Span
from screentest.prep.stills.moments import (
    MOST_GLIMPSES,
    Look,
    glimpses_in,
    looks_for,
    moments_to_pose,
)
from tests.made_up import face, signal, source
from tests.unit.prep.stills.sights import sight

HOURS_S = 3 * 3600.0


def coarse_scan(length_s: float, *, every_s: float, turned_s: float = -1.0) -> Scan:
    """Glimpses of somebody who looks at the camera but for one moment."""
    signals = []
    for n in range(int(length_s / every_s)):
        offset = -0.5 if abs(n * every_s - turned_s) < every_s / 2 else 0.02
        seen = face(yaw_deg=0.0, pitch_deg=0.0, nose_offset=offset)
        signals.append(replace(signal(n * every_s, seen), fine=False))
    return Scan(source(duration_s=length_s), tuple(signals), (), (), length_s)


def looked_s(looks: tuple[Look, ...]) -> float:
    return sum(look.span.end_s - look.span.start_s for look in looks)


@pytest.mark.parametrize("length_s", [20.0, 600.0, HOURS_S])
def test_what_is_looked_at_does_not_grow_with_the_footage(length_s: float) -> None:
    whole = Span(0.0, length_s)
    glimpses = glimpses_in(coarse_scan(length_s, every_s=1.8), whole)
    posed = moments_to_pose(glimpses)
    sights = [sight(n % 90 - 45, n % 40 - 20, t_s=look.span.start_s) for n, look in enumerate(posed)]
    assert len(posed) <= MOST_GLIMPSES
    assert looked_s(looks_for(sights, glimpses, whole)) <= 12 * 1.6 + 1e-6


def test_a_single_glimpse_of_a_turned_head_in_an_hour_is_looked_at() -> None:
    whole = Span(0.0, 3600.0)
    glimpses = glimpses_in(coarse_scan(3600.0, every_s=1.8, turned_s=1800.0), whole)
    assert any(abs(look.span.start_s - 1800.0) < 0.1 for look in moments_to_pose(glimpses))
    looks = looks_for([sight(0, t_s=5.0)], glimpses, whole)
    assert any(look.span.start_s <= 1800.0 <= look.span.end_s for look in looks)


def test_the_whole_footage_is_sampled_for_heads_that_nod() -> None:
    glimpses = glimpses_in(coarse_scan(600.0, every_s=1.8), Span(0.0, 600.0))
    times_s = [look.span.start_s for look in moments_to_pose(glimpses)]
    gaps = [after - before for before, after in pairwise(times_s)]
    assert max(gaps) < 60.0


def test_nothing_outside_the_part_that_was_named_is_looked_at() -> None:
    part = Span(100.0, 130.0)
    glimpses = glimpses_in(coarse_scan(600.0, every_s=1.0, turned_s=50.0), part)
    looks = looks_for([sight(-30, t_s=100.2), sight(0, t_s=129.9)], glimpses, part)
    assert all(100.0 <= look.span.start_s < look.span.end_s <= 130.0 for look in looks)
    assert all(99.9 < look.span.start_s < 130.0 for look in moments_to_pose(glimpses))


def test_faces_too_small_for_a_still_cost_nothing() -> None:
    small = face(box=replace(face().box, height=0.03))
    scan = Scan(source(), (signal(1.0, small),), (), (), 20.0)
    assert glimpses_in(scan, Span(0.0, 20.0)) == ()
