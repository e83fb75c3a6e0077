"""Wherever a shot ends, the cut is found there; whatever only lightens or darkens has none."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from screentest.prep.core.picture import Picture
from screentest.prep.scanning.cuts import CutDetector
from screentest.prep.scanning.dissolves import DissolveDetector

seeds = st.integers(0, 2**16)


def scene(seed: int) -> Picture:
    """Coarse shapes of strong contrast, unlike those of any other number."""
    rng = np.random.default_rng(seed)
    coarse = rng.permutation(np.linspace(30, 220, 9 * 16)).reshape(9, 16)
    return np.asarray(np.kron(coarse, np.ones((4, 4))), np.uint8)


def cuts(frames: list[Picture]) -> list[int]:
    detector = CutDetector()
    return [number for number, frame in enumerate(frames) if detector.is_cut(frame)]


@given(seeds, seeds.filter(bool), st.lists(st.integers(2, 15), min_size=1, max_size=5))
def test_each_shot_begins_where_it_begins(seed: int, step: int, lengths: list[int]) -> None:
    frames = [scene(seed + step * shot) for shot, length in enumerate(lengths) for _ in range(length)]
    firsts = [sum(lengths[:shot]) for shot in range(1, len(lengths))]
    assert cuts(frames) == firsts


@given(seeds, st.lists(st.floats(0.35, 1.1), min_size=2, max_size=20))
def test_light_that_comes_and_goes_is_not_a_cut(seed: int, levels: list[float]) -> None:
    still = scene(seed)
    assert cuts([np.asarray(np.clip(still * level, 0, 255), np.uint8) for level in levels]) == []


@given(seeds, seeds.filter(bool), st.floats(0.4, 1.5), st.sampled_from([24, 25, 30, 50]))
def test_a_dissolve_is_found_about_where_it_is_at_any_rate(
    seed: int, step: int, length_s: float, fps: int
) -> None:
    first, second = scene(seed).astype(np.float32), scene(seed + step).astype(np.float32)
    detector = DissolveDetector()
    for number in range(5 * fps):
        share = min(1.0, max(0.0, (number / fps - 2.0) / length_s))
        detector.look(number / fps, np.asarray(first + (second - first) * share, np.uint8))
    (melt,) = detector.found()
    assert 1.4 <= melt.start_s <= 2.0 + length_s / 2
    assert 2.0 + length_s / 2 <= melt.end_s <= 2.0 + length_s + 0.6


@given(seeds)
def test_a_still_picture_melts_into_nothing(seed: int) -> None:
    detector = DissolveDetector()
    for number in range(100):
        detector.look(number / 25, scene(seed))
    assert detector.found() == ()
