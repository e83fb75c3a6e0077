"""studio: a page on this machine to see, move and approve what is picked."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from screentest.client.cli.output.emit import emit
from screentest.client.cli.output.progress import watching
from screentest.client.cli.params import completing
from screentest.client.cli.params.options import (
    common_options,
    fetch_options,
    max_cost_option,
    model_option,
    service_options,
    settling_options,
)
from screentest.client.cli.params.seconds import Amount
from screentest.client.cli.running.call import Call
from screentest.client.cli.running.footage import fetching_for
from screentest.client.cli.running.services import packages_of, services, with_account

if TYPE_CHECKING:
    from rich.console import Console

    from screentest.client.config import Settings
    from screentest.client.studio.server.studio import Studio
    from screentest.prep.core.errors import ScreentestError


@click.command()
@click.argument("sources", nargs=-1, metavar="[SOURCES]...", shell_complete=completing.files)
@click.option(
    "--port",
    type=click.IntRange(min=0, max=65535),
    metavar="N",
    help="Port to listen at.  [default: the one that this home had, else any that is free]",
)
@click.option(
    "--host",
    metavar="ADDRESS",
    help="Where to listen. Another machine's way in needs --i-know and TLS.  [default: 127.0.0.1]",
)
@click.option("--i-know", is_flag=True, help="Let whoever has the printed address in from elsewhere.")
@click.option(
    "--tls-certificate",
    type=click.Path(path_type=Path),
    metavar="FILE",
    shell_complete=completing.files,
    help="PEM, with its chain.",
)
@click.option(
    "--tls-key",
    type=click.Path(path_type=Path),
    metavar="FILE",
    shell_complete=completing.files,
    help="PEM, without a password.",
)
@click.option("--no-open", is_flag=True, help="Do not open a browser.")
@click.option(
    "--ask-above",
    "asks_above_usd",
    type=Amount(),
    metavar="USD",
    help="Ask once more before what costs more is registered.",
)
@click.option(
    "--workers",
    type=click.IntRange(min=1, max=256),
    metavar="N",
    help="Processes that look at footage.  [default: one for each core]",
)
@model_option
@max_cost_option
@service_options
@settling_options
@fetch_options
@common_options
@click.pass_obj
def studio(
    call: Call,
    sources: tuple[str, ...],
    port: int | None,
    host: str | None,
    i_know: bool,
    tls_certificate: Path | None,
    tls_key: Path | None,
    no_open: bool,
    asks_above_usd: float | None,
    workers: int | None,
    model: str,
    max_cost_usd: float | None,
) -> None:
    """See what is picked of SOURCES, move it, approve it, register it: on a page in your browser.

    SOURCES are files, folders with all that is below them, and s3:// and https:// addresses; more can
    be added on the page. What you decide there is kept, and used by `register` and `batch`. The page is
    for this machine alone, and the address that is printed lets in whoever has it. Ctrl-C ends it; what
    was decided stays.

    Without WAVESPEED_API_KEY and a bucket, or --sandbox, footage can be looked at and approved, and
    nothing registered.

    With --json the first line is {"url": ...}.
    """
    from screentest.client.remote.video_models import registrable_model_of
    from screentest.client.studio.server.studio import Studio, Terms

    with packages_of("studio"):
        from screentest.client.batch.engine.dask import opened_here
        from screentest.client.studio.doors.address import listening
        from screentest.client.studio.doors.names import LOOPBACK
        from screentest.client.studio.server.run import serving

    plan = listening(
        LOOPBACK if host is None else host,
        port=port,
        certificate=tls_certificate,
        key=tls_key,
        lets_others_reach_it=i_know,
    )
    registrable_model_of(model)
    with _services(call) as (settings, why_not):
        made = Studio(
            call.home,
            settings=settings,
            why_not=why_not,
            opened=partial(opened_here, workers or os.cpu_count() or 1),
            terms=Terms(model, asks_above_usd, max_cost_usd),
            fetching=fetching_for(call, settings.s3 if settings else None),
        )
        made.add(sources)
        with made, serving(made, plan) as way_in:
            url = way_in.printed
            _about(call, made, sources, is_practice=bool(settings and settings.sandbox))
            try:
                emit(call, as_json=lambda: {"url": url}, show=partial(show_address, url=url))
                if not no_open:
                    click.launch(way_in.once)
                threading.Event().wait()
            except KeyboardInterrupt:  # the way to end it, and no failure
                _say(call, "Stopping …")


def show_address(console: Console, *, url: str) -> None:
    """On one line however narrow the terminal is, so that it can be clicked and copied."""
    console.out(f"Studio: {url}", highlight=False)


def _about(call: Call, made: Studio, sources: tuple[str, ...], *, is_practice: bool) -> None:
    """What whoever starts it must know, above the address."""
    from screentest.prep.core.text import shown

    if sources and not len(made.shelf):
        _say(call, f"There are no films in {' and '.join(map(shown, sources))}. Add some on the page.")
    kept = f"what you make is kept in {shown(call.home)}"
    practice = f"Practice mode: nothing is billed; {kept}." if is_practice else f"W{kept[1:]}."
    _say(call, f"{practice} Ctrl-C ends it.")


def _say(call: Call, sentence: str) -> None:
    if call.verbosity >= 0:
        click.echo(sentence, err=True)


@contextmanager
def _services(call: Call) -> Iterator[tuple[Settings | None, ScreentestError | None]]:
    """The services; without credentials none, and why."""
    from screentest.client.config import private_folder
    from screentest.client.errors import NoCredentials

    private_folder(call.home)
    with ExitStack() as stack:
        try:
            with watching(call) as watcher:  # its bar must be gone before the address is printed
                settings = stack.enter_context(services(call, watcher=watcher))
                settings = with_account(settings, watcher=watcher)
        except NoCredentials as error:
            yield None, error
            return
        yield settings, None
