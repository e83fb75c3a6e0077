"""What is usual for one person, whom each moment is held against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from screentest.prep.core.values import Face


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual for one person in one shot: cameras sit high or low, and eyes and light differ.

    ``pitch_deg``: the median. ``eyes_open``: the upper quartile, as the median eye of somebody who
    winks or looks down half of the time is not wide open. ``clarity``: the ninetieth percentile.
    """

    pitch_deg: float
    eyes_open: float
    clarity: float


def usual_of(faces: Sequence[Face]) -> Usual:
    """What is usual over a person's faces; at least one."""
    return Usual(
        pitch_deg=median(f.pitch_deg for f in faces),
        eyes_open=float(np.percentile([f.eyes_open for f in faces], 75)),
        clarity=float(np.percentile([f.clarity for f in faces], 90)),
    )
