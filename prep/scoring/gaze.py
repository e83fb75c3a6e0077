"""Whether the eyes look into the camera, as a factor."""

from __future__ import annotations

from screentest.prep.core.values import Face
from screentest.prep.scoring.curves import rise

# Heads turned so far, with eyes that hold the camera, read a gaze of 1 (footage: 0.5 at 19 degrees).
_EYES_REACH_DEG = 38.0


def gaze_factor(face: Face) -> float:
    """1 for eyes on the camera."""
    return 1 - 0.25 * rise(abs(gaze_from_camera(face)), 0.35, 1.0)


def gaze_from_camera(face: Face) -> float:
    """How far the eyes look past the camera: 0 into it, 1 as far to the viewer's right as eyes turn.

    Eyes that hold the camera turn against the head.
    """
    return face.gaze + face.yaw_deg / _EYES_REACH_DEG
