"""Where one shot ends and the next begins: pure, over thumbnails of neighbouring frames."""

from __future__ import annotations

from collections import deque
from statistics import median

import numpy as np
from numpy.typing import NDArray

from screentest.prep.vision.measures import correlation, difference

_MIN_DIFFERENCE = 0.045
_TIMES_NEIGHBOURS = 4.0
_MAX_CORRELATION = 0.75
_OTHER_DIFFERENCE = 0.12
_OTHER_CORRELATION = 0.2
_NEIGHBOURS = 12
_MOST_MISSING = 3.0
# Film carried in video (telecine) changes after three pictures at most.
_FIELDS_HOLD = 12


class CutDetector:
    """Tells for each frame whether it starts a new shot.

    A cut is a frame that differs from the one before by at least 4.5 % of full scale and by four
    times what its neighbours do, and that is laid out differently: the adaptive threshold of
    PySceneDetect, with a correlation that lets flashes and exposure steps pass. In shaken footage
    neighbours differ much; there a frame laid out quite otherwise is a cut by that alone.
    """

    def __init__(self) -> None:
        self._last: NDArray[np.uint8] | None = None
        self._differences: deque[float] = deque(maxlen=_NEIGHBOURS)

    def is_cut(self, thumb: NDArray[np.uint8], *, frames_since: float = 1.0) -> bool:
        """Whether this frame starts a new shot; frames come in order of time.

        ``frames_since``: nominal frame lengths since the one before; where some are missing, as in
        footage of a varying rate, more motion is not a cut.
        """
        last, self._last = self._last, thumb
        if last is None:
            return False
        change = difference(last, thumb)
        usual = median(self._differences) if self._differences else 0.0
        alike = correlation(last, thumb)
        missing = min(_MOST_MISSING, max(1.0, frames_since))
        stands_out = change >= max(_MIN_DIFFERENCE, _TIMES_NEIGHBOURS * usual) * missing
        cut = (stands_out and alike < _MAX_CORRELATION) or (
            change >= _OTHER_DIFFERENCE and alike < _OTHER_CORRELATION
        )
        if not cut:
            self._differences.append(change)
        return cut


class FieldsDetector:
    """Collects the times at which whole pictures give way to woven ones, or these to whole ones.

    By what the pictures are marked as, where that holds for a dozen of them.
    """

    def __init__(self) -> None:
        self._is_woven: bool | None = None
        self._others_s: list[float] = []
        self._found_s: list[float] = []

    def look(self, t_s: float, *, is_woven: bool) -> None:
        """The next frame; frames come in order of time."""
        if self._is_woven is None or is_woven == self._is_woven:
            self._is_woven = is_woven
            self._others_s.clear()
            return
        self._others_s.append(t_s)
        if len(self._others_s) >= _FIELDS_HOLD:
            self._found_s.append(self._others_s[0])
            self._is_woven = is_woven
            self._others_s.clear()

    def found_s(self) -> tuple[float, ...]:
        """The first frame of each other kind so far."""
        return tuple(self._found_s)
