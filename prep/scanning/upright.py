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
from screentest.prep.core.remedy import Remedy
from screentest.prep.core.values import Scan, Segment, Span
from screentest.prep.media.frames import reading
from screentest.prep.media.pictures import pictures_at
from screentest.prep.vision.analysis import fitted
from screentest.prep.vision.facing import is_person
from screentest.prep.vision.mesh import FaceStack

TURNS_DEG = (0, 90, 180, 270)
_LOOKS = 8
# Of footage as short as this, or of a window, every picture is decoded.
_SHORT_S = 12.0
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
    """Footage that is to be turned clockwise by ``turn_deg`` for its faces to stand upright.

    ``turned_deg``: by how much a person had it turned for this look. A rotation that is asked for is
    always one from what the file says (``prep.media.orientation.turned``).
    """

    turn_deg: int
    turned_deg: int = 0

    @property
    def rotate_deg(self) -> int:
        """The rotation to ask for instead, 0 for none."""
        return (self.turned_deg + self.turn_deg) % 360

    @property
    def remedy(self) -> Remedy:
        """What to do about it."""
        if self.rotate_deg:
            return Remedy("rotate", (str(self.rotate_deg),))
        return Remedy("without", ("rotate_deg",), words="leave the rotation out")

    @property
    def fact(self) -> str:
        """What is seen: somebody may indeed lie there."""
        return f"The faces are {'upside down' if self.turn_deg == 180 else 'on their side'}."

    @property
    def warning(self) -> str:
        """The same, and what to do."""
        to_do = "leave the rotation out"
        if self.rotate_deg:
            to_do = f"rotate it clockwise by {self.rotate_deg} degrees"
            to_do += f" instead of {self.turned_deg}" if self.turned_deg else ""
        return f"{self.fact} If all of the picture is, {to_do}."


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
    turn_deg = upright_turn([_looks(picture, faces) for picture in _pictures(scan, within)])
    return Lying(turn_deg, scan.source.turned_deg) if turn_deg else None


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
        if _is_within(signal.t_s, span) and any(is_person(face) for face in signal.faces)
    ]
    return bool(sure) and median(sure) > _SURE


def _pictures(scan: Scan, within: Span | None) -> Iterator[Picture]:
    """Some pictures of a span, or of all the footage; in a short one those that the scan measured."""
    source = scan.source
    length_s = source.duration_s if within is None else within.end_s - within.start_s
    with reading(source) as reader:
        if length_s > _SHORT_S:
            frames = reader.sparse(length_s / _LOOKS, within=within)
            yield from (reader.picture(frame) for frame in islice(frames, _LOOKS))
            return
        times_s = [s.t_s for s in scan.signals if _is_within(s.t_s, within)]
        for _, picture in pictures_at(reader, times_s[:: max(1, -(-len(times_s) // _LOOKS))]):
            yield picture


def _is_within(t_s: float, span: Span | None) -> bool:
    return span is None or span.start_s <= t_s < span.end_s


def _looks(picture: Picture, faces: FaceStack) -> Looks:
    return {turn: _sureness(np.rot90(picture, -turn // 90), faces) for turn in TURNS_DEG}


def _sureness(picture: Picture, faces: FaceStack) -> float:
    found = fitted(np.ascontiguousarray(picture), faces, small=True)
    return max((face.clarity if is_person(face) else face.clarity / 2 for face in found), default=0.0)
