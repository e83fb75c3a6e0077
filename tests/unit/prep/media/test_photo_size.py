"""Photos say how large they are before they are decoded; who lies is not decoded."""

from __future__ import annotations

import struct
from pathlib import Path

import cv2
import numpy as np
import pytest

from screentest.prep.core.errors import FootageError
from screentest.prep.media.photo_size import photo_size
from screentest.prep.people.likeness import people_in

WIDTH, HEIGHT = 457, 123
PROGRESSIVE = [cv2.IMWRITE_JPEG_PROGRESSIVE, 1]
LOSSY = [cv2.IMWRITE_WEBP_QUALITY, 80]


def encoded(ending: str, options: list[int] | None = None) -> bytes:
    picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    return cv2.imencode(ending, picture, options or [])[1].tobytes()


FORMATS = [
    pytest.param(encoded(".jpg"), ">HH", (HEIGHT, WIDTH), id="jpeg"),
    pytest.param(encoded(".jpg", PROGRESSIVE), ">HH", (HEIGHT, WIDTH), id="progressive jpeg"),
    pytest.param(encoded(".png"), ">II", (WIDTH, HEIGHT), id="png"),
    pytest.param(encoded(".webp", LOSSY), "<HH", (WIDTH, HEIGHT), id="webp"),
    pytest.param(encoded(".avif"), ">II", (WIDTH, HEIGHT), id="avif"),
    pytest.param(encoded(".bmp"), "<ii", (WIDTH, HEIGHT), id="bmp"),
    pytest.param(encoded(".gif"), "<HH", (WIDTH, HEIGHT), id="gif"),
]


@pytest.mark.parametrize(("photo", "form", "sides"), FORMATS)
def test_a_photo_larger_than_is_decoded_is_told_by_its_size(
    photo: bytes, form: str, sides: tuple[int, int], tmp_path: Path
) -> None:
    """The size is patched into its header, so that decoding alone could not tell it."""
    assert photo_size(photo) == (WIDTH, HEIGHT)
    huge = 16_383 if form == "<HH" else 30_000
    file = tmp_path / "photo"
    file.write_bytes(photo.replace(struct.pack(form, *sides), struct.pack(form, huge, huge)))
    with pytest.raises(FootageError, match=f"{huge}x{huge} pixels; 67 million"):
        people_in(file)


def test_the_lossless_kinds_say_their_size_too() -> None:
    assert photo_size(encoded(".webp")) == (WIDTH, HEIGHT)
    assert photo_size(encoded(".tiff")) == (WIDTH, HEIGHT)


def test_a_tiff_that_gives_its_size_twice_is_as_large_as_the_larger() -> None:
    entries = b"".join(
        struct.pack("<HHII", tag, 4, 1, size) for tag, size in ((256, 9), (257, 8), (256, 7))
    )
    assert photo_size(b"II*\0" + struct.pack("<IH", 8, 3) + entries) == (9, 8)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(encoded(".ppm"), id="a format whose size is not known here"),
        pytest.param(b"RIFF\0\0\0\0WEBP", id="a webp without a picture"),
        pytest.param(encoded(".png")[:20], id="a png that breaks off"),
        pytest.param(encoded(".jpg")[:12], id="a jpeg that breaks off"),
        pytest.param(b"II*\0\xff\xff\xff\x7f", id="a tiff whose entries lie elsewhere"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_what_does_not_say_its_size_is_not_decoded(content: bytes, tmp_path: Path) -> None:
    assert photo_size(content) is None
    file = tmp_path / "photo"
    file.write_bytes(content)
    with pytest.raises(FootageError, match="cannot be read as a picture"):
        people_in(file)


@pytest.mark.parametrize("ending", [".jpg", ".png", ".webp", ".avif", ".tiff", ".bmp", ".gif"])
def test_no_damage_to_a_header_is_an_error_of_its_own(ending: str) -> None:
    photo = encoded(ending)
    for place in range(min(len(photo), 400)):
        damaged = photo[:place] + b"\xff" + photo[place + 1 :]
        size = photo_size(damaged)
        assert size is None or min(size) >= 0
        photo_size(photo[:place])
