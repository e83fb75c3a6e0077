"""register: from raw footage to a recorded character id."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from screentest.client.cli.output import results
from screentest.client.cli.output.progress import watching
from screentest.client.cli.output.report import emit_with_report, fault_of, report_option
from screentest.client.cli.params import completing
from screentest.client.cli.params.options import (
    clip_options,
    common_options,
    fetch_options,
    max_cost_option,
    model_option,
    reference_option,
    said_here,
    service_options,
    settling_options,
    unverified_option,
    webhook_option,
)
from screentest.client.cli.running.asking import agreed
from screentest.client.cli.running.call import Call
from screentest.client.cli.running.footage import ordered, own_s3
from screentest.client.cli.running.preflight import require_order
from screentest.client.cli.running.services import services, with_account
from screentest.client.config import private_folder

if TYPE_CHECKING:
    from screentest.client.characters.choosing.differing import Difference
    from screentest.client.characters.register import Order, Registered
    from screentest.client.characters.way import Asked
    from screentest.client.config import Settings
    from screentest.client.registry.records import Registration
    from screentest.prep.core.progress import Watcher
    from screentest.prep.core.values import Clip, Scan, Segment
    from screentest.prep.core.wishes import Wishes


@click.command()
@click.argument("files", metavar="[RAW]...", shell_complete=completing.files, nargs=-1)
@click.option("--name", default=None, help="The character's name, as prompts use it.")
@click.option(
    "--character",
    default="",
    metavar="NAME_OR_ID",
    shell_complete=completing.characters,
    help="A character that is registered already, for another model: same window, or from RAW.",
)
@model_option
@reference_option(
    "Give the model a clip or stills. auto: a clip of what shows a human face or is a person; "
    "stills of anything else, where the model takes it that way alone."
)
@click.option(
    "--description", default="", help="What the character is, for models that take a description."
)
@click.option(
    "--dry-run",
    is_flag=True,
    help="Stop before the upload; keep the clip, show what would happen and what it costs.",
)
@click.option("--again", is_flag=True, help="Register again what is already registered.")
@click.option(
    "--no-wait",
    is_flag=True,
    help="Exit after the submit; `characters wait` or the same command fetches the result.",
)
@click.option(
    "--yes",
    is_flag=True,
    help="Register another character under a name that one has already, and footage that somebody "
    "decided to skip.",
)
@unverified_option
@max_cost_option
@webhook_option
@click.option(
    "--consent",
    default="",
    metavar="NOTE",
    help="A note to record with the character: who agreed to what, and when.",
)
@clip_options
@report_option
@service_options
@settling_options
@fetch_options
@common_options
@click.pass_obj
def register(
    call: Call,
    files: tuple[str, ...],
    name: str | None,
    character: str,
    model: str,
    reference: Asked,
    description: str,
    dry_run: bool,
    again: bool,
    no_wait: bool,
    yes: bool,
    unverified: bool,
    max_cost_usd: float | None,
    webhook: str,
    consent: str,
    wishes: Wishes,
    report: str | None,
) -> None:
    """Turn the footage RAW into a character and record its id.

    Picks the window, makes and checks the clip, uploads it, submits it, waits and records. Finished
    steps are kept: after a failure, the same command continues where it stopped, and a second run
    submits nothing. Two runs at once make one character: the second waits for the first. Where another
    character has the name, asks first.

    Several files are of one person: the best window among them is registered, once.

    What was decided about the footage counts where the command line says nothing else. It orders
    nothing again: of what is registered already, the difference is told.

    A file that keeps every rule of its model, such as the clip of a dry run, is sent as it is.

    A character that is registered is registered with another model by --character and --model, without
    RAW: its clip is made anew from the same window, as that model wants it.

    A model that knows no ids gets the clip or stills with every video: they are kept for it, and
    nothing is submitted.

    Needs WAVESPEED_API_KEY and a bucket, or --sandbox.
    """
    from screentest.client.characters.register import Order

    _require_one(files, name=name, character=character)
    order = Order(
        footage=files[0] if files else "",
        others=files[1:],
        name=name or "",
        character=character,
        model=model,
        wishes=wishes,
        again=again,
        description=description,
        wait=not no_wait,
        max_cost_usd=max_cost_usd,
        webhook=webhook,
        consent=consent,
        shares_name=yes,
        unverified=unverified,
        reference=reference,
        even_skipped=yes,
        said=said_here(),
    )
    require_order(order)
    if dry_run:
        _rehearse(call, order, report)
    else:
        _register(call, order, report)


def _require_one(files: tuple[str, ...], *, name: str | None, character: str) -> None:
    """Raises UsageError unless the words say who is registered, and from which footage."""
    if len(files) > 1 and name is None:
        raise click.UsageError(
            "Missing option '--name': several files are registered as one person. `screentest batch` "
            "registers each as a character of its own."
        )
    if name is not None and character:
        raise click.UsageError("Give --name for a new character, or --character for a registered one.")
    if name is None and not character:
        raise click.UsageError("Missing option '--name' (or '--character' for a registered one).")
    if not files and not character:
        raise click.UsageError("Missing argument 'RAW': the footage of the new character.")


def _register(call: Call, order: Order, report: str | None) -> None:
    from screentest.client.cli.output.history import show_registration
    from screentest.client.registry.registry import FILE_NAME, Registry

    fault = None
    with (
        watching(call) as watcher,
        services(call, watcher=watcher) as settings,
        ordered(call, order, watcher=watcher, s3=settings.s3) as order,
    ):
        settings = with_account(settings, watcher=watcher)
        done = _registered(call, order, settings, watcher)
        registry_file = call.home / FILE_NAME
        with Registry(registry_file) as registry:
            record = registry.registrations.find_row(done.row_id)
        report = _without_window(report, done.segment, watcher)
        if report is not None:
            fault = fault_of(partial(_draw, call, order, record, report, watcher))
    emit_with_report(
        call,
        as_json=lambda: {**results.registration_result(done), **_chosen(order, done.footage)},
        show=partial(
            show_registration,
            done=done,
            record=record,
            registry_file=registry_file,
            **_chosen(order, done.footage),
        ),
        report=report,
        fault=fault,
    )


def _registered(call: Call, order: Order, settings: Settings, watcher: Watcher) -> Registered:
    """The registration; where another has the name, or it is to be skipped, once a person agreed."""
    from screentest.client.characters.register import register as register_order
    from screentest.client.errors import NameTaken, SkipDecided

    while True:
        try:
            done = register_order(order, settings, watcher=watcher)
        except NameTaken as taken:
            if not agreed(call, f"{taken.message} This registers another one."):
                raise
            order = replace(order, shares_name=True)
        except SkipDecided as skipped:
            if not agreed(call, f"{skipped.message} This registers it all the same."):
                raise
            order = replace(order, even_skipped=True)
        else:
            for differing in _differing(done.differs):
                watcher.warned(differing)
            return replace(done, warnings=(*done.warnings, *_differing(done.differs)))


def _chosen(order: Order, footage: str) -> dict[str, Any]:
    """Which of several files it is; of one file that is clear."""
    return {"footage": footage} if order.others else {}


def _differing(differs: Difference | None) -> tuple[str, ...]:
    """What is decided since a registration, as a warning."""
    from screentest.client.cli.output.remedies import spoken

    return (f"{differs.said} {spoken(differs.remedies)}".strip(),) if differs else ()


def _draw(call: Call, order: Order, record: Registration, report: str, watcher: Watcher) -> None:
    """Write the report on a registered clip."""
    from screentest.client.characters.known import wishes_of
    from screentest.client.characters.order import model_for
    from screentest.prep.picking.scans import scan_behind
    from screentest.prep.pipeline import probed

    if record.clip is None:
        return
    spec = model_for(order).clip
    wishes = wishes_of(record) if order.character else order.wishes
    path = call.found_at(record.source_path)
    source = probed(path, rotate_deg=wishes.rotate_deg, watcher=watcher)
    folder = private_folder(call.home / "scans")
    scan = scan_behind(source, record.clip.segment, wishes, spec, folder=folder)
    character = f"{record.name}: {record.character_id or 'not settled yet'}"
    _draw_clip(scan, record.clip, order, f"{character} ({record.service})", report, watcher)


def _without_window(report: str | None, window: Segment | None, watcher: Watcher) -> str | None:
    """The report that can be drawn; None where stills were given, which is then said."""
    if report is not None and window is None:
        watcher.warned(
            "No report is drawn: it shows how a clip's window was picked, and stills are given."
        )
    return report if window is not None else None


def _draw_clip(
    scan: Scan, clip: Clip, order: Order, headline: str, report: str, watcher: Watcher
) -> None:
    from screentest.client.characters.footage import warnings_about
    from screentest.client.characters.order import model_for
    from screentest.prep.report.draw import draw

    draw(
        scan,
        clip,
        out=report,
        spec=model_for(order).clip,
        headline=headline,
        warnings=warnings_about(clip),
        watcher=watcher,
    )


def _rehearse(call: Call, order: Order, report: str | None) -> None:
    from screentest.client.characters.rehearse import rehearse
    from screentest.client.cli.output.history import show_forecast
    from screentest.client.cli.running.services import named_services

    service, account = named_services(call)
    with (
        watching(call) as watcher,
        own_s3(call, (order.footage, *order.others), watcher=watcher) as s3,
        ordered(call, order, watcher=watcher, s3=s3) as order,
    ):
        forecast = rehearse(order, call.home, service=service, account=account, watcher=watcher)
        forecast = replace(forecast, warnings=(*forecast.warnings, *_differing(forecast.differs)))
        report = _without_window(report, forecast.segment, watcher)
        if report is not None and forecast.scan is not None and forecast.clip is not None:
            _draw_clip(forecast.scan, forecast.clip, order, "", report, watcher)
        elif report is not None and forecast.recorded is not None:
            _draw(call, order, forecast.recorded, report, watcher)
    emit_with_report(
        call,
        as_json=lambda: {**results.forecast_result(forecast), **_chosen(order, forecast.footage)},
        show=partial(show_forecast, forecast=forecast, **_chosen(order, forecast.footage)),
        report=report,
    )
