"""What a run of a batch is to do."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from screentest.client.batch.driver.handing import FootageHere
from screentest.client.config import Settings
from screentest.client.tasks.pace import UNPACED, Pace


@dataclass(frozen=True, slots=True)
class BatchPlan:
    """What a run of a batch is to do.

    ``prepares_only``: stop before anything is sent. ``rehearses``: make nothing, say what would be done
    and cost. ``tries_failed``: look again at what failed for good before. ``approved_only``: nothing is
    begun that nobody approved; what was ordered is gone on with. ``threads``: registrations at once.
    ``pictured``: whether outcomes bring a strip of pictures. ``wait``: how a thread sleeps so many
    seconds unless it is stopped; tells whether it was. ``fetched``: how the driver gets footage that
    lies elsewhere, where workers get it themselves.
    """

    settings: Settings
    prepares_only: bool = False
    rehearses: bool = False
    tries_failed: bool = False
    approved_only: bool = False
    threads: int = 8
    pictured: bool = False
    pace: Pace = UNPACED
    fetched: FootageHere | None = None
    wait: Callable[[threading.Event, float], bool] = threading.Event.wait
