"""The face of a recorded character, for holding videos against it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from screentest.client.characters.footage import intact
from screentest.client.errors import ConfigError
from screentest.client.registry.records import Registration
from screentest.prep.core.errors import FootageError
from screentest.prep.core.remedy import Remedy
from screentest.prep.core.values import Span

if TYPE_CHECKING:
    from screentest.prep.comparing.reference import FaceReference
    from screentest.prep.core.values import Source
    from screentest.prep.stills.values import Still

_WINDOW_NEEDED = (
    Remedy("photo", words="compare with a photo of the person"),
    Remedy("footage", words="compare with a clip of the person"),
)


def reference_of(character: Registration) -> FaceReference:
    """The face in the character's clip, in its stills, or in its window of the footage.

    Empty where the character shows no human face. Raises ConfigError where neither is there as it was.
    """
    from screentest.prep.comparing.reference import reference_in_clip

    clip = character.clip
    if clip is not None and intact(clip):
        return reference_in_clip(clip.path)
    if faces := _in_stills(character.stills):
        return faces
    if clip is not None and (source := _footage_of(character)) is not None:
        return reference_in_clip(source, Span(clip.segment.start_s, clip.segment.end_s))
    raise ConfigError(
        f"Neither clip nor stills nor footage of {character.called} are there as they were.",
        *_WINDOW_NEEDED,
    )


def _in_stills(stills: Sequence[Still]) -> FaceReference | None:
    """The face in the stills that show it from the front or turned a little; None without any still.

    Empty where they are views, which show no human face.
    """
    from screentest.prep.comparing.reference import FaceReference, reference_in_photo

    if not stills or not all(Path(one.path).is_file() for one in stills):
        return None
    found = []
    for still in stills:
        with suppress(FootageError):
            found += [reference_in_photo(still.path)] if still.role in _FACING else []
    faces = tuple(face for one in found for face in one.identities)
    return FaceReference(faces, next((one.picture for one in found), None))


_FACING = ("frontal", "left", "right")


def _footage_of(character: Registration) -> Source | None:
    """The character's footage, None where it is gone or is other footage now."""
    from screentest.prep.media.probe import probe

    rotate_deg = round(float(str(character.overrides.get("rotate_deg", 0))))
    try:
        source = probe(character.source_path, rotate_deg=rotate_deg)
    except FootageError:
        return None
    return source if source.fingerprint == character.source_fingerprint else None
