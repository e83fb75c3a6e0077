"""What ffmpeg's last words mean for whoever wanted a clip: pure."""

from __future__ import annotations

from pathlib import Path

from screentest.prep.core.errors import DiskFull, EncodeFailed
from screentest.prep.core.remedy import Remedy
from screentest.prep.core.text import printable, shown

_LAST_WORDS = 3
_NOISE = ("Conversion failed", "Error while filtering", "Task finished", "Terminating thread")
_NO_DECODER = "Unknown decoder"
_UNDECODED = ("Invalid data found", "Error while decoding", "to decoder", "Decoding error")
_NO_SPACE = ("No space left on device", "Disk quota exceeded")


def failure_of(words: str, out: Path) -> EncodeFailed | DiskFull:
    """The error of an encode that ended badly."""
    if any(phrase in words for phrase in _NO_SPACE):
        return DiskFull(
            f"No room is left at {shown(out.parent)} for the clip.",
            Remedy("by_hand", words="free some space"),
            Remedy("out", words="name another place"),
        )
    if _NO_DECODER in words:
        return EncodeFailed(
            "This ffmpeg was built without libvpx, which alone reads the transparency of VP8 and VP9.",
            "Unset SCREENTEST_FFMPEG to use the ffmpeg that was installed with screentest.",
        )
    lines = [line.strip() for line in words.splitlines()]
    telling = [line for line in lines if line and not any(noise in line for noise in _NOISE)]
    last = printable("; ".join(telling[-_LAST_WORDS:]) or "it gave no reason").rstrip(".")
    is_undecoded = any(phrase in words for phrase in _UNDECODED)
    return EncodeFailed(
        f"ffmpeg could not make the clip: {last}.",
        "The footage may be damaged there." if is_undecoded else "",
        Remedy("start_s", words="choose another start"),
        Remedy("footage", words="export it again"),
    )
