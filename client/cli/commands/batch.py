"""batch: what register does, for many files."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from screentest.client.cli.output.batch import (
    emit_outcome,
    emit_summary,
    show_end,
    watching_batch,
)
from screentest.client.cli.output.emit import emit
from screentest.client.cli.output.progress import watching
from screentest.client.cli.params.options import (
    clip_options,
    common_options,
    fetch_options,
    max_cost_option,
    model_option,
    reference_option,
    said_here,
    service_options,
    settling_options,
    unverified_option,
)
from screentest.client.cli.running.call import Call
from screentest.client.cli.running.services import named_services, services, with_account

if TYPE_CHECKING:
    from screentest.client.batch.driver.drive import BatchPlan
    from screentest.client.batch.engine.engine import Engine
    from screentest.client.batch.item import Item
    from screentest.client.batch.outcome import Outcome, Tally
    from screentest.client.batch.sources.expand import PassedOver
    from screentest.client.characters.order import Order
    from screentest.client.characters.way import Asked
    from screentest.client.config import Settings
    from screentest.prep.core.wishes import Wishes

SOME_FAILED = 3
"""The exit code of a batch of which something failed."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What all of a run may cost, and how fast it may go; see ``AccountPace``."""

    max_cost_usd: float | None
    per_minute: int | None
    at_once: int


@dataclass(frozen=True, slots=True)
class _Hands:
    """Who makes the clips: the workers of a scheduler at that address, else processes of this machine,
    one for each core where their number is None.
    """

    cluster: str | None
    workers: int | None


@click.command()
@click.argument("sources", nargs=-1, metavar="[SOURCES]...")
@click.option(
    "--manifest",
    metavar="FILE",
    help="A CSV or JSONL file with a row for each file: footage, name, model, description, start, "
    "length, person, match, subject, fit, orientation, consent. Rows of one name are files of one "
    "person.",
)
@click.option(
    "--init-manifest",
    "new_manifest",
    metavar="FILE",
    help="Write a manifest of SOURCES to change by hand, and do nothing else.",
)
@model_option
@reference_option("Give the model a clip or stills; auto: as for `register`.")
@click.option("--description", default="", help="What each character is, where a row says nothing.")
@click.option("--consent", default="", metavar="NOTE", help="A note to record with each character.")
@click.option(
    "--prepare",
    is_flag=True,
    help="Stop before anything is sent: clips are made and kept; the same command without it goes on.",
)
@click.option("--dry-run", is_flag=True, help="Make nothing; say what would be done and cost.")
@click.option("--retry-failed", is_flag=True, help="Look again at what failed for good before.")
@click.option("--again", is_flag=True, help="Register again what is already registered.")
@click.option("--yes", is_flag=True, help="Register characters under names that others have.")
@click.option(
    "--workers",
    type=click.IntRange(min=1, max=256),
    metavar="N",
    help="Processes that make clips.  [default: one for each core]",
)
@click.option(
    "--cluster",
    metavar="ADDRESS",
    help="Have clips made by the workers of a Dask cluster: tls://host:port, tcp://host:port, or a "
    "scheduler file. Footage that they do not see and their clips pass through --bucket.",
)
@click.option(
    "--insecure-cluster", is_flag=True, help="Agree to tcp:// beyond this machine, without encryption."
)
@click.option(
    "--rate", "per_minute", type=click.IntRange(min=1), metavar="N", help="Submits a minute, at most."
)
@click.option(
    "--at-once",
    type=click.IntRange(min=1, max=512),
    default=2,
    show_default=True,
    metavar="N",
    help="Tasks that run at the service at once, as the account's tier allows.",
)
@unverified_option
@max_cost_option
@clip_options
@service_options
@settling_options
@fetch_options
@common_options
@click.pass_obj
def batch(
    call: Call,
    sources: tuple[str, ...],
    manifest: str | None,
    new_manifest: str | None,
    model: str,
    reference: Asked,
    description: str,
    consent: str,
    prepare: bool,
    dry_run: bool,
    retry_failed: bool,
    again: bool,
    yes: bool,
    workers: int | None,
    cluster: str | None,
    insecure_cluster: bool,
    per_minute: int | None,
    at_once: int,
    unverified: bool,
    max_cost_usd: float | None,
    wishes: Wishes,
) -> int:
    """Turn many files into characters, each as `register` does, and record their ids.

    SOURCES are files, and folders with all that is below them. Each is called after its file; a
    manifest gives other names, and says what is wanted of one alone.

    Finished work is kept: the same command goes on after Ctrl-C, a crash or a failure, and registers
    nothing twice, whatever `register` did meanwhile. With --json, prints one line for each item and a
    last one with the summary. Ends with exit code 3 where some failed.
    """
    from screentest.client.characters.order import Order

    if not sources and manifest is None:
        raise click.UsageError("Name files or folders, or a --manifest.")
    defaults = Order(
        model=model,
        wishes=wishes,
        again=again,
        description=description,
        consent=consent,
        shares_name=yes,
        unverified=unverified,
        reference=reference,
        said=said_here(),
    )
    where = _cluster_at(cluster, workers, insecure=insecure_cluster)
    found, passed_over = _items(sources, manifest, defaults)
    if new_manifest is not None:
        return _write_manifest(call, new_manifest, found)
    _require_possible(found)
    from screentest.client.batch.driver.drive import BatchPlan

    started_s = time.monotonic()
    with _settings(call, is_sent=not (prepare or dry_run), needs_bucket=where is not None) as settings:
        limits = Limits(max_cost_usd, per_minute, at_once)
        plan = BatchPlan(
            settings,
            prepares_only=prepare,
            rehearses=dry_run,
            tries_failed=retry_failed,
            threads=at_once + 2,
        )
        tally, failed = _drive(call, found, plan, _Hands(where, workers), limits=limits)
    _show(call, tally, failed, passed_over, started_s=started_s)
    return SOME_FAILED if failed else 0


