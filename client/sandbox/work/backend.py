"""What the API and the workers share."""

from __future__ import annotations

from dataclasses import dataclass

from screentest.client.sandbox.folder import DataFolder
from screentest.client.sandbox.settings import SandboxSettings
from screentest.client.sandbox.work.tasks import TaskStore


@dataclass(frozen=True, slots=True)
class Backend:
    """One sandbox's data. ``base_url``: the origin of its URLs."""

    folder: DataFolder
    settings: SandboxSettings
    store: TaskStore
    base_url: str
