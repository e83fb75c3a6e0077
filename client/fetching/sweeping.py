"""What a bounded folder lets go of: pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class InCache:
    """A file or a part of one. ``used_at``: Unix seconds of its last use. ``in_use``: by a command."""

    path: Path
    bytes: int
    used_at: float
    in_use: bool = False


def to_take_away(kept: Iterable[InCache], most_bytes: int) -> Sequence[InCache]:
    """What has to go until the rest holds at most so many bytes: what was used longest ago first.

    What is in use counts and stays. Below 0, all goes that is not in use.
    """
    files = sorted(kept, key=lambda one: one.used_at)
    held = sum(one.bytes for one in files)
    going = []
    for one in files:
        if held <= most_bytes:
            break
        if not one.in_use:
            going.append(one)
            held -= one.bytes
    return going
