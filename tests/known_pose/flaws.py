"""Films of one flaw each: eyes, covers, expressions, what does not live, and animals."""

from __future__ import annotations

from dataclasses import replace

from tests.known_pose.animal import Animal
from tests.known_pose.face import Pose
from tests.known_pose.film import Beat, Film, Planned, blinking, living, still, sweep
from tests.known_pose.mien import Mien
from tests.known_pose.scene import FRONT, PANNING, Actor, Camera, Poster

# A decoy: nearer and more frontal than the shot that is to win, but for one flaw.
NEAR = Actor(face_height=0.46)
GOOD = Beat(4.5, still(8), setting=20, actor=Actor(face_height=0.38))

# Two shots, the flawed one first.
_SHOT_S = 4.2
_SECOND = (_SHOT_S, 2 * _SHOT_S)
_BLINKS_PER_S = 25


def _against(flawed: Beat, good: Beat = GOOD, *, rooms: tuple[int, int] = (21, 20)) -> Film:
    """A flawed shot, then one that is to win, 4.2-8.4 s, each in its room."""
    return (
        replace(flawed, length_s=_SHOT_S, setting=rooms[0]),
        replace(good, length_s=_SHOT_S, setting=rooms[1]),
    )


def _does(mien: Mien) -> Film:
    """A near, frontal face whose mien is its flaw, against a good one."""
    return _against(Beat(_SHOT_S, actor=replace(NEAR, mien=mien)))


def _excused(mien: Mien) -> Film:
    """A face turned by 15 degrees against a frontal one, whose mien is no flaw."""
    return _against(Beat(_SHOT_S, still(15)), Beat(_SHOT_S, actor=Actor(mien=mien)))


_NATURAL = blinking((0.37, 0.1), (1.44, 0.2), (2.55, 0.3), (3.6, 0.2))
_LONG = blinking((0.3, 0.6), (1.6, 1.5), (3.5, 0.6))
# Shut in four frames of ten, none of which stands at a fifth of a second.
_BETWEEN_SAMPLES = blinking(*((0.4 * n + 0.04, 0.16) for n in range(11)))
_WALL = Actor(x=0.7, y=0.45, face_height=0.36)
_LOCKED = Camera(is_locked=True)
_NEARING = Camera(is_locked=True, zoom_per_s=0.02)
_ALIVE = Beat(4.5, living(4.5, 12), mien=blinking((0.9, 0.2), (3.1, 0.2)))
_HAND_HELD = Camera(shake_px=3, zoom_per_s=0.01)

_EYES: dict[str, Planned] = {
    "natural-blinks": Planned(
        _against(Beat(_SHOT_S, still(15)), Beat(_SHOT_S, mien=_NATURAL)),
        "turned throughout, or frontal with the blinks that everybody has",
        _SECOND,
        fps=_BLINKS_PER_S,
    ),
    "long-blinks": Planned(
        _against(Beat(_SHOT_S, actor=NEAR, mien=_LONG)),
        "the eyes are shut for long in the first shot",
        _SECOND,
        fps=_BLINKS_PER_S,
    ),
    "blinks-between-samples": Planned(
        _against(Beat(_SHOT_S, actor=NEAR, mien=_BETWEEN_SAMPLES)),
        "the eyes are shut in 40 % of the first shot, never at a fifth of a second",
        _SECOND,
        fps=_BLINKS_PER_S,
    ),
    "smiling-eyes": Planned(
        _excused(Mien(opening=0.7, raised=0.45)), "eyes that smile are narrow, not shut", _SECOND
    ),
    "looking-aside": Planned(
        _does(Mien(gaze_deg=(28, 0))),
        "looks past the camera in the first shot",
        _SECOND,
        missed="read as 27 degrees past the camera, of which 25 cost nothing: less than a turn by 8",
    ),
    "looking-up": Planned(
        _does(Mien(gaze_deg=(0, 20))),
        "looks above the camera in the first shot",
        _SECOND,
        missed="read as 20 degrees past the camera, of which 25 cost nothing",
    ),
    "looking-down": Planned(
        _does(Mien(gaze_deg=(0, -25), opening=0.6)),
        "looks below the camera in the first shot",
        _SECOND,
        missed="25 degrees down read as 7",
    ),
    "eyes-on-the-camera": Planned(
        _against(
            Beat(_SHOT_S, still(16), actor=replace(NEAR, mien=Mien(gaze_deg=(0, 0)))),
            Beat(_SHOT_S, still(16), actor=Actor(mien=Mien(gaze_deg=(-16, 0)))),
        ),
        "turned alike in both, the eyes hold the camera in the second",
        _SECOND,
        missed="read as 16 degrees past the camera, of which 25 cost nothing",
    ),
    "crossed-eyes": Planned(
        _does(Mien(crossed_deg=28)),
        "crosses the eyes in the first shot",
        _SECOND,
    ),
}

_ANGLES: dict[str, Planned] = {
    "tilted-15": Planned(
        _against(Beat(_SHOT_S, still(0, 0, 15), actor=NEAR), Beat(_SHOT_S, still(5))),
        "tilted in the first shot",
        _SECOND,
    ),
}

