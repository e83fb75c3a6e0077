"""Whatever a picture shows and whatever its shape, the real models answer in bounds and best first."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from screentest.prep.core.picture import Picture
from screentest.prep.vision.detector import detect
from screentest.prep.vision.figures import figure_in, figures


def picture(seed: int, height: int, width: int, kind: str) -> Picture:
    rng = np.random.default_rng(seed)
    if kind == "flat":
        return np.full((height, width, 3), rng.integers(0, 256, 3), np.uint8)
    if kind == "noise":
        return np.asarray(rng.integers(0, 256, (height, width, 3)), np.uint8)
    blocks = rng.integers(0, 256, (height // 8 + 1, width // 8 + 1, 3))
    return np.asarray(np.kron(blocks, np.ones((8, 8, 1)))[:height, :width], np.uint8)


pictures = st.builds(
    picture,
    st.integers(0, 2**16),
    st.integers(1, 400),
    st.integers(1, 400),
    st.sampled_from(["flat", "noise", "blocks"]),
)


@given(pictures)
@settings(max_examples=20, deadline=None)
def test_faces_are_finite_believed_and_the_largest_first(shown: Picture) -> None:
    found = detect(shown)
    sizes = [face.width * face.height for face in found]
    assert sizes == sorted(sizes, reverse=True)
    for face in found:
        assert 0.6 <= face.score <= 1
        assert math.isfinite(face.nose_offset)
        assert face.points.shape == (5, 2)


@given(pictures)
@settings(max_examples=20, deadline=None)
def test_figures_lie_in_the_picture_and_the_most_prominent_comes_first(shown: Picture) -> None:
    found = figures(shown)
    for figure in found:
        assert 0 <= figure.box.x <= figure.box.x + figure.box.width <= 1 + 1e-6
        assert 0 <= figure.box.y <= figure.box.y + figure.box.height <= 1 + 1e-6
        assert 0.25 <= figure.sureness <= 1
    prominence = [f.sureness * math.sqrt(f.box.width * f.box.height) for f in found]
    assert prominence == sorted(prominence, reverse=True)
    first = figure_in(shown)
    assert (first is None) == (not found)
    if first is not None:
        assert first.box == found[0].box
        assert 0 <= first.others < len(found)
