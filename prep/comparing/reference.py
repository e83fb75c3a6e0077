"""Who a video is held against: several near-frontal faces of one person, from a clip or a photo."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from screentest.prep.core.picture import Picture
from screentest.prep.core.values import Face, Source, Span
from screentest.prep.media.frames import reading
from screentest.prep.media.pictures import sampled
from screentest.prep.media.probe import probe
from screentest.prep.people.likeness import SAME_PERSON, face_near, faces_of_photo
from screentest.prep.people.recogniser import Identity, embed
from screentest.prep.vision.analysis import fitted
from screentest.prep.vision.facing import is_person, turn_deg
from screentest.prep.vision.mesh import FaceStack

MOST_FACES = 8
_SAMPLES = 32
_LEAST_SAMPLES = 3
_ALIKE = 3


@dataclass(frozen=True, slots=True, eq=False)
class FaceReference:
    """One person's face.

    ``identities``: unit vectors of it, most frontal first; empty where no human face is turned to the
    camera. Biometric: they are computed for one comparison and not stored. ``picture``: the face that
    is most frontal, BGR, None without any.
    """

    identities: tuple[Identity, ...]
    picture: Picture | None = None

    def similarity(self, identity: Identity) -> float:
        """How alike a face is: the mean cosine to the three faces nearest to it."""
        alike = np.sort(np.stack(self.identities) @ identity)
        return float(alike[-_ALIKE:].mean())


@dataclass(frozen=True, slots=True)
class _Sighted:
    face: Face
    identity: Identity
    picture: Picture


def reference_in_photo(photo: str | os.PathLike[str]) -> FaceReference:
    """The largest face of a photo. Raises NotFound, NotAFile, FootageError without a face."""
    picture, faces = faces_of_photo(photo)
    return FaceReference((embed(picture, faces[0]),), picture)


def reference_in_clip(
    clip: str | os.PathLike[str] | Source, window: Span | None = None
) -> FaceReference:
    """The person whose face is the largest in most of a clip.

    ``window``: the part of it to look at, all where None. Raises what ``probe`` raises.
    """
    source = clip if isinstance(clip, Source) else probe(clip)
    samples = _samples(source, window or Span(source.video_start_s, source.end_s))
    one_person = _of_one_person(samples)
    if len(one_person) < _LEAST_SAMPLES:
        return FaceReference(())  # a toy or a drawing that looked human once
    chosen = sorted(one_person, key=lambda sample: _turned(sample.face))[:MOST_FACES]
    return FaceReference(tuple(sample.identity for sample in chosen), chosen[0].picture)


def _samples(source: Source, window: Span) -> list[_Sighted]:
    """The largest human face at each of some moments, where it is turned to the camera."""
    every_s = (window.end_s - window.start_s) / _SAMPLES
    stack, found = FaceStack(), []
    with reading(source) as reader:
        for frame in sampled(reader, window, every_s=every_s):
            picture = reader.picture(frame)
            faces = fitted(picture, stack, small=True)
            if faces and is_person(faces[0]) and (seen := face_near(picture, faces[0].box)):
                found.append(_Sighted(faces[0], embed(picture, seen), picture))
    return found


def _of_one_person(samples: Sequence[_Sighted]) -> list[_Sighted]:
    """Those that are alike to the one that most are alike to: another person may pass in front."""
    if not samples:
        return []
    vectors = np.stack([sample.identity for sample in samples])
    alike = vectors @ vectors.T >= SAME_PERSON
    middle = int(np.argmax(alike.sum(axis=1)))
    return [sample for sample, same in zip(samples, alike[middle], strict=True) if same]


def _turned(face: Face) -> float:
    return turn_deg(face) + abs(face.pitch_deg) + abs(face.roll_deg) / 2