_COVERED: dict[str, Planned] = {
    "bar": Planned(
        _does(Mien(cover="bar")),
        "a bar hides the eyes in the first shot",
        _SECOND,
    ),
    "mask": Planned(
        _does(Mien(cover="mask")),
        "a mask hides the mouth in the first shot",
        _SECOND,
    ),
    "hand": Planned(
        _does(Mien(cover="hand")),
        "a hand hides the mouth in the first shot",
        _SECOND,
        missed="a mouth is guessed under a drawn hand, and the detector is as sure of the face as ever",
    ),
    "hand-half": Planned(
        _does(Mien(cover="hand-half")),
        "a hand hides half of the face in the first shot",
        _SECOND,
        missed="clarity is held against the shot's own: a hand that stays takes nothing off",
    ),
    "sunglasses": Planned(
        _does(Mien(cover="sunglasses")),
        "dark glasses hide the eyes in the first shot",
        _SECOND,
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
    ),
}

_LIVES: dict[str, Planned] = {
    "poster": Planned(
        (
            Beat(_SHOT_S, actor=None, camera=_LOCKED, poster=Poster()),
            replace(_ALIVE, actor=_WALL, camera=_LOCKED, poster=Poster()),
        ),
        "a photo hangs on the wall throughout, a head lives beside it later",
        (_SHOT_S, 8.7),
    ),
    "poster-hand-held": Planned(
        (
            Beat(_SHOT_S, actor=None, camera=_HAND_HELD, poster=Poster()),
            replace(_ALIVE, actor=_WALL, camera=_HAND_HELD, poster=Poster()),
        ),
        "the same, before a camera that trembles and comes nearer",
        (_SHOT_S, 8.7),
    ),
    "slide-first": Planned(
        _against(Beat(_SHOT_S, actor=NEAR, is_frozen=True), _ALIVE),
        "a still photo of her, then herself",
        _SECOND,
    ),
    "slide-zoomed": Planned(
        _against(Beat(_SHOT_S, sway=0, speaks=False, camera=_NEARING), _ALIVE),
        "a still photo that comes nearer, then herself",
        _SECOND,
    ),
    "frozen": Planned(
        (
            Beat(1.5, living(1.5), setting=25),
            Beat(5, setting=25, is_frozen=True),
            replace(_ALIVE, setting=25),
        ),
        "the picture freezes for 5 s, and she goes on",
        (6.5, 11),
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
                speaks=False,
            ),
        ),
        "sits nearly still, but lives",
        _SECOND,
        fps=_BLINKS_PER_S,
    ),
}

_CAT = Animal()
# Where nobody's face shows, the fuller room scores more.
_FULLER_FIRST = (20, 21)
_SMALL_CAT = Animal(height=0.6)


def _cats(*cats: Animal, yaw_deg: float = 0.0, camera: Camera = PANNING) -> Beat:
    return Beat(_SHOT_S, still(yaw_deg), actor=None, animals=cats, camera=camera)


_ANIMALS: dict[str, Planned] = {
    "cat-turning": Planned(
        (
            replace(_cats(_CAT, yaw_deg=-90), length_s=3.2, setting=21),
            replace(_cats(_CAT), length_s=1, pose=sweep(Pose(-90), FRONT), setting=21),
            replace(_cats(_CAT), length_s=4.2, setting=21),
            replace(_cats(_CAT), length_s=1, pose=sweep(FRONT, Pose(150)), setting=21),
            replace(_cats(_CAT, yaw_deg=150), length_s=2.6, setting=21),
        ),
        "a cat looks aside, then into the camera, then away",
        (3.8, 8.8),
        subject="other",
        missed="the face detector answers to this cat's front in 2 samples of 16",
    ),
    "cat-hand-held": Planned(
        _against(
            _cats(replace(_CAT, height=0.9), yaw_deg=150, camera=_LOCKED),
            _cats(_CAT, camera=_HAND_HELD),
            rooms=_FULLER_FIRST,
        ),
        "a cat from behind before a still camera, then its front before a trembling one",
        _SECOND,
        subject="other",
    ),
    "two-cats": Planned(
        _against(
            _cats(replace(_CAT, x=0.42, body_deg=-20, height=0.9), replace(_CAT, x=0.56, height=0.9)),
            _cats(_SMALL_CAT),
            rooms=_FULLER_FIRST,
        ),
        "two cats, one before the other, then one",
        _SECOND,
        subject="other",
        missed="figures that overlap count as one, and the fuller room counts for more",
    ),
    "headless-cat": Planned(
        _against(
            _cats(replace(_CAT, y=-0.3, height=1.3)), _cats(_SMALL_CAT, yaw_deg=20), rooms=_FULLER_FIRST
        ),
        "a cat whose head lies above the picture, then a whole one",
        _SECOND,
        subject="other",
        missed="the cut body's box begins 1 % below the edge, and no head is made out on the whole cat",
    ),
    "torso-first": Planned(
        _against(
            Beat(_SHOT_S, actor=Actor(y=-0.3, face_height=0.5)),
            Beat(_SHOT_S, still(24), actor=Actor(x=0.6, y=0.4, face_height=0.12)),
        ),
        "somebody whose head lies above the picture, then a small face",
        _SECOND,
    ),
}

FLAWS = _EYES | _ANGLES | _COVERED | _EXPRESSIONS | _LIVES | _ANIMALS
