"""The contact sheet: many picks on one page, a row each, to be judged by eye: pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from screentest.prep.core.text import timecode
from screentest.prep.core.values import Source
from screentest.prep.report.filmstrip import filmstrip
from screentest.prep.report.markup import data_uri, escaped, framed, sentence
from screentest.prep.report.page import facts, level, meter, subject_words
from screentest.prep.report.story import Story


@dataclass(frozen=True, slots=True)
class Row:
    """One clip of a contact sheet: its pick, or ``error``, the sentence that says why there is none.

    ``stills``: JPEGs by time, of the window's moments and of the middle of the runner-up.
    """

    name: str
    source: Source | None = None
    story: Story | None = None
    stills: Mapping[float, bytes] | None = None
    error: str = ""


def picks_page(rows: Sequence[Row], *, title: str) -> str:
    """The whole page, rows in the order given. ``title``: plain text, such as the folder's name."""
    picked = sum(row.story is not None for row in rows)
    other = sum(row.story is not None and row.story.segment.subject == "other" for row in rows)
    said = f"{len(rows)} clips: {picked} picked, {len(rows) - picked} refused"
    if other:
        said += f"; {other} without a face turned to the camera"
    body = "".join(_row(row) for row in rows)
    brand = '<p class="brand">Screentest contact sheet</p>'
    header = (
        f'<header class="plain"><div>{brand}<h1>{escaped(title)}</h1>'
        f'<p class="facts">{said}.</p></div></header>'
    )
    main = f'<main class="contact-sheet">{header}{body}</main>'
    return framed(main, title=f"{title}: contact sheet of picks")


def runner_up_s(story: Story) -> float | None:
    """The moment whose picture stands for the runner-up: its middle."""
    others = story.segment.alternatives
    return others[0].start_s + others[0].length_s / 2 if others else None


def _row(row: Row) -> str:
    if row.source is None or row.story is None or row.stills is None:
        return _refused(row)
    segment = row.story.segment
    what = "" if segment.subject == "face" else f'<p class="other">{subject_words(segment)}</p>'
    reasons = " ".join(sentence(reason) for reason in segment.reasons)
    return (
        f'<article><div class="head"><h2>{escaped(row.name)}</h2>'
        f'<p class="score {level(segment.score)}">{segment.score:.2f}</p>{meter(segment.score)}'
        f'<p class="span">{timecode(segment.start_s)} – {timecode(segment.end_s)}</p>{what}'
        f'<p class="facts">{escaped(facts(row.source))}</p></div>'
        f'<div class="film">{filmstrip(row.story.moments, row.stills)}'
        f'<div class="words"><p class="note">{reasons}</p>{_runner_up(row.story, row.stills)}</div>'
        "</div></article>"
    )


def _refused(row: Row) -> str:
    return (
        f'<article class="refused"><div class="head"><h2>{escaped(row.name)}</h2></div>'
        f'<p class="film"><b class="tag">no pick</b> {escaped(row.error)}</p></article>'
    )


def _runner_up(story: Story, stills: Mapping[float, bytes]) -> str:
    middle_s = runner_up_s(story)
    if middle_s is None:
        return '<p class="runner-up none">No runner-up.</p>'
    other = story.segment.alternatives[0]
    jpeg = stills.get(middle_s, b"")
    image = (
        f'<img src="{data_uri("image/jpeg", jpeg)}" alt="The runner-up at {timecode(middle_s)}">'
        if jpeg
        else ""
    )
    return (
        f'<p class="runner-up">{image}<span><b>Runner-up {other.score:.2f}</b><br>'
        f"{timecode(other.start_s)} – {timecode(other.start_s + other.length_s)}</span></p>"
    )
