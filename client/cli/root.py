"""The group of commands, loaded one by one when called."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import click

from screentest.client.cli.examples import epilog
from screentest.client.cli.params import completing
from screentest.client.cli.params.options import common_options, set_home
from screentest.client.cli.running.arguments import require_meant
from screentest.client.cli.running.call import Call
from screentest.client.cli.running.environment import warn_of_names
from screentest.client.cli.running.failures import Interrupted
from screentest.client.cli.running.guessing import did_you_mean, meant
from screentest.client.cli.running.settings import apply_settings_file


@dataclass(frozen=True, slots=True)
class Entry:
    """A command that is not loaded yet: where it lives, and its line in --help."""

    where: str
    summary: str


SECTIONS: dict[str, dict[str, Entry]] = {
    "Footage": {
        "probe": Entry(
            "screentest.client.cli.commands.looking.footage:probe",
            "Show what is in a video file.",
        ),
        "scan": Entry(
            "screentest.client.cli.commands.looking.footage:scan",
            "Measure faces, sharpness and light over time.",
        ),
        "pick": Entry(
            "screentest.client.cli.commands.looking.footage:pick",
            "Choose the best face-forward window.",
        ),
        "clip": Entry(
            "screentest.client.cli.commands.looking.footage:clip",
            "Make a clip that the model accepts untouched.",
        ),
        "sheet": Entry(
            "screentest.client.cli.commands.looking.sheet:sheet",
            "Make stills of a character from several angles.",
        ),
        "check": Entry(
            "screentest.client.cli.commands.looking.footage:check",
            "Check a clip against its model's rules.",
        ),
        "compare": Entry(
            "screentest.client.cli.commands.looking.compare:compare",
            "Tell whether a video still shows somebody.",
        ),
    },
    "Characters": {
        "register": Entry(
            "screentest.client.cli.commands.register:register", "Turn footage into a character."
        ),
        "batch": Entry(
            "screentest.client.cli.commands.batch:batch", "Turn many files into characters."
        ),
        "studio": Entry(
            "screentest.client.cli.commands.studio:studio",
            "See, move and approve what is picked, in a browser.",
        ),
        "characters": Entry(
            "screentest.client.cli.commands.recorded.characters:characters",
            "List, show, settle and export characters.",
        ),
        "video": Entry(
            "screentest.client.cli.commands.video:video", "Make a video that shows characters."
        ),
        "videos": Entry(
            "screentest.client.cli.commands.recorded.videos:videos",
            "List and settle videos that were ordered.",
        ),
        "spent": Entry(
            "screentest.client.cli.commands.recorded.spent:spent",
            "Tell what characters and videos cost.",
        ),
    },
    "Services": {
        "doctor": Entry(
            "screentest.client.cli.commands.doctor:doctor", "Check everything and say how to fix it."
        ),
        "balance": Entry(
            "screentest.client.cli.commands.account:balance", "Show what is left on the account."
        ),
        "price": Entry("screentest.client.cli.commands.account:price", "Ask what a task costs."),
        "models": Entry(
            "screentest.client.cli.commands.models:models", "List models, and which are still served."
        ),
        "tasks": Entry(
            "screentest.client.cli.commands.account:tasks", "List and delete tasks at the service."
        ),
        "storage": Entry(
            "screentest.client.cli.commands.storage:storage", "Clean up the bucket that clips go to."
        ),
        "sandbox": Entry(
            "screentest.client.cli.commands.sandbox:sandbox", "Run S3 and the API on this machine."
        ),
    },
    "This program": {
        "completion": Entry(
            "screentest.client.cli.commands.itself.completion:completion",
            "Print what makes your shell complete commands and names.",
        ),
        "config": Entry(
            "screentest.client.cli.commands.itself.config:config",
            "Show the settings and where they come from, or begin a file.",
        ),
        "help": Entry(
            "screentest.client.cli.commands.itself.help:help_", "Show the help of a command."
        ),
    },
}


class LazyGroup(click.Group):
    """A group that imports a command's module when the command is called, not for --help."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not ctx.resilient_parsing:
            require_meant(args, ctx=ctx, environ=os.environ)
            warn_of_names(args, os.environ, ctx=ctx)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise Interrupted from None

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return [name for entries in SECTIONS.values() for name in entries]

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002
        cmd_name: str,
    ) -> click.Command | None:
        for entries in SECTIONS.values():
            if cmd_name in entries:
                return _with_examples(_loaded(entries[cmd_name]), cmd_name)
        return None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        is_known = name.startswith("-") or self.get_command(ctx, name) is not None
        if not is_known and not ctx.resilient_parsing:
            near = meant(name, self._every_path(ctx))
            raise click.UsageError(f"No such command {name!r}.{did_you_mean(near)}", ctx)
        return super().resolve_command(ctx, args)

    def _every_path(self, ctx: click.Context) -> Iterator[tuple[str, ...]]:
        """The words that call each command, those of the groups below as well."""
        for name in self.list_commands(ctx):
            yield (name,)
            command = self.get_command(ctx, name)
            if isinstance(command, click.Group):
                yield from ((name, below) for below in command.list_commands(ctx))

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002
        formatter: click.HelpFormatter,
    ) -> None:
        for title, entries in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(name, entry.summary) for name, entry in entries.items()])


def _loaded(entry: Entry) -> click.Command:
    module, attribute = entry.where.split(":")
    command = getattr(importlib.import_module(module), attribute)
    if not isinstance(command, click.Command):
        raise TypeError(f"{entry.where} is not a command")
    return command


def _with_examples(command: click.Command, path: str) -> click.Command:
    """The command, whose help ends with examples, as does that of each command below it."""
    command.epilog = epilog(path)
    if isinstance(command, click.Group):
        for name, child in command.commands.items():
            _with_examples(child, f"{path} {name}")
    return command


def _show_version(ctx: click.Context, _param: click.Parameter, wanted: bool) -> None:
    if not wanted or ctx.resilient_parsing:
        return
    from screentest.client.cli.output.emit import json_text
    from screentest.client.cli.running.versions import versions, versions_text

    found = versions()
    click.echo(json_text(found) if ctx.ensure_object(Call).json else versions_text(found))
    ctx.exit()


@click.group(
    cls=LazyGroup,
    epilog=epilog(""),
    context_settings={
        "auto_envvar_prefix": "SCREENTEST",
        "help_option_names": ["-h", "--help"],
        "max_content_width": 100,
    },
)
@click.option(
    "--config",
    envvar="SCREENTEST_CONFIG",
    metavar="FILE",
    shell_complete=completing.files,
    is_eager=True,
    expose_value=False,
    callback=apply_settings_file,
    help="Settings file; may set every option.  [default: screentest.toml in the current folder, "
    "which may only say how footage is picked]",
)
@click.option(
    "--home",
    envvar="SCREENTEST_HOME",
    metavar="FOLDER",
    shell_complete=completing.folders,
    expose_value=False,
    callback=set_home,
    help="Where to keep registry, clips and scans.  [default: the user's data folder]",
)
@click.option(
    "-V",
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the versions of this program, of its ffmpeg and of its models, and exit.",
)
@common_options
def root() -> None:
    """Turn raw footage into a registered character for video models.

    Screentest finds the best four face-forward seconds of a video, makes a clip that a
    character-creation API accepts untouched, registers the character and keeps its id.

    Results go to stdout, progress and errors to stderr. Set any option in the
    environment as well (SCREENTEST_REGISTER_SANDBOX=1), or in screentest.toml.
    """
