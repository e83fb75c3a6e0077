"""The face of a recorded character, for holding videos against it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screentest.client.characters.footage import intact, show_face, still_intact
from screentest.client.errors import ConfigError
from screentest.client.registry.records import Registration
from screentest.prep.core.errors import FootageError
from screentest.prep.core.remedy import Remedy
from screentest.prep.core.values import Span

if TYPE_CHECKING:
    from screentest.prep.comparing.reference import FaceReference
    from screentest.prep.core.values import Source

_WINDOW_NEEDED = (
    Remedy("photo", words="compare with a photo of the person"),
    Remedy("footage", words="compare with a clip of the person"),
)


def reference_of(character: Registration) -> FaceReference:
    """The face in the character's clip or stills, or in its window of footage whose clip is gone.

    Empty where the character shows no human face. Raises ConfigError where neither is there as it was.
    """
    from screentest.prep.comparing.reference import reference_in_clip

    if character.stills:
        return _in_stills(character)
    clip = character.clip
    if clip is not None and intact(clip):
        return reference_in_clip(clip.path)
    if clip is not None and (source := _footage_of(character)) is not None:
        return reference_in_clip(source, Span(clip.segment.start_s, clip.segment.end_s))
    raise ConfigError(
        f"Neither the clip nor the footage of {character.called} is there as it was.", *_WINDOW_NEEDED
    )


def _in_stills(character: Registration) -> FaceReference:
    from screentest.prep.comparing.reference import FaceReference, reference_in_photo

    if not show_face(character.stills):
        return FaceReference(())
    frontal = character.stills[0]
    if not still_intact(frontal):
        raise ConfigError(
            f"The stills of {character.called} are not there as they were.", *_WINDOW_NEEDED
        )
    return reference_in_photo(frontal.path)


def _footage_of(character: Registration) -> Source | None:
    """The character's footage, None where it is gone or is other footage now."""
    from screentest.prep.media.probe import probe

    rotate_deg = round(float(str(character.overrides.get("rotate_deg", 0))))
    try:
        source = probe(character.source_path, rotate_deg=rotate_deg)
    except FootageError:
        return None
    return source if source.fingerprint == character.source_fingerprint else None
