"""Picks for the person wanted, and checks by identity that a window shows one person throughout."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from screentest.prep.core.errors import NoUsableSegment, PickError
from screentest.prep.core.progress import Progress, unwatched
from screentest.prep.core.shots import shots_of
from screentest.prep.core.spec import SORA_2, ClipSpec
from screentest.prep.core.values import Choice, Scan, Segment
from screentest.prep.core.wishes import NO_WISHES, Wishes
from screentest.prep.people.closeups import Memory
from screentest.prep.people.grouping import Person, find_people
from screentest.prep.people.likeness import identity_in
from screentest.prep.people.matching import lost, matching, numbered, the_one
from screentest.prep.people.recogniser import Identity
from screentest.prep.people.splices import MOST_CUTS, with_cuts
from screentest.prep.people.tracks import may_be_joined, tracks_of
from screentest.prep.picking.finalists import looked_over, set_aside
from screentest.prep.picking.pick import pick
from screentest.prep.picking.refusing import not_long_enough
from screentest.prep.picking.searching import Aim, Found, Outcome, good_s, searched
from screentest.prep.picking.windows import window_behind
from screentest.prep.scanning.scan import looked_closer
from screentest.prep.scanning.stretches import stretch_s


def cast(
    scan: Scan,
    wishes: Wishes = NO_WISHES,
    *,
    spec: ClipSpec = SORA_2,
    progress: Progress | None = None,
) -> Choice:
    """The best window of the subject or person wanted; one with a face shows one person throughout.

    ``wishes``: ``subject``, ``person``, ``match`` and ``length_s`` are used; a number is one of the
    people of this very scan. Where the best window of a person is short or not clean, all that may show
    that person is looked at closely. ``progress`` is called with the share done, 0 to 1. Raises what
    ``pick`` raises; NoSuchPerson, NobodyMatches, or FootageError for an unusable photo.
    """
    aim = Aim(float(min(wishes.length_s or spec.target_length_s, spec.max_length_s)))
    return _cast(scan, wishes, spec, aim, Memory(), progress or unwatched)


def refusal_of(
    scan: Scan, number: int, *, spec: ClipSpec, memory: Memory, progress: Progress | None = None
) -> PickError | None:
    """Why ``cast`` refuses a person of a scan, None where it does not: the very same search."""
    aim = Aim(float(spec.target_length_s), any_will_do=True)
    try:
        _cast(scan, Wishes(person=number), spec, aim, memory, progress or unwatched)
    except PickError as error:
        return error
    return None


def with_hidden_cuts(scan: Scan, *, spec: ClipSpec = SORA_2) -> Scan:
    """The scan with a cut wherever its best window would join two people, and that window's eyes.

    Tracks that may be one person's are told apart or put together first, where that would help.
    """
    scan = _with_tracks_joined(set_aside(scan), spec)
    for _ in range(MOST_CUTS):
        try:
            best = pick(scan, spec=spec)
        except PickError:
            return scan
        looked, cut_s = looked_over(scan, window_behind(scan, best))
        if cut_s is None and looked.eyes == scan.eyes:
            return looked
        scan = with_cuts(looked, [cut_s] if cut_s is not None else [])
    return scan


def _with_tracks_joined(scan: Scan, spec: ClipSpec) -> Scan:
    """The scan that knows by identity which tracks are one person's, where a better window hangs on it.

    A head that moves fast or is hidden for a moment is lost, and found again as another track.
    """
    shots = [(shot, tracks_of(shot.signals, aspect=shot.aspect)) for shot in shots_of(scan)]
    if not any(may_be_joined(tracks, shot.signals) for shot, tracks in shots):
        return scan
    everybody = frozenset(track.key(shot.signals) for shot, tracks in shots for track in tracks)
    best, hoped = (_picked(s, spec) for s in (scan, replace(scan, together=(everybody,))))
    if Aim(float(spec.target_length_s)).is_met(best) or _face_s(hoped) <= _face_s(best):
        return scan
    return find_people(scan).scan


def _picked(scan: Scan, spec: ClipSpec) -> Outcome:
    return _outcome(lambda: Found(scan, pick(scan, spec=spec)))


def _face_s(outcome: Outcome) -> float:
    is_face = isinstance(outcome, Found) and outcome.segment.subject == "face"
    return good_s(outcome) if is_face else 0.0


def _outcome(find: Callable[[], Found]) -> Outcome:
    try:
        return find()
    except PickError as error:
        return error


def _cast(
    scan: Scan, wishes: Wishes, spec: ClipSpec, aim: Aim, memory: Memory, progress: Progress
) -> Choice:
    wanted = _wanted(scan, wishes, memory)
    if wishes.person is not None:
        scan = _looked_long(scan, spec)

    def find(looked: Scan) -> Found:
        if wanted is None:
            return Found(looked, _pick(looked, wishes, spec))
        again = partial(_theirs, wanted=wanted, wishes=wishes, spec=spec, memory=memory)
        return searched(looked, wanted, again, aim=aim, memory=memory, progress=progress)

    found = _of_one_person(scan, find)
    return Choice(found.scan, found.segment)


def _of_one_person(scan: Scan, find: Callable[[Scan], Found]) -> Found:
    """What is found once one person is shown throughout, whose eyes were measured."""
    found = find(set_aside(scan))
    for _ in range(MOST_CUTS):
        window = window_behind(found.scan, found.segment, tracks=found.tracks)
        looked, cut_s = looked_over(found.scan, window)
        if cut_s is None and looked.eyes == found.scan.eyes:
            return replace(found, scan=looked)
        found = find(with_cuts(looked, [cut_s] if cut_s is not None else []))
    return found


def _pick(scan: Scan, wishes: Wishes, spec: ClipSpec, person: Person | None = None) -> Segment:
    subject = wishes.looks_for if person is None else None
    return pick(scan, spec=spec, length_s=wishes.length_s, subject=subject, person=person)


def _wanted(scan: Scan, wishes: Wishes, memory: Memory) -> Identity | None:
    """Whom the wishes name. Raises NoSuchPerson, and FootageError for an unusable photo."""
    if wishes.match is not None:
        return identity_in(wishes.match)
    if wishes.person is None:
        return None
    return numbered(find_people(scan, memory=memory).people, wishes.person).identity


def _theirs(scan: Scan, *, wanted: Identity, wishes: Wishes, spec: ClipSpec, memory: Memory) -> Outcome:
    """The best window of somebody in a scan as it is."""
    alike = wanted if wishes.match is not None else None
    who = find_people(scan, wanted=alike, memory=memory)
    return _outcome(lambda: _of_person(who.scan, _one(who.people, wanted, wishes), wishes, spec))


def _one(found: Sequence[Person], wanted: Identity, wishes: Wishes) -> Person:
    """The person wanted among those found, called by the number asked for. Raises PickError."""
    if wishes.person is None:
        return matching(found)
    person = the_one(found, wanted)
    if person is None:
        raise lost(wishes.person)
    return replace(person, number=wishes.person)


def _of_person(scan: Scan, person: Person, wishes: Wishes, spec: ClipSpec) -> Found:
    try:
        segment = _pick(scan, wishes, spec, person)
    except NoUsableSegment as error:
        raise not_long_enough(scan, person, spec, error) from error
    return Found(scan, segment, person.tracks)


def _looked_long(scan: Scan, spec: ClipSpec) -> Scan:
    """The scan with a close look on both sides of its best window, for a model that wants longer ones.

    People are numbered by one list for all models, so the scan was made for shorter windows.
    """
    try:
        best = pick(scan)
    except PickError:
        return scan
    room_s = stretch_s(best.length_s)
    if stretch_s(float(spec.target_length_s)) <= room_s:
        return scan
    around_s = [best.start_s - room_s / 2, best.end_s + room_s / 2]
    return looked_closer(scan, around_s, window_s=best.length_s)
