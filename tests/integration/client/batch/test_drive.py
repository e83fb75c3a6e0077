"""The driver over a real registry and a real service: nothing twice, nothing lost, everything told."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from screentest.client.batch.driver.drive import BatchPlan, drive
from screentest.client.batch.outcome import Outcome
from screentest.client.batch.sources.expand import PassedOver
from screentest.client.batch.sources.items import items
from screentest.client.characters.order import model_for
from screentest.client.characters.register import Order, Registered, register
from screentest.client.config import Settings
from screentest.client.registry.file.database import Database
from screentest.client.registry.registry import FILE_NAME, Registry
from screentest.client.tasks.pace import AccountPace
from screentest.client.worker.job import ClipMade, Failure, Inspected, Job, Prepare, Result
from screentest.prep.core.wishes import Wishes
from screentest.prep.report.batch.strip import is_strip
from tests.integration.batch_parts import DirectEngine, StandIn, driven, hurried, items_of, worked
from tests.integration.register_parts import run
from tests.lossy_relay import Relay

pytest_plugins = ["tests.integration.register_fixtures"]


@pytest.fixture
def fresh(face_clip: Path, order: Order) -> Order:
    """An order that nothing was made for yet."""
    return replace(order, name=f"{order.name} new", wishes=Wishes(start_s=0.5, length_s=2.0))


def registrations(settings: Settings) -> int:
    with Registry(settings.home / FILE_NAME) as registry:
        return sum(row.task_id is not None for row in registry.registrations.list_all())


def test_a_second_run_submits_nothing_and_makes_nothing(fresh: Order, settings: Settings) -> None:
    (made,) = driven(items_of(fresh), DirectEngine(), BatchPlan(settings))
    assert (made.status, made.fault) == ("done", None)
    assert made.character_id
    assert made.clip
    assert Path(made.clip).exists()
    assert made.cost_usd > 0

    engine = DirectEngine()
    (again,) = driven(items_of(fresh), engine, BatchPlan(settings))
    assert (again.status, again.character_id, again.cost_usd) == ("exists", made.character_id, 0.0)
    assert engine.clips_asked_for == 0
    assert registrations(settings) == 1


def test_what_register_did_is_known_to_a_batch_and_the_other_way(
    order: Order, fresh: Order, settings: Settings
) -> None:
    by_hand = run(order, settings)
    one, two = driven(items_of(order, fresh), DirectEngine(), BatchPlan(settings))
    assert (one.status, one.character_id) == ("exists", by_hand.character_id)
    assert two.status == "done"
    assert not run(fresh, settings).submitted


def test_prepare_sends_nothing_and_the_next_run_goes_on(
    fresh: Order, settings: Settings, relay: Relay
) -> None:
    engine = DirectEngine()
    (ready,) = driven(items_of(fresh), engine, BatchPlan(settings, prepares_only=True))
    assert (ready.status, ready.cost_usd) == ("prepared", 0.0)
    assert ready.clip
    assert registrations(settings) == 0

    later = DirectEngine()
    (done,) = driven(items_of(fresh), later, BatchPlan(settings))
    assert (done.status, done.clip) == ("done", ready.clip)
    assert later.clips_asked_for == 0, "the clip was made before"


def test_a_rehearsal_makes_nothing_and_tells_the_price(fresh: Order, settings: Settings) -> None:
    engine = DirectEngine()
    (told,) = driven(items_of(fresh), engine, BatchPlan(settings, rehearses=True))
    assert told.status == "skipped"
    assert told.cost_usd > 0
    assert engine.clips_asked_for == registrations(settings) == 0


def test_what_failed_for_good_is_told_again_and_looked_at_only_when_asked(
    face_clip: Path, order: Order, settings: Settings
) -> None:
    wishes = Wishes(min_score=1.0)
    hopeless = replace(order, name=f"{order.name} hopeless", wishes=wishes)
    (first,) = driven(items_of(hopeless), DirectEngine(), BatchPlan(settings))
    assert first.status == "failed"
    assert first.fault is not None
    assert first.fault.error_type == "ScoreTooLow"

    engine = DirectEngine()
    (second,) = driven(items_of(hopeless), engine, BatchPlan(settings))
    assert second.fault is not None
    assert second.fault.error_type == "ScoreTooLow"
    assert engine.clips_asked_for == 0

    engine = DirectEngine()
    driven(items_of(hopeless), engine, BatchPlan(settings, tries_failed=True))
    assert engine.clips_asked_for == 1


def test_a_worker_that_died_leaves_the_others_alone_and_nothing_for_good(
    order: Order, fresh: Order, settings: Settings
) -> None:
    def dies_once(job: Job) -> Result:
        if isinstance(job, Prepare):
            return Failure("worker", "KilledWorker", "The worker died twice over it.", "", True)
        return worked(job)

    one, two = driven(items_of(fresh, order), DirectEngine(dies_once), BatchPlan(settings))
    assert (one.status, two.status) == ("failed", "done")
    assert one.fault is not None
    assert one.fault.error_type == "WorkerFailed"
    (later,) = driven(items_of(fresh), DirectEngine(), BatchPlan(settings))
    assert later.status == "done"


def test_the_money_of_a_run_is_for_all_of_it(order: Order, fresh: Order, settings: Settings) -> None:
    price_usd = model_for(order).price_usd_by("video")
    pace = AccountPace(max_cost_usd=1.5 * price_usd)
    outcomes = driven(items_of(order, fresh), DirectEngine(), BatchPlan(settings, pace=pace, threads=1))
    assert sorted(outcome.status for outcome in outcomes) == ["done", "failed"]
    (failed,) = (outcome for outcome in outcomes if outcome.fault)
    assert failed.fault is not None
    assert failed.fault.error_type == "CostTooHigh"
    assert registrations(settings) == 1


def test_the_list_of_models_is_read_once_a_run(
    order: Order, fresh: Order, settings: Settings, relay: Relay
) -> None:
    outcomes = driven(items_of(order, fresh), DirectEngine(), BatchPlan(settings))
    assert [outcome.status for outcome in outcomes] == ["done", "done"]
    assert len([path for path in relay.paths if path.endswith("/models")]) == 1


def test_few_items_are_under_way_however_many_come(order: Order, settings: Settings) -> None:
    taken = 0

    def coming() -> Order:
        nonlocal taken
        taken += 1
        return replace(order, footage=f"/nowhere/{taken}.mp4", name=f"Nobody {taken}")

    engine = DirectEngine(workers=2)
    items = items_of(*(coming() for _ in range(300)))
    outcomes = drive(items, engine, BatchPlan(settings))
    assert [next(outcomes).status for _ in range(10)] == ["failed"] * 10
    assert engine.most_waiting <= 4
    assert len(engine.jobs) <= 20
    assert sum(1 for _ in outcomes) == 290


def test_a_worker_cannot_name_another_file_as_its_clip(fresh: Order, settings: Settings) -> None:
    def lies(job: Job) -> Result:
        result = worked(job)
        if not isinstance(result, ClipMade):
            return result
        return replace(result, clip=replace(result.clip, sha256="../../etc/passwd"))

    (told,) = driven(items_of(fresh), DirectEngine(lies), BatchPlan(settings))
    assert told.status == "failed"
    assert registrations(settings) == 0


def test_stopping_in_the_middle_loses_nothing(fresh: Order, order: Order, settings: Settings) -> None:
    outcomes = drive(items_of(order, fresh), DirectEngine(), BatchPlan(settings, wait=hurried))
    first = next(outcomes)
    outcomes.close()
    assert first.status == "done"
    rest = driven(items_of(order, fresh), DirectEngine(), BatchPlan(settings))
    assert {outcome.status for outcome in rest} <= {"done", "exists"}
    assert registrations(settings) == 2


def test_register_and_batch_at_once_make_one_character(fresh: Order, settings: Settings) -> None:
    register(fresh, settings, prepares_only=True)
    both = items_of(fresh, fresh)
    outcomes = driven(both, DirectEngine(workers=2), BatchPlan(settings, threads=2))
    assert {outcome.character_id for outcome in outcomes} == {outcomes[0].character_id}
    assert registrations(settings) == 1


def test_a_bug_costs_its_own_item_and_not_the_batch(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(order: Order, *more: Any, **said: Any) -> Registered:
        if order.name == "Ann":
            raise RuntimeError
        return register(order, *more, **said)

    monkeypatch.setattr("screentest.client.batch.driver.registering.register", broken)
    orders = (Order(f"/raw/{name}.mp4", name) for name in ("Ann", "Joe"))
    engine = DirectEngine(StandIn(settings.home / "clips"))
    ann, joe = driven(items_of(*orders), engine, BatchPlan(settings, prepares_only=True))
    assert (ann.status, joe.status) == ("failed", "prepared")
    assert ann.fault is not None
    assert "RuntimeError" in ann.fault.message


def test_the_registry_is_opened_for_threads_and_searched_by_index(
    order: Order, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []
    asked: list[str] = []

    def noted(path: Path, **more: Any) -> Database:
        opened.append(path)
        database = Database(path, **more)
        database._connection.set_trace_callback(asked.append)
        return database

    monkeypatch.setattr("screentest.client.batch.driver.lending.Database", noted)
    orders = [Order(f"/raw/{number}.mp4", f"{order.name} {number}") for number in range(12)]
    plan = BatchPlan(settings, prepares_only=True, threads=2)
    for _ in range(2):
        engine = DirectEngine(StandIn(settings.home / "clips"))
        outcomes = driven(items_of(*orders), engine, plan)
        assert {outcome.status for outcome in outcomes} == {"prepared"}
    assert 2 <= len(opened) <= 6, "each opening reads the whole file"

    read = {sql for sql in asked if sql.startswith("SELECT")}
    assert read
    database = Database(settings.home / FILE_NAME)
    plans = {row["detail"]: sql for sql in read for row in database.run(f"EXPLAIN QUERY PLAN {sql}")}
    database.close()
    whole = {f"{detail}: {sql}" for detail, sql in plans.items() if detail.startswith("SCAN")}
    assert not whole - {one for one in whole if one.startswith(("SCAN home", "SCAN keys"))}


def test_whatever_made_a_clip_its_pictures_come_along_when_asked_for(
    fresh: Order, settings: Settings
) -> None:
    plan = BatchPlan(settings, prepares_only=True, pictured=True)
    (by_worker,) = driven(items_of(fresh), DirectEngine(), plan)
    (kept,) = driven(items_of(fresh), DirectEngine(), plan)
    (done,) = driven(items_of(fresh), DirectEngine(), replace(plan, prepares_only=False))
    (recorded,) = driven(items_of(fresh), DirectEngine(), plan)
    outcomes = [by_worker, kept, done, recorded]
    assert [outcome.status for outcome in outcomes] == ["prepared", "prepared", "done", "exists"]
    assert is_strip(by_worker.strip)
    assert {outcome.strip for outcome in outcomes} == {by_worker.strip}

    (unasked,) = driven(items_of(fresh), DirectEngine(), BatchPlan(settings))
    assert unasked.strip == b""
    assert recorded.clip
    Path(recorded.clip).write_bytes(b"torn")
    (torn,) = driven(items_of(fresh), DirectEngine(), plan)
    assert (torn.status, torn.strip) == ("exists", b"")


def test_a_workers_word_for_a_strip_is_not_taken_and_its_clip_not_looked_into(
    fresh: Order, settings: Settings
) -> None:
    def lies(job: Job) -> Result:
        result = worked(job)
        return replace(result, strip=b"<script>") if isinstance(result, ClipMade) else result

    plan = BatchPlan(settings, prepares_only=True, pictured=True)
    (told,) = driven(items_of(fresh), DirectEngine(lies), plan)
    assert (told.status, told.strip) == ("prepared", b"")


def test_a_photo_that_goes_away_costs_its_item_and_no_other(
    face_clip: Path, fresh: Order, order: Order, settings: Settings, tmp_path: Path
) -> None:
    photo = tmp_path / "joe.jpg"
    photo.write_bytes(b"a picture")
    of_photo = replace(fresh, name=f"{fresh.name} by photo", wishes=Wishes(match=str(photo)))
    items = items_of(of_photo, order)
    photo.unlink()
    gone, done = driven(items, DirectEngine(), BatchPlan(settings))
    assert (gone.status, done.status) == ("failed", "done")
    assert gone.fault is not None
    assert gone.fault.error_type == "NotFound"


def test_a_file_that_gets_company_or_another_name_is_the_same_character(
    face_clip: Path, order: Order, settings: Settings, tmp_path: Path
) -> None:
    footage = tmp_path / "footage"
    mine = footage / "a"
    mine.mkdir(parents=True)
    first = Path(shutil.copy(face_clip, mine / f"{order.name}.mp4"))

    def outcome_of_mine() -> Outcome:
        found = items([str(footage)], None, Order(wishes=order.wishes), PassedOver())
        outcomes = driven(iter(found), DirectEngine(), BatchPlan(settings))
        return next(one for one in outcomes if one.footage[0].startswith(str(mine)))

    made = outcome_of_mine()
    assert (made.status, made.name) == ("done", order.name)
    (footage / "b").mkdir()
    (footage / "b" / first.name).write_bytes(b"no film")  # both are called after their folders now
    company = outcome_of_mine()
    first.rename(first.with_stem("renamed"))
    renamed = outcome_of_mine()
    for again in (company, renamed):
        assert (again.status, again.character_id) == ("exists", made.character_id)
    assert registrations(settings) == 1


def test_a_fingerprint_that_leads_elsewhere_is_no_answer(fresh: Order, settings: Settings) -> None:
    def lies(job: Job) -> Result:
        result = worked(job)
        if not isinstance(result, Inspected):
            return result
        return replace(result, sources=(replace(result.sources[0], fingerprint="../" * 20),))

    (told,) = driven(items_of(fresh), DirectEngine(lies), BatchPlan(settings))
    assert told.fault is not None
    assert told.fault.error_type == "WorkerFailed"


def test_a_file_replaced_on_the_way_is_not_registered_as_what_it_was(
    fresh: Order, tmp_path: Path, settings: Settings
) -> None:
    footage = tmp_path / "replaced.mp4"
    shutil.copy(fresh.footage, footage)

    def replaced(job: Job) -> Result:
        if isinstance(job, Prepare):
            with footage.open("ab") as file:
                file.write(b"\0" * 8)
        return worked(job)

    named = replace(fresh, footage=str(footage))
    (told,) = driven(items_of(named), DirectEngine(replaced), BatchPlan(settings))
    assert told.fault is not None
    assert told.fault.error_type == "WorkerFailed"
    assert "changed" in told.fault.message
    assert registrations(settings) == 0

    (again,) = driven(items_of(named), DirectEngine(), BatchPlan(settings))
    assert again.status == "done", "as it is now"
