"""batch: what register does, for many files."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from screentest.client.cli.output.batch import (
    emit_summary,
    show_end,
)
from screentest.client.cli.output.emit import emit
from screentest.client.cli.output.progress import watching
from screentest.client.cli.output.report import batch_report_option, batch_reporting
from screentest.client.cli.params import completing
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
from screentest.client.cli.running.batch import BatchRun, Hands, Limits, batch_settings
from screentest.client.cli.running.call import Call
from screentest.client.cli.running.footage import buckets_for, fetching_for
from screentest.prep.core.text import counted

if TYPE_CHECKING:
    from screentest.client.batch.outcome import Outcome, Tally
    from screentest.client.batch.report import BatchReport
    from screentest.client.batch.sources.expand import PassedOver
    from screentest.client.batch.sources.known import KnownNames
    from screentest.client.batch.sources.spool import ItemSpool
    from screentest.client.characters.order import Order
    from screentest.client.characters.way import Asked
    from screentest.prep.core.wishes import Wishes

SOME_FAILED = 3
"""The exit code of a batch of which something failed."""
_MOST_WARNINGS = 20
_MOST_PROBLEMS = 50


@click.command()
@click.argument("sources", nargs=-1, metavar="[SOURCES]...", shell_complete=completing.files)
@click.option(
    "--manifest",
    metavar="FILE",
    shell_complete=completing.files,
    help="A CSV or JSONL file with a row for each file: footage, name, model, description, start, "
    "length, person, match, subject, fit, orientation, consent. Rows of one name are files of one "
    "person.",
)
@click.option(
    "--init-manifest",
    "new_manifest",
    metavar="FILE",
    shell_complete=completing.files,
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
@click.option(
    "--approved",
    "approved_only",
    is_flag=True,
    help="Take only what somebody approved in the studio; the others are told as skipped.",
)
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
@batch_report_option
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
    approved_only: bool,
    again: bool,
    yes: bool,
    workers: int | None,
    cluster: str | None,
    insecure_cluster: bool,
    per_minute: int | None,
    at_once: int,
    report: str | None,
    unverified: bool,
    max_cost_usd: float | None,
    wishes: Wishes,
) -> int:
    """Turn many files into characters, each as `register` does, and record their ids.

    SOURCES are files, folders and s3://BUCKET/PREFIX with all that is below them, and https://
    addresses. Each is called after its file; a manifest gives other names, and says what is wanted of
    one alone.

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
    found, passed_over = _items(call, sources, manifest, defaults)
    click.get_current_context().call_on_close(found.close)
    if new_manifest is not None:
        return _write_manifest(call, new_manifest, found)
    _require_possible(call, found)
    from screentest.client.batch.driver.drive import BatchPlan

    started_s = time.monotonic()
    named = [*sources, *([manifest] if manifest else [])]
    with (
        batch_reporting(report, named, prepares=prepare, rehearses=dry_run) as page,
        batch_settings(
            call, is_sent=not (prepare or dry_run), needs_bucket=where is not None
        ) as settings,
    ):
        limits = Limits(max_cost_usd, per_minute, at_once)
        plan = BatchPlan(
            settings,
            prepares_only=prepare,
            rehearses=dry_run,
            tries_failed=retry_failed,
            approved_only=approved_only,
            threads=at_once + 2,
            pictured=page is not None,
        )
        with buckets_for(call, (one for item in found for one in item.footage)) as s3:
            run = BatchRun(call, plan, Hands(where, workers), limits, s3, page)
            tally, failed = run.over(found)
    _show(call, tally, failed, passed_over, started_s=started_s, page=page)
    if page is not None and page.fault is not None:
        raise page.fault
    return SOME_FAILED if tally.counts["failed"] else 0


def _cluster_at(cluster: str | None, workers: int | None, *, insecure: bool) -> str | None:
    """The address of the scheduler that was named, before anything is started."""
    if cluster is None:
        return None
    if workers is not None:
        raise click.UsageError("--workers is for processes of this machine; a cluster has its own.")
    from screentest.client.batch.engine.connect import scheduler_at

    return scheduler_at(cluster, insecure=insecure)


