"""doctor: what works, what does not, and how to fix it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import click

from screentest.client.cli.output.emit import emit
from screentest.client.cli.output.progress import watching
from screentest.client.cli.output.remedies import spoken
from screentest.client.cli.params.options import common_options, model_option, service_options
from screentest.client.cli.running.call import Call
from screentest.client.cli.running.services import services

if TYPE_CHECKING:
    from rich.console import Console

    from screentest.client.doctor import Finding


@click.command()
@model_option
@service_options
@common_options
@click.pass_obj
def doctor(call: Call, model: str) -> None:
    """Check everything a registration needs and say how to fix what is wrong.

    Checks ffmpeg, weights, disk and registry; key, balance and clock; whether the model is still
    served, and the models still take the fields that would be sent; and the bucket, by writing a small
    object, reading it through a presigned URL and deleting it. Costs nothing. Fails if something is
    wrong.
    """
    findings = _examined(call, model)
    is_sandbox = call.service_options.sandbox
    emit(
        call,
        as_json=partial(checks_json, findings, sandbox=is_sandbox),
        show=partial(show_findings, findings=findings, sandbox=is_sandbox),
    )
    refuse_failed(findings)


def checks_json(findings: Sequence[Finding], *, sandbox: bool = False) -> dict[str, object]:
    """What was found, as JSON."""
    from screentest.client.doctor import is_well

    checks = [
        {
            "check": one.check,
            "verdict": one.verdict,
            "found": one.found,
            "mend": spoken(one.remedies, sandbox=sandbox),
        }
        for one in findings
    ]
    return {"ok": is_well(findings), "checks": checks}


def refuse_failed(findings: Sequence[Finding], *, so: str = "") -> None:
    """Raises SetupError where something failed; ``so``: a sentence on what follows from that."""
    from screentest.prep.core.errors import SetupError

    if failed := [one for one in findings if one.verdict == "failed"]:
        message = f"Not ready: {', '.join(one.check for one in failed)}.{so and f' {so}'}"
        raise SetupError(message, *failed[0].remedies)


def _examined(call: Call, model: str) -> tuple[Finding, ...]:
    from screentest.client import doctor as checks
    from screentest.client.errors import ConfigError

    here = checks.examine_here(call.home)
    try:
        with watching(call) as watcher, services(call, watcher=watcher, bucket=False) as settings:
            there = checks.examine_services(settings, model_id=model)
            return (*here, *there, *([] if settings.bucket else [_no_bucket()]))
    except ConfigError as error:
        return (*here, *checks.not_examined(error))


def _no_bucket() -> Finding:
    from screentest.client.doctor import Finding
    from screentest.prep.core.remedy import Remedy, remedies_of

    ways = remedies_of(Remedy("settings", words="set SCREENTEST_BUCKET"))
    return Finding("settings", "failed", "SCREENTEST_BUCKET is not set.", ways)


def show_findings(console: Console, findings: Sequence[Finding], *, sandbox: bool = False) -> None:
    """Each check with its verdict, and how to fix what is wrong."""
    from rich.table import Table
    from rich.text import Text

    from screentest.client.cli.output.wording import visible

    colours = {"ok": "green", "warning": "yellow", "failed": "bold red", "skipped": "dim"}
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, style="bold")
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for one in findings:
        table.add_row(one.check, Text(one.verdict, style=colours[one.verdict]), visible(one.found))
        if one.remedies:
            fix = visible(spoken(one.remedies, sandbox=sandbox))
            table.add_row("", "", Text(f"-> {fix}", style="bold"))
    console.print(table)
