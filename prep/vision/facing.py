"""Whether a face is turned to the camera, and how far it is turned away: pure."""

from __future__ import annotations

import math

from screentest.prep.core.values import Face

# A half profile reads about 0.45 of nose offset, a full one more; the mesh cannot
# tell (prep.vision.pose).
PROFILE_NOSE_OFFSET = 0.38
# Beyond this a face is turned away, whatever else is right.
MAX_TURN_DEG = 35.0
MIN_PRESENCE = 0.5
# The detector's score from which a face is surely there, however it is turned. Footage: 0.80 to 0.95 in
# profile, at most 0.72 on animals, drawn rabbits and backs of heads.
SURE_CLARITY = 0.75
# The mesh shrinks the turns of flat faces: rendered heads of average depth read 1.0 of a turn, of four
# fifths of that 0.8, and real people about 0.9.
_PER_YAW = 1.1
# It compresses large turns toward frontal; sin(asin) of the nose offset does not.
_NOSE_TO_SINE = 1.25
_TRUSTED_NOSE_DEG = 20.0


def is_person(face: Face) -> bool:
    """Whether a fitted face is one turned to the camera: the mesh finds it, and it is not a profile."""
    return (
        face.presence > MIN_PRESENCE
        and abs(face.nose_offset) <= PROFILE_NOSE_OFFSET
        and turn_deg(face) <= MAX_TURN_DEG
    )


def is_seen(face: Face) -> bool:
    """Whether it is a human face for sure, turned to the camera or not."""
    return face.clarity >= SURE_CLARITY


def turn_deg(face: Face) -> float:
    """How far the head is turned, in degrees: by the mesh's yaw, or the nose where that is more.

    True to about a fifth, as faces differ in depth.
    """
    nose = nose_turn_deg(face)
    return max(_PER_YAW * abs(face.yaw_deg), nose if nose > _TRUSTED_NOSE_DEG else 0.0)


def tilt_deg(face: Face) -> float:
    """How far the head is tilted sideways, in degrees; true to about 2."""
    return abs(face.roll_deg)


def nose_turn_deg(face: Face) -> float:
    """The turn in degrees that the detector's nose offset gives; within 20 it is coarse."""
    return math.degrees(math.asin(min(1.0, abs(face.nose_offset) * _NOSE_TO_SINE)))
