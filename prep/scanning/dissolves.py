"""Where one shot dissolves into the next: pure, over thumbnails of neighbouring frames.

In a dissolve the picture halfway is the mean of the pictures at both ends, which are laid out
differently. Things that move do not do that: a head or a camera halfway is somewhere else, not in both
places at half strength. Where only the light changes, both ends are laid out alike; fading from or to
black is such a change, and dark moments score low anyway.
"""

from __future__ import annotations

from bisect import bisect_left

import numpy as np
from numpy.typing import NDArray

from screentest.prep.core.values import Span, united
from screentest.prep.vision.measures import correlation, difference

Thumb = NDArray[np.uint8]

_LENGTHS_S = (0.4, 0.8, 1.6)
_APART_S = 0.045
_MIN_DIFFERENCE = 0.06
_MAX_CORRELATION = 0.75
_MAX_RESIDUE = 0.25
_FLAT = 6.0
_FAINT_S = 0.2
# How much footage shows a dissolve of any length that is found.
LONGEST_S = _LENGTHS_S[-1] + _FAINT_S


class DissolveDetector:
    """Collects the dissolves of one stretch, frame by frame.

    Lengths of 0.3 to 1.6 s are found; call ``restart`` at a cut, which is not a dissolve.
    """

    def __init__(self) -> None:
        self._seen: list[tuple[float, Thumb]] = []
        self._found: list[Span] = []

    def restart(self) -> None:
        """Forget the frames so far: a new shot begins."""
        self._seen.clear()

    def look(self, t_s: float, thumb: Thumb) -> None:
        """The next frame; frames come in order of time and in one size."""
        if self._seen and t_s - self._seen[-1][0] < _APART_S:
            return
        self._seen.append((t_s, thumb))
        while t_s - self._seen[0][0] > _LENGTHS_S[-1] + 2 * _APART_S:
            del self._seen[0]
        for length_s in _LENGTHS_S:
            first, middle = self._before(t_s - length_s), self._before(t_s - length_s / 2)
            if first is None or middle is None:
                return
            if _melts(first[1], middle[1], thumb):
                self._found.append(Span(first[0], t_s))
                return

    def _before(self, t_s: float) -> tuple[float, Thumb] | None:
        """The first frame from a time on, None where that is not near it."""
        at = bisect_left(self._seen, t_s - _APART_S, key=lambda seen: seen[0])
        near = at < len(self._seen) and self._seen[at][0] < t_s + 2 * _APART_S
        return self._seen[at] if near else None

    def found(self) -> tuple[Span, ...]:
        """The dissolves so far, each a little wider than it was noticed: its ends hardly show."""
        close = [span for span in self._found if not _holds_shorter(span, self._found)]
        return united(Span(s.start_s - _FAINT_S, s.end_s + _FAINT_S) for s in close)


def _holds_shorter(span: Span, noticed: list[Span]) -> bool:
    """A long span notices a short dissolve too, and early: the shortest spans place it best."""
    return any(
        span.start_s <= other.start_s
        and other.end_s <= span.end_s
        and other.end_s - other.start_s < span.end_s - span.start_s - 2 * _APART_S
        for other in noticed
    )


def _melts(first: Thumb, middle: Thumb, last: Thumb) -> bool:
    """Whether the middle is the mean of two pictures that differ."""
    if difference(first, last) < _MIN_DIFFERENCE:
        return False
    ends = first.astype(np.float32), last.astype(np.float32)
    if min(float(end.std()) for end in ends) < _FLAT or correlation(first, last) >= _MAX_CORRELATION:
        return False
    apart = ends[1] - ends[0]
    # Beyond what is lighter or darker all over.
    change = float(np.abs(apart - apart.mean()).mean())
    residue = float(np.abs((ends[0] + ends[1]) / 2 - middle).mean())
    return change / 255 >= _MIN_DIFFERENCE and residue <= _MAX_RESIDUE * change
