"""Which stills a model is given: those that it takes, that differ most, and enough of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from screentest import KLING_STILLS, MissingAngle, Still, StillSpec
from screentest.prep.stills.choosing import for_model, keeps_rules
from screentest.prep.stills.values import Role

ANY_SIDE = replace(KLING_STILLS, model="acme/photos", least=1, most=3, frontal=False)


def still(role: Role, *, score: float = 0.8, **changes: Any) -> Still:
    made = Still(f"/s/{role}.jpg", role, 1.0, 0.0, 0.0, 600, 800, score, "raw.mov", "0" * 64, 90_000)
    return replace(made, **changes)


SHEET = [still(role) for role in ("frontal", "profile", "up", "right", "down", "left")]


def roles(stills: list[Still], spec: StillSpec = KLING_STILLS) -> list[str]:
    return [one.role for one in for_model(stills, spec)]


def test_the_frontal_still_comes_first_and_then_those_that_differ_most() -> None:
    assert roles(SHEET) == ["frontal", "left", "right", "profile"]
    assert roles(SHEET, ANY_SIDE) == ["frontal", "left", "right"]


def test_a_model_that_takes_all_of_a_sheet_gets_all_of_it() -> None:
    wide = replace(ANY_SIDE, most=10)
    assert roles(SHEET, wide) == ["frontal", "left", "right", "profile", "up", "down"]


def test_of_two_stills_of_one_side_the_better_is_given() -> None:
    poor, good = still("left", score=0.3), still("left", score=0.7)
    assert for_model([still("frontal"), poor, good], KLING_STILLS)[1:] == (good,)


def test_an_animal_s_best_views_are_given_the_best_as_the_frontal_one() -> None:
    views = [still("view", score=n / 10) for n in (5, 9, 7, 6, 8)]
    assert [one.score for one in for_model(views, KLING_STILLS)] == [0.9, 0.8, 0.7, 0.6]


@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        ({"width_px": 299}, {}),
        ({"width_px": 400, "height_px": 1001}, {}),
        ({"bytes": 10_000_001}, {}),
        ({"path": "/s/left.webp"}, {}),
        ({"height_px": 1025, "width_px": 1000}, {"max_side_px": 1024}),
    ],
    ids=["small", "long", "heavy", "another format", "large"],
)
def test_what_breaks_a_rule_of_the_model_is_not_given(
    changes: dict[str, Any], rules: dict[str, Any]
) -> None:
    spec = replace(KLING_STILLS, **rules)
    broken = still("left", **changes)
    assert not keeps_rules(broken, spec)
    assert roles([still("frontal"), broken, still("up")], spec) == ["frontal", "up"]


@pytest.mark.parametrize(
    "changes",
    [{"width_px": 300, "height_px": 700}, {"width_px": 400, "height_px": 1000}, {"bytes": 10_000_000}],
    ids=["least side", "longest", "heaviest"],
)
def test_what_just_keeps_a_rule_is_given(changes: dict[str, Any]) -> None:
    assert keeps_rules(still("left", **changes), KLING_STILLS)


@pytest.mark.parametrize(
    ("stills", "least", "message"),
    [
        ([still("frontal")], 2, "The footage shows one angle only, so there is one still; kwaivgi/"),
        ([still("frontal"), still("up")], 3, "The footage gives 2 stills; kwaivgi/"),
        (
            [still("frontal"), still("up", width_px=200)],
            2,
            "1 of 2 stills can be given as they are; kwaivgi/",
        ),
        ([], 1, "The footage gives 0 stills; kwaivgi/"),
    ],
)
def test_too_few_sides_are_refused_and_counted(stills: list[Still], least: int, message: str) -> None:
    with pytest.raises(MissingAngle) as caught:
        for_model(stills, replace(KLING_STILLS, least=least))
    assert caught.value.message.startswith(message)
    assert caught.value.message.endswith(f"wants at least {least}.")
    assert [remedy.kind for remedy in caught.value.remedies] == ["footage", "sheet"]


@pytest.mark.parametrize(
    ("stills", "words"),
    [
        ([still("left"), still("right")], "none."),
        ([still("left"), still("right"), still("frontal", width_px=200)], "none that it takes."),
    ],
)
def test_a_model_that_wants_a_frontal_still_is_not_given_another_as_one(
    stills: list[Still], words: str
) -> None:
    with pytest.raises(MissingAngle, match=f"wants a frontal still, and there is {words}") as caught:
        for_model(stills, KLING_STILLS)
    assert "face turns to the camera" in caught.value.hint
    assert roles(stills, ANY_SIDE) == ["left", "right"]


def test_where_a_clip_would_do_that_is_said() -> None:
    with pytest.raises(MissingAngle) as caught:
        for_model([still("frontal")], KLING_STILLS, takes_video=True)
    assert [remedy.kind for remedy in caught.value.remedies] == ["footage", "reference", "sheet"]
    assert "by video" in caught.value.hint
