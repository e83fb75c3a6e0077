"""What earlier runs left: what holds for a character holds for a video."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from screentest.client.errors import (
    ConfigError,
    RegistryError,
    Rejected,
    ServiceUnreachable,
    UnknownCharacter,
)
from screentest.client.registry.locks import locked
from screentest.client.tasks.recover import (
    adopt,
    forget,
    list_meant,
    one_unsettled,
    reconcile,
    wait_for,
)
from screentest.client.tasks.session import Session
from screentest.client.videos.task import VIDEO
from tests.integration.paid_parts import (
    REGISTRATIONS,
    SETTINGS,
    VIDEOS,
    Both,
    Scripted,
    now,
    own,
    reconciled,
    task,
)


def test_a_lost_submit_is_found_and_finished(both: Both, session: Session, service: Scripted) -> None:
    row = both.lost(session.registry)
    service.listed = [own(row)]
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
    [replace(SETTINGS, account_name="another"), replace(SETTINGS, base_url="https://t/api/v3")],
    ids=["account", "service"],
)
def test_another_accounts_row_is_left_alone(
    both: Both, session: Session, service: Scripted, elsewhere: object
) -> None:
    row = both.lost(session.registry, "Joe", elsewhere)  # type: ignore[arg-type]
    assert reconciled(both, row, session).outcome == "left"
    assert service.lists == []
    service.listed = [own(row)]
    with pytest.raises(ConfigError, match="another account"):
        adopt(row, "t1", kind=both.kind, session=session)
    with pytest.raises(ConfigError, match="another account"):
        forget(row, kind=both.kind, session=session)
    assert now(both, row, session) == row


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
    "named",
    [
        task("t1", model="other/model"),
        task("t1", inputs={"name": "Ann", "prompt": "Ann waves."}),
    ],
    ids=["model", "inputs"],
)
def test_another_things_task_is_not_adopted(
    both: Both, session: Session, service: Scripted, named: object
) -> None:
    row = both.lost(session.registry)
    service.ends = {"t1": named}  # type: ignore[dict-item]
    with pytest.raises(ConfigError, match="t1"):
        adopt(row, "t1", kind=both.kind, session=session)
    assert now(both, row, session).state == "unknown"


def test_a_character_of_another_name_is_not_adopted(session: Session, service: Scripted) -> None:
    row = REGISTRATIONS.lost(session.registry)
    service.listed = [task("t1", name="Ann")]
    with pytest.raises(ConfigError, match="made 'Ann', not 'Joe'"):
        adopt(row, "t1", kind=REGISTRATIONS.kind, session=session)


def test_a_video_is_adopted_whatever_its_file_is_called(session: Session, service: Scripted) -> None:
    row = VIDEOS.lost(session.registry)
    service.listed = [task("t1", name="video.mp4")]
    assert adopt(row, "t1", kind=VIDEOS.kind, session=session).record.task_id == "t1"


def test_its_owner_frees_what_was_never_accepted(both: Both, session: Session) -> None:
    row = both.submitting(session.registry)
    one = forget(row, kind=both.kind, session=session)
    assert (one.before, one.outcome) == ("submitting", "ready")
    assert one.record.state == both.ledger(session.registry).course.ready


def test_a_row_that_another_process_has_brought_to_its_end_is_done(
    both: Both, session: Session, service: Scripted
) -> None:
    row = both.lost(session.registry)
    moved = both.ledger(session.registry).mark_submitted(row, task_id="t1", cost_usd=both.price_usd)
    both.done(session.registry, moved)
    assert reconciled(both, row, session).outcome == "done"
    assert service.lists == []


@pytest.mark.parametrize("adopted", [True, False])
def test_the_history_tells_that_a_run_died_before_its_owner_decided(
    session: Session, service: Scripted, adopted: bool
) -> None:
    row = REGISTRATIONS.submitting(session.registry)
    service.listed = [own(row)]
    if adopted:
        adopt(row, "t1", kind=REGISTRATIONS.kind, session=session)
    else:
        forget(row, kind=REGISTRATIONS.kind, session=session)
    moves = session.registry.registrations.moves_of(row)
    assert "The run ended while it submitted." in [move.note for move in moves]


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
        one_unsettled("", rows, kind=both.kind)
    assert one_unsettled(rows[1].identity, rows, kind=both.kind) == rows[1]


@pytest.mark.parametrize("typed", ["Jos\u00e9", " JOSE\u0301 ", "identity"])
def test_the_row_to_decide_about_is_found_however_its_name_is_typed(
    both: Both, session: Session, typed: str
) -> None:
    row = both.lost(session.registry, "Jose\u0301")
    rows = [both.lost(session.registry, "Ann"), row]
    if typed == "identity":
        typed = row.identity[:12]
        assert list_meant(typed[:11], rows, kind=both.kind) == ()
    assert one_unsettled(typed, rows, kind=both.kind) == row


def test_several_that_could_be_meant_are_told_apart_by_what_can_be_given(
    both: Both, session: Session
) -> None:
    rows = [both.lost(session.registry, name) for name in ("Joe", "joe")]
    with pytest.raises(RegistryError) as caught:
        one_unsettled("Joe", rows, kind=both.kind)
    for row in rows:
        assert row.called in caught.value.message
        assert f"({row.identity[:12]})" in caught.value.message


def test_who_has_to_decide_is_told_where_and_about_what(
    both: Both, session: Session, service: Scripted
) -> None:
    row = both.lost(session.registry)
    service.listed = [task("t1")]
    [remedy] = reconciled(both, row, session).remedies
    assert (remedy.kind, remedy.values) == (both.kind.decide.kind, (row.identity[:12],))


def test_a_video_that_is_left_at_the_service_is_not_done(session: Session, service: Scripted) -> None:
    row = VIDEOS.lost(session.registry)
    service.listed = [own(row)]
    [one] = reconcile([row], kind=VIDEO, session=session, wait=False)
    assert (one.outcome, one.record.state, one.record.task_id) == ("waiting", "submitted", "t1")
    assert [remedy.kind for remedy in one.remedies] == ["go_on_video"]


@pytest.mark.parametrize("wait", [True, False])
def test_what_is_no_longer_kept_is_told_as_that_whether_it_is_waited_for_or_not(
    both: Both, session: Session, service: Scripted, wait: bool
) -> None:
    row = both.submitted(session.registry)
    service.now += timedelta(days=8)
    service.ends = {"task-1": Rejected("not found", status=404)}
    one = reconciled(both, row, session, wait=wait)
    assert (one.outcome, one.record.error_type) == ("failed", "NoLongerKept")


def test_there_is_nothing_to_decide_about_what_is_settled(both: Both, session: Session) -> None:
    with pytest.raises(UnknownCharacter):
        one_unsettled("", [both.submitted(session.registry)], kind=both.kind)
