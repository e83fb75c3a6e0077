"""The people in the footage: tracks grouped by face identity.

Identities (``prep.people.likeness``) are averaged over a person's best moments.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

import cv2
import numpy as np

from screentest.prep.core.picture import Picture
from screentest.prep.core.values import Box, Scan, TrackKey
from screentest.prep.media.frames import FrameReader, reading
from screentest.prep.people.closeups import (
    Closeup,
    Interval,
    Memory,
    TrackMoments,
    closeups_of,
    tracks_in,
)
from screentest.prep.people.likeness import (
    SAME_PERSON,
    mean_identity,
)
from screentest.prep.people.recogniser import Identity
from screentest.prep.people.splices import MOST_CUTS, hidden_cut_among_s, sightings_of, with_cuts
from screentest.prep.scoring.life import is_picture

_MIN_SAMPLES = 3


@dataclass(frozen=True, slots=True)
class Person:
    """One person of a scan.

    ``number``: from 1 on, most prominent first. ``tracks``: where the person is, see
    ``prep.core.values.TrackKey``; ``shots``: in how many stretches without a cut (``prep.core.shots``).
    ``seen_s``: how long the face shows in what was looked at closely; a moment that shows it twice, as
    beside a mirror, counts once.
    ``height``: the largest face's height as a share of the picture. ``best_s``/``box``: the moment that
    makes the best portrait: turned to the camera, eyes open, uncovered, sharp. ``thumbnail``: BGR, of
    that moment. ``similarity``: to the photo asked for, in [-1, 1]; None where none was.
    ``identity``: see ``prep.people.likeness``; never to be stored or shown.
    """

    number: int
    tracks: frozenset[TrackKey]
    seen_s: float
    height: float
    best_s: float
    box: Box
    thumbnail: Picture
    similarity: float | None = None
    shots: int = 1
    identity: Identity = field(
        default_factory=lambda: np.zeros(0, np.float32), repr=False, compare=False
    )


@dataclass(frozen=True, slots=True)
class _Appearance:
    """One track with its identity."""

    seen: TrackMoments
    best: Closeup
    identity: Identity


@dataclass(frozen=True, slots=True)
class FoundPeople:
    """The people of a scan, most prominent first, and the scan that their tracks are of.

    ``scan`` has one more cut wherever one person replaces another in the same framing
    (``prep.people.splices``), and knows which tracks of a shot are ``together``.
    """

    scan: Scan
    people: tuple[Person, ...]


def people(scan: Scan, *, memory: Memory | None = None) -> tuple[Person, ...]:
    """The people of a scan, see ``find_people``."""
    return find_people(scan, memory=memory).people


def find_people(
    scan: Scan,
    *,
    wanted: Identity | None = None,
    memory: Memory | None = None,
) -> FoundPeople:
    """Who is in a scan.

    ``wanted``: whose face each person found is compared with, as of a photo. ``memory``: of faces that
    were looked at before in the same footage.
    """
    cv2.setNumThreads(1)
    memory = Memory() if memory is None else memory
    with reading(scan.source) as reader:
        for rounds_left in reversed(range(MOST_CUTS)):
            known = [(seen, closeups_of(seen, reader, memory)) for seen in tracks_in(scan)]
            cuts_s = [_hidden_cut_s(*pair, scan, reader) for pair in known]
            hidden_s = [cut_s for cut_s in cuts_s if cut_s is not None]
            if not hidden_s or not rounds_left:
                break
            scan = with_cuts(scan, hidden_s)
    groups = _living(_grouped([_appearance(seen, closeups) for seen, closeups in known if closeups]))
    groups.sort(key=lambda group: -sum(a.seen.weight for a in group))
    together = tuple(frozenset(a.seen.key for a in group) for group in groups if _go_on(group))
    found = tuple(_person(n, group, wanted) for n, group in enumerate(groups, 1))
    return FoundPeople(replace(scan, together=together), found)


def _hidden_cut_s(
    seen: TrackMoments, closeups: Sequence[Closeup], scan: Scan, reader: FrameReader
) -> float | None:
    """When the track goes over from one person to another; None where it is one throughout."""
    sightings = sightings_of(seen.moments, scan.source_of(seen.moments[0][0]))
    large = {s.t_s for s in sightings}
    return hidden_cut_among_s(
        reader, sightings, [one.identified for one in closeups if one.t_s in large]
    )


def _appearance(seen: TrackMoments, closeups: Sequence[Closeup]) -> _Appearance:
    """``closeups``: at least one."""
    best = max(closeups, key=lambda one: one.worth)
    return _Appearance(seen, best, mean_identity([one.identified.identity for one in closeups]))


def _length_s(shown: Iterable[Interval]) -> float:
    return sum(end_s - start_s for start_s, end_s in shown)


def _grouped(appearances: Sequence[_Appearance]) -> list[list[_Appearance]]:
    """Appearances of one person together: each joins the group it is most like, if enough so.

    A face that a few samples show, over all its tracks, is nobody yet.
    """
    groups: list[list[_Appearance]] = []
    for appearance in sorted(appearances, key=lambda a: -a.seen.weight):
        means = [float(_mean(group) @ appearance.identity) for group in groups]
        best = int(np.argmax(means)) if means else -1
        if best >= 0 and means[best] >= SAME_PERSON:
            groups[best].append(appearance)
        else:
            groups.append([appearance])
    return [g for g in groups if sum(len(a.seen.moments) for a in g) >= _MIN_SAMPLES]


def _mean(group: Sequence[_Appearance]) -> Identity:
    return mean_identity([appearance.identity for appearance in group])


def _go_on(group: Sequence[_Appearance]) -> bool:
    """Whether one shot shows the person in two tracks, one after the other."""
    return any(
        a.seen.shot_s == b.seen.shot_s and not _shown_at_once(a.seen, b.seen)
        for a, b in combinations(group, 2)
    )


def _shown_at_once(one: TrackMoments, other: TrackMoments) -> bool:
    first_s = max(seen.moments[0][0].t_s for seen in (one, other))
    return first_s <= min(seen.moments[-1][0].t_s for seen in (one, other))


def _living(groups: list[list[_Appearance]]) -> list[list[_Appearance]]:
    """Those who are not mere pictures, as on a wall; everybody where nobody else is there."""
    return [group for group in groups if not _is_pictured(group)] or groups


def _is_pictured(group: Sequence[_Appearance]) -> bool:
    """Whether all that shows of somebody is a picture: one glimpse of it alone would not tell."""
    moments = sorted((m for a in group for m in a.seen.moments), key=lambda m: m[0].t_s)
    return is_picture([signal.t_s for signal, _ in moments], [face for _, face in moments])


def _person(number: int, group: Sequence[_Appearance], wanted: Identity | None) -> Person:
    best = max((a.best for a in group), key=lambda closeup: closeup.worth)
    identity = _mean(group)
    return Person(
        number=number,
        tracks=frozenset(a.seen.key for a in group),
        seen_s=_length_s(frozenset().union(*(a.seen.shown for a in group))),
        height=max(a.seen.height for a in group),
        best_s=best.t_s,
        box=best.face.box,
        thumbnail=best.thumbnail,
        similarity=float(identity @ wanted) if wanted is not None else None,
        shots=len({a.seen.shot_s for a in group}),
        identity=identity,
    )
