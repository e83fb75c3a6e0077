"""One ledger for characters and videos, over a real file: what holds for one holds for the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from screentest.client.errors import RegistryDamaged, RegistryError, Rejected, ReplyLost
from screentest.client.registry.registry import FILE_NAME, Registry
from screentest.client.registry.states import UNSETTLED, State
from tests.integration.paid_parts import BOTH, NAMES, REGISTRATIONS, SETTINGS, START, VIDEOS, Both, Row

LOST = ReplyLost("The reply was lost.")


class Now:
    """A wall clock that is a minute later each time it is read."""

    def __init__(self) -> None:
        self.moment = START

    def __call__(self) -> datetime:
        self.moment += timedelta(minutes=1)
        return self.moment


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / FILE_NAME


@pytest.fixture
def registry(path: Path) -> Iterator[Registry]:
    with Registry(path, now=Now()) as registry:
        yield registry


@pytest.fixture(params=BOTH, ids=NAMES)
def both(request: pytest.FixtureRequest) -> Both:
    assert isinstance(request.param, Both)
    return request.param


def at(state: State, both: Both, registry: Registry) -> Row:
    """A row at a state that both kinds have."""
    ledger = both.ledger(registry)
    match state:
        case "planned":
            return both.planned(registry, "Joe", SETTINGS)
        case "submitting":
            return both.submitting(registry)
        case "unknown":
            return both.lost(registry)
        case "submitted":
            return both.submitted(registry)
        case "failed":
            return ledger.mark_failed(both.submitting(registry), Rejected("no"))
        case _:
            return both.done(registry, both.submitted(registry))


PAID: tuple[State, ...] = ("submitting", "unknown", "submitted", "failed", "done")


# From a wish to what was paid for


def test_the_whole_way_is_recorded(both: Both, registry: Registry, path: Path) -> None:
    done = both.done(registry, both.submitted(registry))
    with Registry(path) as later:
        kept = both.ledger(later).find_row(done.row_id)
    assert kept == done
    assert (kept.state, kept.task_id, kept.cost_usd) == ("done", "task-1", both.price_usd)
    assert kept.done_at > kept.submitting_at > kept.created_at


def test_what_is_about_to_be_paid_for_is_on_disk_before_it_is(
    both: Both, registry: Registry, path: Path
) -> None:
    row = both.submitting(registry)
    with Registry(path) as another:
        seen = both.ledger(another).find_row(row.row_id)
    assert (seen.state, seen.submitting_at) == ("submitting", row.submitting_at)


def test_the_same_wish_twice_is_one_row(both: Both, registry: Registry) -> None:
    assert both.planned(registry, "Joe", SETTINGS) == both.planned(registry, "Joe", SETTINGS)


@pytest.mark.parametrize("state", ["planned", "submitting", "unknown", "submitted"])
def test_a_wish_goes_on_with_its_row_under_way(both: Both, registry: Registry, state: State) -> None:
    row = at(state, both, registry)
    assert both.planned(registry, "Joe", SETTINGS) == row
    assert both.ledger(registry).find_under_way(row.identity) == row


def test_nothing_is_under_way_once_it_is_done(both: Both, registry: Registry) -> None:
    row = at("done", both, registry)
    assert both.ledger(registry).find_under_way(row.identity) is None


def test_what_has_failed_and_what_is_done_is_finished(both: Both, registry: Registry) -> None:
    both.done(registry, both.submitted(registry, "Ann", "task-9"))
    both.ledger(registry).mark_failed(both.submitting(registry, "Bo"), Rejected("no"))
    left = [both.lost(registry, "Cy"), both.submitted(registry, "Di")]
    assert list(both.ledger(registry).list_unfinished()) == left


def test_a_row_that_is_gone_is_told(both: Both, registry: Registry) -> None:
    with pytest.raises(RegistryError, match="gone"):
        both.ledger(registry).find_row(99)


# What keeps a bill from coming twice


@pytest.mark.parametrize("state", PAID)
def test_only_a_ready_row_can_be_submitted(both: Both, registry: Registry, state: State) -> None:
    row = at(state, both, registry)
    with pytest.raises(RegistryError, match="cannot go"):
        both.ledger(registry).mark_submitting(row)
    assert both.ledger(registry).find_row(row.row_id) == row


@pytest.mark.parametrize("state", ["submitted", "failed", "done"])
def test_only_a_submit_that_was_not_accepted_is_free_again(
    both: Both, registry: Registry, state: State
) -> None:
    row = at(state, both, registry)
    with pytest.raises(RegistryError, match="cannot go"):
        both.ledger(registry).mark_ready(row, note="again")


@pytest.mark.parametrize("state", sorted(UNSETTLED))
def test_a_submit_that_was_not_accepted_is_free_again(
    both: Both, registry: Registry, state: State
) -> None:
    row = both.ledger(registry).mark_ready(at(state, both, registry), note="not listed")
    assert row.state == both.ledger(registry).course.ready
    assert both.ledger(registry).mark_submitting(row).state == "submitting"


@pytest.mark.parametrize("state", sorted(UNSETTLED))
def test_a_lost_submit_of_a_character_has_one_way_to_be_free(registry: Registry, state: State) -> None:
    row = at(state, REGISTRATIONS, registry)
    with pytest.raises(RegistryError, match="may be paid for"):
        registry.registrations.mark_back(row, "uploaded", note="again")


def test_a_row_that_another_process_moved_on_is_not_overwritten(both: Both, registry: Registry) -> None:
    stale = both.submitting(registry)
    both.ledger(registry).mark_submitted(stale, task_id="task-1", cost_usd=1.0)
    with pytest.raises(RegistryError, match="meanwhile"):
        both.ledger(registry).mark_unknown(stale, LOST)
    assert both.ledger(registry).find_row(stale.row_id).state == "submitted"


@pytest.mark.parametrize("owner", BOTH, ids=NAMES)
def test_a_task_has_one_row_of_whichever_kind(both: Both, owner: Both, registry: Registry) -> None:
    owner.submitted(registry, "Ann", "task-1")
    row = both.lost(registry, "Joe")
    with pytest.raises(RegistryError, match="task-1 belongs to another"):
        both.ledger(registry).mark_submitted(row, task_id="task-1", cost_usd=1.0)
    assert both.ledger(registry).find_row(row.row_id) == row, "nothing of the move is kept"


@pytest.mark.parametrize("owner", BOTH, ids=NAMES)
def test_a_task_that_failed_is_still_its_rows(both: Both, owner: Both, registry: Registry) -> None:
    owner.ledger(registry).mark_failed(owner.submitted(registry, "Ann"), Rejected("no"))
    assert registry.list_task_ids() == {"task-1"}
    with pytest.raises(RegistryError, match="belongs to another"):
        both.ledger(registry).mark_submitted(both.lost(registry), task_id="task-1", cost_usd=1.0)


def test_rivals_are_lost_submits_of_the_same_account_and_kind(both: Both, registry: Registry) -> None:
    other = replace(SETTINGS, account_name="another")
    elsewhere = replace(SETTINGS, base_url="https://t/api/v3")
    mine = both.lost(registry, "Joe")
    rivals = [both.lost(registry, "Ann"), both.submitting(registry, "Bo")]
    both.lost(registry, "Cy", other)
    both.lost(registry, "Di", elsewhere)
    both.begun(registry, "Ed")
    for another in BOTH:
        if another is not both:
            another.lost(registry, "Flo")
    assert list(both.ledger(registry).list_rivals(mine)) == rivals


# What a row says of an error


def test_a_failed_row_says_why(both: Both, registry: Registry) -> None:
    row = both.ledger(registry).mark_failed(both.submitting(registry), Rejected("bad clip"))
    assert (row.state, row.error_type, row.error) == ("failed", "Rejected", "bad clip")


def test_a_row_that_was_not_accepted_says_why_until_it_is_submitted_again(
    both: Both, registry: Registry
) -> None:
    row = both.ledger(registry).mark_ready(
        both.submitting(registry), note="no", error=Rejected("no money")
    )
    assert (row.error_type, row.error) == ("Rejected", "no money")
    row = both.ledger(registry).mark_submitting(row)
    assert (row.error_type, row.error) == (None, None)


def test_a_found_task_takes_the_error_away(both: Both, registry: Registry) -> None:
    row = both.ledger(registry).mark_submitted(both.lost(registry), task_id="task-1", cost_usd=1.0)
    assert (row.error_type, row.error) == (None, None)


def test_a_failed_task_is_not_counted_as_spent(both: Both, registry: Registry) -> None:
    both.submitted(registry, "Ann", "task-1")
    failed = both.submitted(registry, "Joe", "task-2")
    assert registry.spent_usd == pytest.approx(2 * both.price_usd)
    both.ledger(registry).mark_failed(failed, Rejected("no"))
    assert registry.spent_usd == pytest.approx(both.price_usd)


# All or nothing


def test_a_transaction_inside_another_goes_with_it(both: Both, registry: Registry) -> None:
    def planned_and_lost() -> None:
        with registry.database.transaction():
            both.planned(registry, "Joe", SETTINGS)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        planned_and_lost()
    assert both.ledger(registry).list_unfinished() == ()


def test_a_refused_move_inside_a_transaction_leaves_the_rest_to_its_owner(
    both: Both, registry: Registry
) -> None:
    row = both.lost(registry)
    with registry.database.transaction():
        both.planned(registry, "Ann", SETTINGS)
        with pytest.raises(RegistryError):
            both.ledger(registry).mark_submitting(row)
    assert len(both.ledger(registry).list_unfinished()) == 2


@pytest.mark.parametrize(("both", "state"), [(VIDEOS, "clipped"), (REGISTRATIONS, "sold")])
def test_a_state_that_the_kind_does_not_have_is_told(
    both: Both, state: str, registry: Registry
) -> None:
    row = both.begun(registry)
    table = "videos" if both is VIDEOS else "registrations"
    registry.database.run("PRAGMA ignore_check_constraints = ON")
    registry.database.run(f"UPDATE {table} SET state = ?", state)
    with pytest.raises(RegistryError, match="not a state") as caught:
        both.ledger(registry).find_row(row.row_id)
    assert not isinstance(caught.value, RegistryDamaged)
