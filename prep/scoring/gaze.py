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
# Eyes on the camera: a head turned by 20 degrees reads a gaze of -0.63, a level one a lift of -0.2, one
# lifted by 10 degrees -0.5 and by more little less, as its lids follow; one lowered by 10 degrees 0.0.
_ASIDE_DEG = 38.0
_ASIDE_PER_YAW = 1.2
_LEVEL_PITCH_DEG, _LEVEL_UP = -3.0, -0.12
_UP_PER_LIFT, _UP_PER_FALL, _MOST_LIFT_DEG = -0.034, -0.020, 16.0
# Eyes that look up hide less than they turn.
_UP_DEG, _DOWN_DEG = 60.0, 50.0
# Beyond this the eyes look past the camera. People who hold it read up to 15, as eyes differ.
PAST_THE_CAMERA_DEG = 20.0
_CROSSED = 0.2
# What a gaze costs begins later and grows slowly, or one glance would bring a worse flaw in.
_COSTS_FROM_DEG, _AWAY_DEG = 25.0, 55.0


def gaze_factor(face: Face, *, face_px: float) -> float:
    """1 for eyes on the camera, and where the gaze cannot be read."""
    if not is_gaze_readable(face, face_px=face_px):
        return 1.0
    away = rise(gaze_from_camera_deg(face), _COSTS_FROM_DEG, _AWAY_DEG)
    return 1 - 0.5 * away * rise(face_px, READABLE_PX, _SURE_PX)


def gaze_from_camera_deg(face: Face) -> float:
    """How far the eyes look past the camera, to any side; true to about 10 degrees.

    Eyes that hold the camera turn against the head, sideways as well as up and down.
    """
    aside_deg = _ASIDE_DEG * face.gaze + _ASIDE_PER_YAW * face.yaw_deg
    up_deg = _up_from_camera_deg(face)
    return math.hypot(aside_deg, up_deg)


def is_on_camera(face: Face) -> bool:
    """Whether both eyes look toward the camera, as far as they can be read."""
    return gaze_from_camera_deg(face) < PAST_THE_CAMERA_DEG and face.crossed < _CROSSED


def _up_from_camera_deg(face: Face) -> float:
    lift_deg = min(face.pitch_deg - _LEVEL_PITCH_DEG, _MOST_LIFT_DEG)
    held = _LEVEL_UP + lift_deg * (_UP_PER_LIFT if lift_deg > 0 else _UP_PER_FALL)
    off = face.gaze_up - held
    return off * (_UP_DEG if off > 0 else _DOWN_DEG)


def is_gaze_readable(face: Face, *, face_px: float) -> bool:
    """Whether anything can be said of where the eyes look: they are open, and the face large enough."""
    return face.eyes_open > _LEAST_OPEN and face_px >= READABLE_PX


def looked_at_px(face: Face, source: Source) -> float:
    """A face's height in the picture that was looked at, in pixels."""
    reduced = min(1.0, ANALYSIS_SIDE_PX / max(source.width_px, source.height_px))
    return face.box.height * source.height_px * reduced
