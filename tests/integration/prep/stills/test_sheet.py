"""The character sheet from real footage: its files, what they hold, and what is refused."""

from __future__ import annotations

import pickle
from pathlib import Path

import cv2
import pytest

from screentest import ScreentestError, Wishes, probe, stills
from screentest.prep.core.errors import ImpossibleWish, NoSuchPerson
from screentest.prep.core.progress import SILENT, Passing
from screentest.prep.core.values import Span
from screentest.prep.stills.looking import seen_in
from screentest.prep.stills.moments import Look
from screentest.prep.stills.sheet import character_sheet
from tests.conftest import Command, Footage


@pytest.fixture(scope="module")
def scans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What several tests look at, looked at once."""
    return tmp_path_factory.mktemp("scans")


class Far(Passing):
    """Notes how far each stage said it was."""

    def __init__(self) -> None:
        super().__init__(SILENT)
        self.shares: dict[str, list[float]] = {}

    def advanced(self, stage: str, fraction: float) -> None:
        self.shares.setdefault(stage, []).append(fraction)


def test_a_sheet_holds_one_person_s_angles_and_nothing_half_made(
    face_clip: Path, face_scans: Path, tmp_path: Path
) -> None:
    out = tmp_path / "joe"
    wishes, far = Wishes(start_s=18.0, length_s=6.0), Far()
    made = stills(face_clip, out=out, wishes=wishes, scans=face_scans, watcher=far)
    assert far.shares["angles"] == sorted(far.shares["angles"]), "no bar runs backwards"
    assert [still.role for still in made] == ["frontal", "right"]
    assert {file.name for file in out.iterdir()} == {"frontal.jpg", "right.jpg", "sheet.jpg"}
    frontal, right = made
    assert abs(frontal.yaw_deg or 0.0) < 10 < 17 < (right.yaw_deg or 0.0)
    assert 20.0 < right.t_s < 21.0, "the one moment that shows the turn"
    for still in made:
        picture = cv2.imread(still.path)
        assert picture is not None
        assert picture.shape[:2] == (still.height_px, still.width_px)
        assert min(picture.shape[:2]) >= 300
    assert pickle.loads(pickle.dumps(made)) == made


def test_a_sideways_face_stands_upright_on_the_sheet(footage: Footage, tmp_path: Path) -> None:
    (still,) = stills(footage("face-rotated-90"), out=tmp_path, framing="full")
    assert (still.role, still.width_px, still.height_px) == ("frontal", 400, 300)


def test_footage_is_turned_as_asked_and_faces_that_lie_then_are_said(
    footage: Footage, scans: Path, tmp_path: Path
) -> None:
    raw, wishes = footage("face-short"), Wishes(rotate_deg=90)
    made = character_sheet([raw], out=tmp_path / "a", wishes=wishes, framing="full", scans=scans)
    assert "on their side. If all of the picture is, leave the rotation out." in made.warnings[0]
    assert not [said for said in made.warnings if "No human face" in said], "one lies there"
    assert made.stills[0].height_px > made.stills[0].width_px
    probed = character_sheet(
        [probe(raw)], out=tmp_path / "b", wishes=wishes, framing="full", scans=scans
    )
    assert [still.sha256 for still in probed.stills] == [still.sha256 for still in made.stills]


def test_footage_is_rotated_by_quarter_turns_alone(footage: Footage, tmp_path: Path) -> None:
    with pytest.raises(ImpossibleWish, match="cannot be rotated by 45 degrees"):
        stills(footage("face-short"), out=tmp_path / "s", wishes=Wishes(rotate_deg=45))


def test_one_angle_is_one_still_and_said(screentest: Command, footage: Footage, tmp_path: Path) -> None:
    outcome = screentest("sheet", footage("face-short"), "-o", tmp_path / "s", "--json")
    assert outcome.code == 0, outcome.err
    assert list(outcome.result) == ["stills", "sheet", "person", "warnings"]
    (still,) = outcome.result["stills"]
    assert list(still) == [
        *("path", "role", "source", "t_s", "yaw_deg", "pitch_deg"),
        *("width_px", "height_px", "score"),
    ]
    assert still["role"] == "frontal"
    assert outcome.result["person"] == 1
    assert "one angle only" in outcome.result["warnings"][0]
    assert "one angle only" in outcome.err


def test_footage_without_a_face_gives_views_and_says_that_nobody_tells_whose(
    screentest: Command, footage: Footage, tmp_path: Path
) -> None:
    outcome = screentest("sheet", footage("pattern-portrait"), "-o", tmp_path / "s", "--json")
    assert outcome.code == 0, outcome.err
    found = outcome.result["stills"]
    assert {still["role"] for still in found} == {"view"}
    assert {still["yaw_deg"] for still in found} == {None}
    assert outcome.result["person"] is None
    assert "No human face shows itself" in outcome.result["warnings"][0]


@pytest.mark.parametrize(
    ("wishes", "message"),
    [
        (Wishes(person=7), "no person 7"),
        (Wishes(start_s=90.0), "shows nothing there"),
        (Wishes(person=1, match="photo.jpg"), "cannot be combined"),
    ],
)
def test_what_cannot_be_had_is_said_and_leaves_no_files(
    wishes: Wishes, message: str, footage: Footage, scans: Path, tmp_path: Path
) -> None:
    with pytest.raises(ScreentestError, match=message) as raised:
        stills(footage("face-short"), out=tmp_path / "s", wishes=wishes, scans=scans)
    assert isinstance(raised.value, NoSuchPerson) == (wishes.person == 7)
    assert not (tmp_path / "s").exists() or not list((tmp_path / "s").iterdir())


def test_a_part_cannot_be_named_of_several_files(footage: Footage, tmp_path: Path) -> None:
    with pytest.raises(ScreentestError, match="one file, not several"):
        stills([footage("face-short")] * 2, out=tmp_path / "s", wishes=Wishes(start_s=1.0))


def test_a_sight_has_the_size_of_its_own_recording(footage: Footage, tmp_path: Path) -> None:
    joined = tmp_path / "joined.mp4"
    joined.write_bytes(footage("pattern-720p").read_bytes() + footage("face-short").read_bytes())
    source, look = probe(joined), Look(Span(5.4, 5.8), 0.2)
    assert source.height_px == 720
    seen = seen_in(source, [look], raw=0, progress=lambda _: None)
    assert {(one.sight.height_px, one.sight.aspect) for one in seen} == {(300, 4 / 3)}
