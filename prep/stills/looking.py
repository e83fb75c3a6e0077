"""Close looks for stills: every face of a moment with its mesh, turned any way, and whose it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from screentest.prep.core.picture import Picture
from screentest.prep.core.progress import Progress
from screentest.prep.core.values import Face, Source, Span
from screentest.prep.people.recogniser import Identity, embed
from screentest.prep.scanning.cuts import CutDetector
from screentest.prep.scanning.workers import Worker, Workers
from screentest.prep.stills.moments import Look
from screentest.prep.stills.roles import turn_of
from screentest.prep.stills.values import Sight
from screentest.prep.vision.analysis import measured_face
from screentest.prep.vision.detector import Detection, detect
from screentest.prep.vision.facing import MIN_PRESENCE
from screentest.prep.vision.measures import luma
from screentest.prep.vision.mesh import FaceStack
from screentest.prep.vision.pose import Points

_AT_ONCE = 2
# A reader has a deadline, which is for reading: many faces take as long again on a busy machine.
_LOOKS_A_READER = 10
_LOOKED_AT = 3
_RIVAL = 0.35
# Smaller faces have no identity to be read, and make no still.
_MIN_FACE_PX = 26
_SAME_S = 1e-6


@dataclass(frozen=True, slots=True)
class Seen:
    """A sight and whose face it is. ``shot``: the stretch without a cut inside one look."""

    sight: Sight
    identity: Identity
    shot: tuple[int, float]


def seen_in(source: Source, looks: Sequence[Look], *, raw: int, progress: Progress) -> tuple[Seen, ...]:
    """Every face in some looks whose turn can be told, in order of time.

    ``raw``: the number that the sights carry. Raises NotAVideo or Unreadable where the file changed.
    """
    if not looks:
        return ()
    cv2.setNumThreads(1)
    known = {look.span: look for look in looks}

    def one(worker: Worker, span: Span, progress: Progress) -> list[Seen]:
        return list(_seen(worker, known[span], raw, progress))

    found: list[Seen] = []
    for first in range(0, len(looks), _LOOKS_A_READER):
        some = [look.span for look in looks[first : first + _LOOKS_A_READER]]
        share = part_of(progress, first / len(looks), len(some) / len(looks))
        with Workers(source, count=_AT_ONCE) as workers:
            found += (seen for of_look in workers.each(one, some, share) for seen in of_look)
    return tuple(found)


def part_of(progress: Progress, done: float, share: float) -> Progress:
    """The progress of a part that is so large a share, after what is done."""
    return lambda of_some: progress(done + share * of_some)


def _seen(worker: Worker, look: Look, raw: int, progress: Progress) -> Iterator[Seen]:
    cuts = CutDetector()
    span, due_s, shot_s = look.span, look.span.start_s, look.span.start_s
    for frame in worker.reader.span(span.start_s, span.end_s):
        if cuts.is_cut(worker.reader.thumb(frame)):
            shot_s = frame.t_s
        if frame.t_s < due_s - _SAME_S:
            continue
        due_s = frame.t_s + look.every_s
        picture = worker.reader.picture(frame)
        for sight, identity in _faces(picture, worker.faces, frame.source, frame.t_s, raw):
            yield Seen(sight, identity, (raw, shot_s))
        progress((frame.t_s - span.start_s) / max(_SAME_S, span.end_s - span.start_s))


def _faces(
    picture: Picture, stack: FaceStack, source: Source, t_s: float, raw: int
) -> Iterator[tuple[Sight, Identity]]:
    """The most prominent faces of a picture whose turn can be told."""
    grey, found = luma(picture), detect(picture)
    boxes = [measured_face(d, grey, presence=0.0).box for d in found]
    large = [d for d in found if d.height >= max(_MIN_FACE_PX, _RIVAL * found[0].height)]
    for n, detection in enumerate(large[:_LOOKED_AT]):
        face = _posed(detection, picture, grey, stack)
        turn = turn_of(face, side=side_of_nose(detection.points))
        if turn is not None:
            sight = Sight(
                raw=raw,
                t_s=t_s,
                face=face,
                turn=turn,
                aspect=source.width_px / source.height_px,
                height_px=source.height_px,
                others=tuple(box for m, box in enumerate(boxes) if m != n),
            )
            yield sight, np.asarray(embed(picture, detection), np.float32)


def side_of_nose(points: Points) -> float:
    """To which side of a face its nose points, in pixels: below 0 to the left of the picture, as it
    would stand upright.

    ``points``: the detector's five (right eye, left eye, nose, mouth corners). Across the line from the
    eyes to the mouth, as the line between the eyes has no direction in a profile.
    """
    eyes, mouth = (points[0] + points[1]) / 2, (points[3] + points[4]) / 2
    down_x, down_y = (mouth - eyes) / max(1e-6, float(np.hypot(*(mouth - eyes))))
    aside_x, aside_y = points[2] - eyes
    return float(aside_x * down_y - aside_y * down_x)


def _posed(detection: Detection, picture: Picture, grey: Picture, stack: FaceStack) -> Face:
    """A detected face with its angles and expression, where a mesh holds."""
    mesh = stack.fit_to(picture, detection)
    if mesh.presence <= MIN_PRESENCE:
        return measured_face(detection, grey, presence=mesh.presence)
    pose = stack.pose(mesh)
    return measured_face(
        detection,
        grey,
        presence=mesh.presence,
        angles=(pose.yaw_deg, pose.pitch_deg, pose.roll_deg),
        expression=stack.expression(mesh),
    )
