"""--log-file, which every command takes."""

from __future__ import annotations

from pathlib import Path

import click

from screentest.client.cli.params import completing
from screentest.client.cli.running.call import Call


def _open_log(ctx: click.Context, _param: click.Parameter, value: str | None) -> None:
    call = ctx.ensure_object(Call)
    if not value or ctx.resilient_parsing:
        return
    from screentest.client.cli.log import CommandLog

    file = Path(value).expanduser().absolute()
    if call.log is None or call.log.file != file:
        key = call.service_options.api_key
        call.log = CommandLog(file, secrets=[key.reveal()] if key else [])
        call.log.began(call.arguments)


log_file_option = click.option(
    "--log-file",
    envvar="SCREENTEST_LOG_FILE",
    metavar="FILE",
    expose_value=False,
    callback=_open_log,
    shell_complete=completing.files,
    help="Add to FILE what is done and said, with times and without secrets.",
)
