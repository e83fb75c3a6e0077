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
from typing import Any


def folded(name: str) -> str:
    """The name as names are compared: however its accents, case and edges were typed."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold()).strip()


def one_form(name: str) -> str:
    """The name in the Unicode form that identities are made of, which leaves ASCII as it is."""
    return unicodedata.normalize("NFC", name).strip()


def forms_of(name: str) -> tuple[str, str, str]:
    """The name as it was typed, and in the two Unicode forms that systems type."""
    return name, unicodedata.normalize("NFC", name), unicodedata.normalize("NFD", name)


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
        """SHA-256, in hex, of the canonical JSON of everything but the source's path.

        The name counts in one Unicode form, whichever was typed; its case counts, as in prompts.
        """
        return _hash(
            service=self.service,
            account=self.account,
            model=self.model,
            name=one_form(self.name),
            source=self.source_fingerprint,
            overrides=dict(self.overrides),
        )


def identity_now(columns: Mapping[str, Any]) -> str:
    """The identity of a row as this release makes it.

    Earlier ones took the name as it was typed. An identity of another origin stays as it is.
    """
    parts = {
        "service": columns["service"],
        "account": columns["account"],
        "model": columns["model"],
        "source": columns["source_fingerprint"],
        "overrides": json.loads(columns["overrides"]),
    }
    name, identity = str(columns["name"]), str(columns["identity"])
    return _hash(name=one_form(name), **parts) if _hash(name=name, **parts) == identity else identity


def _hash(**parts: object) -> str:
    canonical = json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()
