"""The page about one pick, to be read from the top in ten seconds: pure.

Verdict, reasons beside the filmstrip, score over time, runners-up, before and after, people. Every
text from outside is escaped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from screentest.prep.core.text import lasting, shown_name, timecode
from screentest.prep.core.values import Clip, Segment, Source, Span
from screentest.prep.report.filmstrip import filmstrip
from screentest.prep.report.markup import data_uri, escaped, framed, sentence
from screentest.prep.report.story import Story
from screentest.prep.report.timeline import timeline
from screentest.prep.scoring.faces import CLEAN, POOR

if TYPE_CHECKING:
    from screentest.prep.people.grouping import Person

_LONG_S = 60.0
_AROUND_S = 8.0
_MOST_PEOPLE = 12


@dataclass(frozen=True, slots=True)
class EmbeddedVideo:
    """An MP4 as bytes. ``reduced``: it is a small copy of what it shows."""

    content: bytes
    width_px: int
    height_px: int
    reduced: bool


@dataclass(frozen=True, slots=True)
class Pictures:
    """What was drawn for a page. ``stills``: JPEGs of the moments, by time. ``portraits``: JPEGs."""

    stills: Mapping[float, bytes]
    portraits: Sequence[bytes]
    before: EmbeddedVideo
    after: EmbeddedVideo


@dataclass(frozen=True, slots=True)
class Cast:
    """The people of a scan, and the one that the window was picked for."""

    people: Sequence[Person]
    chosen: Person | None


def page(
    source: Source,
    story: Story,
    clip: Clip,
    cast: Cast,
    pictures: Pictures,
    *,
    headline: str = "",
    warnings: Sequence[str] = (),
) -> str:
    """The whole page. ``headline``: what became of the clip, such as a character's name and id."""
    body = "".join(
        (
            _verdict(source, story, headline),
            _warnings(warnings),
            _decision(_reasons(story), _window(story, pictures)),
            _score(story),
            _runners_up(story),
            _videos(source, clip, pictures),
            _people(cast, pictures.portraits, story),
            _footer(clip),
        )
    )
    name = shown_name(source.path)
    return framed(f"<main>{body}</main>", title=f"{name}: the pick of Screentest")


def level(score: float) -> str:
    """How good a score is, in one word, which also sets its colour."""
    return "clean" if score >= CLEAN else "fair" if score >= POOR else "poor"


def meter(score: float) -> str:
    """A score as a bar."""
    return (
        f'<svg class="meter {level(score)}" width="100%" height="6" aria-hidden="true">'
        '<rect class="rest" width="100%" height="6" rx="3"/>'
        f'<rect class="full" width="{100 * min(1.0, max(0.0, score)):.1f}%" height="6" rx="3"/></svg>'
    )


def facts(source: Source) -> str:
    """The footage in one line."""
    sound = "with sound" if source.has_audio else "no sound"
    return (
        f"{source.width_px}×{source.height_px} · {float(source.fps):.4g} fps · "
        f"{_length(source.duration_s)} · {sound}"
    )


def _verdict(source: Source, story: Story, headline: str) -> str:
    segment = story.segment
    became = f'<p class="became">{escaped(headline)}</p>' if headline else ""
    return (
        '<header><div class="who"><p class="brand">Screentest</p>'
        f"<h1>{escaped(shown_name(source.path))}</h1>"
        f'<p class="facts">{escaped(facts(source))}</p>{became}</div>'
        '<dl class="verdict">'
        f"<div><dt>Chosen window</dt><dd>{timecode(segment.start_s)} – {timecode(segment.end_s)}"
        f"<small>{lasting(segment.length_s)}</small></dd></div>"
        f'<div><dt>Score</dt><dd class="score {level(segment.score)}">{segment.score:.2f}'
        f"<small>of 1</small>"
        f"{meter(segment.score)}</dd></div>"
        f"<div><dt>Subject</dt><dd>{subject_words(segment)}</dd></div></dl></header>"
    )


def subject_words(segment: Segment) -> str:
    """What a window shows."""
    if segment.subject == "face":
        return "one person's face"
    if segment.face_seen:
        return "the clearest view; a human face shows in it"
    return "no human face: the clearest view"


def _warnings(warnings: Sequence[str]) -> str:
    if not warnings:
        return ""
    items = "".join(f"<li>{sentence(w)}</li>" for w in warnings)
    return f'<aside class="warnings" aria-label="Warnings"><ul>{items}</ul></aside>'


def _section(title: str, content: str, note: str = "") -> str:
    said = f'<p class="note">{escaped(note)}</p>' if note else ""
    return f"<section><h2>{escaped(title)}</h2>{content}{said}</section>"


def _strip_note(story: Story) -> str:
    if story.segment.subject == "other":
        return "Evenly spaced samples of the window; the number is the score of each."
    return (
        "Evenly spaced samples of the window; the number is the score of each. The dot shows where "
        "the head points; the middle of the circle is the camera. Yaw is positive to the right of the "
        "picture, pitch with the chin up, roll clockwise."
    )


def _decision(reasons: str, window: str) -> str:
    return f'<div class="decision">{reasons}{window}</div>'


def _window(story: Story, pictures: Pictures) -> str:
    return _section("The window", filmstrip(story.moments, pictures.stills), _strip_note(story))


