"""Footage in buckets of the real S3 server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from screentest.client.config import Secret, settings_from
from screentest.client.errors import BucketUnusable, FetchBroken, NotFetched
from screentest.client.fetching.fetch import Fetching, FetchPlan
from screentest.client.fetching.store import FootageStore
from screentest.client.sandbox.s3.seaweedfs import S3Server
from screentest.client.sandbox.serve import environment
from screentest.client.worker.fetch import fetched
from screentest.client.worker.job import Place
from screentest.client.worker.receive import Bounds, Part, received
from screentest.client.worker.web import BLOCK_BYTES
from screentest.prep.core.errors import Cancelled
from tests.integration.sandbox_parts import new_bucket, s3_client

pytest_plugins = ["tests.integration.sandbox_fixtures"]

CONTENT = bytes(range(256)) * 4096


@pytest.fixture(scope="module")
def env(s3_server: S3Server) -> dict[str, str]:
    here = environment(s3_server.ports, s3_server.account)
    return here | {"SCREENTEST_BUCKET": new_bucket(s3_server)}


@pytest.fixture
def plan(env: dict[str, str], tmp_path: Path) -> FetchPlan:
    return FetchPlan(tmp_path, s3=settings_from({}, home=tmp_path, sandbox_env=env).s3)


@pytest.fixture
def store(plan: FetchPlan) -> Iterator[FootageStore]:
    with FootageStore(plan.s3) as store:
        yield store


@pytest.fixture
def bucket(env: dict[str, str]) -> str:
    return env["SCREENTEST_BUCKET"]


@pytest.fixture
def s3(s3_server: S3Server) -> Any:
    return s3_client(s3_server)


def test_footage_of_a_bucket_comes_once_and_by_its_own_name(
    plan: FetchPlan, bucket: str, s3: Any
) -> None:
    key = "takes/joe smith? 100%20#1.mov"
    s3.put_object(Bucket=bucket, Key=key, Body=CONTENT)
    with Fetching(plan) as fetching:
        with fetching.fetched(f"s3://{bucket}/{key}") as first:
            assert first.path.read_bytes() == CONTENT
            assert first.path.name == "joe smith? 100%20#1.mov"
        with fetching.fetched(f"s3://{bucket}/{key}") as second:
            assert (second.path, second.is_new) == (first.path, False)
        s3.put_object(Bucket=bucket, Key=key, Body=b"another")
        with fetching.fetched(f"s3://{bucket}/{key}") as third:
            assert third.path.read_bytes() == b"another"


def test_an_object_is_gone_on_with_and_one_that_was_replaced_begins_again(
    store: FootageStore, bucket: str, s3: Any, tmp_path: Path
) -> None:
    s3.put_object(Bucket=bucket, Key="joe.mp4", Body=CONTENT)
    part = Part(tmp_path / "part")
    asked: list[int] = []

    def opener(*, start: int, version: str) -> Any:
        asked.append(start)
        return store.opened(bucket, "joe.mp4", start=start, version=version)

    def stop(_: float) -> None:
        raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        received(opener, part, Bounds(progress=stop))
    received(opener, part, Bounds())
    assert asked == [0, BLOCK_BYTES]
    assert part.path.read_bytes() == CONTENT
    with pytest.raises(Cancelled):
        received(opener, Part(tmp_path / "other"), Bounds(progress=stop))
    s3.put_object(Bucket=bucket, Key="joe.mp4", Body=CONTENT[::-1])
    received(opener, Part(tmp_path / "other"), Bounds())
    assert (tmp_path / "other").read_bytes() == CONTENT[::-1]


def test_an_object_replaced_between_its_head_and_its_bytes_is_not_mixed(
    store: FootageStore, bucket: str, s3: Any
) -> None:
    s3.put_object(Bucket=bucket, Key="joe.mp4", Body=CONTENT)
    with store.opened(bucket, "joe.mp4") as arriving:
        s3.put_object(Bucket=bucket, Key="joe.mp4", Body=CONTENT[::-1])
        with pytest.raises(FetchBroken, match="changes while"):
            list(arriving.blocks)


def test_what_is_not_there_is_told_by_its_address(
    store: FootageStore, plan: FetchPlan, bucket: str
) -> None:
    with pytest.raises(NotFetched, match=f"nothing at s3://{bucket}/gone.mp4"):
        store.find(bucket, "gone.mp4")
    with pytest.raises(NotFetched, match="s3://no-such-bucket-here/x"):
        store.find("no-such-bucket-here", "x")
    wrong = FootageStore(
        type(plan.s3)(plan.s3.endpoint_url, Secret("AKIANOBODY"), Secret("wrong"), plan.s3.region)
    )
    with wrong, pytest.raises(NotFetched, match="may not be read"):
        wrong.find(bucket, "gone.mp4")
    with wrong, pytest.raises(BucketUnusable):
        next(wrong.listed(bucket, ""))


def test_a_listing_is_read_page_by_page(store: FootageStore, bucket: str, s3: Any) -> None:
    keys = [f"many/{number:04d}.mp4" for number in range(3)]
    for key in reversed(keys):
        s3.put_object(Bucket=bucket, Key=key, Body=b"x")
    assert [one.key for one in store.listed(bucket, "many/")] == keys
    assert not list(store.listed(bucket, "none/"))


def test_a_worker_reads_by_a_presigned_url_what_the_driver_found(
    store: FootageStore, bucket: str, s3: Any, tmp_path: Path
) -> None:
    s3.put_object(Bucket=bucket, Key="takes/joe.mp4", Body=CONTENT)
    found = store.find(bucket, "takes/joe.mp4")
    url = store.presigned(bucket, "takes/joe.mp4", expires_s=600)
    place = Place(f"s3://{bucket}/takes/joe.mp4", url=url, tag=found.version, is_own=True)
    assert fetched(place, tmp_path).read_bytes() == CONTENT
    expired = store.presigned(bucket, "takes/joe.mp4", expires_s=600).replace(
        "Expires=600", "Expires=601"
    )
    with pytest.raises(NotFetched, match="403"):
        fetched(Place("s3://x/joe.mp4", url=expired, is_own=True), tmp_path)
