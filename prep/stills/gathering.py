"""What footage offers for a sheet: every usable sight of one person, or every view without one.

The scan is the one that is kept for picking. Beyond it, each piece of footage costs at most
``MOST_GLIMPSES`` posed moments, twelve short close looks, and a look at each frame around what is
chosen, whatever its length.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from screentest.prep.core.errors import (
    ImpossibleWish,
    NobodyMatches,
    NoSuchPerson,
    NoUsableSegment,
    PickError,
)
from screentest.prep.core.progress import Progress, Watcher, stage
from screentest.prep.core.remedy import Remedy
from screentest.prep.core.text import counted, shown_name, timecode
from screentest.prep.core.values import Scan, Source, Span
from screentest.prep.core.wishes import Wishes
from screentest.prep.people.grouping import Person, find_people
from screentest.prep.people.likeness import SAME_PERSON, identity_in
from screentest.prep.people.matching import matching, numbered
from screentest.prep.picking.pick import pick
from screentest.prep.picking.scans import LIST_SPEC, kept_scan, scan
from screentest.prep.scanning.upright import lying
from screentest.prep.stills.choosing import chosen_of
from screentest.prep.stills.figures import views_at
from screentest.prep.stills.identity import (
    Wanted,
    are_of_a_human,
    most_like_a_portrait,
    theirs,
    wanted_person,
)
from screentest.prep.stills.looking import Seen, part_of, seen_in
from screentest.prep.stills.moments import Look, glimpses_in, looks_for, moments_to_pose, refined
from screentest.prep.stills.values import Chosen, Sight
from screentest.prep.stills.views import View, chosen_views, moments_for_views

_COMPARED_PEOPLE = 4
# How far along the glimpses, the close looks and the looks at each frame begin, and how much they are.
_PARTS = ((0.0, 0.4), (0.4, 0.4), (0.8, 0.2))
_FOOTAGE = Remedy("footage", words="use footage in which the character shows clearly")


@dataclass(frozen=True, slots=True)
class Material:
    """What can be chosen from. ``number``: of the person, None where nobody was listed.

    ``absent``: the names of footage that does not show the person. ``lying``: what is said of footage
    whose faces lie on their side.
    """

    sights: tuple[Sight, ...]
    views: tuple[View, ...]
    number: int | None = None
    absent: tuple[str, ...] = ()
    lying: tuple[str, ...] = ()

    def chosen(self, *, without: frozenset[tuple[int, float]] = frozenset()) -> tuple[Chosen, ...]:
        """The stills to make. ``without``: (footage, time) of moments that cannot be shown."""
        sights = [s for s in self.sights if (s.raw, s.t_s) not in without]
        views = [v for v in self.views if (v.raw, v.t_s) not in without]
        return chosen_of(sights) if self.sights else chosen_views(views)


@dataclass(frozen=True, slots=True)
class _Raw:
    """One piece of footage, scanned; ``within``: where to look."""

    number: int
    scan: Scan
    within: Span

    @property
    def source(self) -> Source:
        return self.scan.source

    def seen(self, looks: Sequence[Look], progress: Progress) -> tuple[Seen, ...]:
        return seen_in(self.source, looks, raw=self.number, progress=progress)


def gathered(
    sources: Sequence[Source], wishes: Wishes, *, scans: Path | None, watcher: Watcher
) -> Material:
    """The material of some footage, at least one piece, of one person where a face shows.

    ``wishes``: ``person`` numbers the people of the first piece, ``start_s`` and ``length_s`` bound
    where to look. Raises ImpossibleWish, FootageError for an unusable photo, NoSuchPerson,
    NobodyMatches, NoUsableSegment, and what scanning raises.
    """
    raws = [_scanned(n, source, wishes, scans, watcher) for n, source in enumerate(sources)]
    try:
        material = _material(raws, wishes, watcher)
    except (NoUsableSegment, NobodyMatches) as error:
        how = lying(raws[0].scan)
        if how is None:
            raise
        raise type(error)(error.message, how.fact, how.remedy, *error.remedies) from error
    return replace(material, lying=tuple(_lying(raws)))


def _lying(raws: Sequence[_Raw]) -> Iterator[str]:
    for raw in raws:
        how = lying(raw.scan)
        if how is not None:
            yield how.warning if len(raws) == 1 else f"{shown_name(raw.source.path)}: {how.warning}"


def _material(raws: Sequence[_Raw], wishes: Wishes, watcher: Watcher) -> Material:
    if wishes.looks_for != "other":
        material = _of_person(raws, wishes, watcher)
        if material is not None:
            return material
        if wishes.looks_for == "face":
            name = shown_name(raws[0].source.path)
            raise NoUsableSegment(
                f"No face in {name} shows itself well enough for a still.",
                _FOOTAGE,
                Remedy("without", ("subject",)),
            )
    return _of_figures(raws, watcher)


def _scanned(number: int, source: Source, wishes: Wishes, scans: Path | None, watcher: Watcher) -> _Raw:
    with stage(watcher, "scan") as under_way:
        if scans is None:
            found = scan(source, spec=LIST_SPEC, progress=under_way.advance)
        else:
            found = kept_scan(source, LIST_SPEC, folder=scans, progress=under_way.advance)
        under_way.summary = f"{counted(len(found.signals), 'frame')} analysed"
    return _Raw(number, found, _within(found, wishes))


def _within(found: Scan, wishes: Wishes) -> Span:
    """The stretch to look in, as far as pictures show."""
    first_s = max(wishes.start_s or 0.0, found.source.video_start_s)
    length_s = wishes.length_s if wishes.length_s is not None else found.end_s
    if first_s >= found.end_s or length_s <= 0:
        raise ImpossibleWish(
            f"{shown_name(found.source.path)} shows nothing there: it ends at {timecode(found.end_s)}.",
            Remedy("start_s", words="choose an earlier start"),
        )
    return Span(first_s, min(found.end_s, first_s + length_s))


def _of_person(raws: Sequence[_Raw], wishes: Wishes, watcher: Watcher) -> Material | None:
    """The sights of one person in all footage; None where no face shows itself."""
    wanted: Wanted | None = None
    sights: list[Sight] = []
    absent: list[str] = []
    with stage(watcher, "angles") as under_way:
        for raw in raws:
            each = part_of(under_way.advance, raw.number / len(raws), 1 / len(raws))
            seen, wanted = _looked(raw, wishes, wanted, each)
            found = theirs(seen, wanted) if wanted is not None else ()
            if not found:
                absent.append(shown_name(raw.source.path))
            sights += found
        if wanted is None or not _is_a_face(sights, wanted, wishes):
            _refuse_nobody(wishes, raws[0])
            under_way.summary = "no human face"
            return None
        under_way.summary = f"{counted(len(sights), 'sight')} of one person"
    return Material(tuple(sights), (), wanted.number, tuple(absent))


def _looked(
    raw: _Raw, wishes: Wishes, wanted: Wanted | None, progress: Progress
) -> tuple[tuple[Seen, ...], Wanted | None]:
    """Everybody that some looks at one piece of footage show, and who is wanted from then on."""
    glimpses = glimpses_in(raw.scan, raw.within)
    first, then, last = (part_of(progress, done, share) for done, share in _PARTS)
    posed = raw.seen(moments_to_pose(glimpses), first)
    wanted = wanted or _who(raw, wishes, posed)
    if wanted is None:
        return posed, None
    closer = raw.seen(looks_for(theirs(posed, wanted), glimpses, raw.within), then)
    seen = (*posed, *closer)
    best = chosen_of(theirs(seen, wanted))
    return (*seen, *raw.seen(refined([one.t_s for one in best], raw.within), last)), wanted


def _who(raw: _Raw, wishes: Wishes, seen: Sequence[Seen]) -> Wanted | None:
    """Who a sheet is of. Raises NoSuchPerson."""
    in_photo = identity_in(wishes.match) if wishes.match is not None else None
    who = find_people(raw.scan, wanted=in_photo)
    if wishes.person is not None:
        return wanted_person(who.scan, numbered(who.people, wishes.person))
    if in_photo is not None:
        try:
            return wanted_person(who.scan, matching(who.people))
        except NobodyMatches:
            photo = Wanted(None, in_photo)
            return photo if theirs(seen, photo) else None
    if wishes.start_s is None and wishes.length_s is None:
        picked = max(who.people, key=lambda p: (_picked_score(who.scan, p), -p.number), default=None)
        return wanted_person(who.scan, picked) if picked is not None else most_like_a_portrait(seen)
    listed = [wanted_person(who.scan, person) for person in who.people[:_COMPARED_PEOPLE]]
    there = max(listed, key=lambda w: len(theirs(seen, w)), default=None)
    return there if there is not None and theirs(seen, there) else most_like_a_portrait(seen)


def _picked_score(scan: Scan, person: Person) -> float:
    """How good the person's best window is: a sheet is of whoever a clip would be of."""
    try:
        return pick(scan, spec=LIST_SPEC, person=person).score
    except PickError:
        return 0.0


