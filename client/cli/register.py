"""register: the whole way from raw footage to a recorded character id."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from client.cli import results
from client.cli.call import Call
from client.cli.options import (
    common_options,
    max_cost_option,
    model_option,
    raw_argument,
    service_options,
    settling_options,
    webhook_option,
    window_options,
)
from client.cli.output import emit
from client.cli.progress import watching
from client.cli.services import services

if TYPE_CHECKING:
    from client.pipeline import Order
    from prep.spec import Orientation


@click.command()
@raw_argument
@click.option("--name", required=True, help="The character's name, as prompts will call it.")
@model_option
@click.option("--description", default="", help="What the character is, for models that take it.")
@click.option("--dry-run", is_flag=True, help="Stop before the upload; say what would happen and cost.")
@click.option("--again", is_flag=True, help="Register anew what is already registered.")
@click.option(
    "--no-wait",
    is_flag=True,
    help="Leave after the submit; `characters wait` or the same command picks it up.",
)
@max_cost_option
@webhook_option
@click.option(
    "--consent",
    default="",
    metavar="NOTE",
    help="A note kept with the character: who agreed to what, and when.",
)
@window_options
@service_options
@settling_options
@common_options
@click.pass_obj
def register(
    call: Call,
    raw: str,
    name: str,
    model: str,
    description: str,
    dry_run: bool,
    again: bool,
    no_wait: bool,
    max_cost_usd: float | None,
    webhook: str,
    consent: str,
    start_s: float | None,
    length_s: float | None,
    orientation: Orientation,
) -> None:
    """Turn the footage RAW into a character and record its id.

    Picks the window, makes and checks the clip, uploads it, submits it, waits and records. What is
    done stays done: after a failure the same command goes on where it stopped, and a second run of
    the same thing submits nothing. Two at once make one character: the second waits for the first.

    Needs WAVESPEED_API_KEY and a bucket, or --sandbox.
    """
    from client.pipeline import Order

    order = Order(
        footage=raw,
        name=name,
        model=model,
        start_s=start_s,
        length_s=length_s,
        orientation=orientation,
        again=again,
        description=description,
        wait=not no_wait,
        max_cost_usd=max_cost_usd,
        webhook=webhook,
        consent=consent,
    )
    if dry_run:
        _rehearse(call, order)
    else:
        _register(call, order)


def _register(call: Call, order: Order) -> None:
    from client.cli.stories import show_registration
    from client.pipeline import register as register_order
    from client.registry import FILE_NAME, Registry

    with watching(call) as watcher, services(call, watcher=watcher) as settings:
        done = register_order(order, settings, watcher=watcher)
    registry_file = call.home / FILE_NAME
    with Registry(registry_file) as registry:
        record = registry.row(done.row_id)
    emit(
        call,
        as_json=lambda: results.registration_result(done),
        show=partial(show_registration, done=done, record=record, registry_file=registry_file),
    )


def _rehearse(call: Call, order: Order) -> None:
    from client.cli.stories import show_forecast
    from client.pipeline import rehearse

    with watching(call) as watcher:
        forecast = rehearse(order, call.home, watcher=watcher)
    emit(
        call,
        as_json=lambda: results.forecast_result(forecast),
        show=partial(show_forecast, forecast=forecast),
    )
