"""The films by name, and the window that each was planned to have."""

from __future__ import annotations

from dataclasses import replace

from tests.known_pose.face import Pose
from tests.known_pose.film import Beat, Film, Planned, still, sweep
from tests.known_pose.flaws import FLAWS, GOOD, NEAR
from tests.known_pose.mien import SHUT
from tests.known_pose.scene import FRONT, Actor, Look

TURNED = Pose(34, 0, 0)
DOWN = Pose(0, -26, 0)


def _held(length_s: float, pose: Pose) -> Beat:
    return Beat(length_s, still(pose.yaw_deg, pose.pitch_deg, pose.roll_deg))


def _turning(start: Pose, end: Pose) -> Beat:
    """Slow enough that it is not a cut."""
    return Beat(0.6, sweep(start, end))


def _sweeping(start: Pose, end: Pose) -> Beat:
    """Through many poses with one mien, for what is read of the pose alone."""
    return Beat(4, sweep(start, end), speaks=False)


_FAR = Actor(x=0.84, y=0.4, face_height=0.13, mirrored=True)
_HALF = still(14)


def _between(flawed: Beat) -> Film:
    """The good stretch, 4.5-9 s, between two that have one flaw, all three in different rooms."""
    return (
        replace(flawed, length_s=4.5, setting=21),
        GOOD,
        replace(flawed, length_s=4.2, setting=22),
    )


_HEADS: dict[str, Planned] = {
    "yaw": Planned((_sweeping(Pose(-40), Pose(40)),), "turns from left to right"),
    "pitch": Planned((_sweeping(Pose(0, -28), Pose(0, 28)),), "nods from down to up"),
    "roll": Planned((_sweeping(Pose(0, 0, -35), Pose(0, 0, 35)),), "tilts to the right"),
    "early": Planned(
        (_held(5, FRONT), _turning(FRONT, TURNED), _held(8, TURNED)),
        "the camera is looked at only at the start",
        (0, 5.4),
    ),
    "middle": Planned(
        (
            *(_held(4.5, TURNED), _turning(TURNED, FRONT), _held(4.6, FRONT)),
            *(_turning(FRONT, DOWN), _held(3.5, DOWN)),
        ),
        "turned before, looking down after",
        (4.7, 10.1),
    ),
    "late": Planned(
        (_held(8, TURNED), _turning(TURNED, FRONT), _held(4.8, FRONT)),
        "the camera is looked at only at the end",
        (8.2, 13.4),
    ),
    "between-cuts": Planned(
        (
            Beat(4, actor=None, setting=2),
            Beat(4.5, setting=3),
            Beat(5, still(30), setting=4),
        ),
        "the one shot with a frontal face",
        (4, 8.5),
    ),
    "short-shot": Planned(
        (Beat(5, still(-70), setting=5), Beat(2.8, setting=6), Beat(5, still(70), setting=7)),
        "no 4 s without a cut show the face, 2.8 s do",
        (5, 7.8),
    ),
    "dissolves": Planned(
        (
            Beat(3.4, setting=40),
            Beat(3.8, setting=41, melts_s=0.8),
            Beat(6.2, still(9), setting=42, melts_s=0.8),
        ),
        "the first two shots are more frontal, but none is 4 s long without the next shining through",
        (7.6, 13.4),
    ),
    "dark": Planned(
        _between(Beat(4, actor=NEAR, look=Look(light=0.1))), "too dark before and after", (4.5, 9)
    ),
    "soft": Planned(
        _between(Beat(4, actor=NEAR, look=Look(blur_px=5))), "out of focus before and after", (4.5, 9)
    ),
    "eyes-shut": Planned(
        _between(Beat(4, actor=replace(NEAR, mien=SHUT))),
        "the eyes are open only in the middle",
        (4.5, 9),
    ),
    "shaken": Planned(
        _between(Beat(4, actor=NEAR, shake=0.1)), "the head jerks before and after", (4.5, 9)
    ),
    "cut-off": Planned(
        _between(Beat(4, actor=replace(NEAR, y=0.1))),
        "the picture's edge cuts hair and forehead off before and after",
        (4.5, 9),
    ),
    "far-face": Planned(
        (
            Beat(5, actor=None, bystander=_FAR),
            Beat(4.5, _HALF, bystander=_FAR),
            Beat(4, actor=None, bystander=_FAR),
        ),
        "one face is near and half turned, a small one in the back looks at the camera all along",
        (5, 9.5),
    ),
    "between-keyframes": Planned(
        (
            *(_held(10.6, TURNED), _turning(TURNED, FRONT), _held(4.4, FRONT)),
            *(_turning(FRONT, TURNED), _held(10.8, TURNED)),
        ),
        "the frontal stretch holds no keyframe: they stand at 0, 9 and 18 s",
        (10.8, 16.0),
        gop_s=9,
    ),
    "profile-left": Planned((Beat(13, still(-70)),), "never shows the face", subject="other"),
    "profile-right": Planned((Beat(5, still(70)),), "never shows the face", subject="other"),
}

FILMS = _HEADS | FLAWS

PICKS = [name for name, planned in FILMS.items() if planned.window]
