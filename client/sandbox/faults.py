"""Fault injection: what is to go wrong with which requests, and how often.

``sandbox up --faults FILE`` reads a JSON list of objects. Every key may be left out:

    match    which requests, "[s3] [METHOD] PATH": the path without ``/api/v3``, as a part of the
             request's path or, with ``*``, as a pattern of all of it; default every API request.
             Or an object with "server", "method" and "path"
    skip     how many matching requests pass first (0)
    times    how many are hit (1); null for all
    status   the HTTP status answered; the request does not reach the service
    body     the answer's body: a string as it stands, anything else as JSON; alone: with status 200
    headers  headers of that answer, such as {"Retry-After": "2"}
    handled  true: the service does handle the request, and its answer is replaced
    delay_s  seconds that the answer, or the drop, is held back
    drop     "before": the connection is reset and the request is not handled; an upload to S3 is
             reset in its middle; "after": it is handled, and reset instead of answered

Each request gets the first entry that matches it and is not used up. The journal holds what the
service did: a handled request's own status, whatever the caller was given.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final, Literal

from screentest.client.errors import SandboxError

Server = Literal["api", "s3"]
Drop = Literal["before", "after"]

API_PREFIX = "/api/v3"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE"})


class _Unset:
    """No body was given, which differs from null."""


UNSET: Final = _Unset()


@dataclass(frozen=True, slots=True)
class Fault:
    """One entry of the list; the module's docstring explains its keys."""

    server: Server = "api"
    method: str = ""
    path: str = "*"
    skip: int = 0
    times: int | None = 1
    status: int = 200
    body: Any = UNSET
    headers: Mapping[str, str] = field(default_factory=dict)
    answers: bool = False
    handled: bool = False
    delay_s: float = 0.0
    drop: Drop | None = None

    def matches(self, server: Server, method: str, path: str) -> bool:
        """Whether the entry is about such a request."""
        if self.server != server or self.method not in ("", method):
            return False
        short = path.removeprefix(API_PREFIX) if server == "api" else path
        if "*" in self.path:
            return fnmatchcase(short, self.path) or fnmatchcase(path, self.path)
        return self.path in path

    @property
    def content(self) -> bytes:
        """The body of the answer."""
        if isinstance(self.body, _Unset):
            reply = {"code": self.status, "message": "An injected fault."}
            return json.dumps(reply).encode() if self.server == "api" else b""
        return self.body.encode() if isinstance(self.body, str) else json.dumps(self.body).encode()


class FaultPlan:
    """The faults that are still to happen; safe to share between threads."""

    def __init__(self, faults: Sequence[Fault] = ()) -> None:
        self._faults = tuple(faults)
        self._seen = [0] * len(self._faults)
        self._lock = threading.Lock()

    def targets(self, server: Server) -> bool:
        """Whether any entry is about this server."""
        return any(fault.server == server for fault in self._faults)

    def take(self, server: Server, method: str, path: str) -> Fault | None:
        """The fault for this request, counted as used; None where there is none."""
        with self._lock:
            for number, fault in enumerate(self._faults):
                last = None if fault.times is None else fault.skip + fault.times
                used_up = last is not None and self._seen[number] >= last
                if used_up or not fault.matches(server, method, path):
                    continue
                self._seen[number] += 1
                if self._seen[number] > fault.skip:
                    return fault
        return None


def load_faults(path: Path) -> tuple[Fault, ...]:
    """The faults a file lists. Raises SandboxError that names the entry and what is wrong with it."""
    try:
        listed = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise SandboxError(
            f"The list of faults {path} cannot be read as JSON: {reason}.",
            "Name a file that holds a JSON list.",
        ) from None
    if not isinstance(listed, list):
        raise SandboxError(
            f"The list of faults {path} is not a JSON list.", 'Write [{"match": ...}, ...].'
        )
    return tuple(_fault(entry, number) for number, entry in enumerate(listed, start=1))


def _fault(entry: object, number: int) -> Fault:
    if not isinstance(entry, dict):
        raise _wrong(number, "is not an object")
    if unknown := entry.keys() - _KINDS.keys():
        raise _wrong(number, f"has an unknown key {min(unknown)!r}")
    for name, value in entry.items():
        if not _fits(name, value):
            raise _wrong(number, f"has a {name} that must not be {value!r}")
    server, method, path = _matched(_words(entry.get("match", "*")))
    changes: dict[str, Any] = {key: value for key, value in entry.items() if key != "match"}
    # "times": 0 switches an entry off; "status": null is the same as leaving it out.
    answers = changes.get("status") is not None or "body" in changes
    if changes.get("status") is None:
        changes.pop("status", None)
    return Fault(server=server, method=method, path=path, answers=answers, **changes)


_KINDS: Mapping[str, tuple[type, ...]] = {
    "match": (str, dict),
    "skip": (int,),
    "times": (int, type(None)),
    "status": (int, type(None)),
    "body": (object,),
    "headers": (dict,),
    "handled": (bool,),
    "delay_s": (int, float),
    "drop": (str, type(None)),
}


def _fits(name: str, value: object) -> bool:
    if not isinstance(value, _KINDS[name]) or (isinstance(value, bool) and name not in _BOOLEANS):
        return False
    if name == "drop":
        return value in (None, "before", "after")
    if name == "status":
        return value is None or (isinstance(value, int) and 100 <= value <= 599)
    if name == "match" and isinstance(value, dict):
        return value.keys() <= {"server", "method", "path"} and _is_text(value)
    if name == "headers":
        return isinstance(value, dict) and _is_text(value)
    return not isinstance(value, int | float) or value >= 0 or name == "body"


def _is_text(value: Mapping[str, object]) -> bool:
    return all(isinstance(text, str) for text in value.values())


_BOOLEANS = frozenset({"handled", "body"})


def _words(match: str | Mapping[str, str]) -> str:
    """A match as words; it may also be an object with server, method and path."""
    if isinstance(match, str):
        return match
    return " ".join(match[name] for name in ("server", "method", "path") if match.get(name))


def _matched(match: str) -> tuple[Server, str, str]:
    words = match.split()
    server: Server = "api"
    if words and words[0].lower() in ("s3", "api"):
        server = "s3" if words.pop(0).lower() == "s3" else "api"
    method = words.pop(0).upper() if words and words[0].upper() in _METHODS else ""
    return server, method, " ".join(words) or "*"


def _wrong(number: int, what: str) -> SandboxError:
    known = ", ".join(_KINDS)
    return SandboxError(f"Fault {number} {what}.", f"An entry may have: {known}.")
