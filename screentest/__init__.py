"""Raw footage to a conforming clip, and to a character that a video model knows.

    from screentest import probe, scan, pick, clip, check

    source = probe("raw.mov")
    segment = pick(scan(source))
    made = clip(source, segment, out="joe.mp4")
    assert check(made.path).ok

``prepare`` does all of it in one call. ``register`` goes on to a recorded character, with what
``settings_from`` reads from the environment. Nothing heavy is imported before it is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from screentest.client.characters.order import Order
    from screentest.client.characters.register import register
    from screentest.client.config import default_home, settings_from
    from screentest.client.registry.records import Character
    from screentest.client.remote.webhooks import verify_webhook
    from screentest.prep.clipping.check import check
    from screentest.prep.clipping.clip import clip
    from screentest.prep.core.errors import ScreentestError
    from screentest.prep.core.spec import KLING_ELEMENTS, KLING_STILLS, SORA_2, ClipSpec, StillSpec
    from screentest.prep.core.wishes import Wishes
    from screentest.prep.media.probe import probe
    from screentest.prep.picking.pick import pick, segment_at
    from screentest.prep.picking.scans import scan
    from screentest.prep.pipeline import prepare
    from screentest.prep.stills.sheet import stills
    from screentest.prep.stills.values import Still

_HOMES = {
    "probe": "prep.media.probe",
    "scan": "prep.picking.scans",
    "pick": "prep.picking.pick",
    "segment_at": "prep.picking.pick",
    "clip": "prep.clipping.clip",
    "check": "prep.clipping.check",
    "prepare": "prep.pipeline",
    "stills": "prep.stills.sheet",
    "Still": "prep.stills.values",
    "Wishes": "prep.core.wishes",
    "ClipSpec": "prep.core.spec",
    "SORA_2": "prep.core.spec",
    "KLING_ELEMENTS": "prep.core.spec",
    "StillSpec": "prep.core.spec",
    "KLING_STILLS": "prep.core.spec",
    "ScreentestError": "prep.core.errors",
    "register": "client.characters.register",
    "Order": "client.characters.order",
    "Character": "client.registry.records",
    "settings_from": "client.config",
    "default_home": "client.config",
    "verify_webhook": "client.remote.webhooks",
}

__all__ = [
    "KLING_ELEMENTS",
    "KLING_STILLS",
    "SORA_2",
    "Character",
    "ClipSpec",
    "Order",
    "ScreentestError",
    "Still",
    "StillSpec",
    "Wishes",
    "check",
    "clip",
    "default_home",
    "pick",
    "prepare",
    "probe",
    "register",
    "scan",
    "segment_at",
    "settings_from",
    "stills",
    "verify_webhook",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'screentest' has no attribute {name!r}")
    return getattr(import_module(f"screentest.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
