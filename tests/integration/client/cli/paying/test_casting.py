"""The wishes on the command line: who, and how framed."""

from __future__ import annotations

import re
from pathlib import Path

import cv2
import numpy as np
import pytest
from skimage.data import astronaut

from tests.conftest import Command, Footage


def test_the_people_of_a_scan_are_listed_with_a_private_picture_each(
    screentest: Command, footage: Footage
) -> None:
    (person,) = screentest("scan", footage("face-short"), "--json").result["people"]
    thumbnail = Path(person["thumbnail"])
    assert person["person"] == 1
    assert thumbnail.read_bytes().startswith(b"\xff\xd8")
    assert thumbnail.stat().st_mode & 0o077 == 0


def test_a_picture_of_an_earlier_list_does_not_outlive_it(
    screentest: Command, footage: Footage
) -> None:
    (person,) = screentest("scan", footage("face-short"), "--json").result["people"]
    stale = Path(person["thumbnail"]).with_name("person-2.jpg")
    stale.write_bytes(b"somebody else")
    screentest("scan", footage("face-short"), "--json")
    assert not stale.exists()
    assert Path(person["thumbnail"]).exists()


def test_the_list_says_of_how_much_it_tells(screentest: Command, footage: Footage) -> None:
    said = screentest("scan", footage("face-short")).out
    assert re.search(r"1: face shown for (3|2\.\d+) s of the (3|2\.\d+) s looked at closely", said)


def test_a_person_of_the_list_can_be_picked(screentest: Command, footage: Footage) -> None:
    raw = footage("face-short")
    anyone = screentest("pick", raw, "--json").result
    assert screentest("pick", raw, "--person", 1, "--json").result == anyone
    outcome = screentest("pick", raw, "--person", 7, "--json")
    assert (outcome.code, outcome.error["type"]) == (1, "NoSuchPerson")


def test_a_photo_without_a_face_is_refused_with_a_way_out(
    screentest: Command, face_clip: Path, tmp_path: Path
) -> None:
    note = tmp_path / "note.png"
    note.write_text("no picture")
    outcome = screentest("pick", face_clip, "--match", note, "--json")
    assert outcome.code == 1
    assert "cannot be read as a picture" in outcome.error["message"]


@pytest.mark.parametrize("wish", ["no photo", "no face", "no track"])
def test_what_cannot_be_had_is_refused_before_minutes_of_scan(
    screentest: Command, footage: Footage, tmp_path: Path, home: Path, wish: str
) -> None:
    faceless = tmp_path / "grey.png"
    cv2.imwrite(str(faceless), np.full((64, 64, 3), 90, np.uint8))
    wishes = {
        "no photo": ("--match", tmp_path / "missing.png"),
        "no face": ("--match", faceless),
        "no track": ("--audio-track", 9),
    }
    raw = footage("face-with-sound")
    outcome = screentest("clip", raw, "-o", tmp_path / "out.mp4", *wishes[wish], "--json")
    assert outcome.code == 1
    assert not list(home.glob("scans/*"))


def test_a_face_can_be_insisted_on(screentest: Command, footage: Footage) -> None:
    outcome = screentest("pick", footage("pattern-720p"), "--subject", "face", "--json")
    assert (outcome.code, outcome.error["type"]) == (1, "NoUsableSegment")


def test_wishes_that_contradict_one_another_are_refused_before_any_work(
    screentest: Command, face_clip: Path
) -> None:
    for wishes in (("--person", 1, "--subject", "face"), ("--start", 1, "--person", 1)):
        outcome = screentest("clip", face_clip, *wishes, "--json")
        assert (outcome.code, outcome.error["type"]) == (2, "ImpossibleWish")
        assert "cannot be combined" in outcome.error["message"]


@pytest.mark.parametrize("length_s", [1, 4.5])
def test_a_length_that_the_model_does_not_take_is_refused_and_the_range_is_told(
    screentest: Command, face_clip: Path, home: Path, length_s: float
) -> None:
    for command in (("pick",), ("register", "--name", "Joe", "--dry-run")):
        outcome = screentest(*command, face_clip, "--length", length_s, "--json")
        assert (outcome.code, outcome.error["type"]) == (2, "ImpossibleWish")
        assert "2 to 4 s" in outcome.error["hint"]
    assert not list(home.glob("scans/*"))


@pytest.mark.parametrize("wish", ["person", "match"])
def test_where_nobody_shows_the_face_the_way_out_needs_no_face(
    screentest: Command, footage: Footage, portrait: Path, wish: str
) -> None:
    wishes = {"person": ("--person", 1), "match": ("--match", portrait)}
    outcome = screentest("pick", footage("pattern-720p"), *wishes[wish], "--json")
    assert outcome.code == 1
    assert "shows their face for long enough" in outcome.error["message"]
    assert "leave --person and --match out" in outcome.error["hint"]


@pytest.fixture(scope="module")
def portrait(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("photos") / "portrait.png"
    cv2.imwrite(str(path), astronaut()[:, :, ::-1])
    return path


def test_a_photo_of_two_people_is_told_and_one_of_one_is_not(
    screentest: Command, footage: Footage, portrait: Path, tmp_path: Path
) -> None:
    alone = cv2.imread(str(portrait))
    assert alone is not None
    pair = tmp_path / "pair.png"
    cv2.imwrite(str(pair), np.hstack([alone, alone]))
    said = {p: screentest("pick", footage("face-short"), "--match", p).err for p in (portrait, pair)}
    assert "The photo shows 2 people; the one with the largest face is matched." in said[pair]
    assert "The photo shows" not in said[portrait]


def test_a_clip_tells_the_height_of_its_face(
    screentest: Command, footage: Footage, tmp_path: Path
) -> None:
    raw = footage("face-far-4k")
    padded = screentest("clip", raw, "-o", tmp_path / "a.mp4")
    cropped = screentest("clip", raw, "-o", tmp_path / "b.mp4", "--fit", "crop")
    heights = [int(re.findall(r"Face +(\d+) px", out.out)[0]) for out in (padded, cropped)]
    assert heights[1] > 1.5 * heights[0]


def test_another_track_of_sound_can_be_asked_for_and_a_missing_one_is_named(
    screentest: Command, footage: Footage, tmp_path: Path
) -> None:
    raw = footage("face-with-sound")
    clip, start = tmp_path / "a.mp4", ("--start", 0, "--length", 2)
    assert screentest("clip", raw, *start, "-o", clip, "--audio-track", 1, "--json").result["has_audio"]
    outcome = screentest("clip", raw, "-o", clip, "--audio-track", 2, "--json")
    assert "no audio track 2" in outcome.error["message"]
