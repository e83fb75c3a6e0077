"""config: which settings hold and where they come from, and a file of one's own to begin with."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from screentest.client.cli.output.emit import emit
from screentest.client.cli.params.options import (
    common_options,
    fetch_options,
    max_cost_option,
    service_options,
    settling_options,
)
from screentest.client.cli.running.asking import at_a_terminal
from screentest.client.cli.running.call import Call
from screentest.client.cli.running.environment import options_below
from screentest.client.cli.running.settings import user_file
from screentest.client.cli.running.told import Origin, Told, told

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from screentest.client.config import Settings
    from screentest.client.doctor import Finding

_ALWAYS = (
    *("home", "bucket", "base-url", "account", "timeout", "settle-after", "keep", "max-cost"),
    *("fetch-limit", "fetch-cache"),
)
_OF_AWS = ("AWS_PROFILE", "AWS_ENDPOINT_URL_S3")
_SECRETS_OF_AWS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")


@click.group(no_args_is_help=True)
@common_options
def config() -> None:
    """Show the settings and where they come from, and begin a settings file."""


@config.command()
@max_cost_option
@service_options
@settling_options
@fetch_options
@common_options
@click.pass_context
def show(ctx: click.Context, max_cost_usd: float | None) -> None:  # noqa: ARG001
    """Show each setting and where it comes from.

    A flag beats the environment, which beats a file; a file named with --config or the project's
    beats your own. Settings of one command are shown where something sets them. Secrets are told as
    set or not set.
    """
    call = ctx.ensure_object(Call)
    rows = [*_rows(ctx, call)]
    emit(
        call,
        as_json=lambda: {
            "settings": [
                {"name": row.name, "value": row.value, "from": row.origin, "where": row.where or None}
                for row in rows
            ],
            "files": [{"kind": one.kind, "path": str(one.path)} for one in call.settings_files],
        },
        show=partial(_show, rows=rows, call=call),
    )


def _rows(ctx: click.Context, call: Call) -> Iterator[Told]:
    from screentest.client.remote.scrub import scrubbed

    root = ctx.find_root()
    rows = told(
        options_below(root),
        always=_ALWAYS,
        flags=_flags(ctx, call),
        environ=os.environ,
        files=call.settings_files,
        effective=root.default_map or {},
    )
    yield from _kept(call)
    defaults = _defaults(call)
    for row in rows:
        value = defaults.get(row.name) if row.origin == "default" else row.value
        # A URL may hold a token: of a webhook, of a proxy's way in.
        shown = scrubbed(value) if isinstance(value, str) and "://" in value else value
        yield replace(row, value=shown)
    for name in _SECRETS_OF_AWS:
        is_set = bool(os.environ.get(name))
        yield Told(name, "set", "environment", name) if is_set else Told(name, "not set")
    for name in _OF_AWS:
        if os.environ.get(name):
            yield Told(name, scrubbed(os.environ[name]), "environment", name)


def _kept(call: Call) -> Iterator[Told]:
    """The key and the region, which no option says."""
    for name, variables in (
        ("api-key", ("WAVESPEED_API_KEY",)),
        ("region", ("AWS_REGION", "AWS_DEFAULT_REGION")),
    ):
        param, is_secret = name.replace("-", "_"), name == "api-key"
        origin: Origin = "default"
        value: object = None
        where = ""
        for file in call.settings_files:
            if param in file.kept:
                value, origin, where = file.kept[param], file.kind, str(file.path)
        for variable in variables:
            if os.environ.get(variable, "").strip():
                value, origin, where = os.environ[variable], "environment", variable
        said = ("set" if value else "not set") if is_secret else value
        yield Told(name, said, origin, where)


def _flags(ctx: click.Context, call: Call) -> dict[str, object]:
    """What this command line says, by the option's long name."""
    found: dict[str, object] = {}
    for context in (ctx.find_root(), ctx):
        for param in context.command.params:
            name = str(param.name)
            if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
                key = max(param.opts, key=len).removeprefix("--")
                found[key] = _value_of(name, context, call)
    return found


def _value_of(name: str, context: click.Context, call: Call) -> object:
    for options in (call.service_options, call.fetch_options):
        if hasattr(options, name):
            return getattr(options, name)
    return call.home_option if name == "home" else context.params.get(name)


