"""storage: what is in the bucket."""

from __future__ import annotations

from functools import partial

import click

from screentest.client.cli.output.emit import emit
from screentest.client.cli.output.progress import watching
from screentest.client.cli.output.wording import counted
from screentest.client.cli.params.options import common_options, service_options
from screentest.client.cli.running.call import Call
from screentest.client.cli.running.services import services


@click.group(no_args_is_help=True)
@common_options
def storage() -> None:
    """Clean up the bucket that clips go to."""


@storage.command()
@click.option("--dry-run", is_flag=True, help="Show what would be deleted, without deleting it.")
@service_options
@common_options
@click.pass_obj
def clean(call: Call, dry_run: bool) -> None:
    """Delete from the bucket what no unfinished registration or video needs.

    Only this home's own folder of the bucket is looked at, and there only what this home put there is
    deleted, nothing that an import names. The files under the home stay.
    """
    from screentest.client.cli.output.tables import say
    from screentest.client.registry.registry import FILE_NAME, Registry
    from screentest.client.tasks.clean_up import clean_up

    with (
        watching(call) as watcher,
        services(call, watcher=watcher) as settings,
        Registry(call.home / FILE_NAME) as registry,
    ):
        found = clean_up(settings, registry, dry_run=dry_run)
    words = "would be deleted" if dry_run else "deleted"
    line = (
        f"{counted(len(found.deleted), 'object')} {words}, {len(found.needed)} still needed, "
        f"{len(found.foreign)} left alone that this home did not put there"
    )
    emit(
        call,
        as_json=lambda: {
            "deleted": list(found.deleted),
            "needed": list(found.needed),
            "foreign": list(found.foreign),
            "dry_run": dry_run,
        },
        show=partial(say, line=line),
    )
