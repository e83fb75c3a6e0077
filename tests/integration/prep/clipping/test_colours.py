"""Colours: skin looks in the clip as it looks in a player, and the light of HDR is kept in order."""

from __future__ import annotations

from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from fixtures.colours import HDR_NITS
from screentest import check
from screentest.prep.core.values import Clip
from tests.clips import BRIEF, Luma, first_luma, lumas, short_clip
from tests.conftest import Footage
from tests.footage.independent import Rgb, apart, moments, on_canvas, upright

_BT1886 = 2.4


def first_picture(made: Clip) -> Rgb:
    with av.open(made.path) as container:
        return upright(next(container.decode(video=0)))


@pytest.mark.parametrize(
    "name",
    [
        "bars-full-601",
        "bars-601",
        "bars-yuv420p10le",
        "bars-yuv422p",
        "bars-yuv422p10le",
        "bars-yuv444p",
        "bars-yuv444p12le",
    ],
)
def test_the_same_colours_come_out_however_they_are_stored(
    name: str, footage: Footage, tmp_path: Path
) -> None:
    made = short_clip(footage(name), tmp_path, spec=BRIEF)
    with av.open(str(footage("bars-rgb"))) as container:
        rgb = next(container.decode(video=0)).to_ndarray(format="rgb24")
    wanted = on_canvas(np.asarray(rgb / 255, np.float32), width_px=1280, height_px=720)
    mean, worst = apart(first_picture(made), wanted)
    assert mean < 2.2
    assert worst < 30, "at the edges between bars, where colour is stored at half resolution"


@pytest.mark.parametrize("name", ["wide-2020", "wide-p3", "wide-2020-in-part"])
def test_colours_of_a_wide_gamut_are_not_paler(name: str, footage: Footage, tmp_path: Path) -> None:
    made = short_clip(footage(name), tmp_path, spec=BRIEF)
    with av.open(str(footage("bars-rgb"))) as container:
        rgb = next(container.decode(video=0)).to_ndarray(format="rgb24")
    wanted = on_canvas(np.asarray(rgb / 255, np.float32), width_px=1280, height_px=720)
    mean, _ = apart(first_picture(made), wanted)
    assert mean < 3.5
    assert ("without primaries" in " ".join(made.warnings)) == (name == "wide-2020-in-part")


def test_hdr_that_is_tagged_in_part_gets_its_usual_partners(footage: Footage, tmp_path: Path) -> None:
    made = short_clip(footage("pq-in-part"), tmp_path, spec=BRIEF)
    luma = first_luma(made)[360]
    (tmp_path / "whole").mkdir()
    whole = first_luma(short_clip(footage("hdr-pq"), tmp_path / "whole", spec=BRIEF))[360]
    assert np.abs(luma - whole).max() <= 2
    assert "tagged as PQ, without matrix and primaries" in made.warnings[-1]


def test_clips_say_what_their_colours_mean(footage: Footage, tmp_path: Path) -> None:
    made = short_clip(footage("bars-full-601"), tmp_path, spec=BRIEF)
    with av.open(made.path) as container:
        frame = next(container.decode(video=0))
        said = (frame.color_range, frame.colorspace, frame.color_trc, frame.color_primaries)
    assert tuple(map(int, said)) == (1, 1, 1, 1)
    assert check(made.path, spec=BRIEF).ok


@pytest.mark.parametrize("name", ["half-seen", "half-seen-prores", "half-seen-vp8", "half-seen-vp9"])
def test_what_can_be_seen_through_shows_black(name: str, footage: Footage, tmp_path: Path) -> None:
    luma = first_luma(short_clip(footage(name), tmp_path, spec=BRIEF))[360]
    solid, half, hidden = luma[100:350].mean(), luma[550:750].mean(), luma[950:1200].mean()
    assert solid == pytest.approx(235, abs=3)
    assert half == pytest.approx(16 + 219 * 128 / 255, abs=5)
    assert hidden == pytest.approx(16, abs=3)


def hable(light: NDArray[np.float64]) -> NDArray[np.float64]:
    top = light * (0.15 * light + 0.05) + 0.004
    return top / (light * (0.15 * light + 0.5) + 0.06) - 0.02 / 0.3


@pytest.mark.parametrize(("name", "tolerance"), [("hdr-pq", 3), ("hdr-hlg", 5)])
def test_hdr_comes_down_to_the_brightness_that_the_curve_gives(
    name: str, tolerance: int, footage: Footage, tmp_path: Path
) -> None:
    luma = first_luma(short_clip(footage(name), tmp_path, spec=BRIEF))[360]
    patches = [luma[n * 160 + 40 : n * 160 + 120].mean() for n in range(len(HDR_NITS))]
    light = np.array(HDR_NITS) / 100
    wanted = 16 + 219 * (hable(light) / hable(np.array(10.0))) ** (1 / _BT1886)
    assert np.abs(patches - wanted).max() <= tolerance, f"{np.round(patches)}, not {np.round(wanted)}"


def test_two_fields_become_one_picture_and_none_is_dropped(footage: Footage, tmp_path: Path) -> None:
    made = short_clip(footage("interlaced"), tmp_path, length_s=2.0)
    assert (made.frames, float(made.fps)) == (50, 25.0)
    woven = moments(footage("interlaced"), stream=0, from_s=0.5, to_s=0.9)
    assert combing(lumas(made)[15]) < 0.35 * combing(woven[2].rgb.mean(axis=2) * 255)


def combing(luma: Luma) -> float:
    """How much each line differs from both its neighbours, at the size of the fields."""
    lines = cv2.resize(luma.astype(np.float32), (720, 576), interpolation=cv2.INTER_AREA)
    return float(np.abs(lines[1:-1] - (lines[:-2] + lines[2:]) / 2).mean())