def _defaults(call: Call) -> dict[str, object]:
    from screentest.client.config import DEFAULT_ACCOUNT, DEFAULT_BASE_URL, Settings

    known = Settings.__dataclass_fields__
    return {
        "home": str(call.home),
        "base-url": DEFAULT_BASE_URL,
        "account": DEFAULT_ACCOUNT,
        "timeout": known["wait_s"].default,
        "settle-after": known["settle_after_s"].default,
        "keep": False,
        "fetch-limit": call.fetch_options.limit_gb,
        "fetch-cache": call.fetch_options.cache_gb,
    }


def _show(console: Console, rows: Sequence[Told], call: Call) -> None:
    from screentest.client.cli.output.tables import plain_table, print_table, say, show_list
    from screentest.client.cli.output.wording import visible

    table = plain_table("Setting", "Value", "From")
    for row in rows:
        origin = f"${row.where}" if row.origin == "environment" else row.origin
        table.add_row(visible(row.name), visible(_in_words(row.value)), visible(origin))
    print_table(console, table)
    files = [f"{one.kind}: {one.path}" for one in reversed(call.settings_files)]
    show_list(console, "Files, the first beats the others", files)
    if not user_file().is_file():
        say(console, f"\nNo file of your own yet; `screentest config init` makes it:\n{user_file()}")


def _in_words(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "-" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


@config.command()
@click.option("--overwrite", is_flag=True, help="Replace the settings file if there is one.")
@common_options
@click.pass_obj
def init(call: Call, overwrite: bool) -> None:
    """Ask for key, bucket and region and keep them.

    They are proven as `doctor` does it, then written to your own settings file: for every project, and
    for you alone to read. The key is not shown while it is typed. Credentials of the bucket are
    boto3's: from ~/.aws or the environment. Nothing is written where something fails.
    """
    from screentest.client.cli.commands.doctor import checks_json, refuse_failed, show_findings
    from screentest.client.errors import ConfigError
    from screentest.prep.core.errors import OutputExists
    from screentest.prep.core.remedy import Remedy

    file = user_file()
    if file.exists() and not overwrite:
        raise OutputExists(f"{file} already exists.", Remedy("overwrite", words="replace it"))
    if call.json or not at_a_terminal():
        raise ConfigError("`config init` asks its questions at a terminal.", _by_hand(file))
    settings, content = _asked(call)
    findings = _proven(settings)
    emit(
        call,
        as_json=partial(checks_json, findings),
        show=partial(show_findings, findings=findings),
    )
    refuse_failed(findings, so="Nothing was written.")
    _write(file, content)
    click.echo(f"{file} is written; `screentest config show` tells what holds.", err=True)


def _by_hand(file: Path) -> str:
    lines = 'api-key = "...", bucket = "...", region = "..."'
    return f"Write {file} with a line each: {lines}; chmod 600 it, then run `screentest doctor`."


def _asked(call: Call) -> tuple[Settings, str]:
    """What is answered at the terminal: as settings to prove, and as a file's content."""
    from screentest.client.cli.running.services import environment_of
    from screentest.client.config import settings_from

    said = {
        "api-key": click.prompt("API key (not shown)", hide_input=True, err=True).strip(),
        "bucket": click.prompt("Bucket", err=True).strip(),
        "region": click.prompt(
            "Region of the bucket, empty for boto3's own", default="", show_default=False, err=True
        ).strip(),
    }
    environ = environment_of(call.service_options) | {
        "WAVESPEED_API_KEY": said["api-key"],
        "SCREENTEST_BUCKET": said["bucket"],
        **({"AWS_REGION": said["region"]} if said["region"] else {}),
    }
    return settings_from(environ, home=call.home), settings_text(said)


def settings_text(said: dict[str, str]) -> str:
    """A settings file that says this, without what is empty."""
    # ASCII alone, so that a text in JSON is the same text in TOML.
    return "".join(f"{key} = {json.dumps(value)}\n" for key, value in said.items() if value)


def _proven(settings: Settings) -> Sequence[Finding]:
    from screentest.client.cli.params.options import default_model
    from screentest.client.doctor import examine_services

    return examine_services(settings, model_id=default_model())


def _write(file: Path, content: str) -> None:
    from screentest.prep.core.files import private_folder, write_atomically

    private_folder(file.parent)
    write_atomically(file, content.encode(), what="settings file", mode=0o600)
