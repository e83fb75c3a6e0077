"""compare: whether a video still shows somebody."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from screentest.client.cli.output.progress import watching
from screentest.client.cli.output.report import emit_with_report, fault_of, report_option
from screentest.client.cli.params import completing
from screentest.client.cli.params.options import common_options
from screentest.client.cli.running.call import Call

if TYPE_CHECKING:
    from screentest.prep.comparing.reference import FaceReference
    from screentest.prep.comparing.verdict import Likeness
    from screentest.prep.core.values import Source


@click.command()
@click.argument("video", metavar="VIDEO", shell_complete=completing.files)
@click.option(
    "--character",
    metavar="NAME_OR_ID",
    shell_complete=completing.characters,
    help="Compare with a registered character.",
)
@click.option(
    "--photo",
    metavar="PHOTO",
    shell_complete=completing.files,
    help="Compare with the largest face in this photo.",
)
@click.option(
    "--clip",
    metavar="CLIP",
    shell_complete=completing.files,
    help="Compare with the person in this clip.",
)
@report_option
@common_options
@click.pass_obj
def compare(
    call: Call,
    video: str,
    character: str | None,
    photo: str | None,
    clip: str | None,
    report: str | None,
) -> None:
    """Tell whether VIDEO still shows a character, or the person in a photo or a clip.

    Compares the faces in VIDEO, twice a second, with several faces of the reference. The verdict is
    same, unsure, other or no face; the exit code is 0 whatever it is. Works offline, and keeps
    nothing of the faces.
    """
    from screentest.client.cli.output.likeness import show_likeness
    from screentest.prep.comparing.encoding import likeness_json

    if sum(given is not None for given in (character, photo, clip)) != 1:
        raise click.UsageError("Give one of --character, --photo and --clip.")
    fault = None
    with watching(call) as watcher:
        from screentest.prep.comparing.compare import compare as compared
        from screentest.prep.core.progress import stage
        from screentest.prep.pipeline import probed

        source = probed(video, watcher=watcher)
        with stage(watcher, "reference") as under_way:
            reference, name = _reference(call, character=character, photo=photo, clip=clip)
            under_way.summary = name
        with stage(watcher, "compare") as under_way:
            likeness = compared(source, reference, progress=under_way.advance)
            under_way.summary = likeness.verdict
        if report is not None:
            fault = fault_of(partial(_draw, likeness, source, reference, name, report))
    emit_with_report(
        call,
        as_json=lambda: {"video": source.path, "reference": name, **likeness_json(likeness)},
        show=partial(show_likeness, likeness=likeness),
        report=report,
        fault=fault,
    )


def _reference(
    call: Call, *, character: str | None, photo: str | None, clip: str | None
) -> tuple[FaceReference, str]:
    """The reference and what it is called."""
    from screentest.prep.comparing.reference import reference_in_clip, reference_in_photo

    if photo is not None:
        return reference_in_photo(photo), photo
    if clip is not None:
        return reference_in_clip(clip), clip
    from screentest.client.config import require_text
    from screentest.client.registry.registry import FILE_NAME, Registry
    from screentest.client.videos.faces import reference_of

    require_text(character or "", what="name")
    with Registry(call.home / FILE_NAME) as registry:
        found = registry.registrations.find_one(character or "", deleted=False)
    return reference_of(found), found.name


def _draw(likeness: Likeness, source: Source, reference: FaceReference, name: str, report: str) -> None:
    from screentest.prep.comparing.draw import draw_comparison
    from screentest.prep.comparing.page import Sides
    from screentest.prep.core.text import shown_name

    sides = Sides(shown_name(source.path), shown_name(name))
    draw_comparison(likeness, video=source, reference=reference, sides=sides, out=report)
