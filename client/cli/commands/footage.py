"""probe, scan, pick, clip, check: the stages that need no network, each alone."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from screentest.client.cli.output import results
from screentest.client.cli.output.emit import emit
from screentest.client.cli.output.progress import watching
from screentest.client.cli.output.report import (
    draw_clip,
    draw_pick,
    emit_with_report,
    fault_of,
    report_option,
)
from screentest.client.cli.output.wording import counted
from screentest.client.cli.params.options import (
    clip_options,
    common_options,
    model_option,
    pick_options,
    raw_argument,
)
from screentest.client.cli.running.call import Call

if TYPE_CHECKING:
    from screentest.client.characters.direction import Direction
    from screentest.prep.core.values import CheckReport


@click.command()
@raw_argument
@common_options
@click.pass_obj
def probe(call: Call, raw: str) -> None:
    """Show what is in the video file RAW: picture, length, rate, sound."""
    from screentest import probe as probe_file
    from screentest.client.cli.output import tables as render

    source = probe_file(raw)
    emit(
        call,
        as_json=lambda: results.source_result(source),
        show=partial(render.show_source, source=source),
    )


@click.command()
@raw_argument
@common_options
@click.pass_obj
def scan(call: Call, raw: str) -> None:
    """Measure faces, sharpness and light in RAW over time, and list the people in it.

    The scan is kept under the home for pick, clip and register. Their --person takes a number from
    the list.
    """
    from screentest.client.cli.output import tables as render
    from screentest.client.cli.output.people import cast_list, cast_result
    from screentest.client.cli.running.stages import scanned

    with watching(call) as watcher:
        measured = scanned(raw, call=call, watcher=watcher)
        listed = cast_list(measured, home=call.home, watcher=watcher)
    emit(
        call,
        as_json=lambda: {**results.scan_result(measured), "people": cast_result(listed)},
        show=partial(render.show_scan, scan=measured, listed=listed),
    )


@click.command()
@raw_argument
@pick_options
@report_option
@model_option
@common_options
@click.pass_obj
def pick(call: Call, raw: str, report: str | None, model: str, direction: Direction) -> None:
    """Choose the best face-forward window of RAW and say why."""
    from screentest.client.cli.output import tables as render
    from screentest.client.cli.running.stages import picked
    from screentest.client.remote.character_models import model_of

    spec = model_of(model).clip
    with watching(call) as watcher:
        source, segment = picked(raw, direction, spec=spec, call=call, watcher=watcher)
        if report is not None:
            draw_pick(report, source, segment, direction, spec=spec, call=call, watcher=watcher)
    emit_with_report(
        call,
        as_json=lambda: results.pick_result(source, segment),
        show=partial(render.show_segment, segment=segment),
        report=report,
    )


@click.command()
@raw_argument
@click.option(
    "-o",
    "--out",
    metavar="OUT",
    help="Where to write the clip.  [default: RAW's name with .clip.mp4, in the current folder]",
)
@click.option("--overwrite", is_flag=True, help="Replace OUT if it exists with other content.")
@clip_options
@report_option
@model_option
@common_options
@click.pass_obj
def clip(
    call: Call,
    raw: str,
    out: str | None,
    overwrite: bool,
    report: str | None,
    model: str,
    direction: Direction,
) -> None:
    """Make a clip of RAW that the model accepts untouched.

    Picks the window unless --start gives one. The same footage and options make the same bytes;
    an existing file with other content is kept unless --overwrite is given.
    """
    from screentest.client.cli.output import tables as render
    from screentest.client.cli.running.stages import clipped
    from screentest.client.remote.character_models import model_of

    spec = model_of(model).clip
    fault = None
    with watching(call) as watcher:
        source, made = clipped(
            raw,
            direction,
            spec=spec,
            out=out,
            overwrite=overwrite,
            call=call,
            watcher=watcher,
        )
        if report is not None:
            asked = direction.start_s is not None
            draw = partial(draw_clip, report, source, made, spec=spec, asked=asked)
            fault = fault_of(partial(draw, call=call, watcher=watcher))
    emit_with_report(
        call,
        as_json=lambda: results.clip_result(made),
        show=partial(render.show_clip, clip=made),
        report=report,
        fault=fault,
    )


@click.command()
@click.argument("clip_file", metavar="CLIP")
@model_option
@common_options
@click.pass_obj
def check(call: Call, clip_file: str, model: str) -> None:
    """Check CLIP against every rule of its model; fails if one is broken."""
    from screentest import check as check_file
    from screentest.client.cli.output import tables as render
    from screentest.client.remote.character_models import model_of

    report = check_file(clip_file, spec=model_of(model).clip)
    emit(
        call,
        as_json=lambda: results.check_result(report),
        show=partial(render.show_check, report=report),
    )
    _refuse_broken(report)


def _refuse_broken(report: CheckReport) -> None:
    from screentest.prep.core.errors import RuleBroken

    broken = [rule.rule for rule in report.rules if not rule.ok]
    if broken:
        message = f"{report.clip} breaks {counted(len(broken), 'rule')}: {', '.join(broken)}."
        raise RuleBroken(message, "`screentest clip RAW` makes a clip that keeps them all.")
