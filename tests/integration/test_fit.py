"""--fit: a small face in a large frame, cropped to head and shoulders or padded whole."""

from __future__ import annotations

from pathlib import Path

import av
import pytest

from prep import check, clip, pick, probe, scan
from prep.detector import detect
from prep.values import Clip, Segment, Source
from tests.conftest import Footage


@pytest.fixture(scope="module")
def far(footage: Footage) -> tuple[Source, Segment]:
    source = probe(footage("face-far-4k"))
    return source, pick(scan(source))


def made(far: tuple[Source, Segment], tmp_path: Path, fit: str) -> Clip:
    source, segment = far
    return clip(source, segment, out=tmp_path / "out.mp4", fit=fit)  # type: ignore[arg-type]


def measured_height_px(path: str) -> float:
    with av.open(path) as container:
        picture = next(container.decode(video=0)).to_ndarray(format="bgr24")
    return detect(picture)[0].height


def test_a_crop_makes_the_face_larger_and_keeps_every_rule(
    far: tuple[Source, Segment], tmp_path: Path
) -> None:
    padded, cropped = made(far, tmp_path, "pad"), made(far, tmp_path, "auto")
    assert padded.face_height_px is not None
    assert cropped.face_height_px is not None
    assert cropped.face_height_px >= 1.9 * padded.face_height_px
    assert not cropped.upscaled
    assert check(cropped.path).ok


@pytest.mark.parametrize("fit", ["pad", "crop"])
def test_the_face_height_that_is_told_is_the_one_in_the_clip(
    far: tuple[Source, Segment], tmp_path: Path, fit: str
) -> None:
    result = made(far, tmp_path, fit)
    assert result.face_height_px is not None
    assert measured_height_px(result.path) == pytest.approx(result.face_height_px, rel=0.15)


def test_a_crop_that_is_not_to_be_had_is_said(face_clip: Path, tmp_path: Path) -> None:
    source = probe(face_clip)
    result = clip(source, pick(scan(source)), out=tmp_path / "out.mp4", fit="crop")
    assert any("Nothing was cropped" in warning for warning in result.warnings)
