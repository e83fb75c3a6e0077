"""A batch and what people decided about its footage: used, told, and never paid for twice."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from screentest.client.batch.driver.drive import BatchPlan
from screentest.client.batch.item import Item
from screentest.client.batch.outcome import Outcome
from screentest.client.batch.sources.expand import PassedOver
from screentest.client.batch.sources.items import items, problems
from screentest.client.batch.sources.known import KnownNames
from screentest.client.batch.sources.manifest import write_manifest
from screentest.client.batch.sources.rows import RowFaults, rows_of
from screentest.client.characters.order import Order
from screentest.client.registry.records import Registration
from screentest.client.worker.job import Failure, Job, Prepare, Result
from screentest.prep.core.wishes import NO_WISHES, Wishes
from tests.integration.batch_parts import DirectEngine, StandIn, driven
from tests.integration.client.characters.decided_parts import Books, served_by


def content_of(file: str | Path) -> str:
    """What the stand-in tells of a file's content."""
    return hashlib.sha256(str(file).encode()).hexdigest()


class Batch:
    """A folder of made-up footage, and its batches."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.books = folder, Books()
        self.stand_in = StandIn(self.books.home / "clips")
        self.engine = DirectEngine(self.stand_in)
        folder.mkdir()
        for name in ("ann", "bo"):
            (folder / f"{name}.mp4").touch()

    def file(self, name: str) -> str:
        return str(self.folder / f"{name}.mp4")

    def decide(self, file: str, **changes: Any) -> None:
        with self.books.opened() as registry:
            registry.decisions.decide(content_of(self.file(file)), **changes)

    def run(self, *some: Item, work: Any = None, **plan: Any) -> list[Outcome]:
        self.engine = DirectEngine(work or self.stand_in)
        chosen = BatchPlan(self.books.settings, **plan)
        with served_by(self.books.service):
            return driven(iter(some or self.items()), self.engine, chosen)

    def items(self, *files: str, **said: Any) -> list[Item]:
        sources = [self.file(name) for name in files or ("ann",)]
        order = Order(shares_name=True, said=frozenset(said), wishes=Wishes(**said))
        return list(items(sources, None, order, PassedOver()))

    def both(self) -> Item:
        """Two files that the user gave one name."""
        files = (self.file("ann"), self.file("bo"))
        return Item(Order(files[0], "Ann", shares_name=True), files, name_given=True)

    def rewritten(self, out: Path, *files: str) -> list[str]:
        """The names in a manifest that is written of some files."""
        with self.books.opened() as registry:
            write_manifest(out, self.items(*files), KnownNames(registry, read=content_of))
        rows = rows_of(out, RowFaults(out))
        return [row.said.get("name", "") for row in rows]

    @property
    def job(self) -> Prepare:
        (job,) = (job for job in self.engine.jobs if isinstance(job, Prepare))
        return job

    @property
    def job_last(self) -> Prepare:
        return [job for job in self.engine.jobs if isinstance(job, Prepare)][-1]

    @property
    def wishes(self) -> Wishes:
        return replace(self.job.wishes, audio=None)

    @property
    def rows(self) -> tuple[Registration, ...]:
        with self.books.opened() as registry:
            return registry.registrations.list_all()

    def problems(self, found: Sequence[Item]) -> list[int]:
        """The numbers of the items that are refused before anything starts."""
        with self.books.opened() as registry:
            known = KnownNames(registry, read=content_of)
            return [one.number for one in problems(found, known)]


@pytest.fixture
def batch(tmp_path: Path) -> Iterator[Batch]:
    batch = Batch(tmp_path / "footage")
    yield batch
    batch.books.folder.cleanup()


def test_what_is_to_be_skipped_is_told_and_nothing_is_made(batch: Batch) -> None:
    batch.decide("ann", skip=True, note="the wrong Ann")
    (told,) = batch.run()
    assert (told.status, told.cost_usd) == ("skipped", 0.0)
    assert told.said.endswith("decided to skip it: the wrong Ann.")
    assert batch.engine.clips_asked_for == len(batch.rows) == 0
    batch.decide("ann", skip=False)
    (done,) = batch.run()
    assert done.status == "done"


def test_what_is_decided_after_prepare_is_made_and_sent_and_the_row_stays_one(batch: Batch) -> None:
    (ready,) = batch.run(prepares_only=True)
    assert (ready.status, ready.name, batch.wishes) == ("prepared", "ann", NO_WISHES)
    batch.decide("ann", start_s=1.0)
    batch.run(prepares_only=True)
    assert [row.overrides for row in batch.rows] == [{"start_s": 1.0}]
    batch.decide("ann", start_s=5.0, length_s=3.0, name="Ann Lee", consent="signed")
    (done,) = batch.run()
    assert (done.status, done.name) == ("done", "Ann Lee")
    assert batch.wishes == Wishes(start_s=5.0, length_s=3.0)
    assert [name for _, name, _ in batch.books.service.sent] == ["Ann Lee"]
    assert [(row.name, row.consent) for row in batch.rows] == [("Ann Lee", "signed")]


def test_a_name_alone_makes_no_clip_again(batch: Batch) -> None:
    batch.run(prepares_only=True)
    batch.decide("ann", name="Ann Lee", note="fine", approved=True)
    (done,) = batch.run()
    assert (done.status, done.name, batch.engine.clips_asked_for) == ("done", "Ann Lee", 0)


def test_what_is_decided_after_a_registration_is_told_and_orders_nothing(batch: Batch) -> None:
    batch.run()
    batch.decide("ann", start_s=5.0, name="Ann Lee")
    (told,) = batch.run()
    assert (told.status, told.name, told.cost_usd) == ("exists", "ann", 0.0)
    assert any("decided since" in warning for warning in told.warnings)
    batch.decide("ann", skip=True)
    (told,) = batch.run()
    assert told.status == "exists", "done is done"
    assert batch.engine.clips_asked_for == 0
    assert len(batch.books.service.sent) == len(batch.rows) == 1
    (again,) = batch.run(*(replace(one, order=replace(one.order, again=True)) for one in batch.items()))
    assert again.status == "skipped"


def test_what_was_said_wins_over_what_is_decided(batch: Batch) -> None:
    batch.decide("ann", start_s=5.0, fit="crop", name="Joe")
    (item,) = batch.items(start_s=1.0)
    (ready,) = batch.run(replace(item, order=replace(item.order, name="Ann", said=None)))
    assert (ready.name, batch.wishes) == ("Ann", Wishes(start_s=1.0, fit="crop"))


def test_what_failed_for_good_is_looked_at_once_something_else_is_decided(batch: Batch) -> None:
    def fails(job: Job) -> Result:
        if isinstance(job, Prepare):
            return Failure("pick", "TooShort", "It is too short.")
        return batch.stand_in(job)

    batch.run(work=fails)
    (told,) = batch.run()
    assert (told.status, batch.engine.clips_asked_for) == ("failed", 0)
    batch.decide("ann", start_s=5.0)
    (done,) = batch.run()
    assert (done.status, batch.engine.clips_asked_for) == ("done", 1)
    assert [row.error for row in batch.rows] == [None]


def test_of_several_files_a_window_takes_its_own_and_a_skip_leaves_one_out(batch: Batch) -> None:
    batch.decide("bo", fit="crop")
    batch.run(batch.both(), prepares_only=True)
    assert (len(batch.job.footage), batch.wishes) == (2, NO_WISHES)
    batch.decide("ann", skip=True)
    batch.run(batch.both(), prepares_only=True)
    assert [place.path for place in batch.job.footage] == [batch.file("bo")]
    assert batch.wishes == Wishes(fit="crop")
    batch.decide("ann", skip=None, start_s=5.0)
    (done,) = batch.run(batch.both())
    assert [place.path for place in batch.job.footage] == [batch.file("ann")]
    assert done.status == "done"
    batch.decide("bo", start_s=1.0)
    batch.decide("ann", skip=True)
    (told,) = batch.run(batch.both())
    assert (told.status, told.character_id) == ("exists", done.character_id)
    batch.decide("bo", skip=True)
    (told,) = batch.run(batch.both())
    assert told.status == "exists"


def test_several_files_that_are_all_to_be_skipped_are(batch: Batch) -> None:
    batch.decide("ann", skip=True)
    batch.decide("bo", skip=True)
    (told,) = batch.run(batch.both())
    assert (told.status, batch.engine.clips_asked_for) == ("skipped", 0)


def test_what_nobody_approved_is_left_alone_where_that_is_asked_for(batch: Batch) -> None:
    files = batch.items("ann", "bo")
    ready = batch.run(*files, prepares_only=True)
    batch.decide("ann", approved=True)
    done, left = batch.run(*files, approved_only=True)
    assert (done.status, left.status) == ("done", "skipped")
    assert (left.said, left.clip, left.cost_usd) == ("Nobody approved it.", ready[1].clip, 0.0)
    assert len(batch.books.service.sent) == 1
    batch.decide("ann", approved=False)
    batch.decide("bo", approved=True, skip=True)
    known, left = batch.run(*files, approved_only=True)
    assert (known.status, left.status) == ("exists", "skipped"), "done is done, and a skip is a skip"
    batch.decide("bo", skip=False)
    assert [one.status for one in batch.run(*files, approved_only=True)] == ["exists", "done"]
    assert batch.engine.clips_asked_for == 0


def test_without_an_approval_nothing_is_made_or_counted_as_failed(batch: Batch) -> None:
    (left,) = batch.run(approved_only=True)
    (told,) = batch.run(approved_only=True, rehearses=True)
    assert {left.status, told.status} == {"skipped"}
    assert (left.clip, told.cost_usd, batch.engine.clips_asked_for) == (None, 0.0, 0)


def test_of_several_files_the_best_of_those_approved_is_registered(batch: Batch) -> None:
    (left,) = batch.run(batch.both(), approved_only=True)
    assert left.status == "skipped"
    batch.decide("bo", approved=True, fit="crop")
    (done,) = batch.run(batch.both(), approved_only=True)
    assert done.status == "done"
    assert [place.path for place in batch.job.footage] == [batch.file("bo")]
    assert batch.wishes == Wishes(fit="crop")


class While:
    """A worker during whose work somebody decides something else, once for each of the changes."""

    def __init__(self, batch: Batch, *changes: tuple[str, dict[str, Any]]) -> None:
        self.batch, self.changes = batch, list(changes)

    def __call__(self, job: Job) -> Result:
        if isinstance(job, Prepare) and self.changes:
            file, decided = self.changes.pop(0)
            self.batch.decide(file, **decided)
        return self.batch.stand_in(job)


def test_what_is_decided_while_its_clip_is_made_counts(batch: Batch) -> None:
    (done,) = batch.run(work=While(batch, ("ann", {"start_s": 5.0}), ("ann", {"name": "Ann Lee"})))
    assert (done.status, done.name) == ("done", "Ann Lee")
    wishes = [job.wishes.start_s for job in batch.engine.jobs if isinstance(job, Prepare)]
    assert wishes == [None, 5.0], "made again for the window, and not for the name"
    assert [row.overrides for row in batch.rows] == [{"start_s": 5.0}]


@pytest.mark.parametrize("decided", [{"skip": True}, {"approved": None}])
def test_what_is_taken_back_while_its_clip_is_made_is_not_sent(
    batch: Batch, decided: dict[str, Any]
) -> None:
    batch.decide("ann", approved=True)
    (left,) = batch.run(work=While(batch, ("ann", decided)), approved_only=True)
    assert (left.status, len(batch.books.service.sent)) == ("skipped", 0)


def test_whose_decisions_never_rest_ends(batch: Batch) -> None:
    moves = [("ann", {"start_s": float(moved)}) for moved in range(20)]
    (left,) = batch.run(work=While(batch, *moves))
    assert left.fault is not None
    assert (left.fault.error_type, len(batch.books.service.sent)) == ("HeldElsewhere", 0)


def test_a_window_decided_meanwhile_takes_its_file_of_several(batch: Batch) -> None:
    moves = [("bo", {"start_s": 1.0}), ("ann", {"start_s": 5.0})]
    (done,) = batch.run(batch.both(), work=While(batch, *moves))
    assert done.status == "done"
    assert [place.path for place in batch.job_last.footage] == [batch.file("ann")]
    assert len(batch.books.service.sent) == 1


def test_a_manifest_that_was_written_takes_no_name_from_its_footage(
    batch: Batch, tmp_path: Path
) -> None:
    batch.decide("ann", name="Ann Lee", start_s=5.0)
    assert batch.rewritten(tmp_path / "1.csv") == ["Ann Lee"]
    one, two = batch.rewritten(tmp_path / "2.csv", "ann", "bo")
    assert (one, two) == ("Ann Lee", "bo")
    batch.decide("bo", name="Ann Lee")
    assert batch.rewritten(tmp_path / "3.csv", "ann", "bo") == ["", ""], "two people, not one"

    done = batch.run(*batch.items("ann"))
    batch.decide("ann", name="Ann Lee-Smith")
    for name in ("4.csv", "5.jsonl"):
        assert batch.rewritten(tmp_path / name) == [""]
        (told,) = batch.run(*items((), tmp_path / name, Order(shares_name=True), PassedOver()))
        assert (told.status, told.character_id) == ("exists", done[0].character_id)
    assert len(batch.books.service.sent) == 1


def test_a_manifest_written_of_what_a_manifest_registered_orders_nothing(
    batch: Batch, tmp_path: Path
) -> None:
    named = Item(Order(batch.file("ann"), "Joe", shares_name=True), (batch.file("ann"),), True)
    batch.run(named)
    assert batch.rewritten(tmp_path / "m.csv") == [""]
    (told,) = batch.run(*items((), tmp_path / "m.csv", Order(shares_name=True), PassedOver()))
    assert (told.status, len(batch.books.service.sent)) == ("exists", 1)


def test_a_made_name_that_a_model_refuses_blocks_no_decided_one_and_no_other_item(batch: Batch) -> None:
    long = "j" * 200
    (batch.folder / f"{long}.mp4").touch()
    named = batch.items("ann", long)
    done, refused = batch.run(*named)
    assert (done.status, refused.status) == ("done", "failed")
    assert refused.fault is not None
    assert refused.fault.error_type == "InvalidName"
    (told,) = batch.run(named[1], rehearses=True)
    assert told.fault == refused.fault
    assert batch.engine.clips_asked_for == 0, "no clip is made under a name that is refused"
    assert batch.problems(named) == [2], "it is told before anything starts"
    batch.decide(long, skip=True)
    assert batch.problems(named) == [], "nothing is ordered of it"
    batch.decide(long, skip=None, name="Jo")
    assert batch.problems(named) == []
    (done,) = batch.run(named[1])
    assert (done.status, done.name) == ("done", "Jo")


@pytest.mark.parametrize(
    "change", [{"start_s": 2.0}, {"person": 2}, {"fit": "crop"}, {"audio": "keep"}]
)
def test_an_approval_is_of_what_was_seen(batch: Batch, change: dict[str, Any]) -> None:
    batch.decide("ann", approved=True)
    batch.decide("ann", name="Ann", note="fine", consent="signed")
    (ready,) = batch.run(approved_only=True, prepares_only=True)
    assert ready.status == "prepared", "words change no picture"
    batch.decide("ann", **change)
    (left,) = batch.run(approved_only=True)
    assert left.said == "It was changed since it was approved: approve it again."
    assert batch.books.service.sent == []
    batch.decide("ann", approved=True)
    (done,) = batch.run(approved_only=True)
    assert done.status == "done"
