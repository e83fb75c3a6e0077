"""batch: what register does, for many files."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from screentest.client.cli.output.batch import (
    MOST_TOLD,
    BatchView,
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
    max_cost_option,
    model_option,
    reference_option,
    service_options,
    settling_options,
    unverified_option,
)
from screentest.client.cli.running.call import Call
from screentest.client.cli.running.services import named_services, services, with_account

if TYPE_CHECKING:
    from screentest.client.batch.driver.drive import BatchPlan
    from screentest.client.batch.item import Item
    from screentest.client.batch.outcome import Outcome, Tally
    from screentest.client.batch.sources.expand import PassedOver
    from screentest.client.batch.sources.spool import ItemSpool
    from screentest.client.characters.order import Order
    from screentest.client.characters.way import Asked
    from screentest.client.config import Settings
    from screentest.prep.core.wishes import Wishes

SOME_FAILED = 3
"""The exit code of a batch of which something failed."""
_MOST_PROBLEMS = 50


@dataclass(frozen=True, slots=True)
class Limits:
    """What all of a run may cost, and how fast it may go; see ``AccountPace``."""

    max_cost_usd: float | None
    per_minute: int | None
    at_once: int


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
    )
    found, passed_over = _items(sources, manifest, defaults)
    click.get_current_context().call_on_close(found.close)
    if new_manifest is not None:
        return _write_manifest(call, new_manifest, found)
    _require_possible(found)
    from screentest.client.batch.driver.drive import BatchPlan

    started_s = time.monotonic()
    with _settings(call, is_sent=not (prepare or dry_run)) as settings:
        limits = Limits(max_cost_usd, per_minute, at_once)
        plan = BatchPlan(
            settings,
            prepares_only=prepare,
            rehearses=dry_run,
            tries_failed=retry_failed,
            threads=at_once + 2,
        )
        tally, failed = _drive(call, found, plan, workers=workers, limits=limits)
    _show(call, tally, failed, passed_over, started_s=started_s)
    return SOME_FAILED if tally.counts["failed"] else 0


def _items(
    sources: tuple[str, ...], manifest: str | None, defaults: Order
) -> tuple[ItemSpool, PassedOver]:
    from screentest.client.batch.sources.expand import PassedOver
    from screentest.client.batch.sources.items import items

    passed_over = PassedOver()
    found = items(sources, Path(manifest) if manifest else None, defaults, passed_over)
    if not len(found):
        from screentest.prep.core.errors import NotFound

        raise NotFound("There is no footage there.", "Name files, or folders that hold some.")
    return found, passed_over


def _require_possible(found: ItemSpool) -> None:
    """Raises ConfigError that lists every item which no model would take."""
    from screentest.client.batch.sources.items import problems
    from screentest.client.errors import ConfigError

    wrong = problems(found)
    first = list(islice(wrong, _MOST_PROBLEMS))
    if not first:
        return
    count = len(first) + sum(1 for _ in wrong)
    told = "".join(
        f"\n  {'line ' + str(one.item.line) if one.item.line else one.item.footage[0]}: "
        f"{one.error.message}"
        for one in first
    )
    more = f"\n  and {count - len(first)} more" if count > len(first) else ""
    raise ConfigError(
        f"{count} of {len(found)} items cannot be registered; nothing was started:{told}{more}",
        "Correct them in a manifest; --init-manifest writes one.",
    )


def _write_manifest(call: Call, out: str, found: ItemSpool) -> int:
    from screentest.client.batch.sources.manifest import write_manifest

    count = write_manifest(Path(out), found)
    emit(
        call,
        as_json=lambda: {"manifest": str(Path(out).absolute()), "rows": count},
        show=lambda console: console.print(f"{out}: {count} rows"),
    )
    return 0


@contextmanager
def _settings(call: Call, *, is_sent: bool) -> Iterator[Settings]:
    """The services; where nothing is sent, what they are called, which needs no key."""
    from screentest.client.config import (
        DEFAULT_ACCOUNT,
        DEFAULT_BASE_URL,
        Secret,
        Settings,
        private_folder,
    )

    private_folder(call.home)
    if is_sent:
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
        bucket="",
        sandbox=is_sandbox,
        account_name=account or DEFAULT_ACCOUNT,
    )


def _drive(
    call: Call, found: ItemSpool, plan: BatchPlan, *, workers: int | None, limits: Limits
) -> tuple[Tally, list[Outcome]]:
    """What came of all items, and the first that failed; each is told as it ends."""
    from screentest.client.batch.driver.drive import drive
    from screentest.client.batch.engine.dask import opened_here
    from screentest.client.batch.outcome import Tally
    from screentest.client.tasks.pace import AccountPace

    tally = Tally()
    failed: list[Outcome] = []
    count = workers or min(len(found), os.cpu_count() or 1)
    with (
        opened_here(count) as engine,
        watching_batch(call, total=len(found), max_cost_usd=limits.max_cost_usd) as view,
    ):
        pace = AccountPace(
            max_cost_usd=limits.max_cost_usd,
            per_minute=limits.per_minute,
            at_once=limits.at_once,
            told=view.told,
        )
        for outcome in drive(_begun(found, view), engine, replace(plan, pace=pace)):
            call.interrupts.check()
            tally.add(outcome)
            if outcome.status == "failed" and len(failed) < MOST_TOLD:
                failed.append(outcome)
            view.ended(outcome)
            emit_outcome(call, outcome)
    return tally, failed


def _begun(found: ItemSpool, view: BatchView) -> Iterator[Item]:
    for item in found:
        view.begun()
        yield item


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
