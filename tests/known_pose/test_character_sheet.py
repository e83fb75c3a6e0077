"""The character sheet of a head whose pose is known at every moment."""

from __future__ import annotations

from pathlib import Path

from screentest import stills
from tests.known_pose.conftest import Shown
from tests.known_pose.film import pose_at
from tests.known_pose.films import FILMS


def test_two_films_of_one_head_make_one_sheet_with_angles_as_named(film: Shown, tmp_path: Path) -> None:
    made = stills([film("yaw"), film("pitch")], out=tmp_path / "sheet")
    true = {still.role: pose_at(FILMS[Path(still.source).stem].film, still.t_s) for still in made}
    assert list(true) == ["frontal", "left", "right", "up", "down"]
    assert abs(true["frontal"].yaw_deg) < 12
    assert abs(true["frontal"].pitch_deg) < 12
    assert true["left"].yaw_deg < -20
    assert true["right"].yaw_deg > 20
    assert true["up"].pitch_deg > 10
    assert true["down"].pitch_deg < -10