def _items(
    call: Call, sources: tuple[str, ...], manifest: str | None, defaults: Order
) -> tuple[ItemSpool, PassedOver]:
    from screentest.client.batch.sources.expand import PassedOver
    from screentest.client.batch.sources.items import items
    from screentest.client.fetching.elsewhere import is_in_bucket

    passed_over = PassedOver()
    with buckets_for(call, sources) as s3, fetching_for(call, s3) as fetching:
        file = Path(manifest) if manifest else None
        buckets = fetching.store if any(map(is_in_bucket, sources)) else None
        found = items(sources, file, defaults, passed_over, buckets)
    _warn(call, [f"Passed over, as it cannot be read: {one}." for one in passed_over.unreadable])
    if not len(found):
        from screentest.prep.core.errors import NotFound

        raise NotFound("There is no footage there.", "Name files, or folders that hold some.")
    return found, passed_over


def _require_possible(call: Call, found: ItemSpool) -> None:
    """Raises ConfigError that lists every item which no model would take."""
    from screentest.client.batch.sources.items import problems
    from screentest.client.errors import ConfigError

    with _known_names(call) as known:
        wrong = problems(found, known)
        first = list(islice(wrong, _MOST_PROBLEMS))
        count = len(first) + sum(1 for _ in wrong)
    if not first:
        return
    told = "".join(
        f"\n  {'line ' + str(one.item.line) if one.item.line else one.item.shown[0]}: "
        f"{one.error.message}"
        for one in first
    )
    more = f"\n  and {count - len(first)} more" if count > len(first) else ""
    raise ConfigError(
        f"{count} of {len(found)} items cannot be registered; nothing was started:{told}{more}",
        "Correct them in a manifest; --init-manifest writes one.",
    )


@contextmanager
def _known_names(call: Call) -> Iterator[KnownNames | None]:
    """What the home knows of footage, None where there is nothing yet."""
    from screentest.client.batch.sources.known import KnownNames
    from screentest.client.registry.registry import FILE_NAME, Registry

    file = call.home / FILE_NAME
    if not file.exists():
        yield None
        return
    with Registry(file) as registry:
        yield KnownNames(registry)


def _warn(call: Call, sentences: list[str]) -> None:
    """Says at most so many of the sentences that a reader can take in."""
    with watching(call) as watcher:
        for sentence in sentences[:_MOST_WARNINGS]:
            watcher.warned(sentence)
        if len(sentences) > _MOST_WARNINGS:
            watcher.warned(f"And {len(sentences) - _MOST_WARNINGS} more like that.")


def _write_manifest(call: Call, out: str, found: ItemSpool) -> int:
    from screentest.client.batch.sources.manifest import write_manifest

    with _known_names(call) as known:
        written = write_manifest(Path(out), found, known)
    _warn(call, [f"Left out, as its name is not UTF-8: {one}." for one in written.left_out])
    without = "Written without its query, which may be a signature:"
    _warn(call, [f"{without} {one}." for one in written.unsigned])
    if written.unnamed:
        rows = counted(written.unnamed, "row")
        _warn(call, [f"Without a name, as their footage goes by one already: {rows}."])
    count = written.rows
    emit(
        call,
        as_json=lambda: {"manifest": str(Path(out).absolute()), "rows": count},
        show=lambda console: console.print(f"{out}: {count} rows"),
    )
    return 0


def _show(
    call: Call,
    tally: Tally,
    failed: list[Outcome],
    passed_over: PassedOver,
    *,
    started_s: float,
    page: BatchReport | None,
) -> None:
    report = str(page.target) if page is not None and page.fault is None else None
    if call.json:
        emit_summary(call, tally, wall_s=time.monotonic() - started_s, report=report)
        return
    counts = {
        "hidden": passed_over.hidden,
        "not called as videos are": passed_over.foreign,
        "links to folders": passed_over.linked,
        "that cannot be read": len(passed_over.unreadable),
    }
    said = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
    told = f"Passed over in folders: {said}." if said else ""
    show = partial(show_end, tally=tally, failed=failed, passed_over=told, report=report)
    emit(call, as_json=dict, show=show)
