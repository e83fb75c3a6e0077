"""Whether the eyes look into the camera, as an angle and as a factor."""

from __future__ import annotations

import math

from screentest.prep.core.values import Face, Source
from screentest.prep.media.frames import ANALYSIS_SIDE_PX
from screentest.prep.scoring.curves import rise

# Faces scaled down: from 45 pixels of height on, a gaze is read to 6 degrees, at 32 to 12 and pulled
# downward, at 24 it is chance.
READABLE_PX = 50.0
_SURE_PX = 70.0
# What the lids of shut eyes hide is not a gaze.
_LEAST_OPEN = 0.5
# Eyes on the camera, rendered and seen: a head turned by 20 degrees reads a gaze of -0.6, a level head
# a lift of -0.19, one that is lifted by 10 degrees -0.42.
_ASIDE_DEG = 38.0
_ASIDE_PER_YAW = 1.2
_UP_DEG = 50.0
_LEVEL_UP = -0.19
_UP_PER_PITCH = 1.15
# Beyond this the eyes look past the camera. People who hold it read up to 15, as eyes differ.
PAST_THE_CAMERA_DEG = 20.0
_AWAY_DEG = 50.0


def gaze_factor(face: Face, *, face_px: float) -> float:
    """1 for eyes on the camera, and where the gaze cannot be read."""
    if not is_gaze_readable(face, face_px=face_px):
        return 1.0
    away = rise(gaze_from_camera_deg(face), PAST_THE_CAMERA_DEG, _AWAY_DEG)
    return 1 - 0.5 * away * rise(face_px, READABLE_PX, _SURE_PX)


def gaze_from_camera_deg(face: Face) -> float:
    """How far the eyes look past the camera, to any side; true to about 10 degrees.

    Eyes that hold the camera turn against the head, sideways as well as up and down.
    """
    aside_deg = _ASIDE_DEG * face.gaze + _ASIDE_PER_YAW * face.yaw_deg
    up_deg = _UP_DEG * (face.gaze_up - _LEVEL_UP) + _UP_PER_PITCH * face.pitch_deg
    return math.hypot(aside_deg, up_deg)


def is_gaze_readable(face: Face, *, face_px: float) -> bool:
    """Whether anything can be said of where the eyes look: they are open, and the face large enough."""
    return face.eyes_open > _LEAST_OPEN and face_px >= READABLE_PX


def looked_at_px(face: Face, source: Source) -> float:
    """A face's height in the picture that was looked at, in pixels."""
    reduced = min(1.0, ANALYSIS_SIDE_PX / max(source.width_px, source.height_px))
    return face.box.height * source.height_px * reduced
