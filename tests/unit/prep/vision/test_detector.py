"""Where the detector says a face is, against OpenCV's own reading of the same model."""

from __future__ import annotations

import numpy as np
import pytest

from screentest.prep.core.picture import Picture
from screentest.prep.vision.detector import detect


def test_a_face_is_found_where_it_is(portrait: Picture) -> None:
    (face,) = detect(portrait)
    assert (face.x, face.y) == pytest.approx((177, 63), abs=12)
    assert (face.width, face.height) == pytest.approx((86, 116), abs=15)
    right_eye, left_eye, nose = face.points[:3]
    assert right_eye[0] < nose[0] < left_eye[0]
    assert nose[1] > max(right_eye[1], left_eye[1])
    assert face.score > 0.85


@pytest.mark.parametrize(("width", "height"), [(512, 512), (501, 499), (320, 411), (200, 512)])
def test_a_picture_of_any_size_moves_nothing(portrait: Picture, width: int, height: int) -> None:
    whole = detect(portrait)[0]
    (face,) = detect(np.ascontiguousarray(portrait[:height, 100 : 100 + width]))
    assert (face.x, face.y) == pytest.approx((whole.x - 100, whole.y), abs=4)


def test_each_of_two_people_is_found_once_and_the_larger_comes_first(portrait: Picture) -> None:
    small = np.ascontiguousarray(portrait[::2, ::2])
    both = np.hstack((small, np.zeros_like(small), portrait[:256]))
    found = detect(both)
    assert len(found) == 2
    assert found[0].width > 1.5 * found[1].width
    assert found[0].x > small.shape[1] > found[1].x


def test_nothing_is_found_where_there_is_nobody() -> None:
    assert detect(np.full((180, 320, 3), 90, np.uint8)) == []


def test_pictures_smaller_than_a_cell_are_not_an_error() -> None:
    assert detect(np.zeros((3, 5, 3), np.uint8)) == []
