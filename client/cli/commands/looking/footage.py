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
    part_options,
    pick_options,
    raw_argument,
)
from screentest.client.cli.running.call import Call
from screentest.client.cli.running.footage import local_one

if TYPE_CHECKING:
    from screentest.prep.core.progress import Watcher
    from screentest.prep.core.spec import ClipSpec
    from screentest.prep.core.values import CheckReport, Choice
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
@part_options
@pick_options
@report_option
@model_option
@fetch_options
@common_options
@click.pass_obj
def pick(
    call: Call,
    raw: str,
    part_start_s: float | None,
    end_s: float | None,
    report: str | None,
    model: str,
    wishes: Wishes,
) -> None:
    """Choose the best face-forward window of RAW and say why.

    With --start or --end, only that part is searched, and its scan is not kept.
    """
    from screentest.client.characters.footage import warnings_about
    from screentest.client.characters.way import said_subject
    from screentest.client.cli.output import tables as render
    from screentest.client.remote.video_models import any_model_of, clip_spec_of
    from screentest.prep.pipeline import choose, draw_choice

    spec = clip_spec_of(model)
    part = (part_start_s, end_s)
    with local_one(call, raw) as path, watching(call) as watcher:
        if part == (None, None):
            choice = choose(path, wishes, spec, scans=call.home / "scans", watcher=watcher)
        else:
            choice = _chosen_within(path, part, wishes, spec, watcher)
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


def _chosen_within(
    path: str,
    part: tuple[float | None, float | None],
    wishes: Wishes,
    spec: ClipSpec,
    watcher: Watcher,
) -> Choice:
    """The best window of a part of the footage. Raises ImpossibleWish for a person's number."""
    from screentest.prep.core.errors import ImpossibleWish
    from screentest.prep.core.remedy import Remedy
    from screentest.prep.media.bounds import between
    from screentest.prep.pipeline import choose, probed

    if wishes.person is not None:
        raise ImpossibleWish(
            "People are numbered in the whole footage, not in a part of it.",
            Remedy("by_hand", words="name the person with --match"),
        )
    wishes.require_possible(spec)
    source = probed(path, rotate_deg=wishes.rotate_deg, watcher=watcher)
    within = between(source, start_s=part[0], end_s=part[1])
    choice = choose(within, replace(wishes, rotate_deg=None), spec, watcher=watcher)
    return replace(choice, scan=replace(choice.scan, source=source))


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
@click.option(
    "--runner-up",
    type=click.IntRange(min=1),
    metavar="N",
    help="Take runner-up N of the list that `pick` shows instead of the best window.",
)
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
    runner_up: int | None,
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
    if runner_up is not None and wishes.start_s is not None:
        raise click.UsageError("Give --start or --runner-up, not both.")
    spec, fault = clip_spec_of(model), None
    with local_one(call, raw) as path, watching(call) as watcher:
        if runner_up is not None:
            wishes = _of_runner_up(call, path, runner_up, wishes, spec, watcher)
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


def _of_runner_up(
    call: Call, path: str, number: int, wishes: Wishes, spec: ClipSpec, watcher: Watcher
) -> Wishes:
    """The wishes for the window that the pick put in that place. Raises ConfigError for none."""
    from screentest.client.errors import ConfigError
    from screentest.prep.pipeline import choose

    picked = replace(wishes, min_score=None)
    found = choose(path, picked, spec, scans=call.home / "scans", watcher=watcher).segment.alternatives
    if number > len(found):
        count = counted(len(found), "runner-up", plural="runners-up")
        raise ConfigError(
            f"There is no runner-up {number}: the pick has {count}.",
            "`screentest pick RAW` lists them.",
        )
    window, subject = found[number - 1], None if wishes.insists else wishes.subject
    return replace(
        wishes,
        start_s=window.start_s,
        length_s=window.length_s,
        person=None,
        match=None,
        subject=subject,
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
