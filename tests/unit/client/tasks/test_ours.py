"""What becomes of a lost submit: adopted when certain, sent again when certain, else left."""

from __future__ import annotations

import pytest

from screentest.client.remote.replies import Prediction
from screentest.client.tasks.ours import (
    Adopt,
    Decision,
    Free,
    Leave,
    carries,
    decide,
    same_name,
)


def task(task_id: str, name: str | None = None, status: str = "completed") -> Prediction:
    outputs = ({"id": f"char_{task_id}", "name": name},) if name else ()
    return Prediction(task_id, "openai/sora-2/characters", status, outputs)


def decided(
    *candidates: Prediction, rivals: set[str] | None = None, waited_s: float = 60.0
) -> Decision:
    return decide(
        "Joe",
        candidates=candidates,
        rivals=rivals or set(),
        waited_s=waited_s,
        settle_after_s=30.0,
    )


@pytest.mark.parametrize(
    "candidates",
    [
        (task("t1", "Joe"),),
        (task("t2", "Ann"), task("t1", "Joe")),
        (task("t1", "Joe"), task("t3", status="failed")),
    ],
)
def test_the_task_that_carries_the_name_is_adopted(candidates: tuple[Prediction, ...]) -> None:
    assert isinstance(decision := decided(*candidates), Adopt)
    assert decision.task_id == "t1"


def test_the_only_task_since_is_adopted_without_a_name() -> None:
    assert isinstance(decided(task("t1")), Adopt)


def test_the_only_task_since_is_adopted_at_once() -> None:
    assert isinstance(decided(task("t1"), waited_s=1.0), Adopt)


@pytest.mark.parametrize(
    ("candidates", "rivals"),
    [
        ((task("t1"), task("t2")), set()),
        ((task("t1", "Joe"), task("t2", "Joe")), set()),
        ((task("t1"),), {"Ann"}),
        ((task("t1", "Joe"),), {"Joe"}),
    ],
)
def test_what_may_be_anothers_is_shown_and_left(
    candidates: tuple[Prediction, ...], rivals: set[str]
) -> None:
    assert isinstance(decision := decided(*candidates, rivals=rivals), Leave)
    assert "t1" in decision.reason


@pytest.mark.parametrize("candidates", [(), (task("t1", "Ann"), task("t2", "Bo"))])
def test_no_such_task_for_long_enough_frees_the_row(candidates: tuple[Prediction, ...]) -> None:
    assert isinstance(decided(*candidates, waited_s=30.0), Free)


@pytest.mark.parametrize("waited_s", [0.0, 29.0, -100.0])
def test_no_such_task_yet_frees_nothing(waited_s: float) -> None:
    assert isinstance(decision := decided(waited_s=waited_s), Leave)
    assert "again in" in decision.remedy.plain


@pytest.mark.parametrize(("name", "told"), [("Joe", True), ("Ann", False), ("joe", False)])
def test_a_task_carries_the_name_it_was_made_with(name: str, told: bool) -> None:
    assert carries(task("t1", "Joe"), name) is told
    assert same_name("Joe", name) is told


def test_a_task_without_a_name_does_not_tell_whose_it_is() -> None:
    assert carries(task("t1"), "Joe") is None


@pytest.mark.parametrize(
    ("name", "candidates", "rivals", "kind"),
    [
        # A character's, whose tasks tell their names.
        ("Joe", (task("t1", "Joe"),), {"Ann"}, Adopt),
        ("Joe", (task("t1", "Joe"), task("t2")), set(), Adopt),
        ("Joe", (task("t1", "Ann"), task("t2")), set(), Adopt),
        ("Joe", (task("t1", "Ann"),), {"Ann"}, Free),
        ("Joe", (task("t1", "Joe"), task("t2", "Joe")), {"Ann"}, Leave),
        # A video's, which have no name to tell.
        ("", (task("t1"),), set(), Adopt),
        ("", (task("t1"),), {""}, Leave),
        ("", (task("t1"), task("t2")), set(), Leave),
        ("", (), {""}, Free),
    ],
)
def test_a_name_and_its_rivals_decide(
    name: str, candidates: tuple[Prediction, ...], rivals: set[str], kind: type[Decision]
) -> None:
    decision = decide(name, candidates=candidates, rivals=rivals, waited_s=60.0, settle_after_s=30.0)
    assert isinstance(decision, kind)


def test_a_lost_submit_that_is_left_says_which_tasks_it_may_own() -> None:
    assert isinstance(decision := decided(task("t1"), task("t2")), Leave)
    assert "t1, t2" in decision.reason
    assert decision.remedy.plain
