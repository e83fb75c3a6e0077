"""Small pictures of HDR footage in the colours of an ordinary screen: pure.

Analysis pictures keep the footage's own code values, which look grey and dim where those mean PQ light.
HLG was made to be shown as it is, and is.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from screentest.prep.core.picture import Picture

Light = NDArray[np.float32]

PQ = "smpte2084"
# SMPTE ST 2084, and the white that ITU-R BT.2408 gives to graphics and paper.
_M1, _M2, _C1, _C2, _C3 = 2610 / 16384, 2523 / 32, 3424 / 4096, 2413 / 128, 2392 / 128
_WHITE_NITS, _PEAK_NITS = 203.0, 1000.0
# BT.2020 to BT.709 primaries (ITU-R BT.2087), rows and columns in the order blue, green, red.
_TO_709 = np.array(
    [[1.1187, -0.1006, -0.0182], [-0.0083, 1.1329, -0.1246], [-0.0728, -0.5876, 1.6605]], np.float32
)


def for_screen(picture: Picture, transfer: str) -> Picture:
    """A BGR picture brought to an ordinary screen; unchanged unless its transfer is PQ."""
    if transfer != PQ:
        return picture
    light = _linear()[picture] @ _TO_709.T
    peak = _PEAK_NITS / _WHITE_NITS
    # Extended Reinhard: the peak becomes white, the dark half stays as it is.
    mapped = light * (1 + light / peak**2) / (1 + np.maximum(light, 0.0))
    return np.asarray(np.clip(mapped, 0, 1) ** (1 / 2.2) * 255 + 0.5, np.uint8)


@cache
def _linear() -> Light:
    """Light of each 8-bit code, 1 being white."""
    root = (np.arange(256) / 255) ** (1 / _M2)
    nits = 10_000 * (np.maximum(root - _C1, 0) / (_C2 - _C3 * root)) ** (1 / _M1)
    return np.asarray(nits / _WHITE_NITS, np.float32)
