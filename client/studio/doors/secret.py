"""The studio's secret: one file in the home, from which the token and the cookie are derived.

It outlives the server, so that a page that is open, or a bookmark, survives a restart.
"""

from __future__ import annotations

import base64
import errno
import hashlib
import hmac
import logging
import os
import re
import secrets
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from screentest.client.config import private_folder
from screentest.client.errors import ConfigError
from screentest.prep.core.files import write_atomically
from screentest.prep.core.locks import taken
from screentest.prep.core.remedy import Remedy
from screentest.prep.core.text import shown

FOLDER: Final = "studio"
_FILE, _LOCK = "secret", "secret.lock"
_FORM: Final = re.compile(rb"[0-9a-f]{64}\n")
_LENGTH: Final = 65
_LOCK_WAIT_S: Final = 10.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class StudioSecret:
    """What lets a browser in. No ``repr`` or log shows any of it."""

    _value: bytes = field(repr=False)

    @property
    def token(self) -> str:
        """What the printed address carries: 43 characters that need no escape in a URL."""
        return self._derived("token")

    @property
    def name(self) -> str:
        """Tells this home's cookie from another home's: nothing can be derived from it."""
        return self._derived("name")[:12]

    def cookie(self, scheme: str) -> str:
        """The value of the cookie by which a browser that had the token is known again.

        It says nothing of the token. That of ``http`` opens no door of ``https``.
        """
        return self._derived(f"cookie {scheme}")

    def _derived(self, purpose: str) -> str:
        digest = hmac.digest(self._value, purpose.encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def studio_secret(home: Path, *, warn: Callable[[str], None] = logger.warning) -> StudioSecret:
    """The secret of a home, made where there is none: 0600, in a folder of its own.

    One that is damaged, or that others could read, is replaced: ``warn`` is told, as whoever was let in
    needs the new address. Raises ConfigError where the file is not this user's, not a file, or cannot
    be read, OutputNotWritable or DiskFull where it cannot be made.
    """
    file = private_folder(private_folder(home) / FOLDER) / _FILE
    lock = _locked(file.with_name(_LOCK))
    try:
        found = _read(file)
        problem = unfit(found, user=os.geteuid()) if found else ""
        if found and not problem:
            return StudioSecret(bytes.fromhex(found.content.decode("ascii")))
        if problem:
            warn(f"{shown(file)} {problem}, so it is replaced: open the studio by its new address.")
        made = secrets.token_bytes(_LENGTH // 2)
        write_atomically(file, made.hex().encode() + b"\n", what="studio's secret")
        return StudioSecret(made)
    finally:
        os.close(lock)


@dataclass(frozen=True, slots=True)
class SecretFile:
    """A file of that name. ``content``: at most one byte more than a secret has."""

    mode: int
    owner: int
    content: bytes = field(repr=False)


def unfit(found: SecretFile, *, user: int) -> str:
    """Why a file does not do as a secret, "" where it does. Raises ConfigError for a foreign one."""
    if not stat.S_ISREG(found.mode) or found.owner != user:
        raise ConfigError("The studio's secret is not a file of this user.", _BY_HAND)
    if found.mode & 0o077:
        return "could be read or changed by others"
    return "" if _FORM.fullmatch(found.content) else "is damaged"


_BY_HAND: Final = Remedy("by_hand", words="find out who put it there, and delete it")


def _read(file: Path) -> SecretFile | None:
    try:
        handle = os.open(file, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            about = os.fstat(handle)
            content = os.read(handle, _LENGTH + 1) if stat.S_ISREG(about.st_mode) else b""
            return SecretFile(about.st_mode, about.st_uid, content)
        finally:
            os.close(handle)
    except FileNotFoundError:
        return None
    except OSError as error:
        said = "it is a link" if error.errno == errno.ELOOP else (error.strerror or "").lower()
        raise ConfigError(
            f"The studio's secret {shown(file)} cannot be read: {said}.", _BY_HAND
        ) from error


def _locked(file: Path) -> int:
    """Two studios that start at once agree: the second reads what the first made."""
    try:
        lock = taken(file, wait_s=_LOCK_WAIT_S)
    except OSError as error:
        said = (error.strerror or "").lower()
        raise ConfigError(
            f"The studio's secret cannot be locked: {said}.",
            Remedy("home", words="choose another folder"),
        ) from error
    if lock is None:
        raise ConfigError("Another studio holds the secret and does not go on.", Remedy("retry"))
    return lock
