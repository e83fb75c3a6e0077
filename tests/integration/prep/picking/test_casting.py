"""Picking for one person: people found, numbered and matched, on real faces."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from screentest import pick, probe, scan
from screentest.prep.core.errors import FootageError, NobodyMatches, NoSuchPerson, NoUsableSegment
from screentest.prep.core.spec import KLING_ELEMENTS
from screentest.prep.core.values import Scan
from screentest.prep.core.wishes import Wishes
from screentest.prep.media.frames import reading
from screentest.prep.people.grouping import people
from screentest.prep.picking.casting import cast
from tests.conftest import Footage


@pytest.fixture(scope="module")
def photo(face_clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    source = probe(face_clip)
    with reading(source) as reader:
        picture = reader.picture(next(reader.span(29.0, 30.0)))
    path = tmp_path_factory.mktemp("photo") / "joe.png"
    cv2.imwrite(str(path), picture)
    return path


def test_one_man_in_many_stretches_is_one_person(face_scan: Scan) -> None:
    (person,) = people(face_scan)
    assert person.number == 1
    assert person.seen_s > 5
    assert person.thumbnail.shape[0] >= 40


def test_a_photo_finds_its_person(face_scan: Scan, photo: Path) -> None:
    assert cast(face_scan, Wishes(match=photo)).segment == pick(face_scan)


def test_a_photo_of_no_one_here_says_how_close_the_closest_is(face_scan: Scan, tmp_path: Path) -> None:
    from skimage.data import astronaut

    stranger = tmp_path / "stranger.png"
    cv2.imwrite(str(stranger), astronaut()[:, :, ::-1])
    with pytest.raises(NobodyMatches, match=r"is -?0\.\d\d"):
        cast(face_scan, Wishes(match=stranger))


def test_a_photo_without_a_face_is_refused(face_scan: Scan, tmp_path: Path) -> None:
    empty = tmp_path / "empty.png"
    cv2.imwrite(str(empty), np.zeros((64, 64, 3), np.uint8))
    with pytest.raises(FootageError, match="No face"):
        cast(face_scan, Wishes(match=empty))


def test_a_text_file_is_not_a_photo(face_scan: Scan, tmp_path: Path) -> None:
    text = tmp_path / "note.jpg"
    text.write_text("no picture")
    with pytest.raises(FootageError, match="cannot be read as a picture"):
        cast(face_scan, Wishes(match=text))


def test_a_person_is_picked_by_number_and_a_wrong_number_is_named(face_scan: Scan) -> None:
    assert cast(face_scan, Wishes(person=1)).segment == pick(face_scan)
    with pytest.raises(NoSuchPerson, match="no person 2: one person was found"):
        cast(face_scan, Wishes(person=2))


def test_a_face_can_be_insisted_on_and_ruled_out(face_scan: Scan, footage: Footage) -> None:
    assert cast(face_scan, Wishes(subject="other")).segment.subject == "other"
    faceless = scan(probe(footage("pattern-720p")))
    with pytest.raises(NoUsableSegment, match="Nobody"):
        cast(faceless, Wishes(subject="face"))


def test_a_model_that_wants_longer_clips_gets_them(face_clip: Path) -> None:
    """Close looks are as long as its windows want."""
    looked = scan(face_clip, spec=KLING_ELEMENTS)
    assert cast(looked, spec=KLING_ELEMENTS).segment.length_s == 8.0
