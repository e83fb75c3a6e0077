"""Raw footage to a conforming clip, offline.

    from prep import probe, scan, pick, clip, check

    source = probe("raw.mov")
    segment = pick(scan(source))
    made = clip(source, segment, out="joe.mp4")
    assert check(made.path).ok

Nothing heavy is imported before it is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prep.conform import clip
    from prep.segment import pick, segment_at
    from prep.signals import scan
    from prep.source import probe
    from prep.spec import KLING_ELEMENTS, SORA_2, ClipSpec
    from prep.verify import check

_HOMES = {
    "probe": "prep.source",
    "scan": "prep.signals",
    "pick": "prep.segment",
    "segment_at": "prep.segment",
    "clip": "prep.conform",
    "check": "prep.verify",
    "ClipSpec": "prep.spec",
    "SORA_2": "prep.spec",
    "KLING_ELEMENTS": "prep.spec",
}

__all__ = [
    "KLING_ELEMENTS",
    "SORA_2",
    "ClipSpec",
    "check",
    "clip",
    "pick",
    "probe",
    "scan",
    "segment_at",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'prep' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
