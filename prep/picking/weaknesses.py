"""What a window lacks, by itself and against another, in words: pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from statistics import fmean, median
from typing import TYPE_CHECKING

from screentest.prep.core.values import Face, FrameSignal
from screentest.prep.scoring.faceless import FacelessFactors
from screentest.prep.scoring.faces import Factors
from screentest.prep.scoring.pose import Off, off_front
from screentest.prep.vision.facing import is_person, is_seen, tilt_deg, turn_deg

if TYPE_CHECKING:
    from screentest.prep.picking.windows import Window

# What a flaw is called: in a window, and in a runner-up compared with the chosen window.
_Words = tuple[str, str]
_OF_FACE: Mapping[str, _Words] = {
    "turned": ("the head is turned away", "the head is turned away more"),
    "nodding": ("the head is lifted or lowered", "the head is lifted or lowered more"),
    "tilted": ("the head is tilted", "the head is tilted more"),
    "eyes": ("the eyes are not open enough", "the eyes are less open"),
    "gaze": ("the eyes look past the camera", "the eyes look past the camera more"),
    "mouth": ("the mouth is wide open", "the mouth is open wider"),
    # The detector's belief drops for a hand, but for a shadow or a face pulled aside too.
    "clear": ("the face is recognised less surely at times", "the face is recognised less surely"),
    "size": ("the face is small", "the face is smaller"),
    "alone": ("another person is prominent too", "another person is prominent too"),
    "sharp": ("the face is soft", "the face is softer"),
    "exposed": ("the light on the face is poor", "the light on the face is worse"),
    "steady": ("the face moves a lot", "the face moves more"),
    "whole": ("the face is cut off by the frame", "the face is cut off by the frame"),
    "calm": (
        "the mouth is pulled aside or the eyes are crossed",
        "the mouth is pulled aside or the eyes are crossed more",
    ),
    "bare": ("something covers part of the face", "more of the face is covered"),
    "alive": ("the face does not move by itself", "the face does not move by itself"),
}
# Of heads that are turned or tilted by no more than this, most of the time.
_A_LITTLE_DEG = 15.0
_A_LITTLE: Mapping[str, _Words] = {
    "turned": ("the head is turned a little", "the head is turned a little more"),
    "tilted": ("the head is tilted a little", "the head is tilted a little more"),
}
_OF_PICTURE: Mapping[str, _Words] = {
    "shown": ("hardly any figure was made out", "the figure is smaller or less clear"),
    "front": (
        "no head that faces the camera was made out",
        "a head that faces the camera was made out less",
    ),
    "whole": ("the figure is cut off by the frame", "the figure is cut off by the frame"),
    "alone": ("another figure is prominent too", "another figure is prominent too"),
    "still": ("the figure moves a lot", "the figure moves more"),
    "crisp": ("the figure is soft", "the figure is softer"),
    "textured": ("much of the picture is blank", "more of the picture is blank"),
    "sharp": ("the picture is soft", "the picture is softer"),
    "lit": ("the light is poor", "the light is worse"),
    "calm": ("the picture moves a lot", "the picture moves more"),
}
_WAYS: tuple[Off, ...] = ("turned", "nodding", "tilted")
_SMALL_FIGURE = "the figure is small or hard to make out"
_NOT_THROUGHOUT = "a head that faces the camera was not made out all the time"
_UNSURE = "it is unsure whether a head faces the camera"
# How surely a head faces the camera where that is said.
_FRONT = 0.5


def lack(window: Window) -> str:
    """What takes most off a window's score."""
    losses = _losses(window)
    return _words(window)[max(losses, key=lambda flaw: losses[flaw])][0]


def weakness(best: Window, other: Window) -> str | None:
    """What takes more off another window than off the chosen one, most of all; None for nothing."""
    if sum(m is None for m in other.factors) > sum(m is None for m in best.factors):
        return "the face is out of sight longer"
    of_best, of_other = _losses(best), _losses(other)
    drops = {flaw: lost - of_best.get(flaw, 0.0) for flaw, lost in of_other.items()}
    worst = max(drops, key=lambda flaw: drops[flaw])
    return _words(other)[worst][1] if drops[worst] > 0 else None


def faces_camera(signal: FrameSignal) -> bool:
    """Whether a head that may face the camera was made out.

    A human face that is there for sure and is turned away tells more than a figure's head: that one
    answers to half profiles too.
    """
    if any(map(is_person, signal.faces)):
        return True
    figure = signal.figure if not any(map(is_seen, signal.faces)) else None
    return figure is not None and figure.front > _FRONT


def _words(window: Window) -> dict[str, _Words]:
    return _of_face(window) if window.subject == "face" else _of_picture(window)


def _of_face(window: Window) -> dict[str, _Words]:
    faces = _faces(window)
    usual_deg = {"turned": median(map(turn_deg, faces)), "tilted": median(map(tilt_deg, faces))}
    mild = {flaw: _A_LITTLE[flaw] for flaw, deg in usual_deg.items() if deg <= _A_LITTLE_DEG}
    return {**_OF_FACE, **mild}


def _of_picture(window: Window) -> dict[str, _Words]:
    """In a window, what was counted is not said to be missing."""
    signals, words = window.signals, dict(_OF_PICTURE)
    fronts, figures = sum(map(faces_camera, signals)), sum(map(_shows_figure, signals))
    if fronts:
        words["front"] = (_NOT_THROUGHOUT if fronts < len(signals) else _UNSURE, words["front"][1])
    if figures > len(signals) / 2:
        words["shown"] = (_SMALL_FIGURE, words["shown"][1])
    elif not figures:
        words["shown"] = ("no figure was made out", words["shown"][1])
    return words


def _shows_figure(signal: FrameSignal) -> bool:
    return signal.figure is not None or any(map(is_person, signal.faces))


def _losses(window: Window) -> dict[str, float]:
    """What each flaw takes off the scores of a window's samples, as a mean logarithm."""
    if window.subject == "other":
        return {flaw: _loss(window, flaw) for flaw in _OF_PICTURE}
    return {
        **{flaw: _loss(window, flaw) for flaw in _OF_FACE if flaw not in _WAYS},
        **_off_front(window),
    }


def _off_front(window: Window) -> dict[str, float]:
    """What each way not to face the camera takes off."""
    assert window.person is not None  # noqa: S101  (face windows always carry their person)
    ways = [off_front(face, window.person.usual) for face in _faces(window)]
    return {flaw: fmean(each[flaw] for each in ways) for flaw in _WAYS}


def _faces(window: Window) -> list[Face]:
    """The chosen person's faces inside a window, turned to the camera."""
    return [face for _, face in window.moments if is_person(face)]


def _loss(window: Window, name: str) -> float:
    seen = [sample for sample in window.factors if sample is not None]
    return fmean(_loss_at(sample, name) for sample in seen) if seen else 0.0


def _loss_at(moment: Factors | FacelessFactors, name: str) -> float:
    flawless: Factors | FacelessFactors = replace(moment, **{name: 1.0})  # type: ignore[arg-type]
    return math.log(max(1e-6, flawless.score())) - math.log(max(1e-6, moment.score()))
