"""What becomes of a lost submit: adopted when certain, sent again when certain, else left."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from screentest.client.remote.replies import Prediction
from screentest.client.tasks.ours import (
    CLOCK_SLACK,
    SUBMIT_AT_MOST,
    SURELY_LISTED_FOR,
    UNCERTAINTY,
    Adopt,
    Decision,
    Free,
    Leave,
    Lost,
    carries,
    decide,
    proof,
    same_name,
)

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
OWN = {"name": "Joe", "video": "own"}
NFD = "Jose\N{COMBINING ACUTE ACCENT}"
NFC = "Jos\N{LATIN SMALL LETTER E WITH ACUTE}"


def task(
    task_id: str,
    name: str | None = None,
    status: str = "completed",
    *,
    at: datetime | None = AT + SECOND,
    inputs: Mapping[str, object] | None = None,
) -> Prediction:
    outputs = ({"id": f"char_{task_id}", "name": name},) if name else ()
    return Prediction(
        task_id, "openai/sora-2/characters", status, outputs, created_at=at, inputs=inputs
    )


def lost(name: str | None = "Joe", *, is_served: bool = True) -> Lost:
    """A submit at ``AT`` whose inputs tell whose they are by their video alone."""
    told = {"own": True, "another": False}
    return Lost(name, lambda inputs: told.get(str(inputs["video"])), AT, is_served)


def decided(
    *candidates: Prediction,
    rivals: set[str] | None = None,
    waited: timedelta = timedelta(minutes=1),
    name: str | None = "Joe",
    is_served: bool = True,
    listed_by_service: bool = True,
) -> Decision:
    return decide(
        lost(name, is_served=is_served),
        candidates=candidates,
        rivals=rivals or set(),
        asked_at=AT + waited,
        is_served=listed_by_service,
        settle_after_s=30.0,
    )


# Whose task it is


@pytest.mark.parametrize(
    "candidates",
    [
        (task("t1", "Joe"),),
        (task("t2", "Ann"), task("t1", "Joe")),
        (task("t1", "Joe"), task("t3", status="failed")),
        (task("t1", "Joe"), task("t3", status="processing")),
        (task("t1", "Joe"), task("t3")),
        (task("t1", inputs=OWN), task("t3", "Joe")),
        (task("t1", inputs=OWN, status="processing"), task("t3", status="processing")),
    ],
)
def test_the_task_that_carries_name_or_inputs_is_adopted(candidates: tuple[Prediction, ...]) -> None:
    assert isinstance(decision := decided(*candidates), Adopt)
    assert decision.task_id == "t1"


def test_it_is_adopted_as_soon_as_it_is_listed() -> None:
    assert isinstance(decided(task("t1", "Joe"), waited=SECOND), Adopt)


@pytest.mark.parametrize("status", ["completed", "processing", "cancelled", "deleted", "odd"])
@pytest.mark.parametrize("name", ["Joe", None])
def test_a_lone_task_that_tells_nothing_is_never_ours(name: str | None, status: str) -> None:
    assert isinstance(decision := decided(task("t1", status=status), name=name), Leave)
    assert "t1" in decision.reason


@pytest.mark.parametrize("at", [AT + SECOND, AT + 3 * HOUR, None])
@pytest.mark.parametrize("name", ["Joe", None])
@pytest.mark.parametrize("rivals", [set(), {"Ann"}])
def test_what_failed_made_nothing_and_keeps_nobody_waiting(
    at: datetime | None, name: str | None, rivals: set[str]
) -> None:
    failed = task("t1", status="failed", at=at)
    assert isinstance(decided(failed, name=name, rivals=rivals, waited=29 * SECOND), Leave)
    decision = decided(failed, name=name, rivals=rivals, waited=30 * SECOND)
    assert isinstance(decision, Free)
    assert ("did not fail" in decision.reason) is (at != AT + 3 * HOUR)


def test_ours_that_failed_is_told_as_a_failure() -> None:
    assert isinstance(decided(task("t1", inputs=OWN, status="failed")), Adopt)


@pytest.mark.parametrize(
    ("candidates", "rivals"),
    [
        ((task("t1"), task("t2")), set()),
        ((task("t1", "Joe"), task("t2", "Joe")), set()),
        ((task("t1", inputs=OWN), task("t2", inputs=OWN)), set()),
        ((task("t1", inputs=OWN, at=AT + 3 * HOUR), task("t2", "Joe")), set()),
        ((task("t1"),), {"Ann"}),
        ((task("t1", "Joe"),), {"Joe"}),
        ((task("t1", "Joe"),), {"JOE "}),
    ],
)
def test_what_may_be_anothers_is_shown_and_left(
    candidates: tuple[Prediction, ...], rivals: set[str]
) -> None:
    assert isinstance(decision := decided(*candidates, rivals=rivals), Leave)
    assert "t1" in decision.reason
    assert "adopt" in decision.remedy.plain


def test_inputs_tell_a_task_from_its_rivals() -> None:
    assert isinstance(decided(task("t1", inputs=OWN), rivals={"Joe"}), Adopt)


@pytest.mark.parametrize(
    "candidates",
    [
        (),
        (task("t1", "Ann"), task("t2", "Bo")),
        (task("t1", "Joe", inputs={"video": "another"}),),
        (task("t1", "Ann", inputs=OWN),),
    ],
)
def test_nothing_of_ours_for_long_enough_frees_the_row(candidates: tuple[Prediction, ...]) -> None:
    assert isinstance(decided(*candidates, waited=30 * SECOND), Free)


def test_inputs_that_cannot_tell_leave_it_to_the_name() -> None:
    assert isinstance(decided(task("t1", "Joe", inputs={"video": "elsewhere"})), Adopt)
    assert isinstance(decided(task("t1", inputs={"video": "elsewhere"})), Leave)


def test_a_video_does_not_go_by_the_name_of_its_file() -> None:
    assert isinstance(decided(task("t1", "video.mp4"), name=None), Leave)
    assert isinstance(decided(task("t1", "video.mp4", inputs=OWN), name=None), Adopt)


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (task("t1", inputs=OWN), "inputs"),
        (task("t1", "Joe"), "name"),
        (task("t1"), "none"),
        (task("t1", "Ann"), "another"),
        (task("t1", "Joe", inputs={"video": "another"}), "another"),
    ],
)
def test_what_a_task_tells(found: Prediction, told: str) -> None:
    assert proof(found, lost()) == told


# When it was made


@pytest.mark.parametrize(
    ("at", "kind"),
    [
        (AT - CLOCK_SLACK - SECOND, Free),
        (AT - CLOCK_SLACK, Adopt),
        (AT + SUBMIT_AT_MOST + CLOCK_SLACK, Adopt),
        # A run that slept while it submitted, or another home: its owner knows.
        (AT + SUBMIT_AT_MOST + CLOCK_SLACK + SECOND, Leave),
        (AT + 3 * HOUR, Leave),
        (None, Leave),
    ],
)
@pytest.mark.parametrize("inputs", [None, OWN])
def test_ours_was_made_in_the_time_of_the_submit(
    at: datetime | None, kind: type[Decision], inputs: Mapping[str, object] | None
) -> None:
    found = task("t1", "Joe", at=at, inputs=inputs)
    assert isinstance(decided(found, waited=5 * HOUR), kind)


@pytest.mark.parametrize(
    ("at", "kind"),
    [
        (AT - CLOCK_SLACK - SECOND, Free),
        (AT + SUBMIT_AT_MOST + CLOCK_SLACK, Leave),
        (AT + SUBMIT_AT_MOST + CLOCK_SLACK + SECOND, Free),
        (None, Leave),
    ],
)
@pytest.mark.parametrize("name", ["Joe", None])
def test_what_tells_nothing_keeps_a_submit_open_only_by_its_time(
    at: datetime | None, kind: type[Decision], name: str | None
) -> None:
    found = task("t1", at=at, status="processing")
    assert isinstance(decided(found, name=name, waited=5 * HOUR), kind)


@pytest.mark.parametrize("ahead", [-23 * HOUR, -HOUR, timedelta(0), HOUR, 23 * HOUR])
@pytest.mark.parametrize("found", [task("t1", "Joe"), task("t1")])
def test_by_our_clock_a_task_of_a_day_around_keeps_it_open(found: Prediction, ahead: timedelta) -> None:
    assert found.created_at
    shifted = Prediction(
        found.task_id, found.model, found.status, found.outputs, created_at=found.created_at + ahead
    )
    decision = decided(shifted, is_served=False, waited=2 * DAY)
    assert isinstance(decision, Leave)
    assert "t1" in decision.reason


def test_by_our_clock_inputs_still_tell() -> None:
    found = task("t1", inputs=OWN, at=AT - 20 * HOUR)
    assert isinstance(decided(found, is_served=False, waited=2 * DAY), Adopt)


# What an empty list proves


@pytest.mark.parametrize("waited", [timedelta(0), 29 * SECOND, -100 * SECOND, -HOUR])
def test_no_such_task_yet_frees_nothing(waited: timedelta) -> None:
    assert isinstance(decision := decided(waited=waited), Leave)
    assert "again in" in decision.remedy.plain


@pytest.mark.parametrize(
    ("waited", "kind"),
    [
        (SURELY_LISTED_FOR, Free),
        (SURELY_LISTED_FOR + SECOND, Leave),
        (7 * DAY, Leave),
        (8 * DAY, Leave),
        (400 * DAY, Leave),
    ],
)
def test_a_list_that_has_forgotten_proves_nothing(waited: timedelta, kind: type[Decision]) -> None:
    decision = decided(waited=waited)
    assert isinstance(decision, kind)
    if isinstance(decision, Leave):
        assert "7 days" in decision.reason
        assert "adopt its task or forget" in decision.remedy.plain


def test_a_list_is_trusted_for_less_than_the_service_keeps_it() -> None:
    assert SURELY_LISTED_FOR + SUBMIT_AT_MOST + CLOCK_SLACK < 7 * DAY


@pytest.mark.parametrize(("is_served", "listed_by_service"), [(False, True), (True, False)])
@pytest.mark.parametrize(
    ("waited", "kind"),
    [
        (31 * SECOND, Leave),
        (UNCERTAINTY + 29 * SECOND, Leave),
        (UNCERTAINTY + 30 * SECOND, Free),
        (SURELY_LISTED_FOR - UNCERTAINTY, Free),
        (SURELY_LISTED_FOR - UNCERTAINTY + SECOND, Leave),
    ],
)
def test_where_one_clock_is_ours_a_day_is_not_known(
    is_served: bool, listed_by_service: bool, waited: timedelta, kind: type[Decision]
) -> None:
    decision = decided(waited=waited, is_served=is_served, listed_by_service=listed_by_service)
    assert isinstance(decision, kind)


# Names


@pytest.mark.parametrize(
    ("name", "told"), [("Joe", True), ("joe", True), (" JOE ", True), ("Ann", False), ("Jo", False)]
)
def test_a_task_carries_the_name_it_was_made_with(name: str, told: bool) -> None:
    assert carries(task("t1", "Joe"), name) is told
    assert same_name("Joe", name) is told


@pytest.mark.parametrize(("one", "other"), [(NFC, NFD), (NFC.upper(), NFD), ("Straße", "STRASSE")])
def test_a_name_is_the_same_however_it_is_typed(one: str, other: str) -> None:
    assert same_name(one, other)
    assert same_name(other, one)
    assert isinstance(decided(task("t1", one), name=other), Adopt)


def test_a_task_without_a_name_does_not_tell_whose_it_is() -> None:
    assert carries(task("t1"), "Joe") is None


def test_a_lost_submit_that_is_left_says_which_tasks_it_may_own() -> None:
    assert isinstance(decision := decided(task("t1"), task("t2")), Leave)
    assert "t1, t2" in decision.reason
