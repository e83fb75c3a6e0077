"""Raw footage to a conforming clip, and to a character that a video model knows.

    from screentest import probe, scan, pick, clip, check

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
    from screentest.client.remote.webhooks import verify_webhook
    from screentest.prep.clipping.check import check
    from screentest.prep.clipping.clip import clip
    from screentest.prep.core.errors import ScreentestError
    from screentest.prep.core.spec import KLING_ELEMENTS, SORA_2, ClipSpec
    from screentest.prep.media.probe import probe
    from screentest.prep.picking.pick import pick, segment_at
    from screentest.prep.picking.scans import scan

_HOMES = {
    "probe": "prep.media.probe",
    "scan": "prep.picking.scans",
    "pick": "prep.picking.pick",
    "segment_at": "prep.picking.pick",
    "clip": "prep.clipping.clip",
    "check": "prep.clipping.check",
    "ClipSpec": "prep.core.spec",
    "SORA_2": "prep.core.spec",
    "KLING_ELEMENTS": "prep.core.spec",
    "ScreentestError": "prep.core.errors",
    "verify_webhook": "client.remote.webhooks",
}

__all__ = [
    "KLING_ELEMENTS",
    "SORA_2",
    "ClipSpec",
    "ScreentestError",
    "check",
    "clip",
    "pick",
    "probe",
    "scan",
    "segment_at",
    "verify_webhook",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'screentest' has no attribute {name!r}")
    return getattr(import_module(f"screentest.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
