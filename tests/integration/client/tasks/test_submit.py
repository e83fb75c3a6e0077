"""The submit of a character and of a video: what holds for one holds for the other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from screentest.client.errors import (
    BadReply,
    NoBalance,
    RateLimited,
    RegistryError,
    Rejected,
    ReplyLost,
    ServiceUnreachable,
    Unauthorized,
)
from screentest.client.registry.registry import Registry
from screentest.client.registry.states import State
from screentest.client.tasks.session import Session
from tests.integration.paid_parts import (
    Both,
    Scripted,
    now,
    submitted,
)


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


@pytest.mark.parametrize("trouble", [BadReply("odd"), Unauthorized("key"), RateLimited("slow down")])
def test_a_service_that_does_not_tell_its_time_is_asked_all_the_same(
    both: Both,
    session: Session,
    service: Scripted,
    monkeypatch: pytest.MonkeyPatch,
    trouble: Exception,
) -> None:
    monkeypatch.setattr(Scripted, "served_at", raising(trouble))
    row = submitted(both, both.begun(session.registry), session)
    assert (row.state, row.served_at) == ("submitted", None)


def test_a_service_without_a_clock_leaves_ours(both: Both, session: Session, service: Scripted) -> None:
    service.ahead = None
    row = submitted(both, both.begun(session.registry), session)
    assert (row.served_at, row.submitting_at) == (None, service.now)


def test_the_services_clock_is_kept_before_the_request_leaves(
    both: Both, session: Session, service: Scripted
) -> None:
    service.ahead = timedelta(hours=-5)
    row = submitted(both, both.begun(session.registry), session)
    assert row.served_at == service.now - timedelta(hours=5)


def test_a_service_that_is_away_before_the_submit_leaves_the_row_ready(
    both: Both, session: Session, service: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Scripted, "served_at", raising(ServiceUnreachable("away")))
    row = both.begun(session.registry)
    with pytest.raises(ServiceUnreachable):
        submitted(both, row, session)
    assert now(both, row, session) == row
    assert service.posts == []


def raising(error: Exception) -> Callable[[Scripted], datetime]:
    def served_at(_: Scripted) -> datetime:
        raise error

    return served_at


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
    row: Any = getattr(both, "lost" if state == "unknown" else state)(session.registry)
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
