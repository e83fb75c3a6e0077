"""A model's rules as data: complete, consistent and with their source."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from screentest.prep.clipping.canvas import boxes
from screentest.prep.core.spec import SORA_2, SPECS, ClipSpec, output_rate

every_spec = pytest.mark.parametrize("spec", SPECS.values(), ids=lambda spec: spec.model)


@every_spec
def test_a_model_is_found_by_its_name(spec: ClipSpec) -> None:
    assert SPECS[spec.model] is spec


@every_spec
def test_what_is_cut_by_default_is_what_the_model_takes(spec: ClipSpec) -> None:
    assert 0 < spec.min_length_s <= spec.target_length_s <= spec.max_length_s
    assert 0 < spec.min_fps <= spec.max_fps
    assert 0 < spec.min_short_px <= spec.max_short_px


@every_spec
def test_some_picture_of_the_exact_aspect_fits_each_model(spec: ClipSpec) -> None:
    for width_px, height_px in boxes(spec, "landscape"):
        assert Fraction(width_px, height_px) == spec.aspect
    assert boxes(spec, "landscape")


@every_spec
def test_each_source_says_when_it_was_read(spec: ClipSpec) -> None:
    assert all("2026" in where for _, where in spec.sources)


def test_an_undocumented_rule_is_said_to_be_assumed() -> None:
    assert SORA_2.source_of("faststart").startswith("assumed")
    assert "WaveSpeed" in SORA_2.source_of("length")


def test_a_model_that_takes_any_rate_gets_the_footage_s_own() -> None:
    free = replace(SORA_2, min_fps=Fraction(1), max_fps=Fraction(120))
    assert output_rate(Fraction(60_000, 1001), free) == Fraction(60_000, 1001)


def test_a_rate_a_hundredth_below_the_lowest_is_not_taken_for_it() -> None:
    """23.76 a second shown at 24 would speed a voice up audibly; each frame is kept at 30 instead."""
    assert output_rate(Fraction(2376, 100), SORA_2) == SORA_2.max_fps
