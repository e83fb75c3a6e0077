"""Shapes: whatever the footage's turn, pixels and bars, a person sees it upright and whole."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from fixtures.formats import APERTURE, QUADRANTS
from screentest import check, probe, segment_at
from screentest.prep.clipping.clip import planned_clip
from screentest.prep.media.frames import reading
from tests.clips import BRIEF, SMALL, Luma, first_luma, lit_box, lumas, short_clip
from tests.conftest import Footage


def quadrants_of(luma: Luma) -> NDArray[np.float64]:
    """The mean luma of each quarter of what is lit."""
    left, top, right, bottom = lit_box(luma)
    seen = luma[top : luma.shape[0] - bottom, left : luma.shape[1] - right]
    middle_y, middle_x = seen.shape[0] // 2, seen.shape[1] // 2
    return np.array(
        [
            [seen[:middle_y, :middle_x].mean(), seen[:middle_y, middle_x:].mean()],
            [seen[middle_y:, :middle_x].mean(), seen[middle_y:, middle_x:].mean()],
        ]
    )


def expected(turn_deg: int, *, flipped: bool) -> NDArray[np.int_]:
    grey = np.array(QUADRANTS)
    turned = np.rot90(grey, turn_deg // 90)  # counter-clockwise, as the recipe says
    return np.fliplr(turned) if flipped else turned


TURNS = [(deg, flipped) for deg in (0, 90, 180, 270) for flipped in (False, True)]


@pytest.mark.parametrize(("turn_deg", "flipped"), TURNS)
def test_a_turned_or_mirrored_recording_comes_out_as_a_player_shows_it(
    turn_deg: int, flipped: bool, footage: Footage, tmp_path: Path
) -> None:
    raw = footage(f"turned-{turn_deg}{'-flipped' if flipped else ''}")
    found = quadrants_of(first_luma(short_clip(raw, tmp_path, spec=SMALL)))
    wanted = 16 + expected(turn_deg, flipped=flipped) * 219 / 255
    assert np.abs(found - wanted).max() < 6


@pytest.mark.parametrize(("turn_deg", "flipped"), TURNS)
def test_picking_looks_at_the_same_way_up_as_the_clip_shows(
    turn_deg: int, flipped: bool, footage: Footage
) -> None:
    source = probe(footage(f"turned-{turn_deg}{'-flipped' if flipped else ''}"))
    with reading(source) as reader:
        grey = reader.picture(next(reader.span(0, 1))).mean(axis=2)
    assert np.abs(quadrants_of(grey) - expected(turn_deg, flipped=flipped)).max() < 8


@pytest.mark.parametrize("name", ["clean-aperture", "pixel-crop"])
def test_what_a_clean_aperture_hides_stays_hidden(name: str, footage: Footage, tmp_path: Path) -> None:
    source = probe(footage(name))
    assert (source.width_px, source.height_px) == APERTURE
    luma = first_luma(short_clip(footage(name), tmp_path, spec=BRIEF))
    assert luma.max() < 120, "the white border shows"
    assert lit_box(luma) == (0, 40, 0, 40)


@pytest.mark.parametrize(
    ("name", "canvas"),
    [
        ("pattern-16", (1280, 720)),
        ("pattern-odd", (1280, 720)),
        ("pattern-ultrawide", (1600, 900)),
        ("pattern-ultratall", (900, 1600)),
        ("pattern-8k", (1920, 1080)),
    ],
)
def test_extreme_sizes_become_clips_that_keep_every_rule(
    name: str, canvas: tuple[int, int], footage: Footage, tmp_path: Path
) -> None:
    made = short_clip(footage(name), tmp_path, spec=BRIEF)
    assert (made.width_px, made.height_px) == canvas
    assert [r.rule for r in check(made.path, spec=BRIEF).rules if not r.ok] == []


@pytest.mark.parametrize(
    ("name", "canvas", "margins"),
    [
        ("letterboxed", (1280, 720), (0, 88, 0, 88)),
        ("pillarboxed", (720, 1280), (0, 0, 0, 0)),
        ("windowboxed", (1280, 720), (0, 0, 0, 0)),
    ],
)
def test_the_footages_own_bars_go_before_new_ones_come(
    name: str, canvas: tuple[int, int], margins: tuple[int, ...], footage: Footage, tmp_path: Path
) -> None:
    made = short_clip(footage(name), tmp_path, length_s=1.0, spec=BRIEF)
    assert (made.width_px, made.height_px) == canvas
    assert "black bars" in made.warnings[0]
    found = lit_box(np.max(lumas(made)[::5], axis=0))
    assert np.abs(np.array(found) - np.array(margins)).max() <= 14


@pytest.mark.parametrize("name", ["spotlight", "dark-edges", "closing-bars", "black"])
def test_darkness_that_is_not_a_static_bar_is_left_alone(name: str, footage: Footage) -> None:
    source = probe(footage(name))
    planned = planned_clip(source, segment_at(source, start_s=0.0, length_s=2.0))
    assert planned.inside_bars is None
