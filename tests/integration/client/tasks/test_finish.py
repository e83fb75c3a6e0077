"""From a submitted task to its result: what holds for a character holds for a video."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from screentest.client.errors import (
    BadReply,
    NoLongerKept,
    Rejected,
    ServiceUnreachable,
    TaskFailed,
)
from screentest.client.tasks.session import Session
from tests.integration.paid_parts import (
    REGISTRATIONS,
    VIDEOS,
    Both,
    Row,
    Scripted,
    finished,
    now,
    task,
)

NOT_FOUND = Rejected("not found", status=404)


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


@pytest.mark.parametrize(
    ("ahead", "days"),
    [
        (timedelta(0), 6.99),
        # By our clock it is long ago, or only just.
        (timedelta(days=-30), 36.99),
        (None, 7.99),
    ],
)
def test_a_task_that_is_not_found_while_it_may_be_kept_fails_nothing(
    both: Both, session: Session, service: Scripted, ahead: timedelta | None, days: float
) -> None:
    row = both.submitted(session.registry)
    service.now += timedelta(days=days)
    service.ahead = ahead
    service.ends = {"task-1": NOT_FOUND}
    with pytest.raises(Rejected):
        finished(both, row, session)
    assert now(both, row, session).state == "submitted"


@pytest.mark.parametrize(
    ("ahead", "days"), [(timedelta(0), 7), (timedelta(days=8), 0), (None, 8), (timedelta(0), 400)]
)
def test_what_is_no_longer_kept_says_so_and_is_never_ordered_again_by_itself(
    both: Both, session: Session, service: Scripted, ahead: timedelta | None, days: int
) -> None:
    row = both.submitted(session.registry)
    spent_usd = session.registry.spent_usd
    service.now += timedelta(days=days)
    service.ahead = ahead
    service.ends = {"task-1": NOT_FOUND}
    with pytest.raises(NoLongerKept, match="7 days") as caught:
        finished(both, row, session)
    assert "costs again" in caught.value.hint
    left = now(both, row, session)
    assert (left.state, left.error_type) == ("failed", "NoLongerKept")
    assert session.registry.spent_usd == spent_usd > 0
    assert service.posts == []


@pytest.mark.parametrize(("days", "end"), [(7.99, Rejected), (8, NoLongerKept)])
def test_a_service_that_does_not_answer_for_its_time_leaves_it_to_our_clock(
    session: Session,
    service: Scripted,
    monkeypatch: pytest.MonkeyPatch,
    days: float,
    end: type[Exception],
) -> None:
    def away(_: Scripted) -> datetime:
        raise ServiceUnreachable("away")

    row = VIDEOS.submitted(session.registry)
    service.now += timedelta(days=days)
    service.ends = {"task-1": NOT_FOUND}
    monkeypatch.setattr(Scripted, "served_at", away)
    with pytest.raises(end):
        finished(VIDEOS, row, session)


def test_another_answer_than_not_found_says_nothing_of_the_keeping_time(
    both: Both, session: Session, service: Scripted
) -> None:
    row = both.submitted(session.registry)
    service.now += timedelta(days=30)
    service.ends = {"task-1": Rejected("bad", status=400)}
    with pytest.raises(Rejected):
        finished(both, row, session)
    assert now(both, row, session).state == "submitted"


@pytest.mark.parametrize(("days", "end"), [(6, BadReply), (7, NoLongerKept)])
def test_a_result_whose_file_is_gone_is_no_longer_kept(
    session: Session, service: Scripted, days: int, end: type[Exception]
) -> None:
    def keep(*_: object) -> Row:
        raise BadReply("404 instead of the file", status=404)

    row = VIDEOS.submitted(session.registry)
    service.now += timedelta(days=days)
    service.ends = {"task-1": task("task-1")}
    videos = replace(VIDEOS, kind=replace(VIDEOS.kind, keep=keep))
    with pytest.raises(end):
        finished(videos, row, session)
    assert now(VIDEOS, row, session).state == ("failed" if end is NoLongerKept else "submitted")


def test_a_character_without_an_id_is_not_done(session: Session, service: Scripted) -> None:
    row = REGISTRATIONS.submitted(session.registry)
    service.ends = {"task-1": replace(task("task-1"), outputs=())}
    with pytest.raises(BadReply, match="no character id"):
        finished(REGISTRATIONS, row, session)
    assert now(REGISTRATIONS, row, session).state == "submitted"
