"""Why nothing can be picked for a person, in words that are true of that person."""

from __future__ import annotations

import numpy as np
import pytest

from screentest.prep.core.errors import NoSuchPerson, NoUsableSegment
from screentest.prep.core.spec import SORA_2
from screentest.prep.core.wishes import Wishes
from screentest.prep.people.grouping import Person
from screentest.prep.people.tracks import tracks_of
from screentest.prep.picking.casting import _one
from screentest.prep.picking.refusing import not_long_enough
from tests.made_up import face, scan_of

AWAY = face(presence=0.0, nose_offset=0.9)


def person(number: int, **changes: object) -> Person:
    values = {
        "number": number,
        "tracks": frozenset(),
        "seen_s": 1.0,
        "height": 0.3,
        "best_s": 0.0,
        "box": face().box,
        "thumbnail": np.zeros((4, 4, 3), np.uint8),
        "identity": np.array([1.0, 0.0], np.float32),
    }
    return Person(**{**values, **changes})  # type: ignore[arg-type]


def test_somebody_who_only_turns_away_is_not_said_to_show_0_s() -> None:
    scan = scan_of(lambda t: AWAY, length_s=6.0)
    tracks = frozenset(track.key(scan.signals) for track in tracks_of(scan.signals, aspect=1.0))
    refused = not_long_enough(scan, person(2, tracks=tracks), SORA_2, NoUsableSegment("No."))
    assert "Person 2 never shows their face turned to the camera" in refused.message
    assert "0 s" not in refused.message


def test_somebody_lost_in_a_closer_look_is_not_said_to_be_nobody() -> None:
    """Others do show their faces."""
    other = person(1)
    with pytest.raises(NoSuchPerson) as caught:
        _one([other], np.array([0.0, 1.0], np.float32), Wishes(person=2))
    assert "nobody" not in caught.value.message
    assert "Person 2 was not made out again" in caught.value.message
