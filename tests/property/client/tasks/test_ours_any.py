"""Whatever the service lists, a lost submit is adopted or freed only when that is certain."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from screentest.client.remote.replies import Prediction
from screentest.client.tasks.ours import (
    CLOCK_SLACK,
    SUBMIT_AT_MOST,
    SURELY_LISTED_FOR,
    UNCERTAINTY,
    Adopt,
    Free,
    Leave,
    Lost,
    decide,
    same_name,
)

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
NAMES = st.sampled_from(["Joe", "joe ", "Ann"])
TIMES = st.one_of(
    st.timedeltas(timedelta(days=-2), timedelta(days=2)),
    st.timedeltas(-2 * CLOCK_SLACK, SUBMIT_AT_MOST + 2 * CLOCK_SLACK),
)


def a_task(
    number: int, name: str | None, status: str, at: timedelta | None, inputs: bool
) -> Prediction:
    return Prediction(
        f"task-{number}",
        "m",
        status,
        ({"id": f"char_{number}", "name": name},) if name else (),
        created_at=None if at is None else AT + at,
        inputs={"video": "own"} if inputs else None,
    )


TASKS = st.builds(
    a_task,
    st.integers(0, 99),
    st.none() | NAMES,
    st.sampled_from(["completed", "failed", "processing"]),
    st.none() | TIMES,
    st.booleans(),
)


@given(
    candidates=st.lists(TASKS, max_size=4, unique_by=lambda task: task.task_id),
    rivals=st.sets(NAMES),
    waited=st.timedeltas(timedelta(hours=-30), timedelta(days=20))
    | st.timedeltas(timedelta(0), timedelta(minutes=1)),
    clocks=st.tuples(st.booleans(), st.booleans()),
)
def test_a_lost_submit_is_settled_only_when_certain(
    candidates: list[Prediction], rivals: set[str], waited: timedelta, clocks: tuple[bool, bool]
) -> None:
    lost = Lost("Joe", lambda _: True, AT, is_served=clocks[0])
    decision = decide(
        lost,
        candidates=candidates,
        rivals=rivals,
        asked_at=AT + waited,
        is_served=clocks[1],
        settle_after_s=30.0,
    )
    unsure = timedelta(0) if all(clocks) else UNCERTAINTY
    match decision:
        case Adopt(task_id, _):
            (found,) = [task for task in candidates if task.task_id == task_id]
            assert found.inputs or (found.name and same_name(found.name, "Joe") and clocks[0])
            assert found.name is None or same_name(found.name, "Joe")
            assert found.created_at
            assert lost.earliest <= found.created_at <= lost.latest
        case Free(_):
            assert waited - unsure >= timedelta(seconds=30)
            assert waited + unsure <= SURELY_LISTED_FOR
            for task in candidates:
                if task.status == "failed":
                    continue
                is_named = task.name is not None and same_name(task.name, "Joe")
                may_be_ours = is_named or (task.name is None and bool(task.inputs))
                is_late = task.created_at is None or task.created_at >= lost.earliest
                assert not (may_be_ours and is_late)
                assert task.name is not None or not lost.may_be(task)
        case Leave(_, remedy):
            assert remedy.plain
