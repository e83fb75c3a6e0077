"""A look that ends where the best window does is not the end of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from screentest.prep.core.values import Scan, Span
from screentest.prep.picking.interest import PickInterest
from screentest.prep.scanning.scan import _beyond
from tests.made_up import face, scan_of

INTEREST = PickInterest(window_s=4.0)
LOOKED = Span(6.0, 12.0)


def looked(good: Span, *cuts_s: float) -> Scan:
    """A close look at six seconds, with a frontal face in some of them."""
    turned = face(yaw_deg=30.0)
    everything = scan_of(lambda t: face() if good.start_s <= t < good.end_s else turned, cuts_s=cuts_s)
    signals = tuple(s for s in everything.signals if LOOKED.start_s <= s.t_s < LOOKED.end_s)
    return replace(everything, signals=signals, refined=(LOOKED,))


@pytest.mark.parametrize(
    ("good", "beyond"),
    [
        (Span(0.0, 10.0), [Span(4.0, 6.0)]),
        (Span(8.0, 20.0), [Span(12.0, 14.0)]),
        (Span(6.9, 11.1), []),
    ],
)
def test_the_footage_across_the_edge_is_looked_at_too(good: Span, beyond: list[Span]) -> None:
    assert _beyond(looked(good), INTEREST) == beyond


def test_a_cut_ends_the_window_anyway() -> None:
    assert _beyond(looked(Span(0.0, 10.0), 6.1), INTEREST) == []


def test_where_no_face_is_found_nothing_is_beyond() -> None:
    nobody = replace(scan_of(lambda _: None), refined=(LOOKED,))
    assert _beyond(nobody, INTEREST) == []
