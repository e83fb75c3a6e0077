"""Who makes a batch's clips: processes of this machine, or the workers of a cluster."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import click

from screentest.client.cli.running.call import Call
from screentest.client.cli.running.footage import fetching_for

if TYPE_CHECKING:
    from screentest.client.batch.driver.drive import BatchPlan
    from screentest.client.batch.engine.engine import Engine
    from screentest.client.batch.item import Item
    from screentest.client.batch.outcome import Outcome
    from screentest.client.config import S3Access, Settings

    Driven = Callable[[Iterable[Item], BatchPlan], Iterator[Outcome]]
    """Makes outcomes of items."""


@dataclass(frozen=True, slots=True)
class Hands:
    """``cluster``: the address of a scheduler, None for processes of this machine. ``workers``: how
    many of those, None for one for each core.
    """

    cluster: str | None
    workers: int | None


def hands_of(cluster: str | None, workers: int | None, *, insecure: bool) -> Hands:
    """Who was asked for, before anything is started. Raises ConfigError for an address that is none."""
    if cluster is None:
        return Hands(None, workers)
    if workers is not None:
        raise click.UsageError("--workers is for processes of this machine; a cluster has its own.")
    from screentest.client.batch.engine.connect import scheduler_at

    return Hands(scheduler_at(cluster, insecure=insecure), None)


def with_bucket(settings: Settings, call: Call) -> Settings:
    """Settings that send nothing to the service, with the bucket that clips pass through."""
    from screentest.client.config import boto3_chain

    bucket = call.service_options.bucket or os.environ.get("SCREENTEST_BUCKET", "").strip()
    return replace(settings, bucket=bucket, s3=boto3_chain(os.environ))


@contextmanager
def driving(
    call: Call,
    hands: Hands,
    settings: Settings,
    s3: S3Access | None,
    *,
    count: int,
    told: Callable[[str], None],
) -> Iterator[Driven]:
    """What turns items into outcomes, so many of them; ended with the block.

    ``told`` hears of workers that are refused. Raises SetupError where there is none.
    """
    if hands.cluster is not None:
        from screentest.client.batch.driver.drive import drive

        with _elsewhere(call, hands.cluster, settings, told) as engine:
            yield lambda items, plan: drive(items, engine, plan)
        return
    from screentest.client.batch.driver.arriving import drive_fetching
    from screentest.client.batch.engine.dask import opened_here

    workers = hands.workers or min(count, os.cpu_count() or 1)
    with opened_here(workers) as engine, fetching_for(call, s3) as fetching:
        yield lambda items, plan: drive_fetching(items, engine, plan, fetching)


@contextmanager
def _elsewhere(
    call: Call, cluster: str, settings: Settings, told: Callable[[str], None]
) -> Iterator[Engine]:
    from screentest.client.batch.carrying.carry import carrying
    from screentest.client.batch.carrying.elsewhere import reached_by
    from screentest.client.batch.carrying.transit import opened
    from screentest.client.batch.engine.cluster import opened_at
    from screentest.client.fetching.store import FootageStore

    with (
        opened(settings) as (transit, folder),
        FootageStore(settings.s3) as store,
        opened_at(cluster, told=told) as engine,
    ):
        reached = reached_by(store, allow_private=call.fetch_options.allow_private)
        with carrying(engine, transit, folder=folder, home=settings.home, reached=reached) as carried:
            yield carried
