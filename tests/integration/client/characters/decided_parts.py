"""Parts of tests of decisions: ``register`` and a service that is a model, with a home between them."""

from __future__ import annotations

import hashlib
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

from screentest.client.characters.order import Order
from screentest.client.characters.preparing import Ready
from screentest.client.characters.register import Registered, register
from screentest.client.config import Secret, Settings
from screentest.client.registry.records import Registration
from screentest.client.registry.registry import FILE_NAME, Registry
from screentest.client.remote.character_models import SORA_2_CHARACTERS
from screentest.client.remote.replies import Prediction
from screentest.client.tasks.session import Session
from screentest.prep.core.values import Segment, Source
from screentest.prep.core.wishes import Wishes
from tests.integration.paid_parts import CLIP
from tests.made_up import source
from tests.property.client.tasks.test_never_billed_twice import Contract, Mortal, MortalDatabase

PICKED_S = 8.0
FOOTAGE = {name: source(path=f"/{name}.mov", fingerprint=name) for name in ("ann", "bo")}


@dataclass(slots=True)
class Watched(Contract):
    """The service; notes for which order each task was accepted, and what was sent."""

    order: str = ""
    sent: list[tuple[str, str, str]] = field(default_factory=list)
    orders: dict[str, str] = field(default_factory=dict)

    def submit(self, model: str, body: Mapping[str, str], *, webhook: str) -> Prediction:
        self.sent.append((self.order, body["name"], body["video"]))
        count = len(self.tasks)
        try:
            return Contract.submit(self, model, body, webhook=webhook)
        finally:
            for task in self.tasks[count:]:
                self.orders[task.task_id] = self.order

    def balance_usd(self) -> float:
        return 100.0

    def billed(self) -> Counter[str]:
        return Counter(self.orders[task.task_id] for task in self.tasks if task.fate != "failed")


def made(
    order: Order,
    _model: object,
    _footage: Source,
    *,
    home: Path,
    **_: object,
) -> Ready:
    """A clip whose bytes say which window it shows."""
    start_s = order.wishes.start_s
    content = f"{PICKED_S if start_s is None else start_s}".encode()
    path = home / "clips" / f"{content.decode()}.mp4"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    segment = Segment(float(content), 4.0, 0.9, "face", (), ())
    sha256 = hashlib.sha256(content).hexdigest()
    return Ready(replace(CLIP, path=str(path), sha256=sha256, bytes=3, segment=segment))


def put(record: Registration, session: Session) -> tuple[Registration, str]:
    clip, ledger = record.clip, session.registry.registrations
    assert clip is not None
    if record.state == "uploaded":
        record = ledger.mark_back(record, "clipped", note="put again")
    row = ledger.mark_uploaded(record, bucket="b", key=clip.sha256)
    return row, f"https://b/{Path(clip.path).read_text()}"


@contextmanager
def served_by(service: Watched) -> Iterator[None]:
    """What lies beyond the process, as the service and a bucket that always works."""

    @contextmanager
    def reached(*_: object) -> Iterator[Watched]:
        yield service

    where = "screentest.client."
    with (
        mock.patch(f"{where}characters.register.service_of", reached),
        mock.patch(f"{where}characters.run.require_served", return_value=frozenset()),
        mock.patch(f"{where}remote.storage.require_bucket", return_value=None),
        mock.patch(f"{where}characters.sending.clip_sent", put),
    ):
        yield


class Books:
    """A home, its service, and ``register`` as one process after the other calls it."""

    def __init__(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.home = Path(self.folder.name)
        self.process = Mortal()
        self.service = Watched(self.process, SORA_2_CHARACTERS.model_id)
        self.settings = Settings(
            self.home, "https://s/api/v3", Secret("k"), "b", sandbox=False, keep_objects=True
        )

    def now(self) -> datetime:
        return self.service.now

    def opened(self) -> Registry:
        opened = partial(MortalDatabase, process=self.process)
        return Registry(self.home / FILE_NAME, now=self.now, opened=opened)

    def register(self, order: Order, footage: str, **more: Any) -> Registered:
        """As its own process: whatever ends it, another one begins with the next call."""
        self.service.order = name_of(order.undecided or order, footage)
        try:
            with self.opened() as registry, served_by(self.service):
                return register(
                    order,
                    self.settings,
                    clock=self.service.clock,
                    sleep=self.service.sleep,
                    now=self.now,
                    source=FOOTAGE[footage],
                    making=made,
                    registry=registry,
                    **more,
                )
        finally:
            self.process.dead = False


def order_of(footage: str, start_s: float | None) -> Order:
    said = frozenset() if start_s is None else frozenset({"start_s"})
    wishes = Wishes(start_s=start_s)
    return Order(f"/{footage}.mov", footage.title(), wishes=wishes, shares_name=True, said=said)


def name_of(order: Order, footage: str) -> str:
    """What tells one command line from another."""
    return f"{footage} from {order.wishes.start_s}"
