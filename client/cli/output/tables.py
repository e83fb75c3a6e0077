"""Results for people: what is printed on stdout without --json.

Every text from outside (paths, names, a service's words) is printed literally and with its control
characters made visible, so that a file name cannot move the cursor or colour the screen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from screentest.client.cli.output.wording import (
    clip_in_brief,
    counted,
    face_in_brief,
    lasting,
    rate,
    size,
    sound,
    timecode,
    visible,
    window,
)

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from screentest.prep.core.values import CheckReport, Clip, Scan, Segment, Source
    from screentest.prep.report.portraits import Portrait

_WIDEST_TABLE = 200


def _subject(segment: Segment) -> str:
    if segment.subject == "face":
        return "a face"
    if segment.face_seen:
        return "the clearest view of the subject; a human face shows in it"
    return "no human face: the clearest view of the subject"


def show_source(console: Console, source: Source) -> None:
    """``probe``."""
    stored = f"{source.coded_width_px}x{source.coded_height_px}"
    shown = f"{source.width_px}x{source.height_px}"
    show_facts(
        console,
        [
            ("File", f"{source.path}"),
            ("Format", f"{_container_of(source)}, {source.codec}, {source.pixel_format}"),
            ("Size", size(source.bytes)),
            ("Length", f"{lasting(source.duration_s)} ({timecode(source.duration_s)})"),
            ("Picture", shown if shown == stored else f"{shown} (stored as {stored})"),
            ("Rate", rate(source.fps) + (", variable" if source.is_vfr else "")),
            ("Sound", _sound_of(source)),
            *_oddities(source),
        ],
    )


def _sound_of(source: Source) -> str:
    """Whether there is sound, and the numbers that --audio-track takes."""
    there = sound(source.has_audio)
    tracks = [*source.audio_tracks]
    if not tracks:
        return there
    if len(tracks) == 1:
        return f"{there}, track 1"
    numbers = ", ".join(map(str, range(1, len(tracks) + 1)))
    own = tracks.index(source.audio_index) + 1 if source.audio_index in tracks else None
    return f"{there}, tracks {numbers} for --audio-track" + (f"; a player takes {own}" if own else "")


def show_scan(console: Console, scan: Scan, listed: tuple[Portrait, ...]) -> None:
    """``scan``."""
    with_face = [signal for signal in scan.signals if signal.faces]
    most = max((len(signal.faces) for signal in scan.signals), default=0)
    cuts = ", ".join(timecode(t_s) for t_s in scan.cuts_s[:12]) or "none"
    more = len(scan.cuts_s) - 12
    show_facts(
        console,
        [
            ("File", scan.source.path),
            ("Length", lasting(scan.end_s)),
            ("Frames", f"{len(scan.signals)} looked at, {len(with_face)} with a face"),
            ("Faces", f"{counted(most, 'face')} at most in one frame"),
            ("Cuts", cuts + (f" and {more} more" if more > 0 else "")),
        ],
    )
    looked_at = [f"{timecode(span.start_s)} to {timecode(span.end_s)}" for span in scan.looked_at]
    show_list(console, "Looked at closely", looked_at)
    looked_s = sum(span.end_s - span.start_s for span in scan.looked_at)
    people = [
        f"{one.person.number}: face shown for {lasting(one.person.seen_s)} of the {lasting(looked_s)} "
        f"looked at closely, best at {timecode(one.person.best_s)}, {one.thumbnail}{_refusal(one)}"
        for one in listed
    ]
    show_list(console, "People", people)


def _refusal(one: Portrait) -> str:
    return f" - cannot be picked: {one.refusal}" if one.refusal else ""


def show_segment(console: Console, segment: Segment) -> None:
    """``pick``: the window, why it won, and what else there was."""
    show_facts(
        console,
        [
            ("Window", window(segment.start_s, segment.length_s)),
            ("Score", f"{segment.score:.2f} of 1"),
            ("Subject", _subject(segment)),
        ],
    )
    show_list(console, "Why", segment.reasons)
    others = [
        f"{window(other.start_s, other.length_s)}, score {other.score:.2f}"
        for other in segment.alternatives
    ]
    show_list(console, "Runners-up", others)


def show_clip(console: Console, clip: Clip) -> None:
    """``clip``: where it is and what it holds."""
    segment = clip.segment
    show_facts(
        console,
        [
            ("Window", window(segment.start_s, segment.length_s)),
            ("Clip", clip_in_brief(clip)),
            *([("Face", face)] if (face := face_in_brief(clip)) else []),
            ("File", clip.path),
            ("SHA-256", clip.sha256),
        ],
    )
    show_list(console, "Why this window", segment.reasons)


def show_check(console: Console, report: CheckReport) -> None:
    """``check``: every rule with what was found and what the model wants."""
    from rich.text import Text

    table = plain_table("Rule", "Found", "Wanted", "")
    for rule in report.rules:
        verdict = Text("ok", style="green") if rule.ok else Text("broken", style="bold red")
        table.add_row(rule.rule, visible(rule.found), rule.wanted, verdict)
    print_table(console, table)
    broken = sum(not rule.ok for rule in report.rules)
    outcome = "every rule kept" if not broken else f"{counted(broken, 'rule')} broken"
    say(console, f"\n{visible(report.clip)}: {outcome} ({report.model})")


def show_facts(console: Console, facts: Iterable[tuple[str, str]]) -> None:
    """Labels on the left, values on the right; a long value continues under itself.

    A path is left for the terminal to wrap, so that it can be copied whole.
    """
    from rich.text import Text

    rows = [(label, visible(value)) for label, value in facts]
    width = max(len(label) for label, _ in rows) + 2
    for label, value in rows:
        heading = (label.ljust(width), "bold")
        if " " not in value or value.startswith("/"):
            console.print(Text.assemble(heading, value), soft_wrap=True)
        else:
            console.print(_hanging(Text.assemble(heading), value, width=width))


def show_list(console: Console, title: str, lines: Sequence[str]) -> None:
    """A titled list of bullets, nothing where there is nothing to list."""
    from rich.table import Table
    from rich.text import Text

    if not lines:
        return
    console.print()
    console.print(Text(title, style="bold"))
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=2, justify="right")
    grid.add_column(overflow="fold")
    for line in lines:
        grid.add_row("-", Text(visible(line)))
    console.print(grid)


def plain_table(*headings: str) -> Table:
    """An empty table with a rule under its heading and no other lines."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


