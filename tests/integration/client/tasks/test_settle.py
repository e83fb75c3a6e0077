"""Settling a lost submit: what holds for a character holds for a video."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from screentest.client.config import Settings
from screentest.client.errors import Rejected, ReplyLost, UnsettledSubmit
from screentest.client.remote.wavespeed import Listing
from screentest.client.tasks.listing import FILTER_SLACK
from screentest.client.tasks.ours import CLOCK_SLACK
from screentest.client.tasks.session import Session
from screentest.prep.core.errors import ScreentestError
from tests.integration.paid_parts import (
    BOTH,
    NAMES,
    REGISTRATIONS,
    SETTINGS,
    START,
    VIDEOS,
    Both,
    Row,
    Scripted,
    now,
    own,
    settled,
    submitted,
    task,
)

SECOND = timedelta(seconds=1)


def test_the_task_that_tells_it_is_ours_is_the_lost_one(
    both: Both, session: Session, service: Scripted
) -> None:
    row = both.lost(session.registry)
    service.listed = [own(row, at=START + SECOND)]
    row = settled(both, row, session)
    assert (row.state, row.task_id, row.cost_usd) == ("submitted", "t1", both.price_usd)
    assert service.posts == []


def test_the_only_task_since_is_not_ours_by_that(
    both: Both, session: Session, service: Scripted
) -> None:
    row = both.lost(session.registry)
    service.listed = [task("t1", at=START + SECOND)]
    service.now += timedelta(hours=3)
    with pytest.raises(UnsettledSubmit, match="t1"):
        settled(both, row, session)
    assert now(both, row, session).state == "unknown"


def test_a_videos_task_that_tells_a_name_is_no_other_video_for_that(
    session: Session, service: Scripted
) -> None:
    row = VIDEOS.lost(session.registry)
    service.listed = [task("t1", name="video.mp4", at=START + SECOND)]
    service.now += timedelta(hours=3)
    with pytest.raises(UnsettledSubmit, match="t1"):
        settled(VIDEOS, row, session)
    service.listed = [task("t2", name="video.mp4", inputs=row.inputs, at=START + SECOND)]
    assert settled(VIDEOS, row, session).task_id == "t2"


def test_a_run_that_died_while_it_submitted_is_settled_too(
    both: Both, session: Session, service: Scripted
) -> None:
    row = both.submitting(session.registry)
    service.listed = [own(row)]
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


@pytest.mark.parametrize("begun", ["lost", "submitting"])
def test_a_name_that_two_lost_submits_share_tells_neither_whose_a_task_is(
    session: Session, service: Scripted, begun: str
) -> None:
    row = REGISTRATIONS.lost(session.registry, "Joe")
    getattr(REGISTRATIONS, begun)(session.registry, " joe")
    service.listed = [task("t1", name="Joe")]
    with pytest.raises(UnsettledSubmit, match="t1"):
        settled(REGISTRATIONS, row, session)


@pytest.mark.parametrize(
    "other",
    [
        replace(SETTINGS, account_name="another"),
        replace(SETTINGS, base_url="https://t/api/v3"),
        None,
    ],
    ids=["account", "service", "settled"],
)
def test_a_submit_of_that_name_that_cannot_own_the_task_is_no_rival(
    session: Session, service: Scripted, other: Settings | None
) -> None:
    row = REGISTRATIONS.lost(session.registry, "Joe")
    if other is None:
        REGISTRATIONS.submitted(session.registry, " joe", "t0")
    else:
        REGISTRATIONS.lost(session.registry, " joe", other)
    service.listed = [task("t1", name="Joe")]
    assert settled(REGISTRATIONS, row, session).task_id == "t1"


@pytest.mark.parametrize("owner", BOTH, ids=NAMES)
def test_a_task_that_a_row_has_is_no_candidate(
    both: Both, owner: Both, session: Session, service: Scripted
) -> None:
    owner.submitted(session.registry, "Ann", "t1")
    row = both.lost(session.registry, "Joe")
    service.listed = [own(row, "t1"), own(row, "t2")]
    assert settled(both, row, session).task_id == "t2"


def test_a_task_that_a_row_takes_while_the_list_is_read_is_no_candidate(
    both: Both, session: Session, service: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger, listed = both.ledger(session.registry), Scripted.list_predictions
    row, other = both.lost(session.registry, "Joe"), both.submitting(session.registry, "Ann")

    def taken_meanwhile(service: Scripted, *, model_id: str, since: datetime) -> Listing:
        found = listed(service, model_id=model_id, since=since)
        ledger.mark_submitted(other, task_id="t1", cost_usd=both.price_usd)
        return found

    monkeypatch.setattr(Scripted, "list_predictions", taken_meanwhile)
    service.listed = [task("t1")]
    service.now += timedelta(seconds=session.settings.settle_after_s)
    assert settled(both, row, session).state == ledger.course.ready


def test_a_task_of_another_model_is_no_candidate(
    both: Both, session: Session, service: Scripted
) -> None:
    row = both.lost(session.registry)
    service.listed = [own(row, "t1", model="other/model"), own(row, "t2", model=both.model_id)]
    assert settled(both, row, session).task_id == "t2"


@pytest.mark.parametrize("ahead_s", [-7200.0, -60.0, 0.0, 60.0, 7200.0])
def test_tasks_are_told_apart_by_the_services_clock(
    both: Both, session: Session, service: Scripted, ahead_s: float
) -> None:
    service.ahead = timedelta(seconds=ahead_s)
    row = lost_by_a_submit(both, session, service)
    there = START + service.ahead
    service.listed = [own(row, "t1", at=there - 20 * SECOND), own(row, "t2", at=there + SECOND)]
    assert settled(both, row, session).task_id == "t2"


@pytest.mark.parametrize("stepped_s", [-86_000.0, -7200.0, -60.0, 60.0, 7200.0, 86_000.0])
@pytest.mark.parametrize("tells_time", [True, False])
def test_a_clock_that_is_set_between_two_runs_frees_nothing_that_was_accepted(
    both: Both, session: Session, service: Scripted, stepped_s: float, tells_time: bool
) -> None:
    there = START + timedelta(hours=2)
    service.ahead = there - START if tells_time else None
    row = lost_by_a_submit(both, session, service)
    # Our clock is set while 5 s go by; the list is late.
    service.now += timedelta(seconds=stepped_s)
    service.ahead = there + 5 * SECOND - service.now if tells_time else None
    with pytest.raises(UnsettledSubmit):
        settled(both, row, session)
    service.listed = [own(row, at=there + SECOND)]
    service.now += timedelta(minutes=5)
    if tells_time:
        assert settled(both, row, session).task_id == "t1"
    elif isinstance(left := left_or_settled(both, row, session), str):
        assert "t1" in left
    else:
        assert left.task_id == "t1"
    assert len(service.posts) == 1


def lost_by_a_submit(both: Both, session: Session, service: Scripted) -> Row:
    """A row whose reply was lost after the service was asked for its time."""
    row = both.begun(session.registry)
    service.refusal = ReplyLost("lost")
    with pytest.raises(ReplyLost):
        submitted(both, row, session)
    service.refusal = None
    return now(both, row, session)


def left_or_settled(both: Both, row: Row, session: Session) -> Row | str:
    try:
        return settled(both, row, session)
    except UnsettledSubmit as error:
        return error.message


def test_a_service_that_does_not_tell_its_time_leaves_names_of_a_day_to_the_owner(
    session: Session, service: Scripted
) -> None:
    service.ahead = None
    row = lost_by_a_submit(REGISTRATIONS, session, service)
    assert row.served_at is None
    service.listed = [own(row, at=START - timedelta(hours=20))]
    service.now += timedelta(days=2)
    with pytest.raises(UnsettledSubmit, match="t1"):
        settled(REGISTRATIONS, row, session)


@pytest.mark.parametrize("tells_time", ["then", "now"])
def test_where_the_service_told_its_time_only_once_a_row_waits_a_day_and_is_freed(
    both: Both, session: Session, service: Scripted, tells_time: str
) -> None:
    if tells_time == "then":
        row = both.lost(session.registry)
        service.ahead = None
    else:  # as a row of an earlier release
        row = both.ledger(session.registry).mark_submitting(both.begun(session.registry))
    service.now += timedelta(hours=23)
    with pytest.raises(UnsettledSubmit):
        settled(both, row, session)
    service.now += timedelta(hours=2)
    row = settled(both, now(both, row, session), session)
    assert row.state == both.ledger(session.registry).course.ready


def test_the_list_is_asked_for_from_well_before_the_submit(
    both: Both, session: Session, service: Scripted
) -> None:
    row = both.lost(session.registry)
    service.listed = [own(row)]
    settled(both, row, session)
    assert service.lists == [START - CLOCK_SLACK - FILTER_SLACK]


@pytest.mark.parametrize("days", [7, 8, 400])
def test_a_service_that_has_forgotten_frees_nothing(
    both: Both, session: Session, service: Scripted, days: int
) -> None:
    row = both.lost(session.registry)
    service.now += timedelta(days=days)
    with pytest.raises(UnsettledSubmit, match="only the last 7 days"):
        settled(both, row, session)
    assert now(both, row, session).state == "unknown"


def test_a_strangers_task_that_never_ends_keeps_nobody_from_being_settled(
    session: Session, service: Scripted
) -> None:
    row = REGISTRATIONS.lost(session.registry)
    service.listed = [task("t0", status="processing"), own(row)]
    assert settled(REGISTRATIONS, row, session).task_id == "t1"
    assert service.asked == []


@pytest.mark.parametrize("trouble", [None, Rejected("unknown", status=404)])
def test_ours_is_found_behind_ones_that_never_end_without_waiting_for_them(
    session: Session, service: Scripted, trouble: ScreentestError | None
) -> None:
    row = REGISTRATIONS.lost(session.registry)
    service.listed = [task(one, status="processing") for one in ("t0", "t1", "t2")]
    service.ends = {"t0": trouble, "t1": own(row)} if trouble else {"t1": own(row)}
    assert settled(REGISTRATIONS, row, session).task_id == "t1"
    assert (service.now, service.asked) == (START, ["t0", "t1", "t2"])


def test_a_finished_task_that_the_list_shows_without_its_name_is_looked_at(
    session: Session, service: Scripted
) -> None:
    row = REGISTRATIONS.lost(session.registry)
    service.listed = [task("t1")]
    service.ends = {"t1": own(row)}
    assert settled(REGISTRATIONS, row, session).task_id == "t1"


def test_a_running_task_that_tells_it_is_anothers_is_not_waited_for(
    session: Session, service: Scripted
) -> None:
    row = REGISTRATIONS.lost(session.registry)
    service.listed = [task("t0", status="processing")]
    service.ends = {"t0": task("t0", status="processing", inputs={"name": "Ann"})}
    service.now += timedelta(seconds=session.settings.settle_after_s)
    assert settled(REGISTRATIONS, row, session).state == "uploaded"
    assert service.asked == ["t0"]


@pytest.mark.parametrize("fate", ["ends", "never ends", "is gone"])
def test_what_tells_nothing_is_waited_for_once_however_many_there_are(
    session: Session, service: Scripted, fate: str
) -> None:
    row = REGISTRATIONS.lost(session.registry)
    ids = ["t0", "t1", "t2"]
    service.listed = [task(one, status="processing") for one in ids]
    if fate == "ends":
        service.ends = {one: task(one) for one in ids}
    if fate == "is gone":
        service.ends = {one: Rejected("unknown", status=404) for one in ids}
    with pytest.raises(UnsettledSubmit, match="t0, t1, t2"):
        settled(REGISTRATIONS, row, session)
    waited_s = (service.now - START).total_seconds()
    most_s = session.settings.wait_s
    assert most_s - 60 < waited_s <= most_s if fate == "never ends" else waited_s == 0


def test_what_failed_without_a_name_blocks_none_of_those_it_may_be_of(
    both: Both, session: Session, service: Scripted
) -> None:
    rows = [both.lost(session.registry, name) for name in ("Joe 31", "Joe 36")]
    service.listed = [task("t1", status="processing", at=START + SECOND)]
    service.ends = {"t1": task("t1", status="failed", at=START + SECOND)}
    service.now += timedelta(seconds=session.settings.settle_after_s)
    if both is VIDEOS:  # which wait for nothing
        service.listed = [task("t1", status="failed", at=START + SECOND)]
    for row in rows:
        freed = settled(both, row, session)
        assert freed.state == both.ledger(session.registry).course.ready


def test_what_was_made_at_another_time_is_not_waited_for(session: Session, service: Scripted) -> None:
    row = REGISTRATIONS.lost(session.registry)
    service.now += timedelta(hours=3)
    service.listed = [task("t0", status="processing", at=START + timedelta(hours=2))]
    assert settled(REGISTRATIONS, row, session).state == "uploaded"
    assert service.asked == []


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
    row = REGISTRATIONS.lost(session.registry, "Joe")
    service.listed = [task("t1", status="processing"), task("t2", status="processing")]
    service.ends = {"t1": task("t1", name="Ann"), "t2": task("t2", name="Joe")}
    assert settled(REGISTRATIONS, row, session).task_id == "t2"


def test_a_video_waits_for_nothing_to_be_settled(session: Session, service: Scripted) -> None:
    row = VIDEOS.lost(session.registry)
    service.listed = [own(row, status="processing"), task("t2", status="processing")]
    assert settled(VIDEOS, row, session).task_id == "t1"
    assert service.asked == []
