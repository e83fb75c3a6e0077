"""Whether footage lies on its side or stands on its head, as faces tell: a wrong note of its rotation.

A face that lies is seldom missed: the detector finds one in it that looks up or sideways, a little less
surely. So a few pictures are looked at turned each way, where the faces found do not look quite sure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from statistics import fmean, median

import numpy as np

from screentest.prep.core.picture import Picture
from screentest.prep.core.values import Scan, Segment, Source, Span
from screentest.prep.media.frames import reading
from screentest.prep.vision.analysis import fitted
from screentest.prep.vision.facing import is_person
from screentest.prep.vision.mesh import FaceStack

TURNS_DEG = (0, 90, 180, 270)
_LOOKS = 8
_EVERY_S = 0.4
# An upright face reads 0.91 to 0.96, a lying one at most 0.90 (measured on thirty films).
_SURE = 0.9
_LEAST_TOLD = 3
# Of the mean over some pictures: how much is enough, and how much more than as they are.
_STANDS, _LEAD = 0.6, 0.15
_STANDS_SURELY, _SURE_LEAD = 0.9, 0.03

# How surely the largest face of a picture looks into the camera, by how the picture was turned.
Looks = Mapping[int, float]


@dataclass(frozen=True, slots=True)
class Lying:
    """Footage that is to be turned clockwise by ``turn_deg`` for its faces to stand upright."""

    turn_deg: int

    @property
    def warning(self) -> str:
        if self.turn_deg == 180:
            return "The faces are upside down. If all of the picture is, rotate it by 180 degrees."
        return (
            "The faces lie on their side. If all of the picture does, rotate it by "
            f"{self.turn_deg} degrees, which is clockwise."
        )


def lying(scan: Scan, segment: Segment | None = None) -> Lying | None:
    """How the footage lies, None where it stands or nothing tells.

    ``segment``: the window that was picked; looked at alone where it shows faces. Costs nothing where
    its faces, or the scan's, are surely upright; else a few pictures are decoded.
    """
    span = Span(segment.start_s, segment.end_s) if segment is not None else None
    if _surely_upright(scan, span):
        return None
    within = span if segment is not None and segment.subject == "face" else None
    faces = FaceStack()
    turn_deg = upright_turn([_looks(picture, faces) for picture in _pictures(scan.source, within)])
    return Lying(turn_deg) if turn_deg else None


def upright_turn(seen: Sequence[Looks]) -> int:
    """The turn in which most pictures show a face upright, 0 where none is clearly better than none."""
    told = [looks for looks in seen if any(looks.values())]
    if len(told) < _LEAST_TOLD:
        return 0
    means = {turn: fmean(looks[turn] for looks in told) for turn in TURNS_DEG}
    best = max(means, key=lambda turn: means[turn])
    lead = means[best] - means[0]
    stands = means[best] >= _STANDS and lead >= _LEAD
    surely = means[best] >= _STANDS_SURELY and lead >= _SURE_LEAD
    return best if stands or surely else 0


def _surely_upright(scan: Scan, span: Span | None) -> bool:
    sure = [
        max(face.clarity for face in signal.faces if is_person(face))
        for signal in scan.signals
        if (span is None or span.start_s <= signal.t_s < span.end_s)
        and any(is_person(face) for face in signal.faces)
    ]
    return bool(sure) and median(sure) > _SURE


def _pictures(source: Source, within: Span | None) -> Iterator[Picture]:
    length_s = source.duration_s if within is None else within.end_s - within.start_s
    with reading(source) as reader:
        frames = reader.sparse(max(_EVERY_S, length_s / _LOOKS), within=within)
        yield from (reader.picture(frame) for frame in islice(frames, _LOOKS))


def _looks(picture: Picture, faces: FaceStack) -> Looks:
    return {turn: _sureness(np.rot90(picture, -turn // 90), faces) for turn in TURNS_DEG}


def _sureness(picture: Picture, faces: FaceStack) -> float:
    found = fitted(np.ascontiguousarray(picture), faces, small=True)
    return max((face.clarity if is_person(face) else face.clarity / 2 for face in found), default=0.0)
