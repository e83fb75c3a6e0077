"""The name that a video's file has by itself. Pure."""

from __future__ import annotations

import re
import unicodedata

_MOST_WORDS = 6
_MOST_BYTES = 60
_DIGITS = 6


def file_name(prompt: str, identity: str) -> str:
    """The first words of a prompt, and what tells its video from others: joe-waves-1a2b3c.mp4.

    Letters of any script stay, as one form; whatever else a file system may refuse does not.
    """
    plain = unicodedata.normalize("NFC", prompt).replace("'", "").lower()
    name = ""
    for word in re.findall(r"[^\W_]+", plain)[:_MOST_WORDS]:
        longer = f"{name}-{word}" if name else word
        if len(longer.encode()) > _MOST_BYTES:
            break
        name = longer
    return f"{name or 'video'}-{identity[:_DIGITS]}.mp4"
