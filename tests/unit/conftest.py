"""What several unit tests look at."""

from __future__ import annotations

import numpy as np
import pytest

from screentest.prep.core.picture import Picture


@pytest.fixture(scope="session")
def portrait() -> Picture:
    """512 x 512, BGR; the face is about 85 pixels wide, its right eye left of the left one."""
    from skimage.data import astronaut

    return np.ascontiguousarray(astronaut()[:, :, ::-1], np.uint8)