def print_table(console: Console, table: Table) -> None:
    """The table; where the terminal is narrower than its longest words, it wraps whole lines.

    An id stays in one piece that way, and no column vanishes.
    """
    unbounded = console.options.update(max_width=_WIDEST_TABLE)
    natural = console.measure(table, options=unbounded)
    if natural.minimum > console.width:
        table.width = natural.maximum
    console.print(table, crop=False)


def say(console: Console, line: str) -> None:
    """One line, never wrapped."""
    console.print("\n".join(map(visible, line.split("\n"))), soft_wrap=True)


def _hanging(heading: Text, value: str, *, width: int) -> Table:
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid()
    grid.add_column(width=width)
    grid.add_column(overflow="fold")
    grid.add_row(heading, Text(value))
    return grid


def _container_of(source: Source) -> str:
    """One name: a reader of MP4 also reads MOV, M4A and so on, and its list says nothing."""
    names = source.container.split(",")
    extension = source.path.rpartition(".")[2].lower()
    return extension if extension in names else names[0]


def _oddities(source: Source) -> Iterable[tuple[str, str]]:
    """What is out of the ordinary, and what becomes of it."""
    if source.joined:
        joints = ", ".join(timecode(t_s) for t_s in source.joints_s[:6])
        more = len(source.joints_s) - 6
        yield (
            "Joined",
            f"{len(source.joined)} recordings; the next begins at {joints}"
            + (f" and {more} more" if more > 0 else ""),
        )
    if source.rotation_deg or source.mirrored:
        turned = f"{source.rotation_deg} degrees clockwise" if source.rotation_deg else ""
        mirrored = "mirrored" if source.mirrored else ""
        yield "Turned", ", ".join(part for part in (turned, mirrored) if part)
    if source.turned_deg:
        yield "Rotated", f"{source.turned_deg} degrees clockwise on top of what the file says, as asked"
    if source.sar != 1:
        yield "Pixels", f"{source.sar.numerator}:{source.sar.denominator}, not square"
    if source.is_hdr:
        yield "Colour", "high dynamic range"
    if source.is_interlaced:
        yield "Fields", "interlaced"
    if source.slowed > 1:
        yield "Motion", f"slow, {source.slowed:.3g} times"
