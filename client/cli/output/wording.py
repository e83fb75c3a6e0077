"""Values in words: timecodes, rates, sizes."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from screentest.prep.core.text import counted as counted
from screentest.prep.core.text import lasting as lasting
from screentest.prep.core.text import timecode as timecode

SANDBOX = "sandbox"

if TYPE_CHECKING:
    from screentest.prep.core.values import Clip


def window(start_s: float, length_s: float) -> str:
    """Where a window lies and how long it is."""
    return f"{timecode(start_s)} to {timecode(start_s + length_s)} ({lasting(length_s)})"


def rate(fps: Fraction) -> str:
    """A frame rate with up to three decimals: 25 fps, 29.97 fps."""
    return f"{float(fps):.3f}".rstrip("0").rstrip(".") + " fps"


def size(count: int) -> str:
    """A file size in decimal units."""
    if count < 1000:
        return f"{count} B"
    if count < 1_000_000:
        return f"{count / 1000:.0f} kB"
    if count < 1_000_000_000:
        return f"{count / 1_000_000:.1f} MB"
    return f"{count / 1_000_000_000:.1f} GB"


def usd(amount: float) -> str:
    """An amount of money without needless zeros: USD 0.001."""
    return "USD " + (f"{amount:.4f}".rstrip("0").rstrip(".") or "0")


def bill(amount: float, *, service: str, now: bool) -> str:
    """What a thing cost, and who was paid; ``now``: by this very command."""
    if service == SANDBOX:
        return f"{usd(amount)} at the real service, nothing in the sandbox"
    return usd(amount) if now else f"{usd(amount)}, billed by an earlier run"


def sound(has_audio: bool) -> str:
    return "sound" if has_audio else "no sound"


def clip_in_brief(clip: Clip) -> str:
    """One line about a clip, for progress and results."""
    picture = f"{clip.width_px}x{clip.height_px}, {rate(clip.fps)}, {lasting(clip.length_s)}"
    return f"{picture}, {sound(clip.has_audio)}, {size(clip.bytes)}"


def face_in_brief(clip: Clip) -> str | None:
    """How large the face is in a clip; None where none shows itself."""
    if clip.face_share is None:
        return None
    return f"{clip.face_height_px} px high, {clip.face_share:.0%} of the clip's height"


def visible(text: str) -> str:
    """Control characters as escapes, everything else as it is."""
    return "".join(
        char if char.isprintable() or char == " " else char.encode("unicode_escape").decode("ascii")
        for char in text.encode("utf-8", "replace").decode("utf-8")
    )
