"""How good a moment is, in [0, 1]: pure functions of signals.

Each factor is 1 where it is as good as can be. A moment's score is the product of their powers, so that
the others cannot make up for one bad factor; a window's score mixes the mean of its moments
with their tenth percentile, so that its weak moments count.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from screentest.prep.core.values import Face, Source
from screentest.prep.scoring.covers import bare_factor, clear_factor
from screentest.prep.scoring.curves import rise
from screentest.prep.scoring.expression import calm_factor, mouth_factor
from screentest.prep.scoring.eyes import eyes_factor
from screentest.prep.scoring.gaze import gaze_factor, looked_at_px
from screentest.prep.scoring.pose import frontal_factor
from screentest.prep.scoring.usual import Usual, usual_of
from screentest.prep.vision.facing import PROFILE_NOSE_OFFSET, is_person, nose_turn_deg


@dataclass(frozen=True, slots=True)
class Weights:
    """Exponents of the factors in a moment's score: 1 counts in full, 0 not at all."""

    frontal: float = 1.0
    eyes: float = 1.0
    gaze: float = 1.0
    mouth: float = 1.0
    clear: float = 1.5
    size: float = 0.4
    alone: float = 0.4
    sharp: float = 0.3
    whole: float = 0.8
    exposed: float = 0.3
    steady: float = 0.3
    calm: float = 1.0
    bare: float = 1.0
    alive: float = 1.0


WEIGHTS = Weights()
# A window that scores this or more has no weakness worth naming.
CLEAN = 0.7
# A window that scores less is poor, even where nothing better was found.
POOR = 0.4
_WEAK_SHARE = 0.4
# What shut eyes cost at most in a single picture.
_GLIMPSED_EYES = 0.6
_WEAK_PERCENTILE = 10.0


@dataclass(frozen=True, slots=True)
class Factors:
    """The factors of one face at one moment, each in [0, 1]."""

    frontal: float
    eyes: float
    gaze: float
    mouth: float
    clear: float
    size: float
    alone: float
    sharp: float
    whole: float
    exposed: float
    steady: float
    calm: float
    bare: float
    alive: float

    def score(self, weights: Weights = WEIGHTS) -> float:
        """The product of the factors' powers."""
        return math.exp(
            sum(
                getattr(weights, name) * math.log(max(getattr(self, name), 1e-4))
                for name in self.__slots__
            )
        )


def factors(
    face: Face,
    source: Source,
    *,
    usual: Usual,
    speed: float,
    others: Sequence[Face] = (),
    eyes: float | None = None,
    alive: float = 1.0,
    lasting: float = 0.0,
) -> Factors:
    """The factors of one face at one moment.

    ``usual``: of that person. ``speed``: how fast the face moves, in face heights per second.
    ``others``: the other faces of the moment. ``eyes``, ``alive``, ``lasting``: what the moments
    around tell of eyes, life and grimaces; left out, this moment alone is judged.
    """
    face_px = looked_at_px(face, source)
    return Factors(
        frontal=frontal_factor(face, usual),
        eyes=eyes if eyes is not None else eyes_factor(face.eyes_open, usual),
        gaze=gaze_factor(face, face_px=face_px),
        mouth=mouth_factor(face),
        clear=clear_factor(face, usual),
        size=size_factor(face, source),
        alone=_alone(face, others),
        sharp=sharp_factor(face),
        whole=whole_factor(face),
        exposed=max(0.05, exposure_factor(face.exposure)),
        steady=max(0.05, 1 - rise(speed, 0.6, 3.0)),
        calm=calm_factor(face, face_px=face_px, lasting=lasting),
        bare=bare_factor(face),
        alive=alive,
    )


def _alone(face: Face, others: Sequence[Face]) -> float:
    """1 for one person; less the nearer another comes to the same size."""
    rival = max((o.box.height for o in others if is_person(o)), default=0.0)
    return 1 - 0.5 * rise(rival / face.box.height, 0.4, 1.0)


def size_factor(face: Face, source: Source) -> float:
    """Face height in the output: 1 from about 30 % of the canvas, poor below 8 %."""
    return max(0.03, rise(face_share(face, source), 0.02, 0.30))


def face_share(face: Face, source: Source) -> float:
    """Face height as a share of the padded canvas's height."""
    aspect = source.width_px / source.height_px
    canvas = 16 / 9 if aspect >= 1 else 9 / 16
    return face.box.height * min(1.0, canvas / aspect)


def sharp_factor(face: Face) -> float:
    """1 from a variance of the Laplacian of 100 on, poor below 10."""
    return max(0.05, rise(math.log10(face.sharpness + 1), 0.6, 2.0))


def exposure_factor(mean_luma: float) -> float:
    """1 for a well-lit face, less toward black and white."""
    return rise(mean_luma, 0.06, 0.25) * (1 - rise(mean_luma, 0.80, 0.97))


def whole_factor(face: Face) -> float:
    """How much of the head lies inside the picture; one cut by the frame is not a portrait.

    The detector's box ends at the forehead, and at the picture's edge where the head goes on: above
    it there has to be room for hair.
    """
    box = face.box
    wide = min(1.0, box.x + box.width) - max(0.0, box.x)
    high = min(1.0, box.y + box.height) - max(0.0, box.y)
    share = max(0.0, wide) * max(0.0, high) / max(1e-9, box.width * box.height)
    headroom = box.y / max(1e-9, box.height)
    return max(0.05, rise(share, 0.6, 0.98) * (0.3 + 0.7 * rise(headroom, -0.02, 0.04)))


def combined(moments: Sequence[float], *, weak_percentile: float = _WEAK_PERCENTILE) -> float:
    """A window's score from its moments': 0.6 of the mean and 0.4 of a low percentile, the tenth.

    People blink, and one blink is not a flaw. What has no face does not: there the weakest moment
    itself counts (``weak_percentile`` 0), as a picture that goes blank or dark joins two scenes.
    """
    values = np.asarray(moments, np.float64)
    weak = float(np.percentile(values, weak_percentile))
    return float((1 - _WEAK_SHARE) * values.mean() + _WEAK_SHARE * weak)


def glimpse_score(faces: Sequence[Face], source: Source) -> float:
    """How good a moment is likely to be of which one picture was measured: of its best face.

    Eyes and mouth count for little: it may be the blink, or the word, of an instant.
    """
    return max((_at_a_glimpse(face, faces, source) for face in faces if is_person(face)), default=0.0)


def _at_a_glimpse(face: Face, faces: Sequence[Face], source: Source) -> float:
    others = [other for other in faces if other is not face]
    found = factors(face, source, usual=usual_of([face]), speed=0.0, others=others)
    return replace(found, eyes=max(_GLIMPSED_EYES, found.eyes), mouth=1.0).score()


def coarse_score(face: Face, source: Source) -> float:
    """How good a face that was only detected is likely to be: by turn of the nose, size and light."""
    if abs(face.nose_offset) > 1.3 * PROFILE_NOSE_OFFSET:
        return 0.05 * face.presence
    frontal = math.exp(-((nose_turn_deg(face) / 26) ** 2))
    size = math.pow(size_factor(face, source), WEIGHTS.size)
    lit = math.pow(max(0.1, exposure_factor(face.exposure)), WEIGHTS.exposed)
    sharp = math.pow(sharp_factor(face), WEIGHTS.sharp)
    return frontal * size * lit * sharp * math.pow(whole_factor(face), WEIGHTS.whole)
