"""The still that stands for a clip on a card: which moment of it, and the picture."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from screentest.prep.core.errors import NotFound
from screentest.prep.core.text import timecode
from screentest.prep.core.values import Box, Clip, Face, Scan, Segment, Source
from screentest.prep.media.probe import probe
from screentest.prep.report.screen import jpeg, screen_pictures_at

STILL_PX: Final = 320
"""How wide a still is, or how wide it would be were it not tall."""

_END_S: Final = 0.05
"""So close to the window's end a picture may not decode any more."""
_OPEN: Final = 0.8
"""Eyes that are open read 0.8 to 0.98: more is no better picture."""


def still_file(folder: Path, clip: Clip) -> Path:
    """Where a folder of stills keeps a clip's: by its content, wherever it lies."""
    return folder / f"{clip.sha256[:40]}-best.jpg"


def still_of(clip: Clip, scan: Scan | None) -> bytes:
    """A JPEG of a clip where it shows its person best. ``scan``: of its footage; None for the middle.

    Raises NotFound where no picture decodes, and what reading the clip raises.
    """
    best_s = best_moment_s(scan, clip.segment) if scan else None
    middle_s = float(clip.length_s) / 2
    return still(probe(clip.path), middle_s if best_s is None else best_s - clip.segment.start_s)


def still(source: Source, t_s: float) -> bytes:
    """A JPEG of the picture at a time; near the end, where none begins any more, the last one before.

    Raises NotFound where none decodes, and what reading raises.
    """
    last_s = source.end_s - 1.5 / float(source.fps)
    for moment_s in (t_s, min(t_s, last_s), source.video_start_s):
        found = screen_pictures_at(source, [max(source.video_start_s, moment_s)])
        if found:
            return jpeg(next(iter(found.values())), width_px=STILL_PX)
    raise NotFound(f"No picture decodes at {timecode(t_s)}.")


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
