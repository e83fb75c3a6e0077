"""--fit: a small face in a large frame, cropped to head and shoulders or padded whole."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from pathlib import Path
from statistics import median

import av
import numpy as np
import pytest
from imageio_ffmpeg import get_ffmpeg_exe

from screentest import Wishes, check, clip, pick, prepare, probe, scan
from screentest.prep.core.spec import SORA_2, Fit
from screentest.prep.core.values import Clip, Scan, Segment, Source
from screentest.prep.media.frames import reading
from screentest.prep.media.pictures import pictures_at
from screentest.prep.vision.analysis import fitted
from screentest.prep.vision.detector import detect
from screentest.prep.vision.mesh import FaceStack
from tests.clips import BRIEF
from tests.conftest import Footage

# Half as large, and a face in it is large enough to be measured.
HALF = replace(SORA_2, min_short_px=360, max_short_px=360)


@pytest.fixture(scope="module")
def far(footage: Footage) -> tuple[Source, Segment]:
    source = probe(footage("face-far-4k"))
    return source, pick(scan(source))


@pytest.fixture(scope="module")
def clips(far: tuple[Source, Segment], tmp_path_factory: pytest.TempPathFactory) -> dict[Fit, Clip]:
    """A far face, padded and cropped; each encoded once, as 4K takes its time."""
    folder = tmp_path_factory.mktemp("far")
    fits: tuple[Fit, ...] = ("pad", "auto")
    return {fit: clip(*far, out=folder / f"{fit}.mp4", fit=fit) for fit in fits}


def measured_height_px(path: str) -> float:
    with av.open(path) as container:
        picture = next(container.decode(video=0)).to_ndarray(format="bgr24")
    return detect(np.asarray(picture, np.uint8))[0].height


def test_a_crop_makes_the_face_larger_and_keeps_every_rule(clips: dict[Fit, Clip]) -> None:
    padded, cropped = clips["pad"], clips["auto"]
    assert padded.face_height_px is not None
    assert cropped.face_height_px is not None
    assert cropped.face_height_px >= 1.9 * padded.face_height_px
    assert not cropped.upscaled
    assert check(cropped.path).ok


@pytest.mark.parametrize("fit", ["pad", "auto"])
def test_the_face_height_that_is_told_is_the_one_in_the_clip(clips: dict[Fit, Clip], fit: Fit) -> None:
    result = clips[fit]
    assert result.face_height_px is not None
    assert measured_height_px(result.path) == pytest.approx(result.face_height_px, rel=0.15)


@pytest.mark.parametrize("fit", ["crop", "auto"])
def test_a_talking_head_asked_upright_fills_the_clip_head_whole(
    fit: Fit, face_clip: Path, tmp_path: Path
) -> None:
    wishes = Wishes(start_s=27.0, length_s=1.0, orientation="portrait", fit=fit)
    result = prepare(face_clip, wishes, BRIEF, out=tmp_path / "out.mp4").clip
    assert (result.width_px, result.height_px) == (720, 1280)
    with av.open(result.path) as container:
        shown = list(container.decode(video=0))[::8]
        seen = [frame.to_ndarray(format="bgr24") for frame in shown]
    assert seen[0][:4].max() > 40, "no bars"
    for picture in seen:
        (face,) = detect(np.asarray(picture[::2, ::2], np.uint8))
        assert face.x > 0.05 * 360
        assert face.x + face.width < 0.95 * 360
        assert face.y > 0.2 * face.height, "hair"
        assert face.height > 0.3 * 640, "padded, half of that"


@pytest.fixture(scope="module", params=["landscape", "bars", "portrait", "square"])
def framed_face(
    request: pytest.FixtureRequest, face_clip: Path, tmp_path_factory: pytest.TempPathFactory
) -> Source:
    """2.4 s of a face in footage of several shapes."""
    filters = {
        "landscape": "scale=960:540",
        "bars": "scale=480:270,pad=640:360:-1:-1",
        "portrait": "crop=225:300,scale=450:600",
        "square": "crop=300:300,scale=480:480",
    }[request.param]
    path = tmp_path_factory.mktemp("shapes") / f"{request.param}.mp4"
    cut = [get_ffmpeg_exe(), "-v", "error", "-ss", "27", "-t", "2.4", "-i", str(face_clip)]
    subprocess.run([*cut, "-vf", filters, "-an", str(path)], check=True, timeout=60)
    return probe(path)


def seen_share(path: str, *, from_s: float = 0.0) -> float:
    """The face's height as a share of the picture's, in the middle of three moments of a file."""
    with reading(probe(path)) as reader:
        times_s = [from_s + t_s for t_s in (0.4, 1.0, 1.6)]
        pictures = [picture for _, picture in pictures_at(reader, times_s)]
    return median(fitted(p, FaceStack(), small=True)[0].box.height for p in pictures)


def test_words_and_pixels_agree_on_the_size_of_the_face(framed_face: Source, tmp_path: Path) -> None:
    segment = pick(scan(framed_face))
    result = clip(framed_face, segment, out=tmp_path / "out.mp4", spec=HALF)
    assert result.face_share == pytest.approx(seen_share(result.path), rel=0.1)
    said = next(found for r in segment.reasons if (found := re.search(r"fills (\d+)% of the foo", r)))
    assert int(said[1]) / 100 == pytest.approx(
        seen_share(framed_face.path, from_s=segment.start_s), rel=0.1
    )


def test_a_vertical_film_between_blurred_copies_of_itself_comes_out_vertical(
    face_clip: Path, tmp_path: Path
) -> None:
    path = tmp_path / "filled.mp4"
    cut = [get_ffmpeg_exe(), "-v", "error", "-ss", "27", "-t", "2.4", "-i", str(face_clip)]
    filled = (
        "crop=168:300:150:0,split[a][b];[a]scale=640:-2,crop=640:360,gblur=sigma=15[behind];"
        "[b]scale=202:360[film];[behind][film]overlay=219:0"
    )
    subprocess.run([*cut, "-vf", filled, "-an", str(path)], check=True, timeout=60)
    wishes = Wishes(start_s=0.0, length_s=2.0)
    result = prepare(path, wishes, out=tmp_path / "out.mp4").clip
    assert (result.width_px, result.height_px) == (720, 1280)
    assert "blurred copies beside it" in result.warnings[0]


def test_a_crop_that_cannot_be_made_is_reported(
    face_clip: Path, face_scan: Scan, tmp_path: Path
) -> None:
    segment = replace(pick(face_scan), length_s=0.2)
    result = clip(probe(face_clip), segment, out=tmp_path / "out.mp4", fit="crop", spec=BRIEF)
    assert any("Nothing was cropped" in warning for warning in result.warnings)
