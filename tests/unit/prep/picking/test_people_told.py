"""Who else shows, in a window and in all of its shot."""

from __future__ import annotations

from dataclasses import replace

import pytest

from screentest import pick
from screentest.prep.core.values import Box
from tests.made_up import face, scan_of

LIVES = face(own_motion=5.0)
POSTER = face(box=Box(0.05, 0.3, 0.15, 0.35), own_motion=0.0)


@pytest.mark.parametrize("length_s", [4.0, 2.0])
def test_a_poster_is_no_more_people_however_short_the_window(length_s: float) -> None:
    """Two seconds alone could not tell that it is one."""
    alone = scan_of(lambda t: LIVES, length_s=10.0)
    beside = tuple(replace(s, faces=(*s.faces, POSTER)) for s in alone.signals)
    made = pick(replace(alone, signals=beside), length_s=length_s)
    assert not [reason for reason in made.reasons if "more" in reason and "show" in reason]
