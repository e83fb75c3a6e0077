"""Where one shot ends and the next begins: pure, over thumbnails of neighbouring frames."""

from __future__ import annotations

from collections import deque
from statistics import median

import numpy as np
from numpy.typing import NDArray

from prep.measure import correlation, difference

_MIN_DIFFERENCE = 0.045
_TIMES_NEIGHBOURS = 4.0
_MAX_CORRELATION = 0.75
_NEIGHBOURS = 12


class CutDetector:
    """Tells for each frame whether it starts a new shot.

    A cut is a frame that differs from the one before by at least 4.5 % of full scale and by four
    times what its neighbours do, and that is laid out differently: the adaptive threshold of
    PySceneDetect, with a correlation that lets flashes and exposure steps pass.
    """

    def __init__(self) -> None:
        self._last: NDArray[np.uint8] | None = None
        self._differences: deque[float] = deque(maxlen=_NEIGHBOURS)

    def is_cut(self, thumb: NDArray[np.uint8]) -> bool:
        """Whether this frame starts a new shot; frames come in order of time."""
        last, self._last = self._last, thumb
        if last is None or last.shape != thumb.shape:
            return False
        change = difference(last, thumb)
        usual = median(self._differences) if self._differences else 0.0
        cut = (
            change >= max(_MIN_DIFFERENCE, _TIMES_NEIGHBOURS * usual)
            and correlation(last, thumb) < _MAX_CORRELATION
        )
        if not cut:
            self._differences.append(change)
        return cut