def _reasons(story: Story) -> str:
    items = "".join(f"<li>{sentence(r)}</li>" for r in story.segment.reasons)
    return _section("Why", f'<ul class="reasons">{items}</ul>')


def _runners_up(story: Story) -> str:
    others = story.segment.alternatives
    if not others:
        return _section(
            "Runners-up",
            '<p class="none">No window that does not overlap it meets the requirements.</p>',
        )
    rows = "".join(
        f'<tr><td>{place}</td><td class="span">{timecode(o.start_s)} – '
        f"{timecode(o.start_s + o.length_s)}</td><td>{o.score:.2f}</td><td>{meter(o.score)}</td></tr>"
        for place, o in enumerate(others, start=2)
    )
    head = (
        '<thead><tr><th scope="col">#</th><th scope="col">Window</th><th scope="col">Score</th>'
        '<th><span class="unseen">Bar</span></th></tr></thead>'
    )
    return _section("Runners-up", f"<table>{head}<tbody>{rows}</tbody></table>")


def _score(story: Story) -> str:
    length_s = story.end_s - story.first_s
    drawings = timeline(story, name="whole")
    if length_s > _LONG_S:
        segment = story.segment
        around = Span(
            max(story.first_s, segment.start_s - _AROUND_S), min(story.end_s, segment.end_s + _AROUND_S)
        )
        drawings += "<h3>Around the window</h3>" + timeline(story, shown=around, name="around")
    return _section("Score over time", drawings + _legend(story))


def _legend(story: Story) -> str:
    entries = [("key-chosen", "chosen"), ("key-close", "score of each close sample")]
    if story.curve.coarse:
        entries.append(("key-coarse", "score of coarse samples: faces only detected"))
        entries.append(("key-looked", "looked at closely"))
    if story.segment.alternatives:
        entries.append(("key-runner", "runners-up"))
    if story.cuts_s:
        entries.append(("key-cut", "cuts"))
    items = "".join(f'<li><i class="{key}"></i>{text}</li>' for key, text in entries)
    return f'<ul class="legend">{items}</ul>'


def _videos(source: Source, clip: Clip, pictures: Pictures) -> str:
    copy = pictures.after
    made = f"{clip.width_px}×{clip.height_px}, {float(clip.fps):.4g} fps, {lasting(clip.length_s)}"
    if clip.face_share is not None:
        made += f", the face {clip.face_height_px} px high ({clip.face_share:.0%})"
    shown = f" (a copy of {copy.width_px}×{copy.height_px} is shown)" if copy.reduced else ""
    raw = f"{source.width_px}×{source.height_px}, as in the footage"
    stands = " portrait" if clip.height_px > clip.width_px else ""
    return _section(
        "Before and after",
        f'<div class="pair{stands}">'
        f"{_video(pictures.before, 'before', 'Before', raw)}"
        f"{_video(copy, 'after', 'After', made + shown)}</div>",
    )


def _video(video: EmbeddedVideo, name: str, title: str, caption: str) -> str:
    return (
        f'<figure class="video"><video id="{name}" controls muted loop playsinline preload="auto" '
        f'width="{video.width_px}" height="{video.height_px}" aria-label="{escaped(title)}" '
        f'src="{data_uri("video/mp4", video.content)}"></video>'
        f"<figcaption><b>{escaped(title)}</b> {escaped(caption)}</figcaption></figure>"
    )


def _people(cast: Cast, portraits: Sequence[bytes], story: Story) -> str:
    if not cast.people:
        return _section("People found", '<p class="none">Nobody shows their face.</p>')
    shown = list(zip(cast.people, portraits, strict=True))[:_MOST_PEOPLE]
    cards = "".join(_person(person, jpeg, person is cast.chosen) for person, jpeg in shown)
    looked_s = sum(span.end_s - span.start_s for span in story.looked_at)
    note = f"Seen in the {_length(looked_s)} that were looked at closely."
    if len(cast.people) > 1:
        note += " You can choose another person by number."
    return _section("People found", f'<ul class="people">{cards}</ul>', note)


def _person(person: Person, jpeg: bytes, chosen: bool) -> str:
    role = '<b class="tag">chosen</b>' if chosen else ""
    where = f"in {person.shots} stretches" if person.shots > 1 else "in one stretch"
    first_s = min(first_s for first_s, _ in person.tracks)
    return (
        f'<li><img src="{data_uri("image/jpeg", jpeg)}" alt="Person {person.number}" height="112">'
        f"<p><b>Person {person.number}</b> {role}<br>seen {_length(person.seen_s)}, {where},<br>"
        f"first at {timecode(first_s)}<br>"
        f"largest face {person.height:.0%} of the height</p></li>"
    )


def _footer(clip: Clip) -> str:
    return (
        f"<footer><p>Clip for {escaped(clip.model)}, sha256 {escaped(clip.sha256)}</p>"
        "<p>This page shows faces. It is self-contained and loads nothing from the network.</p>"
        "</footer>"
    )


def _length(length_s: float) -> str:
    """A length of time in words."""
    if length_s < 90:
        return lasting(length_s)
    minutes, seconds = divmod(round(length_s), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {seconds} s"
