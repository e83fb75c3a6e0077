"""Who is in a film is told with how much of it somebody looked at."""

from __future__ import annotations

from dataclasses import replace

import pytest

from screentest.client.studio.film.people import KnownPeople
from screentest.prep.core.values import Span
from screentest.prep.people.grouping import FoundPeople
from tests.made_up import face, scan_of

WHOLE_S = 20.0


@pytest.mark.parametrize(
    ("looked_at", "looked_s"),
    [
        ((Span(0.0, WHOLE_S),), None),
        ((Span(0.0, 12.0), Span(8.0, WHOLE_S - 0.2)), None),
        ((Span(1.0, 5.0), Span(4.0, 6.0), Span(10.0, 13.0)), 8.0),
    ],
)
def test_a_film_that_was_looked_at_in_part_does_not_claim_to_know_everybody(
    looked_at: tuple[Span, ...], looked_s: float | None
) -> None:
    scan = scan_of(lambda t: face(), length_s=WHOLE_S)
    known = KnownPeople(FoundPeople(replace(scan, refined=looked_at), ()), ())
    assert known.looked_s == looked_s
