"""What becomes of a lost submit: adopted when certain, sent again when certain, else left."""

from __future__ import annotations

import pytest

from screentest.client.remote.replies import Prediction
from screentest.client.tasks.ours import Adopt, Decision, Free, Leave, decide


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
    assert "again in" in decision.hint
