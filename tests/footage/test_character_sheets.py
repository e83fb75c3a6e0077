"""Character sheets of real footage, against what somebody who looked at it wrote down."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from screentest import Wishes, stills

Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Looked:
    """One piece of footage.

    ``wanted``: roles that are there to be found. ``never``: names that would be wrong. ``within``: when
    the character shows, None for always.
    """

    file: str
    wanted: frozenset[str]
    never: frozenset[str]
    within: tuple[Range, ...] | None
    why: str


def looked(
    file: str, wanted: str, never: str, why: str, within: tuple[Range, ...] | None = None
) -> Looked:
    return Looked(file, frozenset(wanted.split()), frozenset(never.split()), within, why)


SHEETS = [
    looked(
        "face-intel-female-turn.gif",
        "frontal left right",
        "up down view",
        "turns to both sides, her head level",
    ),
    looked(
        "cut-hamilton-stage.mp4",
        "frontal",
        "profile view",
        "a performer; a conductor shows in profile from 1.6 to 3.4 s",
        ((0.8, 1.6), (3.4, 7.9)),
    ),
    looked(
        "anim-bbb-intro-vp8.webm",
        "view",
        "frontal profile",
        "a bird; the rest is landscape and titles",
        ((15.6, 20.7),),
    ),
    looked(
        "anim-bbb-rabbit-720p.mp4",
        "view",
        "frontal left right profile up down",
        "a drawn rabbit: from the side it passes for a face",
        ((0.5, 5.4),),
    ),
]


@pytest.mark.parametrize("sheet", SHEETS, ids=[sheet.file for sheet in SHEETS])
def test_a_sheet_shows_the_right_character_from_the_sides_it_names(
    sheet: Looked, shared_footage: Path, tmp_path: Path
) -> None:
    made = stills(shared_footage / sheet.file, out=tmp_path / "sheet")
    roles = {still.role for still in made}
    assert roles >= sheet.wanted, sheet.why
    assert not roles & sheet.never, sheet.why
    assert not [still for still in made if still.company]
    if sheet.within is not None:
        late = [s.t_s for s in made if not any(a <= s.t_s <= b for a, b in sheet.within)]
        assert not late, sheet.why


def test_a_profile_of_somebody_who_looks_left_throughout_says_so(
    shared_footage: Path, tmp_path: Path
) -> None:
    (still,) = stills(
        shared_footage / "face-baby-profile.mp4",
        out=tmp_path / "sheet",
        wishes=Wishes(start_s=1.8, length_s=0.8),
    )
    assert still.role == "profile"
    assert still.yaw_deg is not None
    assert still.yaw_deg < -58
