"""What a picture is in memory."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# Rows, columns and, unless it is grey, three channels in the order B, G, R; 0 to 255.
Picture = NDArray[np.uint8]
