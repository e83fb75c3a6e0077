"""Who or what a clip shows, as a digest that cannot be turned back into a face.

A face's identity is the mean of a few near-frontal embeddings; without a face it is a perceptual
signature of the pictures. Only a digest of either leaves this module: embeddings are biometric, and
nothing in the stand-in needs to keep them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from screentest.prep.core.picture import Picture
from screentest.prep.people.recogniser import embed
from screentest.prep.vision.detector import Detection, detect

_MIN_FACE_PX = 32
_EMBEDDED = 4
_COARSE_PX = 32
_LOW = 8


@dataclass(frozen=True, slots=True)
class ClipIdentity:
    """``kind``: whether a human face was found. ``digest``: hex, from the pictures alone."""

    kind: Literal["face", "other"]
    digest: str


def clip_identity(samples: Sequence[Picture]) -> ClipIdentity:
    """The identity that a clip's pictures show; at least one picture."""
    faces = _near_frontal(samples)
    if faces:
        vectors = [embed(picture, face) for picture, face in faces]
        mean = np.mean(vectors, axis=0)
        return ClipIdentity("face", _digest(mean / max(float(np.linalg.norm(mean)), 1e-9)))
    return ClipIdentity("other", _digest(_signature(samples)))


def _near_frontal(samples: Sequence[Picture]) -> list[tuple[Picture, Detection]]:
    """The largest face of each picture, the most frontal few of them."""
    found = [(picture, face) for picture in samples for face in detect(picture)[:1]]
    usable = [pair for pair in found if min(pair[1].width, pair[1].height) >= _MIN_FACE_PX]
    return sorted(usable, key=lambda pair: abs(pair[1].nose_offset))[:_EMBEDDED]


def _signature(samples: Sequence[Picture]) -> NDArray[np.float32]:
    """Low frequencies of the pictures' luma, averaged: alike for clips that look alike."""
    spectra = []
    for picture in samples:
        grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
        small = cv2.resize(grey, (_COARSE_PX, _COARSE_PX), interpolation=cv2.INTER_AREA)
        spectra.append(cv2.dct(np.asarray(small, np.float32))[:_LOW, :_LOW].ravel())
    mean: NDArray[np.float32] = np.mean(spectra, axis=0)
    return mean


def _digest(vector: NDArray[np.float32]) -> str:
    """Rounded first: a float's last bits must not matter."""
    return hashlib.sha256(np.round(vector, 3).astype(np.float32).tobytes()).hexdigest()


def character_id(identity: ClipIdentity, *, name: str, task_id: str, prefix: str = "char_") -> str:
    """The prefix and 32 hex digits, or 18 digits without one.

    From the pictures, the name and the task: nothing secret.
    """
    text = "\n".join((identity.digest, name, task_id))
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return prefix + digest if prefix else str(_LEAST_NUMBER + int(digest, 16) % _NUMBERS)


_LEAST_NUMBER, _NUMBERS = 10**17, 9 * 10**17
