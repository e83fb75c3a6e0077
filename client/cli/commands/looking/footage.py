"""probe, scan, pick, clip, check: the stages that need no network, each alone."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from screentest.client.cli.output import results
from screentest.client.cli.output.emit import emit
from screentest.client.cli.output.progress import watching
from screentest.client.cli.output.report import emit_with_report, fault_of, report_option
from screentest.client.cli.output.wording import counted
from screentest.client.cli.params import completing
from screentest.client.cli.params.options import (
    clip_options,
    common_options,
    fetch_options,
    look_options,
    model_option,
    pick_options,
    raw_argument,
)
from screentest.client.cli.running.call import Call
from screentest.client.cli.running.footage import local_one

if TYPE_CHECKING:
    from screentest.prep.core.progress import Watcher
    from screentest.prep.core.spec import ClipSpec
    from screentest.prep.core.values import CheckReport
    from screentest.prep.core.wishes import Wishes
    from screentest.prep.pipeline import Prepared


@click.command()
@raw_argument
@look_options
@fetch_options
@common_options
@click.pass_obj
def probe(call: Call, raw: str, wishes: Wishes) -> None:
    """Show what is in the video file RAW: picture, length, rate, sound."""
    from screentest import probe as probe_file
    from screentest.client.cli.output import tables as render
    from screentest.prep.core.encoding import source_json

    with local_one(call, raw) as path:
        source = probe_file(path, rotate_deg=wishes.rotate_deg or 0)
    emit(
        call,
        as_json=lambda: source_json(source),
        show=partial(render.show_source, source=source),
    )


@click.command()
@raw_argument
@look_options
@fetch_options
@common_options
@click.pass_obj
def scan(call: Call, raw: str, wishes: Wishes) -> None:
    """Measure faces, sharpness and light in RAW over time, and list the people in it.

    The scan is kept under the home for pick, clip and register. Their --person takes a number from
    the list.
    """
    from screentest.client.cli.output import tables as render
    from screentest.client.cli.output.people import people_result
    from screentest.prep.core.encoding import scan_json
    from screentest.prep.pipeline import scanned

    with local_one(call, raw) as path, watching(call) as watcher:
        measured = scanned(path, wishes, scans=call.home / "scans", watcher=watcher)
        from screentest.prep.report.portraits import portraits  # heavy: loaded while RAW was probed

        listed = portraits(measured, folder=call.home / "people", watcher=watcher)
    emit(
        call,
        as_json=lambda: {**scan_json(measured), "people": people_result(listed)},
        show=partial(render.show_scan, scan=measured, listed=listed),
    )


@click.command()
@raw_argument
@pick_options
@report_option
@model_option
@fetch_options
@common_options
@click.pass_obj
def pick(call: Call, raw: str, report: str | None, model: str, wishes: Wishes) -> None:
    """Choose the best face-forward window of RAW and say why."""
    from screentest.client.characters.footage import warnings_about
    from screentest.client.characters.way import said_subject
    from screentest.client.cli.output import tables as render
    from screentest.client.remote.video_models import any_model_of, clip_spec_of
    from screentest.prep.pipeline import choose, draw_choice

    spec = clip_spec_of(model)
    with local_one(call, raw) as path, watching(call) as watcher:
        choice = choose(path, wishes, spec, scans=call.home / "scans", watcher=watcher)
        for warning in choice.warnings:
            watcher.warned(warning)
        if report is not None:
            warnings = partial(warnings_about, model=any_model_of(model), subject=said_subject(wishes))
            draw_choice(choice, wishes, spec, report=report, warnings=warnings, watcher=watcher)
    emit_with_report(
        call,
        as_json=lambda: results.pick_result(choice.scan.source, choice.segment, choice.warnings),
        show=partial(render.show_segment, segment=choice.segment),
        report=report,
    )


@click.command()
@raw_argument
@click.option(
    "-o",
    "--out",
    metavar="OUT",
    shell_complete=completing.files,
    help="Where to write the clip.  [default: RAW's name with .clip.mp4, in the current folder]",
)
@click.option("--overwrite", is_flag=True, help="Replace OUT if it exists with other content.")
@clip_options
@report_option
@model_option
@fetch_options
@common_options
@click.pass_obj
def clip(
    call: Call,
    raw: str,
    out: str | None,
    overwrite: bool,
    report: str | None,
    model: str,
    wishes: Wishes,
) -> None:
    """Make a clip of RAW that the model accepts untouched.

    Picks the window unless --start gives one. The same footage and options make the same bytes;
    an existing file with other content is kept unless --overwrite is given.
    """
    from screentest.client.characters.cautions import sound_for, sound_left_out
    from screentest.client.cli.output import tables as render
    from screentest.client.config import require_text
    from screentest.client.remote.video_models import any_model_of, clip_spec_of
    from screentest.prep.clipping.place import clip_place
    from screentest.prep.clipping.warnings import own_warnings
    from screentest.prep.pipeline import prepare

    require_text(str(Path(raw).absolute()), what="path")
    spec, fault = clip_spec_of(model), None
    with local_one(call, raw) as path, watching(call) as watcher:
        sound = sound_for(wishes, any_model_of(model))
        made = prepare(
            path,
            replace(wishes, audio=sound),
            spec,
            out=clip_place(path, out),
            overwrite=overwrite,
            scans=call.home / "scans",
            watcher=watcher,
        )
        if sound == "remove" != wishes.audio and made.source.has_audio:
            watcher.warned(sound_left_out(any_model_of(model)))
        for warning in own_warnings(made.clip):
            watcher.warned(warning)
        if report is not None:
            fault = fault_of(partial(_draw, made, report, spec, watcher))
    emit_with_report(
        call,
        as_json=lambda: results.clip_result(made.clip),
        show=partial(render.show_clip, clip=made.clip),
        report=report,
        fault=fault,
    )


def _draw(made: Prepared, report: str, spec: ClipSpec, watcher: Watcher) -> None:
    """The page about a clip that is there."""
    from screentest.client.characters.footage import warnings_about
    from screentest.prep.report.draw import draw

    warnings = warnings_about(made.clip)
    draw(made.scan, made.clip, out=report, spec=spec, warnings=warnings, watcher=watcher)


@click.command()
@click.argument("clip_file", metavar="CLIP", shell_complete=completing.files)
@model_option
@common_options
@click.pass_obj
def check(call: Call, clip_file: str, model: str) -> None:
    """Check CLIP against every rule of its model; fails if one is broken."""
    from screentest import check as check_file
    from screentest.client.cli.output import tables as render
    from screentest.client.remote.video_models import clip_spec_of
    from screentest.prep.core.encoding import check_json

    report = check_file(clip_file, spec=clip_spec_of(model))
    emit(
        call,
        as_json=lambda: check_json(report),
        show=partial(render.show_check, report=report),
    )
    _refuse_broken(report)


def _refuse_broken(report: CheckReport) -> None:
    from screentest.prep.core.errors import RuleBroken

    broken = [rule.rule for rule in report.rules if not rule.ok]
    if broken:
        message = f"{report.clip} breaks {counted(len(broken), 'rule')}: {', '.join(broken)}."
        raise RuleBroken(message, "`screentest clip RAW` makes a clip that keeps them all.")