def _cluster_at(cluster: str | None, workers: int | None, *, insecure: bool) -> str | None:
    """The address of the scheduler that was named, before anything is started."""
    if cluster is None:
        return None
    if workers is not None:
        raise click.UsageError("--workers is for processes of this machine; a cluster has its own.")
    from screentest.client.batch.engine.connect import scheduler_at

    return scheduler_at(cluster, insecure=insecure)


def _items(
    sources: tuple[str, ...], manifest: str | None, defaults: Order
) -> tuple[list[Item], PassedOver]:
    from screentest.client.batch.sources.expand import PassedOver
    from screentest.client.batch.sources.items import items

    passed_over = PassedOver()
    found = items(sources, Path(manifest) if manifest else None, defaults, passed_over)
    if not found:
        from screentest.prep.core.errors import NotFound

        raise NotFound("There is no footage there.", "Name files, or folders that hold some.")
    return found, passed_over


def _require_possible(found: list[Item]) -> None:
    """Raises ConfigError that lists every item which no model would take."""
    from screentest.client.batch.sources.items import problems
    from screentest.client.errors import ConfigError

    wrong = list(problems(found))
    if not wrong:
        return
    told = "".join(
        f"\n  {'line ' + str(one.item.line) if one.item.line else one.item.footage[0]}: "
        f"{one.error.message}"
        for one in wrong[:50]
    )
    more = f"\n  and {len(wrong) - 50} more" if len(wrong) > 50 else ""
    raise ConfigError(
        f"{len(wrong)} of {len(found)} items cannot be registered; nothing was started:{told}{more}",
        "Correct them in a manifest; --init-manifest writes one.",
    )


def _write_manifest(call: Call, out: str, found: list[Item]) -> int:
    from screentest.client.batch.sources.manifest import write_manifest

    count = write_manifest(Path(out), found)
    emit(
        call,
        as_json=lambda: {"manifest": str(Path(out).absolute()), "rows": count},
        show=lambda console: console.print(f"{out}: {count} rows"),
    )
    return 0


@contextmanager
def _settings(call: Call, *, is_sent: bool, needs_bucket: bool) -> Iterator[Settings]:
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
    service, account = named_services(call)
    is_sandbox = service == "sandbox"
    yield Settings(
        home=call.home,
        base_url=DEFAULT_BASE_URL if is_sandbox else service,
        api_key=Secret(""),
        bucket=call.service_options.bucket or os.environ.get("SCREENTEST_BUCKET", "").strip(),
        s3=boto3_chain(os.environ),
        sandbox=is_sandbox,
        account_name=account or DEFAULT_ACCOUNT,
    )


@contextmanager
def _engine(
    call: Call, hands: _Hands, settings: Settings, count: int, told: Callable[[str], None]
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
    from screentest.client.remote.footage_store import FootageStore

    with (
        opened(settings) as (transit, folder),
        FootageStore(settings.s3) as store,
        opened_at(hands.cluster, told=told) as engine,
    ):
        reached = reached_by(store, allow_private=call.fetch_options.allow_private)
        with carrying(engine, transit, folder=folder, home=settings.home, reached=reached) as carried:
            yield carried


def _drive(
    call: Call, found: list[Item], plan: BatchPlan, hands: _Hands, *, limits: Limits
) -> tuple[Tally, list[Outcome]]:
    """What came of all items, and those that failed; each is told as it ends."""
    from screentest.client.batch.driver.drive import drive
    from screentest.client.batch.outcome import Tally
    from screentest.client.tasks.pace import AccountPace

    tally, failed = Tally(), []
    with (
        watching_batch(call, total=len(found), max_cost_usd=limits.max_cost_usd) as view,
        _engine(call, hands, plan.settings, len(found), view.told) as engine,
    ):
        pace = AccountPace(
            max_cost_usd=limits.max_cost_usd,
            per_minute=limits.per_minute,
            at_once=limits.at_once,
            told=view.told,
        )
        for outcome in drive(found, engine, replace(plan, pace=pace)):
            call.interrupts.check()
            tally.add(outcome)
            if outcome.status == "failed":
                failed.append(outcome)
            view.ended(outcome)
            emit_outcome(call, outcome)
    return tally, failed


def _show(
    call: Call,
    tally: Tally,
    failed: list[Outcome],
    passed_over: PassedOver,
    *,
    started_s: float,
) -> None:
    if call.json:
        emit_summary(call, tally, wall_s=time.monotonic() - started_s)
        return
    hidden, foreign = passed_over.hidden, passed_over.foreign
    said = f"Passed over in folders: {hidden} hidden, {foreign} not called as videos are."
    told = said if hidden or foreign else ""
    show = partial(show_end, tally=tally, failed=failed, passed_over=told)
    emit(call, as_json=dict, show=show)
