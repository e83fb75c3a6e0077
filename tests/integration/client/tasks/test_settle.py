"""Settling a lost submit: what holds for a character holds for a video."""

from __future__ import annotations

from datetime import timedelta

import pytest

from screentest.client.errors import (
    UnsettledSubmit,
)
from screentest.client.tasks.listing import FILTER_SLACK
from screentest.client.tasks.session import Session
from tests.integration.paid_parts import (
    BOTH,
    CHARACTERS,
    NAMES,
    START,
    VIDEOS,
    Both,
    Scripted,
    now,
    settled,
    submitted,
    task,
)

SECOND = timedelta(seconds=1)


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
