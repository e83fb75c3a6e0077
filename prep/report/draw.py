"""Draws the page about one pick: reads the footage and the clip, writes one file."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from prep.faces import FaceStack
from prep.frames import Picture
from prep.report.file import report_place, write_page
from prep.report.page import Pictures, page
from prep.report.people import Person, people_of
from prep.report.stills import identities, jpeg, pictures_at, portrait
from prep.report.story import Appearance, story_of
from prep.report.videos import after, before
from prep.spec import SORA_2, ClipSpec
from prep.text import printable
from prep.values import Clip, Scan

Progress = Callable[[float], None]

_STILL_PX = 420
_PORTRAIT_PX = 224
_MOST_APPEARANCES = 24


def draw(
    scan: Scan,
    clip: Clip,
    *,
    out: str | os.PathLike[str],
    spec: ClipSpec = SORA_2,
    headline: str = "",
    warnings: Sequence[str] = (),
    progress: Progress | None = None,
) -> str:
    """Writes the page about ``clip`` and the ``scan`` it was picked from; its absolute path.

    ``headline``: what became of the clip. The file is private (0600), as it shows faces. Raises
    OutputExists where ``out`` is something else than a report, OutputNotWritable, DiskFull, and what
    reading footage raises.
    """
    target = report_place(out)
    tell = progress or (lambda _: None)
    source, segment = scan.source, clip.segment
    story = story_of(scan, segment)
    appearances = story.appearances[:_MOST_APPEARANCES]
    moments_s = [m.t_s for m in story.moments]
    seen = pictures_at(source, [*moments_s, *(a.best_s for a in appearances)])
    tell(0.3)
    people = _told_apart(appearances, seen)
    tell(0.4)
    raw = before(source, segment, spec=spec)
    tell(0.7)
    pictures = Pictures(
        stills={t_s: jpeg(seen[t_s], width_px=_STILL_PX) for t_s in moments_s if t_s in seen},
        portraits=[_portrait(person, seen) for person in people],
        before=raw,
        after=after(clip, spec=spec),
    )
    write_page(
        target,
        page(source, story, clip, people, pictures, headline=headline, warnings=warnings),
    )
    tell(1.0)
    return printable(str(target))


def _told_apart(
    appearances: Sequence[Appearance], pictures: dict[float, Picture]
) -> tuple[Person, ...]:
    """The people behind the appearances; who they are is asked only where there are several."""
    if len(appearances) < 2:
        return people_of(appearances, [None] * len(appearances))
    return people_of(appearances, identities(appearances, pictures, FaceStack()))


def _portrait(person: Person, pictures: dict[float, Picture]) -> bytes:
    picture = pictures.get(person.best.best_s)
    if picture is None:
        return b""
    return portrait(picture, person.best.best.box, side_px=_PORTRAIT_PX)
