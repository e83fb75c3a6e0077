"""The folder that holds everything a sandbox keeps: account, ports, journal, tasks, objects, logs."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from screentest.client.errors import SandboxError


@dataclass(frozen=True, slots=True)
class DataFolder:
    """The paths of one sandbox."""

    path: Path

    @property
    def account(self) -> Path:
        return self.path / "account.json"

    @property
    def lock(self) -> Path:
        """Held by the one sandbox that serves the folder."""
        return self.path / "sandbox.lock"

    def served_by(self) -> int | None:
        """The number of the command that served the folder last, or does; None where none wrote it."""
        with suppress(OSError, ValueError):
            return int(self.lock.read_bytes()[:20])
        return None

    @property
    def s3_lock(self) -> Path:
        """Held by the S3 server's processes for as long as they use the folder."""
        return self.path / "s3.lock"

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

    def create(self, *, elsewhere: str = "Choose another one with --data.") -> DataFolder:
        """The same folder, created with all its parts. Raises SandboxError where that fails.

        ``elsewhere``: the hint that tells how to choose another folder.
        """
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            for part in (self.objects, self.clips, self.uploads, self.outputs, self.logs):
                part.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise SandboxError(
                f"The sandbox folder {self.path} cannot be created: {error.strerror or error}.",
                elsewhere,
            ) from error
        return self
