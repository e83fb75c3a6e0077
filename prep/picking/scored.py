"""How good each sample of a shot is, with each of its people and without a face: pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from screentest.prep.core.shots import Shot, shots_of
from screentest.prep.core.values import EyesTrace, Face, FrameSignal, Scan, TrackKey
from screentest.prep.people.tracks import Track, joined, step_faces, tracks_of
from screentest.prep.scoring.expression import lasting_over
from screentest.prep.scoring.eyes import eyes_over
from screentest.prep.scoring.faceless import FacelessFactors, faceless_factors, steadied
from screentest.prep.scoring.faces import Factors, factors
from screentest.prep.scoring.life import alive_over, is_picture
from screentest.prep.scoring.usual import Usual, usual_of
from screentest.prep.vision.facing import is_person


@dataclass(frozen=True, slots=True)
class ScoredPerson:
    """A person in a shot. ``factors``: of each sample; None where the person does not show the face.

    ``trace``: how open the eyes were, where that was measured. ``pictured``: the ``id`` of each face in
    the shot that is a picture of somebody, and nobody's company.
    """

    shot: Shot
    track: Track
    key: TrackKey
    trace: EyesTrace | None
    factors: tuple[Factors | None, ...]
    pictured: frozenset[int] = frozenset()

    @property
    def usual(self) -> Usual:
        """What is usual for the person where the face is turned to the camera; it is at least once."""
        return usual_of([face for face in self.track.faces.values() if is_person(face)])


@dataclass(frozen=True)  # without slots: caches the factors, as windows of many lengths need them
class ScoredShot:
    """A shot with the factors of its samples.

    ``traces``: of eyes, by the track they belong to. ``together``: see ``Scan``.
    """

    shot: Shot
    traces: Mapping[TrackKey, EyesTrace] = field(default_factory=dict)
    together: tuple[frozenset[TrackKey], ...] = ()

    @cached_property
    def people(self) -> tuple[ScoredPerson, ...]:
        """Each person with the factors of each sample."""
        signals, aspect = self.shot.signals, self.shot.aspect
        tracks = joined(tracks_of(signals, aspect=aspect), signals, self.together, aspect=aspect)
        pictured = frozenset(id(face) for track in tracks for face in _pictured(track, signals))
        return tuple(self._scored(track, track.key(signals), pictured) for track in tracks)

    def _scored(self, track: Track, key: TrackKey, pictured: frozenset[int]) -> ScoredPerson:
        trace = self.traces.get(key)
        factors = _factors_of_track(track, self.shot, trace, pictured)
        return ScoredPerson(self.shot, track, key, trace, factors, pictured)

    @cached_property
    def faceless(self) -> tuple[FacelessFactors, ...]:
        """The factors of each sample, faces aside."""
        return tuple(faceless_factors(s) for s in steadied(self.shot.signals))

    @cached_property
    def faceless_values(self) -> tuple[float, ...]:
        """How good each sample is, faces aside."""
        return tuple(moment.score() for moment in self.faceless)


def scored_shots(scan: Scan) -> tuple[ScoredShot, ...]:
    """The shots of a scan, in order of time; scored when first asked."""
    traces = by_track(scan.eyes)
    return tuple(ScoredShot(shot, traces, scan.together) for shot in shots_of(scan))


def by_track(traces: Iterable[EyesTrace]) -> dict[TrackKey, EyesTrace]:
    """What was measured of eyes, by the track they belong to."""
    return {trace.track: trace for trace in traces}


def _pictured(track: Track, signals: Sequence[FrameSignal]) -> tuple[Face, ...]:
    """The faces of a track that is a picture of somebody, none of one who lives."""
    seen = [(signals[i].t_s, face) for i, face in track.faces.items() if is_person(face)]
    faces = tuple(face for _, face in seen)
    return faces if is_picture([t_s for t_s, _ in seen], faces) else ()


def _factors_of_track(
    track: Track, shot: Shot, trace: EyesTrace | None, pictured: frozenset[int]
) -> tuple[Factors | None, ...]:
    """``pictured``: the identities of faces that are pictures, which are nobody's company."""
    shown = {i: f for i, f in track.faces.items() if is_person(f)}
    if not shown:
        return (None,) * len(shot.signals)
    usual = usual_of(list(shown.values()))
    times_s = [signal.t_s for signal in shot.signals]
    faces = [shown.get(index) for index in range(len(shot.signals))]
    eyes = eyes_over(times_s, faces, usual, trace)
    alive = alive_over(times_s, faces)
    lasting = lasting_over(times_s, faces)
    found: list[Factors | None] = []
    for index, (signal, face) in enumerate(zip(shot.signals, faces, strict=True)):
        if face is None:
            found.append(None)
            continue
        around = shot.signals[index - 1 : index + 1]
        judged = factors(
            face,
            shot.source,
            usual=usual,
            speed=_speed(shown.get(index - 1), face, around, shot.aspect),
            others=[o for o in signal.faces if o is not face and id(o) not in pictured],
            eyes=eyes[index],
            alive=alive[index],
            lasting=lasting[index],
        )
        found.append(judged)
    return tuple(found)


def _speed(before: Face | None, face: Face, signals: tuple[FrameSignal, ...], aspect: float) -> float:
    """How fast a face moved since the sample before, in its own heights per second."""
    if before is None or len(signals) < 2:
        return 0.0
    return step_faces(before, face, aspect) / max(0.05, signals[1].t_s - signals[0].t_s)
