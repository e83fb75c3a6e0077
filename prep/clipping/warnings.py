"""What the owner of a clip should know of it: pure."""

from __future__ import annotations

from screentest.prep.core.values import Clip

NO_FACE = "No human face was found in the clip. Watch it before you use the character."
FACE_BESIDE = (
    "A human face shows in the clip, though the window was not picked by it. Watch it before you use "
    "the character."
)


def own_warnings(clip: Clip) -> tuple[str, ...]:
    """The warnings about a clip, whatever it is used for."""
    if clip.segment.subject == "face":
        return clip.warnings
    return (*clip.warnings, FACE_BESIDE if clip.segment.face_seen else NO_FACE)
