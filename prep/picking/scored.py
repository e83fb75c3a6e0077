"""How good each sample of a shot is, with each of its people and without a face: pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from screentest.prep.core.shots import Shot, shots_of
from screentest.prep.core.values import EyesTrace, Face, FrameSignal, Scan, TrackKey
from screentest.prep.people.tracks import Track, step_faces, tracks_of
from screentest.prep.scoring.eyes import eyes_over
from screentest.prep.scoring.faceless import FacelessFactors, faceless_factors
from screentest.prep.scoring.faces import Factors, factors
from screentest.prep.scoring.life import alive_over
from screentest.prep.scoring.usual import usual_of
from screentest.prep.vision.facing import is_person


@dataclass(frozen=True, slots=True)
class ScoredPerson:
    """A person in a shot. ``factors``: of each sample; None where the person does not show the face.

    ``trace``: how open the eyes were, where that was measured.
    """

    shot: Shot
    track: Track
    key: TrackKey
    trace: EyesTrace | None
    factors: tuple[Factors | None, ...]


@dataclass(frozen=True)  # without slots: caches the factors, as windows of many lengths need them
class ScoredShot:
    """A shot with the factors of its samples. ``traces``: of eyes, by the track they belong to."""

    shot: Shot
    traces: Mapping[TrackKey, EyesTrace] = field(default_factory=dict)

    @cached_property
    def people(self) -> tuple[ScoredPerson, ...]:
        """Each person with the factors of each sample."""
        tracks = tracks_of(self.shot.signals, aspect=self.shot.aspect)
        return tuple(self._scored(track, track.key(self.shot.signals)) for track in tracks)

    def _scored(self, track: Track, key: TrackKey) -> ScoredPerson:
        trace = self.traces.get(key)
        return ScoredPerson(self.shot, track, key, trace, _factors_of_track(track, self.shot, trace))

    @cached_property
    def faceless(self) -> tuple[FacelessFactors, ...]:
        """The factors of each sample, faces aside."""
        return tuple(faceless_factors(s) for s in self.shot.signals)

    @cached_property
    def faceless_values(self) -> tuple[float, ...]:
        """How good each sample is, faces aside."""
        return tuple(moment.score() for moment in self.faceless)


def scored_shots(scan: Scan) -> tuple[ScoredShot, ...]:
    """The shots of a scan, in order of time; scored when first asked."""
    traces = by_track(scan.eyes)
    return tuple(ScoredShot(shot, traces) for shot in shots_of(scan))


def by_track(traces: Iterable[EyesTrace]) -> dict[TrackKey, EyesTrace]:
    """What was measured of eyes, by the track they belong to."""
    return {trace.track: trace for trace in traces}


def _factors_of_track(track: Track, shot: Shot, trace: EyesTrace | None) -> tuple[Factors | None, ...]:
    shown = {i: f for i, f in track.faces.items() if is_person(f)}
    if not shown:
        return (None,) * len(shot.signals)
    usual = usual_of(list(shown.values()))
    times_s = [signal.t_s for signal in shot.signals]
    faces = [shown.get(index) for index in range(len(shot.signals))]
    eyes = eyes_over(times_s, faces, usual, trace)
    alive = alive_over(times_s, faces)
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
            others=[other for other in signal.faces if other is not face],
            eyes=eyes[index],
            alive=alive[index],
        )
        found.append(judged)
    return tuple(found)


def _speed(before: Face | None, face: Face, signals: tuple[FrameSignal, ...], aspect: float) -> float:
    """How fast a face moved since the sample before, in its own heights per second."""
    if before is None or len(signals) < 2:
        return 0.0
    return step_faces(before, face, aspect) / max(0.05, signals[1].t_s - signals[0].t_s)
