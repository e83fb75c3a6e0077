"""Following faces from sample to sample within one shot: pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from screentest.prep.core.values import Face, FrameSignal, TrackKey

_MAX_GAP_S = 0.7
_MAX_STEP_FACES = 0.9
_MAX_SIZE_RATIO = 1.8
# For how long at most a face is lost inside a window: a tenth of the longest that a model takes.
_BRIEFLY_S = 1.0


@dataclass(frozen=True, slots=True)
class Track:
    """One person's faces in a shot. ``faces``: sample index -> face."""

    faces: dict[int, Face]

    @property
    def prominence(self) -> float:
        """Mean face area as a share of the picture, over the samples it is seen in."""
        areas = [f.box.width * f.box.height for f in self.faces.values()]
        return sum(areas) / len(areas)

    def key(self, signals: Sequence[FrameSignal]) -> TrackKey:
        """What names the track among all tracks of a scan."""
        first = min(self.faces)
        return (signals[first].t_s, self.faces[first].box)


def tracks_of(signals: Sequence[FrameSignal], *, aspect: float) -> tuple[Track, ...]:
    """The people of one shot, most seen first. ``aspect``: width / height of the picture."""
    open_tracks: list[dict[int, Face]] = []
    for index, signal in enumerate(signals):
        free = [t for t in open_tracks if signal.t_s - signals[max(t)].t_s <= _MAX_GAP_S]
        for face in sorted(signal.faces, key=lambda f: -f.box.height):
            home = _nearest(face, free, aspect)
            if home is None:
                open_tracks.append({index: face})
            else:
                home[index] = face
                free.remove(home)
    return tuple(sorted(map(Track, open_tracks), key=_most_seen_first))


def joined(
    tracks: Sequence[Track],
    signals: Sequence[FrameSignal],
    together: Sequence[frozenset[TrackKey]],
    *,
    aspect: float,
) -> tuple[Track, ...]:
    """The tracks of one shot, those of one person made one where they follow one another.

    ``together``: what is known to be of one person each. Tracks of one person that show at the same
    time, as beside a mirror, stay apart; what follows goes on with the nearer one.
    """
    if not together:
        return tuple(tracks)
    whose = {id(t): next((g for g in together if t.key(signals) in g), None) for t in tracks}
    made: list[Track] = [track for track in tracks if whose[id(track)] is None]
    for group in together:
        mine = sorted((t for t in tracks if whose[id(t)] is group), key=lambda t: min(t.faces))
        made.extend(_chained(mine, aspect))
    return tuple(sorted(made, key=_most_seen_first))


def may_be_joined(tracks: Sequence[Track], signals: Sequence[FrameSignal]) -> bool:
    """Whether one track of a shot ends just before another begins, so that they may be one person's."""
    return any(
        0 < signals[min(after.faces)].t_s - signals[max(before.faces)].t_s <= _BRIEFLY_S
        for before in tracks
        for after in tracks
    )


def _chained(mine: Sequence[Track], aspect: float) -> list[Track]:
    """One person's tracks, in order of their beginnings, each put to the end of one that is over."""
    chains: list[dict[int, Face]] = []
    for track in mine:
        first = min(track.faces)
        over = [chain for chain in chains if max(chain) < first]
        if over:
            nearest = min(over, key=lambda c: step_faces(c[max(c)], track.faces[first], aspect))
            nearest.update(track.faces)
        else:
            chains.append(dict(track.faces))
    return [Track(chain) for chain in chains]


def _most_seen_first(track: Track) -> tuple[int, int]:
    return (-len(track.faces), min(track.faces))


def _nearest(
    face: Face, candidates: Sequence[dict[int, Face]], aspect: float
) -> dict[int, Face] | None:
    """The track whose last face is near enough, in face heights, and alike enough in size."""
    best: dict[int, Face] | None = None
    best_step = _MAX_STEP_FACES
    for track in candidates:
        last = track[max(track)]
        ratio = face.box.height / max(1e-6, last.box.height)
        step = step_faces(last, face, aspect)
        if step < best_step and 1 / _MAX_SIZE_RATIO < ratio < _MAX_SIZE_RATIO:
            best, best_step = track, step
    return best


def step_faces(a: Face, b: Face, aspect: float) -> float:
    """How far a face moved between two samples, in its own heights."""
    (ax, ay), (bx, by) = a.box.centre, b.box.centre
    return math.hypot((ax - bx) * aspect, ay - by) / max(1e-6, (a.box.height + b.box.height) / 2)
