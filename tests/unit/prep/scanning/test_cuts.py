"""Cuts: found at the very frame, and nothing that moves, flashes or shakes passes for one."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np
import pytest
from skimage.data import astronaut, coffee

from screentest.prep.core.picture import Picture
from screentest.prep.scanning.cuts import CutDetector, FieldsDetector


def thumb(photo: np.ndarray) -> Picture:
    grey = cv2.cvtColor(photo[:288, :512], cv2.COLOR_RGB2GRAY)
    return np.asarray(cv2.resize(grey, (64, 36), interpolation=cv2.INTER_AREA), np.uint8)


HERE, THERE = thumb(astronaut()), thumb(coffee())


def brighter(picture: Picture, by: int) -> Picture:
    return np.asarray(np.clip(picture.astype(int) + by, 0, 255), np.uint8)


def moved(picture: Picture, pixels: int) -> Picture:
    return np.roll(picture, pixels, axis=1)


def cuts(frames: Iterable[Picture], *, frames_since: float = 1.0) -> list[int]:
    """The numbers of the frames that start a shot."""
    detector = CutDetector()
    return [
        number
        for number, frame in enumerate(frames)
        if detector.is_cut(frame, frames_since=frames_since)
    ]


def test_a_cut_is_found_at_the_first_frame_of_the_new_shot() -> None:
    assert cuts([HERE] * 20 + [THERE] * 20) == [20]


def test_there_and_back_are_two_cuts() -> None:
    assert cuts([HERE] * 10 + [THERE] * 3 + [HERE] * 10) == [10, 13]


def test_the_very_first_frame_starts_no_new_shot() -> None:
    assert cuts([HERE]) == []
    assert cuts([HERE, THERE]) == [1]


def test_a_still_picture_has_none() -> None:
    assert cuts([HERE] * 60) == []


@pytest.mark.parametrize("by", [40, 90])
def test_a_flash_is_none(by: int) -> None:
    assert cuts([HERE] * 20 + [brighter(HERE, by)] * 2 + [HERE] * 20) == []


def test_a_lamp_switched_off_is_none() -> None:
    assert cuts([HERE] * 20 + [np.asarray(HERE // 3, np.uint8)] * 20) == []


def test_a_moving_camera_is_none() -> None:
    assert cuts([moved(HERE, number) for number in range(60)]) == []


def test_a_cut_while_the_camera_moves_is_found() -> None:
    frames = [moved(HERE, n) for n in range(20)] + [moved(THERE, n) for n in range(20)]
    assert cuts(frames) == [20]


def test_a_cut_in_shaken_footage_is_found_by_its_layout_alone() -> None:
    """Each frame lies one pixel beside the last, so that no difference stands out from the others."""
    upside_down = np.ascontiguousarray(255 - HERE[::-1])
    frames = [moved(HERE, n % 2) for n in range(20)] + [moved(upside_down, n % 2) for n in range(20)]
    assert cuts(frames) == [20]


def test_where_frames_are_missing_more_motion_is_none() -> None:
    """A jump of two pixels is a cut from one frame to the next, and a pan where three lie between."""
    dim = np.asarray(HERE // 2, np.uint8)
    assert cuts([dim, moved(dim, 2)]) == [1]
    assert cuts([dim, moved(dim, 2)], frames_since=4.0) == []


def test_a_cut_where_frames_are_missing_is_found_too() -> None:
    assert cuts([HERE] * 5 + [THERE] * 5, frames_since=3.0) == [5]


@pytest.mark.parametrize("value", [0, 16, 255])
def test_from_black_or_white_into_a_picture_is_a_cut(value: int) -> None:
    blank = np.full((36, 64), value, np.uint8)
    assert cuts([blank] * 10 + [HERE] * 10) == [10]


def test_noise_in_the_dark_is_none() -> None:
    rng = np.random.default_rng(1)
    dark = [np.asarray(rng.integers(14, 22, (36, 64)), np.uint8) for _ in range(40)]
    assert cuts(dark) == []


def fields_s(marks: str) -> tuple[float, ...]:
    """When fields come or go in pictures of 25 a second, "w" for woven ones."""
    detector = FieldsDetector()
    for number, mark in enumerate(marks):
        detector.look(number / 25, is_woven=mark == "w")
    return detector.found_s()


def test_fields_that_come_and_go_part_the_footage_where_they_do() -> None:
    assert fields_s("." * 25 + "w" * 50 + "." * 25) == (1.0, 3.0)


@pytest.mark.parametrize("marks", ["...ww" * 20, "ww..." * 20, "." * 30 + "w" * 11 + ".", ""])
def test_film_in_video_and_short_spells_are_one_stretch(marks: str) -> None:
    assert fields_s(marks) == ()
