"""The films by name, and the window that each was planned to have."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from tests.known_pose.face import Pose
from tests.known_pose.film import FPS, Beat, Film, blinking, living, still, sweep, talking
from tests.known_pose.mien import SHUT, Mien
from tests.known_pose.scene import FRONT, Actor, Camera, Look, Poster

TURNED = Pose(34, 0, 0)
DOWN = Pose(0, -26, 0)


@dataclass(frozen=True, slots=True)
class Planned:
    """A film. ``window``: from when to when the choice has to lie, in seconds, None for none.

    ``subject``: what the choice has to be. ``why``: what tells that stretch from the rest.
    ``missed``: why the choice still goes wrong, empty where it does not. ``fps``: blinks want more.
    """

    film: Film
    why: str
    window: tuple[float, float] | None = None
    subject: Literal["face", "other"] = "face"
    gop_s: float = 2.0
    missed: str = ""
    fps: int = FPS


def _held(length_s: float, pose: Pose) -> Beat:
    return Beat(length_s, still(pose.yaw_deg, pose.pitch_deg, pose.roll_deg))


def _turning(start: Pose, end: Pose) -> Beat:
    """Slow enough that it is not a cut."""
    return Beat(0.6, sweep(start, end))


_SWEEP_S = 4.0
_FAR = Actor(x=0.84, y=0.4, face_height=0.13, mirrored=True)
_HALF = still(14)
# Decoys: nearer and more frontal than the stretch that is to win, but for one flaw.
_NEAR = Actor(face_height=0.46)
_GOOD = Beat(4.5, still(8), setting=20, actor=Actor(face_height=0.38))


def _between(flawed: Beat) -> Film:
    """The good stretch, 4.5-9 s, between two that have one flaw, all three in different rooms."""
    return (
        replace(flawed, length_s=4.5, setting=21),
        _GOOD,
        replace(flawed, length_s=4.2, setting=22),
    )


# Two shots, the flawed one first.
_SHOT_S = 4.2
_SECOND = (_SHOT_S, 2 * _SHOT_S)
_BLINKS_PER_S = 25


def _against(flawed: Beat, good: Beat = _GOOD) -> Film:
    """A flawed shot, then one that is to win, 4.2-8.4 s, in another room."""
    return (
        replace(flawed, length_s=_SHOT_S, setting=21),
        replace(good, length_s=_SHOT_S, setting=20),
    )


def _does(mien: Mien) -> Film:
    """A near, frontal face whose mien is its flaw, against a good one."""
    return _against(Beat(_SHOT_S, actor=replace(_NEAR, mien=mien)))


def _excused(mien: Mien) -> Film:
    """A face turned by 15 degrees against a frontal one, whose mien is no flaw."""
    return _against(Beat(_SHOT_S, still(15)), Beat(_SHOT_S, actor=Actor(mien=mien)))


_NATURAL = blinking((0.37, 0.1), (1.44, 0.2), (2.55, 0.3), (3.6, 0.2))
_LONG = blinking((0.3, 0.6), (1.6, 1.5), (3.5, 0.6))
# Shut in four frames of ten, none of which stands at a fifth of a second.
_BETWEEN_SAMPLES = blinking(*((0.4 * n + 0.04, 0.16) for n in range(11)))
_WALL = Actor(x=0.7, y=0.45, face_height=0.36)
_LOCKED = Camera(is_locked=True)
_ALIVE = Beat(4.5, living(4.5, 12), mien=talking((0.9, 0.2), (3.1, 0.2)))
_HAND_HELD = Camera(shake_px=3, zoom_per_s=0.01)

_EYES: dict[str, Planned] = {
    "natural-blinks": Planned(
        _against(Beat(_SHOT_S, still(15)), Beat(_SHOT_S, mien=_NATURAL)),
        "turned throughout, or frontal with the blinks that everybody has",
        _SECOND,
        fps=_BLINKS_PER_S,
    ),
    "long-blinks": Planned(
        _against(Beat(_SHOT_S, actor=_NEAR, mien=_LONG)),
        "the eyes are shut for long in the first shot",
        _SECOND,
        fps=_BLINKS_PER_S,
    ),
    "blinks-between-samples": Planned(
        _against(Beat(_SHOT_S, actor=_NEAR, mien=_BETWEEN_SAMPLES)),
        "the eyes are shut in 40 % of the first shot, never at a fifth of a second",
        _SECOND,
        fps=_BLINKS_PER_S,
        missed="eyes are looked at five times a second",
    ),
    "smiling-eyes": Planned(
        _excused(Mien(opening=0.7, raised=0.45)), "eyes that smile are narrow, not shut", _SECOND
    ),
    "looking-aside": Planned(
        _does(Mien(gaze_deg=(28, 0))), "looks past the camera in the first shot", _SECOND
    ),
    "looking-up": Planned(
        _does(Mien(gaze_deg=(0, 20))),
        "looks above the camera in the first shot",
        _SECOND,
        missed="gaze is read sideways only",
    ),
    "looking-down": Planned(
        _does(Mien(gaze_deg=(0, -20))),
        "looks below the camera in the first shot",
        _SECOND,
        missed="gaze is read sideways only",
    ),
    "eyes-on-the-camera": Planned(
        _against(
            Beat(_SHOT_S, still(16), actor=replace(_NEAR, mien=Mien(gaze_deg=(0, 0)))),
            Beat(_SHOT_S, still(16), actor=Actor(mien=Mien(gaze_deg=(-16, 0)))),
        ),
        "turned alike in both, the eyes hold the camera in the second",
        _SECOND,
        missed="gaze weighs too little",
    ),
    "crossed-eyes": Planned(
        _does(Mien(crossed_deg=28)),
        "crosses the eyes in the first shot",
        _SECOND,
        missed="eyes that cross read as eyes ahead",
    ),
}

_ANGLES: dict[str, Planned] = {
    "tilted-15": Planned(
        _against(Beat(_SHOT_S, still(0, 0, 15), actor=_NEAR), Beat(_SHOT_S, still(5))),
        "tilted in the first shot",
        _SECOND,
    ),
}

_COVERED: dict[str, Planned] = {
    "bar": Planned(
        _does(Mien(cover="bar")),
        "a bar hides the eyes in the first shot",
        _SECOND,
        missed="eyes are guessed under what hides them",
    ),
    "mask": Planned(
        _does(Mien(cover="mask")),
        "a mask hides the mouth in the first shot",
        _SECOND,
        missed="a mouth is guessed under what hides it",
    ),
    "hand": Planned(
        _does(Mien(cover="hand")),
        "a hand hides the mouth in the first shot",
        _SECOND,
        missed="a mouth is guessed under what hides it",
    ),
    "hand-half": Planned(
        _does(Mien(cover="hand-half")), "a hand hides half of the face in the first shot", _SECOND
    ),
    "sunglasses": Planned(
        _does(Mien(cover="sunglasses")),
        "dark glasses hide the eyes in the first shot",
        _SECOND,
        missed="eyes are guessed under what hides them",
    ),
    "glasses": Planned(_excused(Mien(cover="glasses")), "glasses hide nothing", _SECOND),
    "microphone": Planned(
        _excused(Mien(cover="microphone")), "a microphone below the chin hides nothing", _SECOND
    ),
}

_EXPRESSIONS: dict[str, Planned] = {
    "open-mouth": Planned(_does(Mien(jaw_deg=20)), "the mouth is wide open in the first shot", _SECOND),
    "pulled-mouth": Planned(
        _does(Mien(pulled_cm=1.2)),
        "the mouth is pulled aside in the first shot",
        _SECOND,
        missed="grimaces do not count",
    ),
}

_LIVES: dict[str, Planned] = {
    "poster": Planned(
        (
            Beat(4, actor=None, camera=_LOCKED, poster=Poster()),
            replace(_ALIVE, actor=_WALL, camera=_LOCKED, poster=Poster()),
            Beat(4, actor=None, camera=_LOCKED, poster=Poster()),
        ),
        "a photo hangs on the wall throughout, a head lives beside it in the middle",
        (4, 8.5),
        missed="a photo passes for a face",
    ),
    "poster-hand-held": Planned(
        (
            Beat(4, actor=None, camera=_HAND_HELD, poster=Poster()),
            replace(_ALIVE, actor=_WALL, camera=_HAND_HELD, poster=Poster()),
            Beat(4, actor=None, camera=_HAND_HELD, poster=Poster()),
        ),
        "the same, before a camera that trembles and comes nearer",
        (4, 8.5),
        missed="a photo passes for a face",
    ),
    "slide-first": Planned(
        _against(Beat(_SHOT_S, actor=_NEAR, is_frozen=True), _ALIVE),
        "a still photo of her, then herself",
        _SECOND,
        missed="a photo passes for a face",
    ),
    "slide-zoomed": Planned(
        _against(Beat(_SHOT_S, sway=0, camera=Camera(is_locked=True, zoom_per_s=0.02)), _ALIVE),
        "a still photo that comes nearer, then herself",
        _SECOND,
        missed="a photo passes for a face",
    ),
    "frozen": Planned(
        (
            Beat(1.5, living(1.5), mien=talking(), setting=25),
            Beat(5, setting=25, is_frozen=True),
            replace(_ALIVE, setting=25),
        ),
        "the picture freezes for 5 s, and she goes on",
        (6.5, 11),
        missed="a picture that stands still passes for a steady one",
    ),
    "nearly-still": Planned(
        _against(
            Beat(_SHOT_S, still(18)),
            Beat(
                _SHOT_S,
                living(_SHOT_S, reach_deg=0.5),
                sway=0.12,
                camera=_LOCKED,
                mien=blinking((0.9, 0.2), (3.1, 0.2)),
            ),
        ),
        "sits nearly still, but lives",
        _SECOND,
        fps=_BLINKS_PER_S,
    ),
}

_PLANNED: dict[str, Planned] = {
    "yaw": Planned((Beat(_SWEEP_S, sweep(Pose(-40), Pose(40))),), "turns from left to right"),
    "pitch": Planned((Beat(_SWEEP_S, sweep(Pose(0, -28), Pose(0, 28))),), "nods from down to up"),
    "roll": Planned((Beat(_SWEEP_S, sweep(Pose(0, 0, -35), Pose(0, 0, 35))),), "tilts to the right"),
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
        _between(Beat(4, actor=_NEAR, look=Look(light=0.1))), "too dark before and after", (4.5, 9)
    ),
    "soft": Planned(
        _between(Beat(4, actor=_NEAR, look=Look(blur_px=5))), "out of focus before and after", (4.5, 9)
    ),
    "eyes-shut": Planned(
        _between(Beat(4, actor=replace(_NEAR, mien=SHUT))),
        "the eyes are open only in the middle",
        (4.5, 9),
    ),
    "shaken": Planned(
        _between(Beat(4, actor=_NEAR, shake=0.1)), "the head jerks before and after", (4.5, 9)
    ),
    "cut-off": Planned(
        _between(Beat(4, actor=replace(_NEAR, y=0.1))),
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

FILMS = _PLANNED | _EYES | _ANGLES | _COVERED | _EXPRESSIONS | _LIVES

PICKS = [name for name, planned in FILMS.items() if planned.window]
