"""JSON for machines: the keys that scripts rely on, numbers that are JSON, no secrets, no noise."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from screentest.client.cli.output.results import (
    clip_result,
    forecast_result,
    pick_result,
    registration_result,
)
from screentest.prep.core.encoding import check_json, scan_json, source_json
from screentest.prep.core.values import Box, Figure
from tests.made_up import face, scan_of, signal, source
from tests.unit.client.cli.output.made_up import CLIP, DONE, FORECAST, REPORT, SEGMENT

SCAN = scan_of(lambda t: face() if t < 1 else None, length_s=2.0, cuts_s=(1.0,))


@pytest.mark.parametrize(
    ("result", "keys"),
    [
        (
            pick_result(source(), SEGMENT),
            "source turned_deg start_s length_s score subject reasons alternatives face_seen warnings",
        ),
        (
            clip_result(CLIP),
            "clip sha256 segment width_px height_px fps has_audio upscaled warnings",
        ),
        (check_json(REPORT), "clip ok rules"),
        (
            registration_result(DONE),
            "name character_id model clip clip_sha256 segment stills submitted cost_usd warnings "
            "reasons",
        ),
        (
            forecast_result(FORECAST),
            "name character_id model clip clip_sha256 segment stills submitted cost_usd dry_run steps "
            "warnings reasons",
        ),
        (scan_json(SCAN), "source fingerprint turned_deg duration_s end_s cuts_s refined signals"),
    ],
)
def test_the_keys_are_the_published_ones(result: dict[str, object], keys: str) -> None:
    # A script that reads one of them breaks when it goes or is renamed.
    assert list(result) == keys.split()


def test_a_probe_names_every_measured_fact() -> None:
    result = source_json(source(sar=Fraction(64, 45), fps=Fraction(30000, 1001)))
    assert result["sar"] == "64:45"
    assert result["fps"] == pytest.approx(29.97003)
    assert {"duration_s", "start_s", "width_px", "height_px", "rotation_deg"} <= set(result)


@pytest.mark.parametrize(
    "result",
    [
        source_json(source()),
        scan_json(SCAN),
        pick_result(source(), SEGMENT),
        clip_result(CLIP),
        check_json(REPORT),
        registration_result(DONE),
        forecast_result(FORECAST),
    ],
)
def test_every_result_is_strict_json(result: dict[str, object]) -> None:
    assert json.loads(json.dumps(result, allow_nan=False)) == result


def test_numbers_of_numpy_do_not_get_into_json() -> None:
    measured = face(presence=np.float32(0.25), box=Box(*np.array([0.1, 0.2, 0.3, 0.4])))
    seen = signal(0.0, measured, sharpness=np.float64(12.3456), exposure=np.float32(0.5))
    result = scan_json(replace(SCAN, signals=(seen,)))
    assert json.loads(json.dumps(result)) == result


def test_a_figure_is_told_where_one_was_seen() -> None:
    figure = Figure(Box(0.1, 0.2, 0.3, 0.4), 0.87654321, others=1)
    result = scan_json(replace(SCAN, signals=(signal(0.0, figure=figure), signal(1.0))))
    seen, unseen = (one["figure"] for one in result["signals"])  # type: ignore[attr-defined]
    assert seen["sureness"] == 0.8765
    assert seen["others"] == 1
    assert unseen is None


@given(start_s=st.floats(0, 1e5), length_s=st.floats(0.1, 20), score=st.floats(0, 1))
def test_times_and_scores_are_short(start_s: float, length_s: float, score: float) -> None:
    window = replace(SEGMENT, start_s=start_s, length_s=length_s, score=score)
    result = pick_result(source(), window)
    assert result["start_s"] == pytest.approx(start_s, abs=1e-6)
    assert result["length_s"] == pytest.approx(length_s, abs=1e-6)
    assert result["score"] == pytest.approx(score, abs=1e-4)
    assert len(str(result["score"])) <= 6 or "e" in str(result["score"])


def test_a_registration_that_nobody_waits_for_names_its_task_instead_of_an_id() -> None:
    result = registration_result(replace(DONE, character_id=None))
    assert (result["character_id"], result["task_id"]) == (None, "task-1")
    assert "task_id" not in registration_result(DONE)


def test_a_dry_run_can_be_told_from_a_registration() -> None:
    result = forecast_result(FORECAST)
    assert result["dry_run"] is True
    assert result["submitted"] is False
    assert result["character_id"] is None
    assert set(registration_result(DONE)) <= set(result)


def test_a_check_is_ok_only_with_every_rule() -> None:
    assert check_json(REPORT)["ok"] is False
    kept = replace(REPORT, rules=tuple(rule for rule in REPORT.rules if rule.ok))
    assert check_json(kept)["ok"] is True


def test_a_registration_says_why_and_what_to_know() -> None:
    done = replace(DONE, warnings=("The clip shows a human face.",))
    result = registration_result(done)
    assert result["warnings"] == ["The clip shows a human face."]
    assert result["reasons"] == list(SEGMENT.reasons) != []
    assert forecast_result(FORECAST)["reasons"] == list(SEGMENT.reasons)
