"""What earlier runs left behind is settled without a bill: reconcile, adopt, forget, wait."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from screentest.client.characters.register import Order, register
from screentest.client.characters.task import CHARACTER
from screentest.client.config import Settings
from screentest.client.errors import (
    ConfigError,
    CostTooHigh,
    HeldElsewhere,
    ReplyLost,
    UnknownCharacter,
    UnsettledSubmit,
)
from screentest.client.registry.locks import locked
from screentest.client.registry.records import Registration
from screentest.client.registry.registry import FILE_NAME, Registry
from screentest.client.tasks import recover
from screentest.client.tasks.recover import Settled
from screentest.client.tasks.session import opened
from tests.integration.paid_parts import REGISTRATIONS
from tests.integration.register_parts import Watched, keys_in, recorded, run
from tests.integration.sandbox_parts import Sandbox
from tests.lossy_relay import Relay
from tests.scripted_service import closed_port
from tests.waiting import HANG_S, until

pytest_plugins = ["tests.integration.register_fixtures"]


@pytest.fixture
def lost(order: Order, settings: Settings, relay: Relay) -> Order:
    """An order whose submit was accepted and whose reply was lost."""
    relay.faults = ["after"]
    with pytest.raises(ReplyLost):
        run(order, settings)
    return order


@pytest.fixture
def never(order: Order, settings: Settings, relay: Relay) -> Order:
    """An order whose submit never arrived, which nobody can know."""
    relay.faults = ["before"]
    with pytest.raises(ReplyLost):
        run(order, settings)
    return order


def reconciled(settings: Settings, *, wait: bool = True) -> Sequence[Settled[Registration]]:
    with opened(settings) as session:
        rows = session.registry.registrations.list_unfinished()
        return recover.reconcile(rows, kind=CHARACTER, session=session, wait=wait)


def task_of(settings: Settings, name: str) -> str:
    """The task that the service has under a name."""
    with opened(settings) as session:
        return until(lambda: [t.task_id for t in session.service.recent() if t.name == name])[0]


def losing(order: Order, settings: Settings) -> None:
    with pytest.raises(ReplyLost):
        run(order, settings)


# reconcile


def test_a_lost_submit_is_found_and_finished(lost: Order, settings: Settings, relay: Relay) -> None:
    [settled] = reconciled(settings)
    assert (settled.before, settled.outcome) == ("unknown", "done")
    assert run(lost, settings).character_id == settled.record.character_id
    assert relay.submitted_names == [lost.name]


def test_what_may_still_be_listed_later_is_left_and_says_when(never: Order, settings: Settings) -> None:
    [settled] = reconciled(settings)
    assert settled.outcome == "left"
    assert settled.unsettled
    assert "again in" in settled.hint


def test_what_was_surely_never_accepted_may_be_submitted_again(
    never: Order, settings: Settings, relay: Relay
) -> None:
    [settled] = reconciled(replace(settings, settle_after_s=0.0))
    assert (settled.outcome, settled.record.state) == ("ready", "uploaded")
    assert not relay.submitted_names
    assert run(never, settings).submitted


def test_another_accounts_rows_are_left_alone(lost: Order, settings: Settings) -> None:
    [settled] = reconciled(replace(settings, sandbox=False))
    assert settled.outcome == "left"
    assert "another account" in settled.reason
    assert recorded(settings).state == "unknown"


def test_a_row_that_a_living_process_works_on_is_left_to_it(
    order: Order, settings: Settings, relay: Relay
) -> None:
    relay.faults = ["hold"]
    thread = threading.Thread(target=losing, args=(order, settings))
    thread.start()
    assert relay.arrived.wait(HANG_S)
    [settled] = reconciled(settings)
    relay.released.set()
    thread.join(HANG_S)
    assert settled.outcome == "left"
    assert "Another process" in settled.reason


def test_a_task_that_failed_without_a_name_blocks_none_of_the_submits_it_may_be_of(
    settings: Settings,
) -> None:
    with opened(replace(settings, settle_after_s=0.0)) as session:
        names = [f"{name} {uuid4().hex[:8]}" for name in ("Joe", "Ann")]
        served_at, ledger = session.service.served_at(), session.registry.registrations
        begun = [REGISTRATIONS.begun(session.registry, name, settings) for name in names]
        rows = [ledger.mark_submitting(row, served_at=served_at) for row in begun]
        body = {"video": f"http://127.0.0.1:{closed_port()}/gone.mp4", "name": names[0]}
        task = session.service.submit(REGISTRATIONS.model_id, body)
        until(lambda: session.service.result(task.task_id).ended)
        found = recover.reconcile(rows, kind=CHARACTER, session=session)
    assert [one.outcome for one in found] == ["ready", "ready"]


# adopt and forget


def test_an_adopted_task_becomes_the_character(lost: Order, settings: Settings, relay: Relay) -> None:
    with opened(settings) as session:
        row = recover.one_unsettled(
            "", session.registry.registrations.list_unfinished(), kind=CHARACTER
        )
        settled = recover.adopt(row, task_of(settings, lost.name), kind=CHARACTER, session=session)
    assert settled.record.state == "done"
    assert relay.submitted_names == [lost.name]


def test_another_characters_task_is_not_adopted(
    lost: Order, settings: Settings, order: Order, relay: Relay
) -> None:
    other = replace(order, name=f"Ann {uuid4().hex[:8]}")
    run(other, settings)
    with opened(settings) as session:
        row = recover.one_unsettled(
            lost.name, session.registry.registrations.list_unfinished(), kind=CHARACTER
        )
        with pytest.raises(ConfigError, match="made 'Ann"):
            recover.adopt(row, task_of(settings, other.name), kind=CHARACTER, session=session)
    assert recorded(settings).character_id


def test_a_forgotten_submit_may_be_sent_again(never: Order, settings: Settings, relay: Relay) -> None:
    with opened(settings) as session:
        row = recover.one_unsettled(
            "", session.registry.registrations.list_unfinished(), kind=CHARACTER
        )
        recover.forget(row, kind=CHARACTER, session=session)
    assert run(never, settings).submitted
    assert len(relay.submitted_names) == 1


def test_there_is_nothing_to_decide_about_a_finished_character(
    order: Order, settings: Settings
) -> None:
    run(order, settings)
    with opened(settings) as session, pytest.raises(UnknownCharacter):
        recover.one_unsettled(order.name, session.registry.registrations.list_all(), kind=CHARACTER)


# Leaving and coming back


def test_who_does_not_wait_has_the_task_and_anyone_picks_it_up(
    order: Order, settings: Settings, relay: Relay
) -> None:
    left = run(replace(order, wait=False), settings)
    assert (left.character_id, left.submitted) == (None, True)
    assert left.task_id
    with opened(settings) as session:
        rows = session.registry.registrations.list_unfinished()
        [settled] = recover.wait_for(rows, kind=CHARACTER, session=session)
    assert settled.outcome == "done"
    assert len(relay.submitted_names) == 1


def test_two_at_once_make_one_character(order: Order, settings: Settings, relay: Relay) -> None:
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _: run(order, settings), range(2))
    assert first.character_id == second.character_id
    assert sorted([first.submitted, second.submitted]) == [False, True]
    assert len(relay.submitted_names) == 1


def test_two_at_once_that_ask_for_a_new_one_get_one(
    order: Order, settings: Settings, relay: Relay
) -> None:
    run(order, settings)
    once_more = replace(order, again=True)
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _: run(once_more, settings), range(2))
    assert first.character_id == second.character_id
    assert len(relay.submitted_names) == 2


def test_who_waited_for_a_run_that_came_to_nothing_makes_the_new_one(
    order: Order, settings: Settings, relay: Relay
) -> None:
    first = run(order, settings)
    identity = recorded(settings).identity
    with ThreadPoolExecutor(1) as pool:
        with locked(settings.home / "locks", identity, what="Joe"):
            watched = Watched()
            waiting = pool.submit(run, replace(order, again=True), settings, watcher=watched)
            until(lambda: watched.warnings)
        second = waiting.result(HANG_S)
    assert second.submitted
    assert second.character_id != first.character_id


def test_who_waits_is_told_for_whom_and_who_does_not_wait_is_told_who_holds_it(
    order: Order, settings: Settings, relay: Relay
) -> None:
    relay.faults = ["hold"]
    thread = threading.Thread(target=losing, args=(order, settings))
    thread.start()
    assert relay.arrived.wait(HANG_S)
    watched = Watched()
    with pytest.raises(HeldElsewhere, match="Another process"):
        run(order, replace(settings, wait_s=0.3), watcher=watched)
    with pytest.raises(HeldElsewhere):
        run(replace(order, wait=False), settings)
    relay.released.set()
    thread.join(HANG_S)
    assert any("waiting for it" in warning for warning in watched.warnings)


# Before any money is spent


def test_what_costs_too_much_is_refused_before_any_work(settings: Settings) -> None:
    with pytest.raises(CostTooHigh, match=r"0\.001"):
        register(Order("/no/such.mp4", "Joe", max_cost_usd=0.0005), settings)
    assert not settings.home.exists()


def test_what_the_service_itself_asks_counts(order: Order, settings: Settings, relay: Relay) -> None:
    done = run(replace(order, max_cost_usd=0.001), settings)
    assert done.cost_usd == 0.001


# After success


def test_the_clip_leaves_the_bucket_once_the_character_is_recorded(
    order: Order, settings: Settings
) -> None:
    run(order, settings)
    record = recorded(settings)
    assert record.object_deleted_at
    assert record.object_key not in keys_in(settings)


def test_a_clip_that_is_to_stay_stays(order: Order, settings: Settings) -> None:
    run(order, replace(settings, keep_objects=True))
    record = recorded(settings)
    assert record.object_key in keys_in(settings)


def test_a_clip_that_another_registration_needs_stays(
    order: Order, settings: Settings, relay: Relay
) -> None:
    relay.faults = ["before"]
    with pytest.raises(ReplyLost):
        run(order, settings)
    key = recorded(settings).object_key
    run(replace(order, name=f"Ann {uuid4().hex[:8]}"), settings)
    assert key in keys_in(settings)


# The command


def cli(settings: Settings, sandbox: Sandbox, relay: Relay, *arguments: str) -> tuple[int, str, str]:
    env = {**sandbox.env, "WAVESPEED_BASE_URL": relay.url, "SCREENTEST_HOME": str(settings.home)}
    done = subprocess.run(
        [sys.executable, "-m", "screentest.client.cli", "characters", *arguments, "--json"],
        env=env,
        capture_output=True,
        text=True,
        timeout=HANG_S,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def as_environment(settings: Settings) -> Settings:
    """The same service and account as a command sees that has only the environment."""
    return replace(settings, sandbox=False)


def test_reconcile_settles_without_a_terminal(
    order: Order, as_environment: Settings, sandbox: Sandbox, relay: Relay
) -> None:
    relay.faults = ["after"]
    with pytest.raises(ReplyLost):
        run(order, as_environment)
    code, out, _ = cli(as_environment, sandbox, relay, "reconcile")
    settled = json.loads(out)["settled"]
    assert code == 0
    # The row of the fixture, made for --sandbox, is another account's.
    assert [one["outcome"] for one in settled] == ["left", "done"]


def test_reconcile_fails_while_something_cannot_be_told_and_forget_decides(
    order: Order, as_environment: Settings, sandbox: Sandbox, relay: Relay
) -> None:
    relay.faults = ["before"]
    with pytest.raises(ReplyLost):
        run(order, as_environment)
    code, out, err = cli(as_environment, sandbox, relay, "reconcile", f" {order.name.upper()}")
    assert code == 1
    assert json.loads(err.splitlines()[-1])["error"]["type"] == UnsettledSubmit.__name__
    assert json.loads(out)["settled"][-1]["state"] == "unknown"
    code, out, _ = cli(as_environment, sandbox, relay, "reconcile", "--forget")
    assert code == 0
    assert json.loads(out)["settled"][0]["state"] == "uploaded"


def test_a_clip_that_vanishes_before_the_upload_is_told_clearly(
    order: Order, settings: Settings
) -> None:
    from screentest.client.errors import StorageError
    from screentest.client.remote.storage import Bucket

    with Bucket(settings) as bucket, pytest.raises(StorageError, match="cannot be read"):
        bucket.put(Path(settings.home / "clips" / "gone.mp4"), sha256="cd" * 32, key="gone.mp4")


def test_deleting_keeps_a_tombstone_and_registering_again_is_a_new_character(
    order: Order, settings: Settings, relay: Relay
) -> None:
    first = run(order, settings)
    with Registry(settings.home / FILE_NAME) as registry:
        registry.registrations.mark_deleted(registry.registrations.find(order.name))
        assert not registry.registrations.list_all()
        assert registry.registrations.find(str(first.character_id)).deleted_at
    second = run(order, settings)
    assert second.submitted
    assert len(relay.submitted_names) == 2
