"""video: a video that shows registered characters."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from screentest.client.cli.output.emit import emit
from screentest.client.cli.output.progress import watching
from screentest.client.cli.output.wording import bill, usd
from screentest.client.cli.params import completing
from screentest.client.cli.params.options import (
    common_options,
    max_cost_option,
    reference_option,
    service_options,
    settling_options,
    unverified_option,
    webhook_option,
)
from screentest.client.cli.params.seconds import VideoSize
from screentest.client.cli.running.asking import agreed
from screentest.client.cli.running.call import Call
from screentest.client.cli.running.preflight import left_at, require_free, require_known
from screentest.client.cli.running.services import session

if TYPE_CHECKING:
    from rich.console import Console

    from screentest.client.characters.way import Asked
    from screentest.client.tasks.session import Session
    from screentest.client.videos.make import Made, Quote
    from screentest.client.videos.plan import VideoOrder, VideoPlan


@click.command()
@click.argument("prompt")
@click.option(
    "--character",
    "characters",
    multiple=True,
    metavar="NAME_OR_ID",
    shell_complete=completing.characters,
    help="A registered character to show; the prompt must name it. How many: see `screentest models`.",
)
@click.option(
    "--model",
    default="",
    metavar="MODEL",
    shell_complete=completing.models,
    help="The video model; see `screentest models`.  [default: the first that shows the characters by "
    "their ids, else the first that takes their clips; or the first that begins with --image]",
)
@click.option(
    "--size",
    type=VideoSize(),
    default="",
    metavar="WxH",
    help="Size of the video, such as 1280x720.  [default: the characters' aspect]",
)
@click.option(
    "--duration",
    "duration_s",
    type=click.IntRange(min=1),
    default=4,
    show_default=True,
    metavar="SECONDS",
    help="Length of the video.",
)
@click.option(
    "--image",
    default="",
    metavar="FILE_OR_URL",
    shell_complete=completing.files,
    help="The first frame, for image models.",
)
@reference_option(
    "Give a model that takes both a clip or images of the characters. auto: what it was given before, "
    "else as in `register`."
)
@click.option(
    "-o",
    "--out",
    default="",
    metavar="FILE",
    shell_complete=completing.files,
    help="Where to write the video.  [default: named after PROMPT, in the current folder]",
)
@unverified_option
@click.option("--overwrite", is_flag=True, help="Replace FILE if it exists.")
@click.option(
    "--no-compare",
    is_flag=True,
    help="Do not look whether the video shows the characters' faces.",
)
@click.option("--fix-prompt", is_flag=True, help="Use the proposed prompt if names are missing.")
@click.option("--yes", is_flag=True, help="Agree to the price without being asked.")
@max_cost_option
@webhook_option
@service_options
@settling_options
@common_options
@click.pass_obj
def video(
    call: Call,
    prompt: str,
    characters: tuple[str, ...],
    model: str,
    size: str,
    duration_s: int,
    image: str,
    reference: Asked,
    out: str,
    unverified: bool,
    overwrite: bool,
    no_compare: bool,
    fix_prompt: bool,
    yes: bool,
    max_cost_usd: float | None,
    webhook: str,
) -> None:
    """Make a video of PROMPT with registered characters and download it.

    Shows the price and asks before anything is spent. PROMPT must contain each character's name
    verbatim; where it does not, a corrected prompt is proposed. Where the model wants a character's
    place beside its name, that is put in. A model that knows no ids gets each character's clip or
    images with the video; what is missing is made of the footage first.

    After a failure, run the same command again: a video that was paid for is downloaded, not paid for
    twice. Without -o, a video that is there already is given as it is.
    """
    from screentest.client.cli.output.results import video_result
    from screentest.client.videos.likeness import compared
    from screentest.client.videos.make import make
    from screentest.client.videos.plan import VideoOrder

    order = VideoOrder(
        prompt=prompt,
        out=Path(out).absolute() if out else None,
        characters=characters,
        model=model,
        size=size,
        duration_s=duration_s,
        image=image,
        max_cost_usd=max_cost_usd,
        webhook=webhook,
        unverified=unverified,
        reference=reference,
        overwrite=overwrite,
    )
    _require_plain(order)
    left = left_at(call, order.out) if order.out else None
    if order.out is not None and left is None:
        require_free(order.out, overwrite=overwrite)
    require_known(call, characters, deleted=False)
    with watching(call) as watcher, session(call, watcher=watcher) as open_session:
        quoted = _quoted(call, order, open_session, fix_prompt=fix_prompt)
        is_left = quoted.resumes and left is not None and left.identity == quoted.wish.identity
        if order.out is not None and not is_left:
            # Another run may have put it there since.
            require_free(order.out, overwrite=overwrite)
        _agree(call, quoted, yes=yes)
        made = make(quoted, open_session)
        if not no_compare:
            made = replace(made, record=compared(made.record, open_session))
    emit(call, as_json=lambda: video_result(made), show=partial(_show, made=made))


def _quoted(call: Call, order: VideoOrder, open_session: Session, *, fix_prompt: bool) -> Quote:
    from screentest.client.videos.make import quote

    return quote(_planned(call, order, open_session, fix_prompt=fix_prompt), open_session)


def _planned(call: Call, order: VideoOrder, open_session: Session, *, fix_prompt: bool) -> VideoPlan:
    from screentest.client.errors import PromptProblem
    from screentest.client.videos.plan import planned

    registry, settings = open_session.registry, open_session.settings
    try:
        return planned(order, registry, settings)
    except PromptProblem as problem:
        (proposed,) = problem.remedies[0].values
        if not fix_prompt and not agreed(call, f"{problem.message}\nUse: {proposed}"):
            raise
        return planned(replace(order, prompt=proposed), registry, settings)


def _agree(call: Call, quoted: Quote, *, yes: bool) -> None:
    """Show the price and ask, before anything is spent; --yes agrees."""
    from screentest.client.errors import ConfigError

    if quoted.resumes or quoted.done:
        return
    price, words = usd(quoted.wish.cost_usd), price_in_words(quoted)
    if call.verbosity >= 0:
        click.echo(f"price: {words}", err=True)
    if not yes and not agreed(call, f"{words}."):
        raise ConfigError(
            f"The price, {price}, was not agreed to; nothing was spent.", "Pass --yes to agree."
        )


def price_in_words(quoted: Quote) -> str:
    """What is paid for, and how much it is."""
    plan = quoted.plan
    reference = _reference_in_words(plan) if plan.reference_s else ""
    size = f" at {plan.size}" if plan.size else ""
    what = f"{plan.order.duration_s} s of video{reference}{size} from {plan.model.model_id}"
    return f"{what} cost {usd(quoted.wish.cost_usd)}"


def _reference_in_words(plan: VideoPlan) -> str:
    exact_s, billed_s = plan.reference_s, plan.billed_reference_s
    rounded = "" if exact_s == billed_s else f" ({exact_s:g} s, each clip rounded up)"
    return f" and {billed_s} s of reference{rounded}"


def _require_plain(order: VideoOrder) -> None:
    """Raises ConfigError for a webhook nobody can call, and a path the registry cannot record."""
    from screentest.client.config import require_text, require_webhook

    require_webhook(order.webhook)
    require_text(str(order.out or Path.cwd()), what="path")


def _show(console: Console, made: Made) -> None:
    from screentest.client.cli.output.likeness import likeness_lines
    from screentest.client.cli.output.tables import show_facts

    record = made.record
    facts = [
        ("Video", record.out_path or ""),
        *([("Status", "it is there already; nothing was spent")] if made.found else []),
        ("Model", record.model),
        ("Task", record.task_id or ""),
        ("Cost", bill(record.cost_usd, service=record.service, now=made.submitted)),
    ]
    facts += [("Likeness", line) for line in likeness_lines(record)]
    if record.has_nsfw:
        facts.append(("Warning", "the service marks it as not safe for work"))
    show_facts(console, facts)
