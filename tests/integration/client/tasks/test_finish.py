"""From a submitted task to its result: what holds for a character holds for a video."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from screentest.client.errors import (
    BadReply,
    Rejected,
    ServiceUnreachable,
    TaskFailed,
)
from screentest.client.tasks.session import Session
from tests.integration.paid_parts import (
    CHARACTERS,
    Both,
    Scripted,
    finished,
    now,
    task,
)


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