def _is_a_face(sights: Sequence[Sight], wanted: Wanted, wishes: Wishes) -> bool:
    if wanted.number is not None or wishes.match is not None:
        return bool(sights)
    return are_of_a_human(sights)


def _refuse_nobody(wishes: Wishes, first: _Raw) -> None:
    """Raises where somebody was asked for who does not show."""
    name = shown_name(first.source.path)
    if wishes.match is not None:
        raise NobodyMatches(
            f"Nobody in {name} matches the photo: a similarity of {SAME_PERSON} is needed.",
            Remedy("photo", words="try a sharper, frontal photo of the person alone"),
            Remedy("person"),
        )
    if wishes.person is not None:
        raise NoSuchPerson(f"Person {wishes.person} does not show in that part of {name}.", _FOOTAGE)


def _of_figures(raws: Sequence[_Raw], watcher: Watcher) -> Material:
    """The views of footage without a face. Raises NoUsableSegment."""
    views: list[View] = []
    with stage(watcher, "views") as under_way:
        for raw in raws:
            times_s = moments_for_views(raw.scan, raw.within)
            each = part_of(under_way.advance, raw.number / len(raws), 1 / len(raws))
            views += views_at(raw.source, times_s, raw=raw.number, progress=each)
        under_way.summary = f"{counted(len(views), 'moment')} compared"
    if not chosen_views(views):
        name = shown_name(raws[0].source.path)
        raise NoUsableSegment(f"Nothing in {name} is clear enough for a still.", _FOOTAGE)
    return Material((), tuple(views))
