"""One run of a batch: its services, who makes the clips, and the loop that tells each outcome."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from screentest.client.cli.output.batch import MOST_TOLD, BatchView, emit_outcome, watching_batch
from screentest.client.cli.output.progress import watching
from screentest.client.cli.running.call import Call
from screentest.client.cli.running.footage import bytes_of, fetching_for
from screentest.client.cli.running.services import (
    environment_of,
    named_services,
    services,
    with_account,
)

if TYPE_CHECKING:
    from screentest.client.batch.driver.drive import BatchPlan
    from screentest.client.batch.engine.engine import Engine
    from screentest.client.batch.item import Item
    from screentest.client.batch.outcome import Outcome, Tally
    from screentest.client.batch.report import BatchReport
    from screentest.client.batch.sources.spool import ItemSpool
    from screentest.client.config import S3Access, Settings


@dataclass(frozen=True, slots=True)
class Limits:
    """What all of a run may cost, and how fast it may go; see ``AccountPace``."""

    max_cost_usd: float | None
    per_minute: int | None
    at_once: int


@dataclass(frozen=True, slots=True)
class Hands:
    """Who makes the clips: the workers of a scheduler at that address, else processes of this machine,
    one for each core where their number is None.
    """

    cluster: str | None
    workers: int | None


@dataclass(frozen=True, slots=True)
class BatchRun:
    """``s3``: how buckets are reached that footage lies in. ``page``: the report, if one is wanted."""

    call: Call
    plan: BatchPlan
    hands: Hands
    limits: Limits
    s3: S3Access | None
    page: BatchReport | None

    def over(self, found: ItemSpool) -> tuple[Tally, list[Outcome]]:
        """What came of all items, and the first that failed; each is told as it ends."""
        from screentest.client.batch.driver.heap import share_one_heap
        from screentest.client.batch.outcome import Tally
        from screentest.client.tasks.pace import AccountPace

        share_one_heap()
        tally = Tally()
        failed: list[Outcome] = []
        limits = self.limits
        with (
            watching_batch(self.call, total=len(found), max_cost_usd=limits.max_cost_usd) as view,
            _engine(self.call, self.hands, self.plan.settings, len(found), view.told) as engine,
        ):
            pace = AccountPace(
                max_cost_usd=limits.max_cost_usd,
                per_minute=limits.per_minute,
                at_once=limits.at_once,
                told=view.told,
            )
            for outcome in self._outcomes(_begun(found, view), engine, replace(self.plan, pace=pace)):
                self.call.interrupts.check()
                tally.add(outcome)
                if self.page is not None:
                    self.page.add(outcome)
                if outcome.status == "failed" and len(failed) < MOST_TOLD:
                    failed.append(outcome)
                view.ended(outcome)
                emit_outcome(self.call, outcome)
        return tally, failed

    def _outcomes(self, found: Iterator[Item], engine: Engine, plan: BatchPlan) -> Iterator[Outcome]:
        """Workers elsewhere fetch footage themselves; those of this machine share what is fetched."""
        from screentest.client.batch.driver.arriving import drive_fetching
        from screentest.client.batch.driver.drive import drive

        with fetching_for(self.call, self.s3) as fetching:
            if self.hands.cluster is None:
                yield from drive_fetching(found, engine, plan, fetching)
                return
            plan = replace(plan, fetched=fetching.fetched)  # stills are made here
            with closing(drive(found, engine, plan)) as outcomes:
                yield from outcomes


def _begun(found: ItemSpool, view: BatchView) -> Iterator[Item]:
    for item in found:
        view.begun()
        yield item


@contextmanager
def batch_settings(call: Call, *, is_sent: bool, needs_bucket: bool) -> Iterator[Settings]:
    """The services; where nothing is sent, what they are called, which needs no key.

    ``needs_bucket``: whether clips pass through one even so.
    """
    from screentest.client.config import (
        DEFAULT_ACCOUNT,
        DEFAULT_BASE_URL,
        Secret,
        Settings,
        boto3_chain,
        private_folder,
    )

    private_folder(call.home)
    if is_sent or (needs_bucket and call.service_options.sandbox):
        with ExitStack() as stack:
            with watching(call) as watcher:  # its bar must be gone before the batch is seen
                settings = stack.enter_context(services(call, watcher=watcher))
                settings = with_account(settings, watcher=watcher)
            yield settings
        return
    environ = environment_of(call.service_options)
    service, account = named_services(call)
    is_sandbox = service == "sandbox"
    yield Settings(
        home=call.home,
        base_url=DEFAULT_BASE_URL if is_sandbox else service,
        api_key=Secret(""),
        bucket=environ.get("SCREENTEST_BUCKET", "").strip(),
        s3=boto3_chain(environ),
        sandbox=is_sandbox,
        account_name=account or DEFAULT_ACCOUNT,
    )


@contextmanager
def _engine(
    call: Call, hands: Hands, settings: Settings, count: int, told: Callable[[str], None]
) -> Iterator[Engine]:
    """Who makes the clips, ended with the block."""
    if hands.cluster is None:
        from screentest.client.batch.engine.dask import opened_here

        with opened_here(hands.workers or min(count, os.cpu_count() or 1)) as engine:
            yield engine
        return
    from screentest.client.batch.carrying.carry import carrying
    from screentest.client.batch.carrying.elsewhere import reached_by
    from screentest.client.batch.carrying.transit import opened
    from screentest.client.batch.engine.cluster import opened_at
    from screentest.client.fetching.store import FootageStore

    with (
        opened(settings) as (transit, folder),
        FootageStore(settings.s3) as store,
        opened_at(hands.cluster, told=told) as engine,
    ):
        options = call.fetch_options
        most_bytes = bytes_of(options.limit_gb)
        reached = reached_by(store, allow_private=options.allow_private, most_bytes=most_bytes)
        with carrying(engine, transit, folder=folder, home=settings.home, reached=reached) as carried:
            yield carried
