"""The account of a sandbox's data folder: its keys.

They are random, made once per folder and kept in a file that only its owner can read, so that a
second run serves the same account: ids, objects and balance belong together.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass, field

from screentest.client.errors import SandboxError
from screentest.client.sandbox.folder import DataFolder
from screentest.prep.core.files import write_atomically

BUCKET = "clips"
REGION = "us-east-1"


@dataclass(frozen=True, slots=True)
class SandboxKeys:
    """The keys of one sandbox folder; none of them shows in ``repr``."""

    api_key: str = field(repr=False)
    access_key_id: str = field(repr=False)
    secret_access_key: str = field(repr=False)
    webhook_secret: str = field(repr=False)

    @property
    def secrets(self) -> frozenset[str]:
        """Every value that must never be written anywhere else."""
        return frozenset(asdict(self).values())


def load_account(folder: DataFolder) -> SandboxKeys:
    """The folder's account, made on first use.

    Raises SandboxError where its file is damaged, OutputNotWritable or DiskFull.
    """
    try:
        return SandboxKeys(**json.loads(folder.account.read_text(encoding="utf-8")))
    except FileNotFoundError:
        account = _new_account()
    except (OSError, ValueError, TypeError) as error:
        raise SandboxError(
            f"The sandbox account {folder.account} is damaged.",
            f"Delete {folder.path} to start over.",
        ) from error
    content = json.dumps(asdict(account), indent=1).encode()
    write_atomically(folder.account, content, what="sandbox account")
    return account


def _new_account() -> SandboxKeys:
    return SandboxKeys(
        api_key=secrets.token_hex(32),
        access_key_id="SANDBOX" + secrets.token_hex(6).upper(),
        secret_access_key=secrets.token_urlsafe(30),
        webhook_secret="whsec_" + secrets.token_urlsafe(24),
    )
