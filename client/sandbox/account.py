"""The sandbox's folder: its paths, and the account that lives in it.

The keys are random, made once per folder and kept in a file only its owner can read, so that a
second run serves the same account: ids, objects and balance belong together.
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path

from screentest.client.errors import SandboxError

BUCKET = "clips"
REGION = "us-east-1"


@dataclass(frozen=True, slots=True)
class Folder:
    """Where the sandbox keeps what."""

    path: Path

    @property
    def account(self) -> Path:
        return self.path / "account.json"

    @property
    def lock(self) -> Path:
        """Held by the one sandbox that serves the folder."""
        return self.path / "sandbox.lock"

    @property
    def ports(self) -> Path:
        return self.path / "ports.json"

    @property
    def settings(self) -> Path:
        return self.path / "settings.json"

    @property
    def journal(self) -> Path:
        return self.path / "journal.jsonl"

    @property
    def tasks(self) -> Path:
        return self.path / "tasks.sqlite"

    @property
    def identities(self) -> Path:
        return self.path / "s3-identities.json"

    @property
    def objects(self) -> Path:
        return self.path / "s3"

    @property
    def clips(self) -> Path:
        return self.path / "clips"

    @property
    def uploads(self) -> Path:
        return self.path / "uploads"

    @property
    def outputs(self) -> Path:
        return self.path / "outputs"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    def made(self, *, elsewhere: str = "Choose another one with --data.") -> Folder:
        """The same folder, made with all its parts. Raises SandboxError where that fails.

        ``elsewhere``: how its user names another place.
        """
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            for part in (self.objects, self.clips, self.uploads, self.outputs, self.logs):
                part.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise SandboxError(
                f"The sandbox folder {self.path} cannot be made: {error.strerror or error}.",
                elsewhere,
            ) from error
        return self


@dataclass(frozen=True, slots=True)
class Account:
    """The keys of one sandbox folder; none of them shows in ``repr``."""

    api_key: str = field(repr=False)
    access_key_id: str = field(repr=False)
    secret_access_key: str = field(repr=False)
    webhook_secret: str = field(repr=False)

    @property
    def secrets(self) -> frozenset[str]:
        """Every value that must never be written anywhere else."""
        return frozenset(asdict(self).values())


def load_account(folder: Folder) -> Account:
    """The folder's account, made on first use. Raises SandboxError where its file is damaged."""
    try:
        return Account(**json.loads(folder.account.read_text(encoding="utf-8")))
    except FileNotFoundError:
        account = _new_account()
    except (OSError, ValueError, TypeError) as error:
        raise SandboxError(
            f"The sandbox account {folder.account} is damaged.",
            f"Delete {folder.path} to start anew.",
        ) from error
    write_private(folder.account, json.dumps(asdict(account), indent=1))
    return account


def _new_account() -> Account:
    return Account(
        api_key=secrets.token_hex(32),
        access_key_id="SANDBOX" + secrets.token_hex(6).upper(),
        secret_access_key=secrets.token_urlsafe(30),
        webhook_secret="whsec_" + secrets.token_urlsafe(24),
    )


def write_private(path: Path, text: str) -> None:
    """Replace a file's content at once, readable by its owner only."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)
