"""Whatever a face is like, its score is one, and a better moment never scores less."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screentest.prep.core.values import Box, Face, Figure
from screentest.prep.scoring.curves import rise
from screentest.prep.scoring.faceless import FacelessFactors, faceless_factors, faceless_score
from screentest.prep.scoring.faces import Factors, coarse_score, combined, factors
from screentest.prep.scoring.usual import usual_of
from screentest.prep.vision.facing import turn_deg
from tests.made_up import SOURCE, face, signal

shares = st.floats(0, 1)
boxes = st.builds(
    Box, st.floats(-0.3, 1.2), st.floats(-0.3, 1.2), st.floats(0.01, 1), st.floats(0.01, 1)
)
faces = st.builds(
    lambda box, presence, yaw, pitch, roll, eyes, sharp, light, nose, clarity, gaze, mouth: face(
        box=box,
        presence=presence,
        yaw_deg=yaw,
        pitch_deg=pitch,
        roll_deg=roll,
        eyes_open=eyes,
        sharpness=sharp,
        exposure=light,
        nose_offset=nose,
        clarity=clarity,
        gaze=gaze,
        mouth_open=mouth,
    ),
    boxes,
    shares,
    *(st.floats(-180, 180) for _ in range(3)),
    shares,
    st.floats(0, 5000),
    shares,
    st.floats(-3, 3),
    shares,
    st.floats(-1, 1),
    shares,
)
made = st.builds(Factors, *(shares for _ in fields(Factors)))
figures = st.builds(Figure, boxes, shares, st.floats(0, 5000), st.integers(0, 4), st.floats(0, 20))


@given(faces, st.lists(faces, max_size=3), st.floats(0, 50))
def test_every_factor_of_any_face_lies_between_nothing_and_one(
    shown: Face, others: list[Face], speed: float
) -> None:
    found = factors(shown, SOURCE, usual=usual_of([shown, *others]), speed=speed, others=others)
    assert all(0 <= getattr(found, field.name) <= 1 for field in fields(Factors))
    assert 0 <= found.score() <= 1 + 1e-9


@given(made, st.sampled_from([field.name for field in fields(Factors)]), shares)
def test_a_moment_better_in_one_thing_never_scores_less(found: Factors, name: str, more: float) -> None:
    better = replace(found, **{name: max(more, getattr(found, name))})
    assert better.score() >= found.score() - 1e-12


@given(faces)
def test_in_a_mirror_a_face_is_worth_the_same(shown: Face) -> None:
    box = replace(shown.box, x=1 - shown.box.x - shown.box.width)
    mirrored = replace(
        shown,
        box=box,
        yaw_deg=-shown.yaw_deg,
        roll_deg=-shown.roll_deg,
        nose_offset=-shown.nose_offset,
        gaze=-shown.gaze,
    )
    usual = usual_of([shown])
    straight = factors(shown, SOURCE, usual=usual, speed=0.0)
    turned = factors(mirrored, SOURCE, usual=usual, speed=0.0)
    assert turned.score() == pytest.approx(straight.score(), rel=1e-6)


@given(faces)
def test_a_turn_is_never_less_than_the_mesh_says(shown: Face) -> None:
    assert turn_deg(shown) >= abs(shown.yaw_deg)
    assert 0 <= coarse_score(shown, SOURCE) <= 1


@given(st.lists(shares, min_size=1, max_size=30))
def test_a_window_scores_between_its_worst_and_its_mean(values: list[float]) -> None:
    for percentile in (0.0, 10.0):
        score = combined(values, weak_percentile=percentile)
        assert min(values) - 1e-9 <= score <= max(values) + 1e-9
    assert combined(values, weak_percentile=0) <= combined(values) + 1e-9


@given(st.lists(shares, min_size=1, max_size=30), st.integers(0, 29), shares)
def test_a_window_with_a_better_moment_never_scores_less(
    values: list[float], place: int, more: float
) -> None:
    better = list(values)
    better[place % len(values)] = max(more, values[place % len(values)])
    assert combined(better) >= combined(values) - 1e-9


@given(st.floats(-10, 10), st.floats(-10, 10), st.floats(0.01, 5))
def test_a_rise_only_rises(a: float, b: float, width: float) -> None:
    low, high = sorted((a, b))
    assert 0 <= rise(low, 0, width) <= rise(high, 0, width) <= 1


@given(
    st.lists(faces, max_size=3),
    st.one_of(st.none(), figures),
    shares,
    shares,
    st.floats(0, 5000),
    st.floats(0, 20),
)
def test_every_factor_of_any_moment_without_a_face_lies_between_nothing_and_one(
    seen: list[Face],
    figure: Figure | None,
    exposure: float,
    detail: float,
    sharpness: float,
    motion: float,
) -> None:
    moment = signal(
        0.0,
        *seen,
        figure=figure,
        exposure=exposure,
        detail=detail,
        sharpness=sharpness,
        motion=motion,
    )
    found = faceless_factors(moment)
    assert all(0 <= getattr(found, field.name) <= 1 for field in fields(FacelessFactors))
    assert 0 <= faceless_score(moment) <= 1
