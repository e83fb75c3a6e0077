"""sheet: stills of one character from several angles."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from screentest.client.cli.output.emit import emit
from screentest.client.cli.output.progress import watching
from screentest.client.cli.params import completing
from screentest.client.cli.params.options import common_options, fetch_options, sheet_options
from screentest.client.cli.running.call import Call
from screentest.client.cli.running.footage import local

if TYPE_CHECKING:
    from screentest.prep.core.wishes import Wishes
    from screentest.prep.stills.values import Framing


@click.command()
@click.argument("raws", metavar="RAW...", shell_complete=completing.files, nargs=-1, required=True)
@click.option(
    "-o",
    "--out",
    metavar="DIR",
    shell_complete=completing.folders,
    required=True,
    help="The folder for the stills.",
)
@click.option(
    "--framing",
    type=click.Choice(["head", "bust", "full"]),
    default="bust",
    show_default=True,
    help="Show the head alone, head and shoulders, or the whole picture.",
)
@click.option("--overwrite", is_flag=True, help="Replace the stills of another sheet in DIR.")
@sheet_options
@fetch_options
@common_options
@click.pass_obj
def sheet(
    call: Call,
    raws: tuple[str, ...],
    out: str,
    framing: Framing,
    overwrite: bool,
    wishes: Wishes,
) -> None:
    """Make the character sheet of whoever RAW shows: stills that clearly differ.

    One frontal still and up to five other angles of one person, the best moment of each: turned to
    the left and to the right, in profile, up and down. Left and right are the viewer's. Animals and
    drawings get up to six sharp views. Several RAWs of one person make one sheet.

    DIR gets frontal.jpg, left.jpg and so on, without metadata, and sheet.jpg, which shows all.
    """
    from screentest.client.cli.output.sheets import sheet_result, show_sheet
    from screentest.client.config import require_text
    from screentest.prep.stills.sheet import character_sheet

    for raw in raws:
        require_text(str(Path(raw).absolute()), what="path")
    with local(call, raws) as paths, watching(call) as watcher:
        made = character_sheet(
            paths,
            out=out,
            wishes=wishes,
            framing=framing,
            overwrite=overwrite,
            scans=call.home / "scans",
            watcher=watcher,
        )
        for warning in made.warnings:
            watcher.warned(warning)
    emit(call, as_json=lambda: sheet_result(made), show=partial(show_sheet, made=made))
