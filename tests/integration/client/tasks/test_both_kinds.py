"""Submit, settle, finish and recover: what holds for a character holds for a video."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from screentest.client.config import Secret
from screentest.client.errors import (
    BadReply,
    ConfigError,
    NoBalance,
    RateLimited,
    RegistryError,
    Rejected,
    ReplyLost,
    ServiceUnreachable,
    TaskFailed,
    Unauthorized,
    UnknownCharacter,
    UnsettledSubmit,
)
from screentest.client.registry.locks import locked
from screentest.client.registry.registry import FILE_NAME, Registry
from screentest.client.registry.states import State
from screentest.client.tasks.finish import finish
from screentest.client.tasks.listing import FILTER_SLACK
from screentest.client.tasks.recover import (
    Settled,
    adopt,
    forget,
    one_unsettled,
    reconcile,
    wait_for,
)
from screentest.client.tasks.session import Session
from screentest.client.tasks.settle import settle
from screentest.client.tasks.submit import submit
from tests.integration.paid_parts import (
    BOTH,
    CHARACTERS,
    NAMES,
    SETTINGS,
    START,
    VIDEOS,
    Both,
    Row,
    Scripted,
    session_of,
    task,
)

SECOND = timedelta(seconds=1)


@pytest.fixture(params=BOTH, ids=NAMES)
def both(request: pytest.FixtureRequest) -> Both:
    assert isinstance(request.param, Both)
    return request.param


@pytest.fixture
def service() -> Scripted:
    return Scripted()


@pytest.fixture
def session(service: Scripted, tmp_path: Path) -> Iterator[Session]:
    with Registry(tmp_path / FILE_NAME, now=lambda: service.now) as registry:
        yield session_of(registry, service, tmp_path)


def now(both: Both, row: Row, session: Session) -> Row:
    return both.ledger(session.registry).find_row(row.row_id)


def submitted(both: Both, row: Row, session: Session) -> Row:
    return submit(
        row,
        body={"prompt": "Joe"},
        cost_usd=both.price_usd,
        ledger=both.ledger(session.registry),
        service=session.service,
        webhook="https://w",
    )


def settled(both: Both, row: Row, session: Session) -> Row:
    return settle(row, kind=both.kind, session=session)


def finished(both: Both, row: Row, session: Session) -> Row:
    return finish(row, kind=both.kind, session=session)


def reconciled(both: Both, row: Row, session: Session, *, wait: bool = True) -> Settled[Row]:
    [one] = reconcile([row], kind=both.kind, session=session, wait=wait)
    return one


# Submit


def test_what_was_accepted_has_its_task_and_its_cost(
    both: Both, session: Session, service: Scripted
) -> None:
    row = submitted(both, both.begun(session.registry), session)
    assert (row.state, row.task_id, row.cost_usd) == ("submitted", "task-1", both.price_usd)
    assert service.posts == [{"model": both.model_id, "webhook": "https://w", "prompt": "Joe"}]


def test_the_row_says_so_before_the_request_leaves(
    both: Both, session: Session, service: Scripted
) -> None:
    row = both.begun(session.registry)
    seen: list[State] = []

    def looked() -> None:
        with Registry(session.registry.path) as another:
            seen.append(both.ledger(another).find_row(row.row_id).state)

    service.seen = looked
    submitted(both, row, session)
    assert seen == ["submitting"], "a crash right now must leave a row that says so"


@pytest.mark.parametrize(
    ("refusal", "state"),
    [
        (ServiceUnreachable("no connection"), "ready"),
        (Unauthorized("key"), "ready"),
        (NoBalance("money"), "ready"),
        (RateLimited("slow down"), "ready"),
        (Rejected("bad"), "failed"),
        (ReplyLost("lost"), "unknown"),
    ],
)
def test_what_a_refusal_leaves_depends_on_whether_a_task_can_exist(
    both: Both, session: Session, service: Scripted, refusal: Exception, state: str
) -> None:
    service.refusal = refusal
    row = both.begun(session.registry)
    with pytest.raises(type(refusal)):
        submitted(both, row, session)
    left = now(both, row, session)
    assert left.state == (
        both.kind.ledger(session.registry).course.ready if state == "ready" else state
    )
    assert left.error_type == type(refusal).__name__
    assert left.task_id is None


@pytest.mark.parametrize("end", [KeyboardInterrupt(), BadReply("odd"), MemoryError()])
def test_whatever_else_ends_a_submit_leaves_open_whether_it_was_accepted(
    both: Both, session: Session, service: Scripted, end: BaseException
) -> None:
    service.refusal = end
    row = both.begun(session.registry)
    with pytest.raises(type(end)):
        submitted(both, row, session)
    assert now(both, row, session).state == "unknown"


def test_a_lost_reply_names_what_it_was_and_the_way_out(
    both: Both, session: Session, service: Scripted
) -> None:
    service.refusal = ReplyLost("The connection broke.")
    row = both.begun(session.registry)
    with pytest.raises(ReplyLost) as caught:
        submitted(both, row, session)
    assert f"{row.called} may or may not" in caught.value.message
    assert "never submits twice" in caught.value.hint


@pytest.mark.parametrize("state", ["unknown", "submitting", "submitted"])
def test_what_may_be_paid_for_is_never_sent_again(
    both: Both, session: Session, service: Scripted, state: str
) -> None:
    begun = {"unknown": both.lost, "submitting": both.submitting, "submitted": both.submitted}
    row = begun[state](session.registry)
    with pytest.raises(RegistryError):
        submitted(both, row, session)
    assert service.posts == []


def test_of_two_runs_with_the_same_row_one_sends(
    both: Both, session: Session, service: Scripted
) -> None:
    row = both.begun(session.registry)
    submitted(both, row, session)
    with pytest.raises(RegistryError, match="meanwhile"):
        submitted(both, row, session)
    assert len(service.posts) == 1


# Settle


def test_the_only_task_since_is_the_lost_one(both: Both, session: Session, service: Scripted) -> None:
    row = both.lost(session.registry)
    service.listed = [task("t1", at=START + SECOND)]
    row = settled(both, row, session)
    assert (row.state, row.task_id, row.cost_usd) == ("submitted", "t1", both.price_usd)
    assert service.posts == []


def test_a_run_that_died_while_it_submitted_is_settled_too(
    both: Both, session: Session, service: Scripted
) -> None:
    row = both.submitting(session.registry)
    service.listed = [task("t1")]
    assert settled(both, row, session).task_id == "t1"


def test_a_run_that_died_leaves_a_row_that_says_it_is_unknown_until_it_can_be_told(
    both: Both, session: Session
) -> None:
    row = both.submitting(session.registry)
    with pytest.raises(UnsettledSubmit):
        settled(both, row, session)
    left = now(both, row, session)
    assert (left.state, left.error) == ("unknown", "The run ended while it submitted.")


@pytest.mark.parametrize(
    "listed", [[task("t1"), task("t2")], [task("t1"), task("t2", at=None)]], ids=["times", "no time"]
)
def test_one_of_several_is_not_guessed(
    both: Both, session: Session, service: Scripted, listed: list[object]
) -> None:
    row = both.lost(session.registry)
    service.listed = listed  # type: ignore[assignment]
    with pytest.raises(UnsettledSubmit, match="t1, t2"):
        settled(both, row, session)
    assert now(both, row, session).state == "unknown"


def test_a_task_that_another_lost_submit_may_own_is_not_taken(
    both: Both, session: Session, service: Scripted
) -> None:
    row = both.lost(session.registry, "Joe")
    both.lost(session.registry, "Ann")
    service.listed = [task("t1")]
    with pytest.raises(UnsettledSubmit):
        settled(both, row, session)


@pytest.mark.parametrize("owner", BOTH, ids=NAMES)
def test_a_task_that_a_row_has_is_no_candidate(
    both: Both, owner: Both, session: Session, service: Scripted
) -> None:
    owner.submitted(session.registry, "Ann", "t1")
    row = both.lost(session.registry, "Joe")
    service.listed = [task("t1"), task("t2")]
    assert settled(both, row, session).task_id == "t2"


def test_a_task_of_another_model_is_no_candidate(
    both: Both, session: Session, service: Scripted
) -> None:
    row = both.lost(session.registry)
    service.listed = [task("t1", model="other/model"), task("t2", model=both.model_id)]
    assert settled(both, row, session).task_id == "t2"


def test_a_task_from_before_the_submit_is_no_candidate(
    both: Both, session: Session, service: Scripted
) -> None:
    row = both.lost(session.registry)
    service.listed = [task("t1", at=START - 2 * SECOND), task("t2", at=START + SECOND)]
    assert settled(both, row, session).task_id == "t2"


@pytest.mark.parametrize("ahead_s", [-7200.0, -60.0, 60.0, 7200.0])
def test_tasks_are_told_apart_by_the_services_clock(
    both: Both, session: Session, service: Scripted, ahead_s: float
) -> None:
    service.ahead = timedelta(seconds=ahead_s)
    there = START + service.ahead
    row = both.lost(session.registry)
    service.listed = [task("t1", at=there - 5 * SECOND), task("t2", at=there + SECOND)]
    assert settled(both, row, session).task_id == "t2"


def test_a_service_that_does_not_tell_its_time_is_listed_generously(
    both: Both, session: Session, service: Scripted
) -> None:
    service.ahead = None
    row = both.lost(session.registry)
    service.listed = [task("t1", at=START - 8 * SECOND)]
    assert settled(both, row, session).task_id == "t1"


def test_the_list_is_asked_for_from_well_before_the_submit(
    both: Both, session: Session, service: Scripted
) -> None:
    row = both.lost(session.registry)
    service.listed = [task("t1")]
    settled(both, row, session)
    assert service.lists == [START - FILTER_SLACK]


def test_a_submit_that_is_not_listed_for_long_enough_is_free(
    both: Both, session: Session, service: Scripted
) -> None:
    row = both.lost(session.registry)
    service.now += timedelta(seconds=session.settings.settle_after_s)
    row = settled(both, row, session)
    assert row.state == both.ledger(session.registry).course.ready
    assert submitted(both, row, session).state == "submitted"


def test_a_submit_that_is_not_listed_yet_stays_lost(
    both: Both, session: Session, service: Scripted
) -> None:
    row = both.lost(session.registry)
    service.now += timedelta(seconds=session.settings.settle_after_s - 1)
    with pytest.raises(UnsettledSubmit, match="not be listed yet") as caught:
        settled(both, row, session)
    assert row.called in caught.value.message
    assert now(both, row, session).state == "unknown"


def test_a_character_waits_for_a_task_to_tell_its_name(session: Session, service: Scripted) -> None:
    row = CHARACTERS.lost(session.registry, "Joe")
    service.listed = [task("t1", status="processing"), task("t2", status="processing")]
    service.ends = {"t1": task("t1", name="Ann"), "t2": task("t2", name="Joe")}
    assert settled(CHARACTERS, row, session).task_id == "t2"


def test_a_video_waits_for_nothing_to_be_settled(session: Session, service: Scripted) -> None:
    row = VIDEOS.lost(session.registry)
    service.listed = [task("t1", status="processing")]
    assert settled(VIDEOS, row, session).task_id == "t1"
    assert service.waits == []


# Finish


def test_what_a_completed_task_made_is_kept(both: Both, session: Session, service: Scripted) -> None:
    row = both.submitted(session.registry)
    service.ends = {"task-1": task("task-1", name="Joe")}
    assert finished(both, row, session).state == "done"


def test_a_task_that_failed_fails_its_row_in_the_services_words(
    both: Both, session: Session, service: Scripted
) -> None:
    row = both.submitted(session.registry)
    service.ends = {"task-1": replace(task("task-1", status="failed"), error="no face", code=1403)}
    with pytest.raises(TaskFailed, match="no face"):
        finished(both, row, session)
    left = now(both, row, session)
    assert (left.state, left.error_type) == ("failed", "TaskFailed")


def test_a_service_that_is_away_fails_nothing(both: Both, session: Session, service: Scripted) -> None:
    row = both.submitted(session.registry)
    service.ends = {"task-1": ServiceUnreachable("away")}
    with pytest.raises(ServiceUnreachable):
        finished(both, row, session)
    assert now(both, row, session).state == "submitted"


def test_a_task_that_is_not_found_while_it_is_kept_fails_nothing(
    both: Both, session: Session, service: Scripted
) -> None:
    row = both.submitted(session.registry)
    service.now += timedelta(days=6)
    service.ends = {"task-1": Rejected("not found", status=404)}
    with pytest.raises(Rejected):
        finished(both, row, session)
    assert now(both, row, session).state == "submitted"


def test_a_character_that_is_no_longer_kept_may_be_registered_again(
    session: Session, service: Scripted
) -> None:
    row = CHARACTERS.submitted(session.registry)
    service.now += timedelta(days=7)
    service.ends = {"task-1": Rejected("not found", status=404)}
    with pytest.raises(TaskFailed, match="7 days"):
        finished(CHARACTERS, row, session)
    assert now(CHARACTERS, row, session).state == "failed"


def test_a_character_without_an_id_is_not_done(session: Session, service: Scripted) -> None:
    row = CHARACTERS.submitted(session.registry)
    service.ends = {"task-1": replace(task("task-1"), outputs=())}
    with pytest.raises(BadReply, match="no character id"):
        finished(CHARACTERS, row, session)
    assert now(CHARACTERS, row, session).state == "submitted"


# What earlier runs left


def test_a_lost_submit_is_found_and_finished(both: Both, session: Session, service: Scripted) -> None:
    row = both.lost(session.registry)
    service.listed = [task("t1", name=row.name or None)]
    one = reconciled(both, row, session)
    assert (one.before, one.outcome, one.record.state) == ("unknown", "done", "done")


def test_a_task_that_goes_on_is_left_to_go_on(both: Both, session: Session, service: Scripted) -> None:
    row = both.submitted(session.registry)
    service.ends = {"task-1": task("task-1", status="processing")}
    one = reconciled(both, row, session, wait=False)
    assert (one.outcome, one.record.state) == ("waiting", "submitted")


def test_what_cannot_be_told_is_shown_and_left(both: Both, session: Session, service: Scripted) -> None:
    row = both.lost(session.registry)
    one = reconciled(both, row, session)
    assert (one.outcome, one.unsettled) == ("left", True)
    assert "again in" in one.hint


def test_a_row_that_another_process_works_on_is_left_to_it(both: Both, session: Session) -> None:
    row = both.lost(session.registry)
    with locked(session.settings.home / "locks", row.identity, what="it"):
        one = reconciled(both, row, session)
    assert one.outcome == "left"
    assert "Another process" in one.reason


@pytest.mark.parametrize(
    "elsewhere",
    [replace(SETTINGS, api_key=Secret("another")), replace(SETTINGS, base_url="https://t/api/v3")],
    ids=["account", "service"],
)
def test_another_accounts_row_is_left_alone(
    both: Both, session: Session, service: Scripted, elsewhere: object
) -> None:
    row = both.lost(session.registry, "Joe", elsewhere)  # type: ignore[arg-type]
    assert reconciled(both, row, session).outcome == "left"
    assert service.lists == []


def test_one_rows_trouble_does_not_stop_the_next(
    both: Both, session: Session, service: Scripted
) -> None:
    rows = [both.submitted(session.registry, name, f"t-{name}") for name in ("Joe", "Ann")]
    service.ends = {"t-Joe": ServiceUnreachable("away"), "t-Ann": task("t-Ann")}
    found = reconcile(rows, kind=both.kind, session=session)
    assert [one.outcome for one in found] == ["waiting", "done"]
    assert "away" in found[0].reason


def test_only_submitted_rows_are_waited_for(both: Both, session: Session, service: Scripted) -> None:
    both.lost(session.registry, "Ann")
    both.submitted(session.registry, "Joe")
    service.ends = {"task-1": task("task-1")}
    rows = both.ledger(session.registry).list_unfinished()
    [one] = wait_for(rows, kind=both.kind, session=session)
    assert one.outcome == "done"


def test_its_owner_names_the_lost_task(both: Both, session: Session, service: Scripted) -> None:
    row = both.lost(session.registry)
    service.listed = [task("t1", model=both.model_id), task("t2", model=both.model_id)]
    one = adopt(row, "t2", kind=both.kind, session=session)
    assert (one.record.state, one.record.task_id) == ("done", "t2")
    assert one.record.cost_usd == both.price_usd


@pytest.mark.parametrize(
    "named", [task("t1", model="other/model"), task("t1", name="Ann")], ids=["model", "name"]
)
def test_another_things_task_is_not_adopted(
    both: Both, session: Session, service: Scripted, named: object
) -> None:
    row = both.lost(session.registry)
    service.ends = {"t1": named}  # type: ignore[dict-item]
    with pytest.raises(ConfigError, match="t1"):
        adopt(row, "t1", kind=both.kind, session=session)
    assert now(both, row, session).state == "unknown"


def test_its_owner_frees_what_was_never_accepted(both: Both, session: Session) -> None:
    row = both.submitting(session.registry)
    one = forget(row, kind=both.kind, session=session)
    assert (one.before, one.outcome) == ("submitting", "ready")
    assert one.record.state == both.ledger(session.registry).course.ready


@pytest.mark.parametrize("begun", ["submitted", "done"])
def test_what_was_accepted_cannot_be_forgotten(both: Both, session: Session, begun: str) -> None:
    row = both.submitted(session.registry)
    if begun == "done":
        row = both.done(session.registry, row)
    with pytest.raises(RegistryError):
        forget(row, kind=both.kind, session=session)
    assert now(both, row, session) == row


def test_the_row_to_decide_about_is_found_by_its_identity_where_there_are_several(
    both: Both, session: Session
) -> None:
    rows = [both.lost(session.registry, name) for name in ("Joe", "Ann")]
    with pytest.raises(RegistryError, match="Several"):
        one_unsettled("", rows)
    assert one_unsettled(rows[1].identity, rows) == rows[1]


def test_there_is_nothing_to_decide_about_what_is_settled(both: Both, session: Session) -> None:
    with pytest.raises(UnknownCharacter):
        one_unsettled("", [both.submitted(session.registry)])
