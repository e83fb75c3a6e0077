"""The strip of a clip's pictures: five, small whatever they show, and never a reason to fail."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from screentest.prep.core.picture import Picture
from screentest.prep.report.batch.strip import MOST_STRIP_BYTES, film_strip, is_strip, strip_of


def noise(height_px: int, width_px: int) -> Picture:
    """The picture that a JPEG makes least small."""
    return np.random.default_rng(1).integers(0, 256, (height_px, width_px, 3)).astype(np.uint8)


def decoded(jpeg: bytes) -> Picture:
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    return np.asarray(picture, np.uint8)


@pytest.mark.parametrize(("height_px", "width_px"), [(360, 640), (640, 360), (200, 640)])
def test_the_worst_pictures_still_make_a_small_strip(height_px: int, width_px: int) -> None:
    strip = strip_of([noise(height_px, width_px)] * 5)
    assert 1_000 < len(strip) <= MOST_STRIP_BYTES
    height, width = decoded(strip).shape[:2]
    assert height == (168 if height_px > width_px else 108), "tall pictures are shown larger"
    assert width > height * 2, "the pictures lie side by side"
    assert is_strip(strip)


def test_pictures_of_a_clip_that_is_gone_or_none_are_no_error(tmp_path: Path) -> None:
    (tmp_path / "torn.mp4").write_bytes(b"no clip")
    assert film_strip(tmp_path / "gone.mp4") == film_strip(tmp_path / "torn.mp4") == strip_of([]) == b""


def test_pictures_are_in_the_order_in_which_they_show() -> None:
    shades = [np.full((90, 160, 3), 50 * place, np.uint8) for place in range(5)]
    strip = decoded(strip_of(shades))
    width = strip.shape[1]
    middles = [int(strip[50, round(width * (place + 0.5) / 5), 0]) for place in range(5)]
    assert np.allclose(middles, [0, 50, 100, 150, 200], atol=4)


@pytest.mark.parametrize("sent", [b"", b"<script>", b"\xff\xd8\xff" + b"x" * MOST_STRIP_BYTES])
def test_what_a_worker_may_send_instead_is_not_a_strip(sent: bytes) -> None:
    assert not is_strip(sent)
