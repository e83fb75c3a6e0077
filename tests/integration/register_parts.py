"""Parts of tests that register: who watches, what was recorded, a quick run."""

from __future__ import annotations

import time
from typing import Any

from screentest.client.characters.register import Order, Registered, register
from screentest.client.config import Settings
from screentest.client.registry.records import Registration
from screentest.client.registry.registry import FILE_NAME, Registry


class Watched:
    """Notes the stages, and ends the run like Ctrl-C at the start of one."""

    def __init__(self, interrupt_at: str = "") -> None:
        self.interrupt_at = interrupt_at
        self.stages: list[str] = []
        self.warnings: list[str] = []

    def started(self, stage: str) -> None:
        self.stages.append(stage)
        if stage == self.interrupt_at:
            raise KeyboardInterrupt

    def advanced(self, stage: str, fraction: float) -> None:
        assert 0.0 <= fraction <= 1.0

    def ended(self, stage: str, summary: str) -> None:
        assert summary

    def warned(self, message: str) -> None:
        self.warnings.append(message)


def recorded(settings: Settings) -> Registration:
    with Registry(settings.home / FILE_NAME) as registry:
        return registry.registrations.list_all()[-1]


def keys_in(settings: Settings) -> set[str]:
    """Every object of the registry's folder."""
    from screentest.client.remote.storage import Bucket

    with Registry(settings.home / FILE_NAME) as registry, Bucket(settings) as bucket:
        return {found.key for found in bucket.listed(registry.folder)}


def run(order: Order, settings: Settings, **more: Any) -> Registered:
    """``register``, looking for its result more often than a service would like."""
    return register(order, settings, sleep=lambda s: time.sleep(min(s, 0.1)), **more)
