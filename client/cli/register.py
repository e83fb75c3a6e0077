"""register: the whole way from raw footage to a recorded character id."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from client.cli import results
from client.cli.call import Call
from client.cli.options import common_options, raw_argument, window_options
from client.cli.output import emit
from client.cli.progress import watching
from client.cli.services import Where, services

if TYPE_CHECKING:
    from client.pipeline import Order
    from prep.spec import Orientation


@click.command()
@raw_argument
@click.option("--name", required=True, help="The character's name, as prompts will call it.")
@click.option(
    "--sandbox", is_flag=True, help="Talk to S3 and an API on this machine: no account, no bill."
)
@click.option("--dry-run", is_flag=True, help="Stop before the upload; say what would happen and cost.")
@click.option("--again", is_flag=True, help="Register anew what is already registered.")
@window_options
@click.option(
    "--bucket", envvar="SCREENTEST_BUCKET", show_envvar=True, help="The S3 bucket for the clip."
)
@click.option(
    "--base-url",
    envvar="WAVESPEED_BASE_URL",
    show_envvar=True,
    metavar="URL",
    help="The service's address, where it is not the usual one.",
)
@common_options
@click.pass_obj
def register(
    call: Call,
    raw: str,
    name: str,
    sandbox: bool,
    dry_run: bool,
    again: bool,
    start_s: float | None,
    length_s: float | None,
    orientation: Orientation,
    bucket: str | None,
    base_url: str | None,
) -> None:
    """Turn the footage RAW into a character and record its id.

    Picks the window, makes and checks the clip, uploads it, submits it, waits and records. What is
    done stays done: after a failure the same command goes on where it stopped, and a second run of
    the same thing submits nothing.

    Needs WAVESPEED_API_KEY and a bucket, or --sandbox.
    """
    from client.pipeline import Order

    order = Order(
        footage=raw,
        name=name,
        start_s=start_s,
        length_s=length_s,
        orientation=orientation,
        again=again,
    )
    if dry_run:
        _rehearse(call, order)
        return
    where = Where(sandbox=sandbox, bucket=bucket, base_url=base_url)
    _register(call, order, where)


def _register(call: Call, order: Order, where: Where) -> None:
    from client.cli.stories import show_registration
    from client.pipeline import register as register_order
    from client.registry import FILE_NAME, Registry

    with watching(call) as watcher, services(call, where, watcher=watcher) as settings:
        done = register_order(order, settings, watcher=watcher)
    registry_file = call.home / FILE_NAME
    with Registry(registry_file) as registry:
        record = registry.find(done.character_id)
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
