"""Footage that lies elsewhere, in a batch."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from screentest.client.batch.driver.arriving import FetchingEngine, drive_fetching
from screentest.client.batch.driver.drive import BatchPlan, drive
from screentest.client.batch.item import Item
from screentest.client.batch.outcome import Outcome
from screentest.client.batch.sources.buckets import footage_in
from screentest.client.batch.sources.expand import PassedOver
from screentest.client.batch.sources.items import items
from screentest.client.characters.order import Order
from screentest.client.config import Secret, Settings
from screentest.client.errors import NotFetched
from screentest.client.fetching.fetch import Fetching, FetchPlan
from screentest.client.fetching.store import StoredFootage
from screentest.client.registry.registry import FILE_NAME, Registry
from screentest.client.worker.job import (
    ClipMade,
    Failure,
    Inspect,
    Inspected,
    Job,
    Place,
    Prepare,
    Result,
)
from screentest.prep.core.wishes import Wishes
from tests.conftest import Footage
from tests.integration.batch_parts import DirectEngine, worked
from tests.integration.hosts.web_host import File, Host, hosted
from tests.waiting import HANG_S, until

BRIEFLY = Order(wishes=Wishes(length_s=2.0))
SIGNATURE = "X-Amz-Signature=5ec7e70123456789"


@pytest.fixture
def host() -> Iterator[Host]:
    with hosted() as host:
        yield host


@pytest.fixture
def plan(home: Path) -> BatchPlan:
    """One that sends nothing, so that no service is needed."""
    settings = Settings(home, "https://service.test/api/v3", Secret("key"), "", sandbox=False)
    return BatchPlan(settings, prepares_only=True, threads=2)


def fetching(home: Path, *, kept_bytes: int = 10**9) -> Fetching:
    return Fetching(FetchPlan(home, allow_private=True, kept_bytes=kept_bytes))


def driven(found: Iterator[Item], plan: BatchPlan, source: Fetching) -> list[Outcome]:
    outcomes = drive_fetching(found, DirectEngine(), plan, source)
    return sorted(outcomes, key=lambda outcome: outcome.item)


def test_what_lies_elsewhere_becomes_clips_recorded_by_their_addresses(
    host: Host, plan: BatchPlan, footage: Footage, home: Path
) -> None:
    url = host.put("/joe.mp4", File(footage("face-short").read_bytes(), etag='"1"'))
    gone, torn = f"{host.url}/gone.mp4", host.put("/torn.mp4", File(b"torn" * 99, etag='"2"'))
    found = items([f"{url}?{SIGNATURE}", gone, torn], None, BRIEFLY, PassedOver())
    assert [item.name for item in found] == ["joe", "gone", "torn"]
    with fetching(home) as source:
        joe, missing, broken = driven(iter(found), plan, source)
    assert (joe.status, joe.footage) == ("prepared", (url,))
    assert (missing.status, broken.status) == ("failed", "failed")
    assert missing.fault is not None
    assert (missing.fault.error_type, missing.fault.hint) == ("NotFetched", "Check the address.")
    assert broken.fault is not None
    assert broken.fault.error_type == "NotAVideo"
    with Registry(home / FILE_NAME) as registry:
        assert {row.source_path for row in registry.registrations.list_all()} == {url}
    assert "5ec7e7" not in repr((joe, missing, broken))
    asked = [path.partition("?")[0] for path, _ in host.asked]
    assert asked.count("/joe.mp4") == 1  # for both jobs of the item


def test_a_file_stays_until_its_item_is_done_however_small_the_cache(host: Host, home: Path) -> None:
    url = host.put("/joe.mp4", File(b"joe", etag='"1"'))
    job = Inspect((Place(url, url=url),))
    behind = DirectEngine(lambda _: Failure("probe", "NotAVideo", "no"))
    with fetching(home, kept_bytes=0) as source:
        engine = FetchingEngine(behind, source)
        engine.submit(1, job)
        until(lambda: engine.next_done(0.01))
        (inspected,) = behind.jobs
        assert isinstance(inspected, Inspect)
        path = Path(inspected.footage[0].path or "")
        assert path.read_bytes() == b"joe"
        engine.release(1)
        assert not path.exists()
        engine.close()


def test_a_batch_that_is_stopped_does_not_wait_for_what_comes(host: Host, home: Path) -> None:
    url = host.put("/joe.mp4", File(bytes(3_000_000), etag='"1"', stalls_after=1_000_000))
    with fetching(home) as source:
        engine = FetchingEngine(DirectEngine(), source)
        engine.submit(1, Inspect((Place(url, url=url),)))
        assert host.stalled.wait(HANG_S)
        ending = threading.Thread(target=engine.close, daemon=True)
        ending.start()
        assert until(lambda: not ending.is_alive())
        host.lets_go.set()
    part = next((home / "fetched").glob("*.part"))
    assert part.stat().st_size < 3_000_000  # for the next run to go on with


KLING = "kwaivgi/kling-elements-advanced"


class Elsewhere:
    """Workers of other machines: they fetch by themselves, and name footage as the driver does."""

    def __init__(self, here: Path) -> None:
        self.here = str(here)

    def __call__(self, job: Job) -> Result:
        assert isinstance(job, Inspect | Prepare)
        (place,) = job.footage
        result = worked(replace(job, footage=(Place(place.shown, path=self.here),)))
        if isinstance(result, Inspected):
            return Inspected((replace(result.sources[0], path=place.shown),))
        if isinstance(result, ClipMade):
            return replace(result, source=replace(result.source, path=place.shown))
        return result


def test_a_clip_of_workers_elsewhere_needs_no_footage_here(
    host: Host, plan: BatchPlan, footage: Footage, home: Path
) -> None:
    home.mkdir(mode=0o700)
    url, engine = f"{host.url}/joe.mp4", DirectEngine(Elsewhere(footage("face-short")))
    found = list(items([f"{url}?{SIGNATURE}"], None, BRIEFLY, PassedOver()))
    with fetching(home) as source:
        plan = replace(plan, fetched=source.fetched)
        (ready,) = drive(found, engine, plan)
        assert (ready.status, ready.fault, ready.footage) == ("prepared", None, (url,))
        (again,) = drive(found, engine, plan)
    with Registry(home / FILE_NAME) as registry:
        assert [row.source_path for row in registry.registrations.list_all()] == [url]
    assert (again.status, engine.clips_asked_for) == ("prepared", 1)
    assert not host.asked


def test_stills_over_a_cluster_have_the_driver_fetch_their_footage(
    host: Host, plan: BatchPlan, face_clip: Path, home: Path
) -> None:
    home.mkdir(mode=0o700)
    url = host.put("/joe.mp4", File(face_clip.read_bytes(), etag='"1"'))
    engine = DirectEngine(Elsewhere(face_clip))
    by_images = Order(
        model=KLING,
        wishes=Wishes(start_s=18.0, length_s=6.0),
        description="a man at his desk",
        reference="images",
    )
    found = list(items([f"{url}?{SIGNATURE}"], None, by_images, PassedOver()))
    with fetching(home) as source:
        (ready,) = drive(found, engine, replace(plan, fetched=source.fetched))
        assert (ready.status, ready.fault) == ("prepared", None)
        host.put("/ann.mp4", File(face_clip.read_bytes()[:-9], etag='"2"'))
        changed = list(items([f"{host.url}/ann.mp4"], None, by_images, PassedOver()))
        (told,) = drive(changed, engine, replace(plan, fetched=source.fetched))
    assert told.fault is not None
    assert "changed while it was looked at" in told.fault.message
    with Registry(home / FILE_NAME) as registry:
        (row, _) = registry.registrations.list_all()
    assert (row.source_path, bool(row.stills)) == (url, True)
    assert engine.clips_asked_for == 0
    assert "5ec7e7" not in repr((ready, row))


class Buckets:
    """A listing from memory."""

    def __init__(self, *keys: str) -> None:
        self.keys = keys

    def find(self, bucket: str, key: str) -> StoredFootage:
        if key not in self.keys:
            raise NotFetched(f"There is nothing at s3://{bucket}/{key}.")
        return StoredFootage(key, 1, '"1"')

    def listed(self, bucket: str, prefix: str) -> Iterator[StoredFootage]:
        return (self.find(bucket, key) for key in sorted(self.keys) if key.startswith(prefix))


@pytest.mark.parametrize(
    ("source", "found", "passed_over"),
    [
        ("s3://rushes/takes", ["takes/a.mp4", "takes/mon/c?.MOV"], (1, 1)),
        ("s3://rushes/takes/", ["takes/a.mp4", "takes/mon/c?.MOV"], (1, 1)),
        ("S3://rushes/takes/a.mp4", ["takes/a.mp4"], (0, 0)),
        ("s3://rushes/other.raw", ["other.raw"], (0, 0)),
        ("s3://rushes", ["takes/a.mp4", "takes/mon/c?.MOV", "takes2/d.mp4"], (1, 2)),
    ],
)
def test_a_prefix_is_a_folder(source: str, found: list[str], passed_over: tuple[int, int]) -> None:
    keys = ("takes/", "takes/a.mp4", "takes/notes.txt", "takes/mon/c?.MOV", "takes/mon/.b/c?.MOV")
    counted = PassedOver()
    listed = list(footage_in([source], counted, Buckets(*keys, "takes2/d.mp4", "other.raw")))
    assert listed == [f"s3://rushes/{key}" for key in found]
    assert (counted.hidden, counted.foreign) == passed_over


@pytest.mark.parametrize("source", ["s3://rushes/none/", "s3://rushes/none", "s3://rushes/none.mp4"])
def test_a_prefix_without_videos_is_told(source: str) -> None:
    with pytest.raises(NotFetched, match=r"s3://rushes/none"):
        list(footage_in([source], PassedOver(), Buckets("takes/a.mp4")))


def test_footage_is_called_after_its_address_without_what_is_secret(tmp_path: Path) -> None:
    sources = [
        f"https://a.test/mon/joe%20smith.mp4?{SIGNATURE}",
        f"https://a.test/tue/joe%20smith.mp4?{SIGNATURE}",
        f"https://a.test/download?{SIGNATURE}",
        "s3://rushes/joe%20smith.mp4",
    ]
    found = items(sources, None, Order(), PassedOver(), Buckets("joe%20smith.mp4"))
    assert [item.name for item in found][:3] == ["mon joe smith", "tue joe smith", "download"]
    assert not any("5ec7" in item.name for item in found)
