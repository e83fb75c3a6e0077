"""What makes two registrations the same thing.

The same service, account, model, name, footage (by content) and explicit overrides. A second run of
the same thing returns the recorded id; anything else is another registration.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass


def folded(name: str) -> str:
    """The name as names are compared: however its accents, case and edges were typed."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold()).strip()


@dataclass(frozen=True, slots=True)
class Wish:
    """What a registration is asked for.

    ``service``: base URL, or "sandbox". ``account``: a hash of the key, never the key.
    ``overrides``: only what was said explicitly, so that a later release with more options finds
    the same identity for a command that does not use them.
    """

    service: str
    account: str
    model: str
    name: str
    source_path: str
    source_fingerprint: str
    overrides: Mapping[str, float | str]

    @property
    def identity(self) -> str:
        """SHA-256, in hex, of the canonical JSON of everything but the source's path."""
        parts = {
            "account": self.account,
            "model": self.model,
            "name": self.name,
            "overrides": dict(self.overrides),
            "service": self.service,
            "source": self.source_fingerprint,
        }
        canonical = json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(canonical.encode()).hexdigest()
