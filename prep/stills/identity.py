"""Whose sights are whose: one character for a whole sheet.

A face that the recogniser can be believed about has to be like the person itself. A profile, about
which it is less sure, has to be like enough, or be seen in one unbroken stretch with a face that is the
person's, at the same place. Measured on the footage at hand: the same person turned up to 50 degrees is
like its own frontal face by 0.55 and more, in profile by 0.39 and more; strangers by 0.29 at most.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2

from screentest.prep.core.shots import shots_of
from screentest.prep.core.values import Face, FrameSignal, Scan
from screentest.prep.media.frames import reading
from screentest.prep.media.pictures import picture_at
from screentest.prep.people.grouping import Person
from screentest.prep.people.likeness import SAME_PERSON, mean_identity
from screentest.prep.people.recogniser import Identity
from screentest.prep.people.splices import Sighting, identify
from screentest.prep.people.tracks import step_faces, tracks_of
from screentest.prep.stills.looking import Seen
from screentest.prep.stills.roles import is_identifiable
from screentest.prep.stills.values import Sight
from screentest.prep.vision.facing import is_person, turn_deg

_REFERENCES = 4
_LEAST_LIKE_IN_PROFILE = 0.34
_STEP_FACES = 1.2
_STEP_S = 0.9
_MOST_REFERENCE_DEG = 27.5
# Of somebody whom no scan lists: fewer sights, or dim ones, may be of a pattern.
_LEAST_SIGHTS = 3
_CLEARLY_A_FACE = 0.8
_LARGE_FACE = 0.15


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who a sheet is of. ``number``: in the list of people, None where nobody was listed."""

    number: int | None
    identity: Identity


def wanted_person(scan: Scan, person: Person) -> Wanted:
    """A person's identity, the mean of some of their most frontal moments."""
    cv2.setNumThreads(1)
    sightings = [Sighting(person.best_s, person.box), *_frontal_moments(scan, person)]
    found: list[Identity] = []
    with reading(scan.source) as reader:
        for sighting in sightings[:_REFERENCES]:
            picture = picture_at(reader, sighting.t_s)
            known = identify(picture, sighting) if picture is not None else None
            if known is not None:
                found.append(known.identity)
    return Wanted(person.number, mean_identity(found))


def theirs(seen: Sequence[Seen], wanted: Wanted) -> tuple[Sight, ...]:
    """The sights of the person wanted, each with how like it is."""
    rated = [(one, float(wanted.identity @ one.identity)) for one in seen]
    sure = [one for one, like in rated if like >= SAME_PERSON]
    return tuple(
        replace(one.sight, likeness=like)
        for one, like in rated
        if like >= SAME_PERSON or (not is_identifiable(one.sight.turn) and _chained(one, like, sure))
    )


def most_like_a_portrait(seen: Sequence[Seen]) -> Wanted | None:
    """Whoever shows the largest, most frontal face, where nobody is named; None where nobody shows."""
    facing = [one for one in seen if is_identifiable(one.sight.turn)] or list(seen)
    best = max(facing, key=lambda one: (_prominence(one.sight), -one.sight.t_s), default=None)
    return Wanted(None, best.identity) if best is not None else None


def are_of_a_human(sights: Sequence[Sight]) -> bool:
    """Whether the sights of somebody whom no scan lists are of a human face.

    A person's face is clearest from the front. A drawn rabbit's passes for a profile, and for no more:
    where it faces the camera the detector hardly believes in it.
    """
    clear = [s for s in sights if s.face.clarity >= _CLEARLY_A_FACE and _is_plain(s)]
    ever_faces = any(s.turn.pitch_deg is not None for s in sights)
    is_clear_facing = any(s.turn.pitch_deg is not None for s in clear)
    return len(clear) >= _LEAST_SIGHTS and (is_clear_facing or not ever_faces)


def _is_plain(sight: Sight) -> bool:
    """Whether a mesh fits, or a profile is large: from behind, an ear passes for a small one."""
    return sight.turn.pitch_deg is not None or sight.face.box.height >= _LARGE_FACE


def _prominence(sight: Sight) -> float:
    return sight.face.box.height * sight.face.clarity * (1.2 - min(1.0, abs(sight.turn.yaw_deg) / 90))


def _chained(one: Seen, like: float, sure: Sequence[Seen]) -> bool:
    """Whether a profile is theirs: like enough by itself, or next to a sure sight in one stretch."""
    if like >= _LEAST_LIKE_IN_PROFILE:
        return True
    return any(
        other.shot == one.shot
        and abs(other.sight.t_s - one.sight.t_s) <= _STEP_S
        and step_faces(other.sight.face, one.sight.face, one.sight.aspect) <= _STEP_FACES
        and not one.sight.others
        for other in sure
    )


def _frontal_moments(scan: Scan, person: Person) -> list[Sighting]:
    """The most frontal moments of a person's tracks, a second apart, best first."""
    moments: list[tuple[FrameSignal, Face]] = []
    for shot in shots_of(scan):
        for track in tracks_of(shot.signals, aspect=shot.aspect):
            if track.key(shot.signals) in person.tracks:
                moments += [(shot.signals[i], f) for i, f in track.faces.items() if is_person(f)]
    found: list[Sighting] = []
    for signal, face in sorted(moments, key=lambda one: (turn_deg(one[1]), one[0].t_s)):
        near = any(abs(signal.t_s - other.t_s) < 1.0 for other in found)
        if not near and turn_deg(face) <= _MOST_REFERENCE_DEG and len(found) < _REFERENCES:
            found.append(Sighting(signal.t_s, face.box))
    return found
