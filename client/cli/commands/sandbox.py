"""sandbox: S3 and a stand-in for the API, on this machine."""

from __future__ import annotations

from pathlib import Path

import click

from screentest.client.cli.params import completing
from screentest.client.cli.params.options import common_options
from screentest.client.cli.running.call import Call
from screentest.client.cli.running.services import sandbox_packages


@click.group(no_args_is_help=True)
@common_options
def sandbox() -> None:
    """Run S3 and a stand-in for the API on this machine: no account, no bill."""


@sandbox.command()
@click.option(
    "--data",
    metavar="DIR",
    shell_complete=completing.folders,
    help="Where to keep objects, tasks and the journal.  [default: sandbox in the home]",
)
@click.option(
    "--faults",
    metavar="FILE",
    shell_complete=completing.files,
    help="A JSON list of faults to inject; see docs/faults.md.",
)
@click.option(
    "--strict",
    is_flag=True,
    help="Refuse a field that the model does not have; the service drops it without a word.",
)
@common_options
@click.pass_obj
def up(call: Call, data: str | None, faults: str | None, strict: bool) -> None:
    """Serve until stopped, and print the environment variables that point a client here.

    With --json the first line is {"env": {...}}; otherwise the output is `export` lines to paste.
    """
    from screentest.client.config import private_folder

    with sandbox_packages():
        from screentest.client.sandbox.faults import load_faults
        from screentest.client.sandbox.serve import serve

        private_folder(call.home)
        folder = Path(data).expanduser().absolute() if data else call.home / "sandbox"
        injected = load_faults(Path(faults).expanduser()) if faults else ()
        serve(
            folder,
            home=call.home,
            as_json=call.json,
            faults=injected,
            strict=strict,
            says_how_to_end=not call.json and call.verbosity >= 0,
        )
