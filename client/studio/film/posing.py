"""Which moment of a window stands for it on a card: pure."""

from __future__ import annotations

from typing import Final

from screentest.prep.core.values import Box, Face, Scan, Segment

_END_S: Final = 0.05
"""So close to the window's end a picture may not decode any more."""
_OPEN: Final = 0.8
"""Eyes that are open read 0.8 to 0.98: more is no better picture."""


def best_moment_s(scan: Scan, segment: Segment) -> float | None:
    """The moment that was looked at closely in which the person looks best, in seconds of the footage:
    eyes open, no grimace, turned to the camera; of equals the one nearest to the middle.

    None where the window is not of a person.
    """
    if segment.heads is None:
        return None
    middle_s = segment.start_s + segment.length_s / 2
    best: tuple[float, float, float] | None = None
    for signal in scan.signals:
        if not signal.fine or not segment.start_s <= signal.t_s <= segment.end_s - _END_S:
            continue
        face = _of_person(signal.faces, segment.heads.person)
        if face is None:
            continue
        looks = round(_looks(face), 2)
        if best is None or (looks, -abs(signal.t_s - middle_s)) > best[:2]:
            best = (looks, -abs(signal.t_s - middle_s), signal.t_s)
    return best[2] if best else None


def _of_person(faces: tuple[Face, ...], where: Box) -> Face | None:
    """The largest face among those where the person's is during the window."""
    own = [face for face in faces if _holds(where, face.box.centre)]
    return max(own, key=lambda face: face.box.height, default=None)


def _holds(box: Box, point: tuple[float, float]) -> bool:
    x, y = point
    return box.x <= x <= box.x + box.width and box.y <= y <= box.y + box.height


def _looks(face: Face) -> float:
    spoilt = face.grimace + 2 * face.mouth_open + abs(face.gaze) + face.covered
    return min(face.eyes_open, _OPEN) - 0.5 * spoilt - abs(face.yaw_deg) / 90
