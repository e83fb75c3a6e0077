"""Pictures that change their form on the way: each is looked at in its own, and no window joins two."""

from __future__ import annotations

import pytest

from screentest import pick, probe, scan
from screentest.prep.core.shots import shots_of
from tests.conftest import Footage


@pytest.mark.parametrize(
    ("name", "aspects"),
    [
        ("turned-midway", [16 / 9, 9 / 16]),
        ("wider-midway", [4 / 3, 16 / 9]),
        ("hlg-midway", [4 / 3, 4 / 3]),
        ("woven-later", [4 / 3, 4 / 3]),
    ],
)
def test_a_change_of_form_parts_two_shots_at_its_very_first_picture(
    name: str, aspects: list[float], footage: Footage
) -> None:
    scanned = scan(probe(footage(name)))
    assert scanned.cuts_s == pytest.approx([3.0])
    assert [shot.aspect for shot in shots_of(scanned)] == pytest.approx(aspects, rel=0.01)
    found = pick(scanned)
    assert found.end_s <= 3.001 or found.start_s >= 2.999
