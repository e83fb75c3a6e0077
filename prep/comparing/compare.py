"""Holds a video against a reference: reads pictures, decides nothing."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass

import cv2

from screentest.prep.comparing.reference import FaceReference
from screentest.prep.comparing.verdict import Likeness, Resemblance, cannot_tell, judged
from screentest.prep.core.progress import Progress
from screentest.prep.core.values import Source, Span
from screentest.prep.media.frames import reading
from screentest.prep.media.pictures import sampled
from screentest.prep.media.probe import probe
from screentest.prep.people.recogniser import Identity, embed
from screentest.prep.vision.detector import detect

LEAST_FACE_PX = 32
"""The lowest face in an analysis picture that the recogniser tells apart."""
_EVERY_S = 0.5
_MOST_SAMPLES = 120
NO_REFERENCE = "The reference shows no human face turned to the camera, so likeness cannot be told."


@dataclass(frozen=True, slots=True, eq=False)
class SeenFaces:
    """The faces of one sampled moment, as identities. Biometric: not to be stored."""

    t_s: float
    identities: tuple[Identity, ...]


def compare(
    video: str | os.PathLike[str] | Source,
    reference: FaceReference,
    *,
    progress: Progress = lambda _: None,
) -> Likeness:
    """Whether a video shows who the reference shows, by its faces twice a second.

    Long videos are sampled 120 times. Raises what ``probe`` raises, and Unreadable.
    """
    source = video if isinstance(video, Source) else probe(video)
    if not reference.identities:
        return cannot_tell(NO_REFERENCE)
    return likeness_of(faces_over_time(source, progress=progress), reference)


def likeness_of(seen: Iterable[SeenFaces], reference: FaceReference) -> Likeness:
    """The likeness of a video whose faces are known, for the face most alike at each moment: pure."""
    return judged(
        [
            Resemblance(one.t_s, max(reference.similarity(identity) for identity in one.identities))
            for one in seen
            if one.identities
        ]
    )


def faces_over_time(source: Source, *, progress: Progress = lambda _: None) -> tuple[SeenFaces, ...]:
    """Every face of at least 32 pixels at the sampled moments of a video."""
    cv2.setNumThreads(1)
    every_s = max(_EVERY_S, source.duration_s / _MOST_SAMPLES)
    found: list[SeenFaces] = []
    with reading(source) as reader:
        for frame in sampled(reader, Span(source.video_start_s, source.end_s), every_s=every_s):
            picture = reader.picture(frame)
            large = [face for face in detect(picture) if face.height >= LEAST_FACE_PX]
            found.append(SeenFaces(frame.t_s, tuple(embed(picture, face) for face in large)))
            progress(min(1.0, (frame.t_s - source.video_start_s) / max(source.duration_s, 1e-6)))
    return tuple(found)
