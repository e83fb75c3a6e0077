"""A still shows what a clip of that moment shows, at full resolution, and tells nothing else."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from fixtures.colours import HDR_NITS
from fixtures.generate import read_counter
from screentest import probe, stills
from screentest.prep.core.spec import KLING_STILLS, StillSpec
from screentest.prep.core.values import Box
from screentest.prep.stills.rendering import Developed, coded, developed
from screentest.prep.stills.values import Chosen, Framing, Turn
from tests.conftest import Footage

ANY = replace(
    KLING_STILLS, model="any", min_side_px=2, max_ratio=Fraction(100), max_bytes=10**9, sources=()
)


def shown(
    path: Path,
    *,
    t_s: float = 1.0,
    subject: Box | None = None,
    framing: Framing = "full",
    spec: StillSpec = ANY,
) -> Developed:
    role, turn = ("view", None) if subject is None else ("frontal", Turn(0.0, 0.0))
    chosen = Chosen(role, 0, t_s, 1.0, subject, turn)  # type: ignore[arg-type]
    return developed(probe(path), chosen, framing=framing, spec=spec)


@pytest.mark.parametrize(("name", "tolerance"), [("hdr-pq", 6), ("hdr-hlg", 8)])
def test_hdr_comes_down_as_in_a_clip(name: str, tolerance: int, footage: Footage) -> None:
    picture = shown(footage(name)).picture
    light = np.array([picture[60:120, n * 40 + 10 : n * 40 + 30].mean() for n in range(8)])
    top = np.array([hable(nits / 100) / hable(10.0) for nits in HDR_NITS]) ** (1 / 2.4)
    assert np.abs(light - 255 * top).max() <= tolerance, f"{light.round()} is not {(255 * top).round()}"
    assert np.ptp(picture[90], axis=1).max() <= 3, "grey stays grey"


def test_what_a_phone_held_upright_records_stands_comes_down_and_tells_nothing(
    footage: Footage, tmp_path: Path
) -> None:
    upright, flat = footage("hlg-on-its-side"), footage("hdr-hlg")
    source = probe(upright)
    assert (source.width_px, source.height_px) == (180, 320)
    still = stills(upright, ANY, out=tmp_path / "stills")[0]
    assert (still.width_px, still.height_px) == (180, 320)
    picture = cv2.imread(still.path)
    assert picture is not None
    level = np.rot90(picture).astype(int)
    assert np.abs(level - shown(flat, t_s=still.t_s).picture).mean() <= 3, "as of the same, unturned"
    jpeg = Path(still.path).read_bytes()
    assert not [word for word in (b"Joe", b"2026", b"+48.2", b"Exif", b"hlg") if word in jpeg]


def hable(light: float) -> float:
    top = light * (0.15 * light + 0.05) + 0.004
    return top / (light * (0.15 * light + 0.5) + 0.06) - 0.02 / 0.3


@pytest.mark.parametrize(
    ("name", "size_px"),
    [
        ("rotated-90", (720, 1280)),
        ("sar-16-15", (768, 576)),
        ("letterboxed", None),
        ("pattern-4k", (3840, 2160)),
    ],
)
def test_a_still_is_upright_and_square_pixelled_at_full_resolution(
    name: str, size_px: tuple[int, int] | None, footage: Footage
) -> None:
    picture = shown(footage(name)).picture
    source = probe(footage(name))
    if size_px is None:
        assert picture.shape[0] < source.height_px, "bars are not part of a still"
        assert cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)[:4].mean() > 20
    else:
        assert picture.shape[1::-1] == size_px == (source.width_px, source.height_px)


def test_bars_are_taken_off_where_all_that_follows_is_black(footage: Footage) -> None:
    picture = shown(footage("letterboxed-then-black"), t_s=0.3).picture
    assert picture.shape == shown(footage("letterboxed"), t_s=0.3).picture.shape
    assert cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)[:4].mean() > 20


def test_two_fields_become_one_picture(footage: Footage) -> None:
    lines = cv2.cvtColor(shown(footage("interlaced"), t_s=0.6).picture, cv2.COLOR_BGR2GRAY)
    rows = lines.astype(np.float32)
    combed = np.abs(rows[1:-1] - (rows[:-2] + rows[2:]) / 2).mean()
    assert combed < 6


def test_colours_are_those_of_the_footage(footage: Footage) -> None:
    wanted = shown(footage("bars-rgb")).picture.astype(int)
    for name in ("bars-601", "bars-full-601", "wide-p3"):
        assert np.abs(shown(footage(name)).picture - wanted).mean() < 3.5, name


def test_nothing_of_the_footage_s_story_is_in_a_still(footage: Footage) -> None:
    jpeg = shown(footage("face-private")).jpeg
    assert not [word for word in (b"Joe", b"2026", b"+48.2", b"Exif", b"Lavc") if word in jpeg]
    assert jpeg[:4] == b"\xff\xd8\xff\xe0", "JFIF and nothing else"
    assert b"\xff\xfe" not in jpeg[:200], "no comment"


def test_a_small_face_becomes_as_large_as_the_model_wants_and_that_is_told(face_clip: Path) -> None:
    face = Box(0.4, 0.35, 0.2, 0.35)
    large = shown(face_clip, subject=face, framing="head")
    small = shown(face_clip, subject=face, framing="head", spec=KLING_STILLS)
    assert not large.upscaled
    assert min(small.picture.shape[:2]) >= 300
    assert small.upscaled == (min(probe(face_clip).height_px, 302) < 300)


def test_a_still_is_no_larger_than_the_model_takes(face_clip: Path) -> None:
    small = shown(face_clip, spec=replace(ANY, max_side_px=200))
    assert small.picture.shape[:2] == (150, 200)
    assert not small.upscaled


def test_the_moment_is_the_one_that_was_asked_for(footage: Footage) -> None:
    frames = [shown(footage("counter"), t_s=n / 25).picture for n in (1, 40)]
    assert [read_counter(frame) for frame in frames] == [1, 40]


def test_a_still_never_has_more_bytes_than_the_model_takes() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (400, 600, 3), np.uint8)
    picture, jpeg = coded(noise, most_bytes=40_000)
    assert len(jpeg) <= 40_000
    assert picture.shape[1] / picture.shape[0] == pytest.approx(1.5, abs=0.02)
    read = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert read is not None
    assert read.shape == picture.shape
