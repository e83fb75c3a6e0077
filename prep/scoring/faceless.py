"""How good a moment is, faces aside, in [0, 1]: pure.

For footage of animals, mascots and drawn characters, and of people who do not show their face.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from screentest.prep.core.values import Figure, FrameSignal
from screentest.prep.scoring.curves import rise
from screentest.prep.scoring.faces import exposure_factor
from screentest.prep.scoring.scale import on_the_scale_of_faces
from screentest.prep.vision.facing import MIN_PRESENCE, is_person, is_seen

_EDGE = 0.004
# Heights of a face, as shares of the picture, whose body is as large as a figure that counts for
# nothing, and in full.
_SMALL_FACE, _LARGE_FACE = 0.02, 0.09
# The share of its score that a picture without a figure keeps: it may show what no detector knows.
_NOBODY = 0.4
# The share of its worth that a figure keeps of which no head faces the camera, and one that reaches
# the upper edge without a head.
_TURNED_AWAY = 0.35
_HEADLESS = 0.6
# A human face for sure that no mesh fits is turned far away, or a hand or a mask covers it; one that a
# mesh fits is only turned aside.
_COVERED, _ASIDE = 0.3, 0.7
# Of a face that shows itself, though not for long enough: eyes shut, and open.
_OPENING = (0.05, 0.35)
# Looks at a head are means of so long before and after.
_AROUND_S = 1.0
# Whatever the camera does costs less than a front gives.
_SHAKEN = 0.25


@dataclass(frozen=True, slots=True)
class FacelessFactors:
    """The factors of a moment without a face, each in [0, 1].

    ``shown``: how surely a figure is there, and how large. ``front``: how surely its head faces the
    camera. ``whole``, ``alone``, ``still``, ``crisp``: of that figure. ``textured``, ``sharp``,
    ``lit``, ``calm``: of the picture.
    """

    shown: float
    front: float
    whole: float
    alone: float
    still: float
    crisp: float
    textured: float
    sharp: float
    lit: float
    calm: float

    def score(self) -> float:
        """The moment's score, on the scale of faces."""
        return on_the_scale_of_faces(self.worth())

    def worth(self) -> float:
        """What the picture is worth among those without a face, in [0, 1].

        A figure adds to it, whatever its flaws, and never takes off.
        """
        figure = self.shown * self.front * self.whole * self.alone * self.still * self.crisp
        clear = (self.textured * self.sharp) ** 0.35 * self.lit**0.3
        return float(self.calm * clear) * (_NOBODY + (1 - _NOBODY) * figure)


def faceless_factors(signal: FrameSignal) -> FacelessFactors:
    """The factors of one moment."""
    people = [face for face in signal.faces if is_person(face)]
    figure = signal.figure if not people else None
    shown = rise(max((face.box.height for face in people), default=0.0), _SMALL_FACE, _LARGE_FACE)
    front = max((rise(face.eyes_open, *_OPENING) for face in people), default=1.0)
    whole = still = crisp = 1.0
    others, sharpness = max(0, len(people) - 1), signal.sharpness
    if figure is not None:
        shown = _clearly_shown(figure)
        front = min(figure.front, _most_front(signal))
        whole = (1 - 0.15 * _edges_cut(figure)) * (_HEADLESS if is_headless(figure) else 1.0)
        still = 1 - 0.4 * rise(figure.sizes_per_s, 0.2, 1.5)
        crisp = max(0.2, rise(math.log10(figure.sharpness + 1), 0.5, 2.2))
        # A background out of focus is not a flaw.
        others, sharpness = figure.others, max(signal.sharpness, figure.sharpness)
    return FacelessFactors(
        shown=shown,
        front=_TURNED_AWAY + (1 - _TURNED_AWAY) * front,
        whole=whole,
        alone=0.75 if others else 1.0,
        still=still,
        crisp=crisp,
        textured=max(0.02, rise(signal.detail, 0.05, 0.6)),
        sharp=max(0.02, rise(math.log10(sharpness + 1), 0.5, 2.6)),
        lit=max(0.02, exposure_factor(signal.exposure)),
        calm=1 - _SHAKEN * rise(signal.motion, 0.05, 0.8),
    )


def steadied(signals: Sequence[FrameSignal]) -> tuple[FrameSignal, ...]:
    """The samples of a shot, in order of time, each figure's front the mean of those around it.

    A look that misses a head is no sign that it turned: seen once, it is rather there than not.
    """
    times_s = [signal.t_s for signal in signals]

    def front(t_s: float) -> float:
        first, past = bisect_left(times_s, t_s - _AROUND_S), bisect_right(times_s, t_s + _AROUND_S)
        return fmean(s.figure.front for s in signals[first:past] if s.figure is not None)

    return tuple(
        replace(s, figure=replace(s.figure, front=front(s.t_s))) if s.figure is not None else s
        for s in signals
    )


def faceless_score(signal: FrameSignal) -> float:
    """How good a moment is, faces aside: by its figure, texture, sharpness, light and motion."""
    return faceless_factors(signal).score()


def _most_front(signal: FrameSignal) -> float:
    """How far a figure may count as facing the camera whose human face does not count as such."""
    seen = [face.presence for face in signal.faces if is_seen(face)]
    if not seen:
        return 1.0
    return _ASIDE if max(seen) > MIN_PRESENCE else _COVERED


def _clearly_shown(figure: Figure) -> float:
    """1 for what is surely a figure, or has a head that is, and fills a tenth of the picture."""
    sure = max(figure.sureness, 0.4 * figure.front)
    side = math.sqrt(figure.box.width * figure.box.height)
    return rise(sure, 0.1, 0.4) * rise(side, 0.08, 0.3)


def is_headless(figure: Figure) -> bool:
    """Whether a figure reaches the picture's upper edge and no head was made out on it."""
    return figure.head is None and figure.box.y < _EDGE


def _edges_cut(figure: Figure) -> int:
    """How many of the picture's edges cut something off: a head, where one was made out.

    The lower edge cuts only legs off.
    """
    box = figure.head or figure.box
    return (box.x < _EDGE) + (box.y < _EDGE) + (box.x + box.width > 1 - _EDGE)
