"""What makes two registrations the same thing.

The same service, account, model, name, footage (by content) and explicit overrides. A second run of
the same thing returns the recorded id; anything else is another registration.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final


def folded(name: str) -> str:
    """The name as names are compared: however its accents, case and edges were typed."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold()).strip()


NAMED: Final = "(name_folded = ?1 OR (name_folded IS NULL AND folded(name) = ?1))"
"""The SQL condition of a registration under a folded name, one that another program wrote too."""


def one_form(name: str) -> str:
    """The name in the Unicode form that identities are made of, which leaves ASCII as it is."""
    return unicodedata.normalize("NFC", name).strip()


def forms_of(name: str) -> tuple[str, str, str]:
    """The name as it was typed, and in the two Unicode forms that systems type."""
    return name, unicodedata.normalize("NFC", name), unicodedata.normalize("NFD", name)


@dataclass(frozen=True, slots=True)
class AskedFor:
    """What an order says by itself, where a decision about its footage changes its name or choice."""

    name: str
    overrides: Mapping[str, float | str]


@dataclass(frozen=True, slots=True)
class Wish:
    """What a registration is asked for.

    ``service``: base URL, or "sandbox". ``account``: its name, which stays when its key changes.
    ``overrides``: only what was said explicitly, so that a later release with more options finds
    the same identity for a command that does not use them. ``character_no``: the row of the character
    that it is to be another registration of, None for whichever the name and the footage mean.
    ``asked``: what the order says by itself where something else is decided; None where nothing is.
    """

    service: str
    account: str
    model: str
    name: str
    source_path: str
    source_fingerprint: str
    overrides: Mapping[str, float | str]
    character_no: int | None = None
    asked: AskedFor | None = None

    @property
    def identity(self) -> str:
        """SHA-256, in hex, of the canonical JSON of everything but the source's path and the character.

        The name counts in one Unicode form, whichever was typed; its case counts, as in prompts. Of an
        order about whose footage something is decided, what it says by itself counts: so it is the same
        thing before the decision and after, and never paid for twice.
        """
        said = self.asked or self
        return _hash(
            service=self.service,
            account=self.account,
            model=self.model,
            name=one_form(said.name),
            source=self.source_fingerprint,
            overrides=dict(said.overrides),
        )


def choice_in(overrides: str) -> tuple[object, ...]:
    """Which of the footage's people, in which moment: what tells two characters of one name apart.

    ``overrides``: as a row holds them, in JSON; what is none is a choice of its own.
    """
    try:
        said = json.loads(overrides)
    except ValueError:
        return (overrides,)
    # A word for what it is tells no two apart; to look for a face, or for none, does.
    subject = said.get("subject")
    insisted = subject if subject in ("face", "other") else None
    return (*(said.get(name) for name in ("start_s", "person", "match")), insisted)


def asked_in(stored: str | None) -> AskedFor | None:
    """What a row's order says by itself; raises KeyError, TypeError or ValueError for no such text."""
    if stored is None:
        return None
    said = json.loads(stored)
    if not isinstance(said["name"], str) or not isinstance(said["overrides"], dict):
        raise TypeError("what was asked is no name with overrides")
    return AskedFor(said["name"], said["overrides"])


def stored_asked(asked: AskedFor | None) -> str | None:
    """The text that ``asked_in`` reads."""
    return json.dumps(asdict(asked), sort_keys=True) if asked else None


def identity_now(columns: Mapping[str, Any], *, account: str | None = None) -> str:
    """The identity of a row as this release makes it.

    Earlier ones took the name as it was typed, and the key's hash for the ``account``, which is what
    the row's is to be; None keeps it. An identity of another origin stays as it is.
    """
    asked = asked_in(columns.get("asked"))
    parts = {
        "service": columns["service"],
        "model": columns["model"],
        "source": columns["source_fingerprint"],
        "overrides": asked.overrides if asked else json.loads(columns["overrides"]),
    }
    name, before = asked.name if asked else str(columns["name"]), columns["account"]
    made = {_hash(name=form, account=before, **parts) for form in (name, one_form(name))}
    if columns["identity"] not in made:
        return str(columns["identity"])
    return _hash(name=one_form(name), account=account or before, **parts)


def video_identity(*, service: str, account: str, model: str, inputs: Mapping[str, object]) -> str:
    """SHA-256, in hex, of what a video is asked for."""
    parts = [service, account, model, dict(inputs)]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def video_identity_now(columns: Mapping[str, Any], *, account: str) -> str:
    """The identity of a video's row in an account; one of another origin stays as it is."""
    inputs = json.loads(columns["inputs"])
    parts = {"service": columns["service"], "model": columns["model"], "inputs": inputs}
    made = video_identity(account=columns["account"], **parts)
    return (
        video_identity(account=account, **parts) if made == columns["identity"] else columns["identity"]
    )


_OF_A_KEY = re.compile(r"key-[0-9a-f]{8}")


def account_of_key(key_hash: str) -> str:
    """What an account is called of which only a key is known, until its owner names it."""
    return f"key-{key_hash[:8]}"


def is_of_key(account: str) -> bool:
    """Whether an account has the name of a key, which nobody gave it."""
    return _OF_A_KEY.fullmatch(account) is not None


def _hash(**parts: object) -> str:
    canonical = json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()
