"""models: what is known of each model, how well, and whether the service still serves it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from screentest.client.cli.output.emit import emit
from screentest.client.cli.output.progress import watching
from screentest.client.cli.params import completing
from screentest.client.cli.params.options import common_options, service_options
from screentest.client.cli.running.call import Call
from screentest.client.cli.running.services import services

if TYPE_CHECKING:
    from collections.abc import Mapping

    from screentest.client.remote.wavespeed import ServedModel


@click.command()
@click.argument("model", default="", shell_complete=completing.models)
@click.option(
    "--all", "every", is_flag=True, help="List every model of the service, not only those used here."
)
@service_options
@common_options
@click.pass_obj
def models(call: Call, model: str, every: bool) -> None:
    """List the models used here: what they take, what they cost, and how well that is known.

    With a key, or --sandbox, it also tells which the service still serves. With MODEL: each of its
    limits, with source and date.
    """
    from screentest.client.cli.output.models import model_json, rows_of, show_model, show_models

    rows = rows_of(_served(call, needed=every), every=every, only=model)
    emit(
        call,
        as_json=lambda: {"models": [model_json(row) for row in rows]},
        show=partial(show_model, row=rows[0]) if model else partial(show_models, rows=rows),
    )


def _served(call: Call, *, needed: bool) -> Mapping[str, ServedModel] | None:
    """What the service serves; None where there is no key to ask with."""
    from screentest.client.errors import NoCredentials
    from screentest.client.tasks.session import Clocks, service_of

    try:
        with (
            watching(call) as watcher,
            services(call, watcher=watcher, bucket=False) as settings,
            service_of(settings, Clocks()) as service,
        ):
            return {one.model_id: one for one in service.models()}
    except NoCredentials:
        if needed:
            raise
        return None
