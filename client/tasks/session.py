"""What one run has open: settings, registry, service, watcher and clocks, passed on as one value."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from screentest.client.config import Settings
from screentest.client.registry.locks import locked
from screentest.client.registry.registry import FILE_NAME, Registry, utc_now
from screentest.client.tasks.account import told_to, with_account
from screentest.prep.core.progress import SILENT, Watcher

if TYPE_CHECKING:
    from screentest.client.remote.models.polling import Polled
    from screentest.client.remote.replies import Prediction
    from screentest.client.remote.wavespeed import WaveSpeed


@dataclass(frozen=True, slots=True)
class Clocks:
    """``clock``: monotonic seconds. ``now``: the wall clock, in UTC."""

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], datetime] = utc_now


@dataclass(frozen=True, slots=True)
class Session:
    """One account at the service, and the registry that remembers what was asked of it."""

    settings: Settings
    registry: Registry
    service: WaveSpeed
    watcher: Watcher = SILENT
    clocks: Clocks = field(default_factory=Clocks)

    @contextmanager
    def held(self, identity: str, *, what: str) -> Iterator[None]:
        """No other run works on a row of this identity; one that does is waited for, and told.

        ``what``: what a message calls it. Raises HeldElsewhere after the settings' time.
        """
        with locked(
            self.settings.home / "locks",
            identity,
            what=what,
            wait_s=self.settings.wait_s,
            told=self.watcher.warned,
            clock=self.clocks.clock,
            sleep=self.clocks.sleep,
        ):
            yield

    def waited(self, task_id: str, model: Polled) -> Prediction:
        """The task when it has ended, well or not. Raises WaitTimeout after the settings' time."""
        return self.service.wait(
            task_id,
            model=model,
            deadline_s=self.settings.wait_s,
            clock=self.clocks.clock,
            sleep=self.clocks.sleep,
        )


@contextmanager
def opened(
    settings: Settings, *, watcher: Watcher = SILENT, clocks: Clocks | None = None
) -> Iterator[Session]:
    """A session over the home's registry; everything in it is closed with the block."""
    clocks = clocks or Clocks()
    with (
        Registry(settings.home / FILE_NAME, now=clocks.now) as registry,
        service_of(settings, clocks) as service,
    ):
        settings = with_account(settings, registry, told=told_to(watcher))
        yield Session(settings, registry, service, watcher, clocks)


def service_of(settings: Settings, clocks: Clocks) -> WaveSpeed:
    """The service with the run's clocks; httpx is loaded only here."""
    from screentest.client.remote.http import Http
    from screentest.client.remote.wavespeed import WaveSpeed

    return WaveSpeed(settings, http=Http(clock=clocks.clock, sleep=clocks.sleep))
