"""Where one torture happens: the sandbox's folder, the home, and what lies beside them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.torture.kinds import Order


@dataclass(frozen=True, slots=True)
class Place:
    folder: Path

    @property
    def data(self) -> Path:
        return self.folder / "sandbox"

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def made(self) -> Path:
        """Where the clips and stills are that clients find made."""
        return self.folder / "made"

    @property
    def journal(self) -> Path:
        return self.data / "journal.jsonl"

    @property
    def tasks(self) -> Path:
        return self.data / "tasks.sqlite"

    @property
    def outputs(self) -> Path:
        """Where the service keeps its videos."""
        return self.data / "outputs"

    @property
    def faults(self) -> Path:
        return self.folder / "faults.json"

    @property
    def log(self) -> Path:
        """What every client says."""
        return self.folder / "client.log"

    @property
    def clip(self) -> Path:
        return self.folder / "clip.mp4"

    @property
    def image(self) -> Path:
        """The first frame of the videos that begin with one."""
        return self.folder / "first.png"

    @property
    def outs(self) -> Path:
        """Where videos go."""
        return self.folder / "videos"

    @property
    def ids(self) -> Path:
        """Where the naive client keeps what it has."""
        return self.folder / "ids.json"

    def out_of(self, order: Order) -> Path:
        """Where the video of an order goes."""
        return self.outs / f"{order.label} ({order.copy}).mp4"
