"""Footage without a human face: the stretch that shows somebody, however sharp the empty ones are."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from math import sin
from pathlib import Path

import numpy as np
import pytest
from imageio_ffmpeg import get_ffmpeg_exe
from skimage.data import chelsea, coffee, rocket

from screentest import choose, pick, probe, scan
from screentest.prep.core.picture import Picture
from screentest.prep.core.values import Scan
from screentest.prep.scanning.cache import from_json, to_json

FPS = 15
SIZE_PX = (640, 360)


def framed(photo: Picture, t_s: float) -> bytes:
    """A photo on a grey ground, held by hand; cropped to the frame where it is larger."""
    width, height = SIZE_PX
    canvas = np.full((height, width, 3), (70, 80, 90), np.uint8)
    part = photo[:340, :600, ::-1]
    top, left = (height - part.shape[0]) // 2, (width - part.shape[1]) // 2
    top, left = top + round(4 * sin(2.1 * t_s)), left + round(6 * sin(1.3 * t_s))
    canvas[top : top + part.shape[0], left : left + part.shape[1]] = part
    return canvas.tobytes()


def film(path: Path, *shots: tuple[Picture, float]) -> Path:
    """One shot after the other, each a photo for so many seconds."""

    def frames() -> Iterator[bytes]:
        for photo, length_s in shots:
            for number in range(round(length_s * FPS)):
                yield framed(photo, number / FPS)

    raw = ("-f", "rawvideo", "-pix_fmt", "bgr24", "-s", f"{SIZE_PX[0]}x{SIZE_PX[1]}", "-r", str(FPS))
    coding = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", str(2 * FPS))
    subprocess.run(
        [get_ffmpeg_exe(), "-v", "error", "-nostdin", *raw, "-i", "-", *coding, "-y", str(path)],
        input=b"".join(frames()),
        timeout=60,
        check=True,
    )
    return path


@pytest.fixture(scope="module")
def visit(tmp_path_factory: pytest.TempPathFactory) -> Scan:
    """Half a minute of a table and a launch pad; a cat from 14 s to 19 s."""
    path = tmp_path_factory.mktemp("visit") / "visit.mp4"
    return scan(probe(film(path, (coffee(), 14), (chelsea(), 5), (rocket(), 11))))


def test_a_cat_that_comes_by_for_five_seconds_is_found_in_long_footage(visit: Scan) -> None:
    chosen = pick(visit)
    assert chosen.subject == "other"
    assert chosen.start_s >= 14 - 0.1
    assert chosen.end_s <= 19 + 0.1
    assert re.search(r"figure, .* made out in (\d+) of \1 samples", " ".join(chosen.reasons))


def test_a_cat_is_found_in_short_footage(tmp_path: Path) -> None:
    chosen = pick(scan(film(tmp_path / "short.mp4", (rocket(), 5), (chelsea(), 5))))
    assert chosen.start_s >= 5 - 0.1


def test_a_shot_is_not_held_to_move_because_the_one_before_was_another(tmp_path: Path) -> None:
    looked = scan(film(tmp_path / "cut.mp4", (rocket(), 5), (chelsea(), 4.1)))
    chosen = pick(looked)
    assert chosen.start_s == pytest.approx(5.0, abs=0.11)
    assert chosen.length_s == 4.0
    cats = [s.figure for s in looked.signals if s.t_s > 5 and s.figure is not None]
    assert len(cats) > 15
    assert all(cat.sizes_per_s < 0.2 for cat in cats)


def test_footage_without_figures_says_so_and_gives_the_clearest_stretch(tmp_path: Path) -> None:
    chosen = pick(scan(film(tmp_path / "nobody.mp4", (coffee(), 5))))
    assert chosen.subject == "other"
    assert "No person, animal or toy" in " ".join(chosen.reasons)


def test_a_kept_scan_knows_its_figures(visit: Scan) -> None:
    assert any(s.figure for s in visit.signals)
    assert from_json(to_json(visit), visit.source) == visit


@pytest.mark.parametrize(
    ("file", "face_seen"),
    [("face-drummer-phone-vertical.mp4", True), ("animal-dog-skateboard-vertical.mp4", False)],
)
def test_a_human_face_is_seen_however_it_is_turned_and_no_animals(
    shared_footage: Path, file: str, face_seen: bool
) -> None:
    segment = choose(shared_footage / file).segment
    assert (segment.subject, segment.shows_face) == ("other", face_seen)
