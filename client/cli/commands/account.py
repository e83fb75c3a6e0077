"""balance, price, tasks: what the service says about the account."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import click

from screentest.client.cli.output.emit import emit
from screentest.client.cli.output.progress import watching
from screentest.client.cli.output.wording import counted, usd, visible
from screentest.client.cli.params import completing
from screentest.client.cli.params.options import common_options, default_model, service_options
from screentest.client.cli.params.seconds import VideoSize
from screentest.client.cli.running.call import Call
from screentest.client.cli.running.services import services

if TYPE_CHECKING:
    from rich.console import Console

    from screentest.client.remote.replies import Prediction
    from screentest.client.remote.wavespeed import WaveSpeed


@click.command()
@service_options
@common_options
@click.pass_obj
def balance(call: Call) -> None:
    """Show what is left on the account."""
    from screentest.client.cli.output.tables import say

    with _service(call) as service:
        left_usd = service.balance_usd()
    emit(
        call,
        as_json=lambda: {"balance_usd": left_usd},
        show=partial(say, line=f"{usd(left_usd)} left"),
    )


@click.command()
@click.argument("model", default=default_model, shell_complete=completing.models)
@click.option(
    "--duration",
    "duration_s",
    type=click.IntRange(min=1),
    metavar="SECONDS",
    help="Length of the video, for video models.",
)
@click.option(
    "--size",
    type=VideoSize(),
    metavar="WxH",
    help="Size of the video, such as 1280x720, or 720p.",
)
@service_options
@common_options
@click.pass_obj
def price(call: Call, model: str, duration_s: int | None, size: str | None) -> None:
    """Ask the service what one task of MODEL costs. Asking is free.

    Some models bill the seconds of the clips that are sent along as well: they come on top. See
    `screentest models`.
    """
    from screentest.client.cli.output.tables import say
    from screentest.client.remote.prices import inputs_to_price

    inputs = inputs_to_price(model, duration_s=duration_s, size=size)
    with _service(call) as service:
        found = service.price(model, inputs=inputs)
    emit(
        call,
        as_json=lambda: {
            "model": model,
            "price": found.price,
            "discounted_price": found.discounted,
            "currency": found.currency,
        },
        show=partial(say, line=f"{found.currency} {found.discounted:g} for one task of {model}"),
    )


@click.group(no_args_is_help=True)
@common_options
def tasks() -> None:
    """List and delete tasks at the service, which keeps them for 7 days."""


@tasks.command("list")
@click.option(
    "--model",
    default="",
    metavar="MODEL",
    shell_complete=completing.models,
    help="List only tasks of this model.",
)
@service_options
@common_options
@click.pass_obj
def list_(call: Call, model: str) -> None:
    """List the newest tasks of the account, at most 100."""
    from screentest.client.registry.encoding import task_json

    with _service(call) as service:
        found = service.recent(model_id=model)
    emit(
        call,
        as_json=lambda: {"tasks": [task_json(task) for task in found]},
        show=partial(_show_tasks, found=found),
    )


@tasks.command()
@click.argument("task_ids", metavar="TASK_ID...", nargs=-1, required=True)
@service_options
@common_options
@click.pass_obj
def delete(call: Call, task_ids: tuple[str, ...]) -> None:
    """Delete finished tasks and their results at the service; characters stay."""
    from screentest.client.cli.output.tables import say

    with _service(call) as service:
        count = service.delete(task_ids)
    emit(
        call,
        as_json=lambda: {"deleted": count},
        show=partial(say, line=f"{counted(count, 'task')} deleted"),
    )


@contextmanager
def _service(call: Call) -> Iterator[WaveSpeed]:
    from screentest.client.tasks.session import Clocks, service_of

    with (
        watching(call) as watcher,
        services(call, watcher=watcher, bucket=False) as settings,
        service_of(settings, Clocks()) as service,
    ):
        yield service


def _show_tasks(console: Console, found: tuple[Prediction, ...]) -> None:
    from screentest.client.cli.output.tables import plain_table, print_table, say

    if not found:
        say(console, "No tasks in the last 7 days.")
        return
    table = plain_table("Task\nModel", "Created\nStatus")
    table.columns[0].no_wrap = True
    for task in found:
        moment = task.created_at.astimezone().strftime("%Y-%m-%d %H:%M") if task.created_at else "-"
        status = f"{task.status}: {task.error}" if task.error else task.status
        table.add_row(visible(task.task_id), moment)
        table.add_row(visible(task.model), visible(status))
    print_table(console, table)
