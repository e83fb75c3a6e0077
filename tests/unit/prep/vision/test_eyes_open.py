"""Smiling eyes are not shut ones; the readings are of frames of footage that were looked at."""

from __future__ import annotations

import numpy as np
import pytest

from screentest.prep.vision.mesh import eyes_open_of


def reading(read: float, *, smile: float, other: float | None = None) -> float:
    """What is made of eyes that read so open, the other eye ``other``, in a smile."""
    shapes = np.zeros(52)
    shapes[9], shapes[10] = 1 - read, 1 - (read if other is None else other)
    shapes[44] = shapes[45] = smile
    return eyes_open_of(shapes)


@pytest.mark.parametrize(("read", "smile"), [(0.53, 0.90), (0.57, 0.89), (0.66, 0.81)])
def test_eyes_that_a_smile_narrows_are_open(read: float, smile: float) -> None:
    assert reading(read, smile=smile) > 0.64


@pytest.mark.parametrize(("read", "smile"), [(0.31, 0.91), (0.36, 0.96), (0.26, 0.96), (0.37, 0.32)])
def test_eyes_shut_in_a_smile_are_shut(read: float, smile: float) -> None:
    assert reading(read, smile=smile) == pytest.approx(read)


@pytest.mark.parametrize("read", [0.35, 0.45, 0.55, 0.67])
def test_lids_half_lowered_without_a_smile_are_read_as_they_are(read: float) -> None:
    assert reading(read, smile=0.0) == pytest.approx(read)


def test_a_wink_in_a_smile_is_a_shut_eye() -> None:
    assert reading(0.9, other=0.3, smile=0.9) == pytest.approx(0.3)


def test_wider_eyes_never_read_less_open() -> None:
    found = [reading(read, smile=1.0) for read in np.linspace(0, 1, 101)]
    assert found == sorted(found)
    assert found[-1] == 1.0
