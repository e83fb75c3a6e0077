"""Orders of videos whose characters are sent inline."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from screentest.client.registry.records import Registration
from screentest.client.tasks.session import Session
from screentest.client.videos.make import Made, make, quote
from screentest.client.videos.plan import VideoOrder, planned

WAN = "alibaba/wan-3.0/reference-to-video"
Cast = Callable[[str], Registration]


def ordered(prompt: str, *names: str, **more: Any) -> VideoOrder:
    # Prompts of their own: all tests share the sandbox's account.
    return VideoOrder(f"{prompt} {uuid4().hex[:8]}.", characters=names, **more)


def made_of(order: VideoOrder, session: Session) -> Made:
    return make(quote(planned(order, session.registry, session.settings), session), session)
