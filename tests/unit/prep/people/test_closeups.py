"""Which moments stand for a person: a portrait with open eyes, and nothing before the face."""

from __future__ import annotations

from typing import Any

import pytest

from screentest.prep.core.values import Scan
from screentest.prep.people.closeups import best_moments, tracks_in
from tests.made_up import face, scan_of

AS_GOOD = {"yaw_deg": 9.0}


def best_of(scan: Scan) -> list[float]:
    (track,) = tracks_in(scan)
    return [one.signal.t_s for one in best_moments(track)]


@pytest.mark.parametrize(
    "flaw",
    [
        {"eyes_open": 0.1},
        {"clarity": 0.9},
        {"sharpness": 8.0},
        {"roll_deg": 30.0},
        {"pitch_deg": -25.0},
    ],
)
def test_a_portrait_is_not_merely_the_most_frontal_moment(flaw: dict[str, Any]) -> None:
    """All face the camera but for one flaw; one moment is turned a little, and has none."""
    scan = scan_of(
        lambda t: (
            face(yaw_deg=9.0)
            if abs(t - 1.0) < 0.01
            else face(yaw_deg=1.0, **flaw)
            if t < 1.4
            else face(yaw_deg=9.0)
        ),
        length_s=4.2,
    )
    assert best_of(scan)[0] == pytest.approx(1.0)


def test_each_part_of_a_track_gives_one_moment_and_a_short_track_fewer() -> None:
    assert len(best_of(scan_of(lambda t: face(), length_s=4.0))) == 3
    assert len(best_of(scan_of(lambda t: face() if t < 0.3 else None, length_s=4.0))) == 2


def test_a_track_that_never_faces_the_camera_is_nobodys() -> None:
    assert tracks_in(scan_of(lambda t: face(yaw_deg=60.0))) == ()
