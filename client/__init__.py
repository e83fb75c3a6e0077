"""The network side: clips to storage, characters from the service, ids into the registry.

    from client import verify_webhook

Nothing heavy is imported before it is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from client.webhook import verify_webhook

_HOMES = {"verify_webhook": "client.webhook"}

__all__ = ["verify_webhook"]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'client' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
