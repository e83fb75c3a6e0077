"""Parts of tests of batches: an engine that does each job here, when its result is asked for."""

from __future__ import annotations

import hashlib
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from screentest.client.batch.driver.drive import BatchPlan, drive
from screentest.client.batch.engine.engine import Done
from screentest.client.batch.item import Item
from screentest.client.batch.outcome import Outcome
from screentest.client.characters.order import Order
from screentest.client.worker.job import (
    ClipMade,
    Failure,
    Inspect,
    Inspected,
    Job,
    Place,
    Prepare,
    Result,
    Sent,
)
from screentest.prep.core.errors import ScreentestError
from screentest.prep.core.values import CheckReport, Source
from screentest.prep.pipeline import prepare, probed
from screentest.prep.report.batch.strip import film_strip
from tests.made_up import SOURCE
from tests.registry_parts import CLIP


def worked(job: Job) -> Result:
    """What a worker of this machine makes of a job, with the real parts."""
    try:
        match job:
            case Inspect(footage=footage, rotate_deg=rotate_deg):
                return Inspected(
                    tuple(probed(place.path or "", rotate_deg=rotate_deg) for place in footage)
                )
            case Prepare(footage=footage, clips=clips) if clips:
                return _clip_of(footage[0].path or "", job, Path(clips))
            case _:
                return Sent("")
    except ScreentestError as error:
        return failure_of(error)


def failure_of(error: ScreentestError) -> Failure:
    """What a worker tells of an error."""
    return Failure("pick", type(error).__name__, error.message, error.hint, error.retryable)


def _clip_of(raw: str, job: Prepare, clips: Path) -> ClipMade:
    clips.mkdir(mode=0o700, parents=True, exist_ok=True)
    with TemporaryDirectory(dir=clips) as folder:
        scans = Path(job.scans) if job.scans else None
        made = prepare(raw, job.wishes, job.spec, out=Path(folder) / "clip.mp4", scans=scans)
        kept = clips / f"{made.clip.sha256}.mp4"
        Path(made.clip.path).replace(kept)
    strip = film_strip(kept) if job.pictured else b""
    return ClipMade(0, made.source, replace(made.clip, path=str(kept)), made.report, strip)


class StandIn:
    """Answers at once with clips that nobody looked at: another one for each footage.

    ``film``: bytes that each of them begins with.
    """

    def __init__(self, clips: Path, *, film: bytes = b"") -> None:
        self._clips, self._film = clips, film
        clips.mkdir(mode=0o700, parents=True, exist_ok=True)

    def __call__(self, job: Job) -> Result:
        match job:
            case Inspect(footage=footage):
                return Inspected(tuple(map(self._source, footage)))
            case Prepare(footage=(first, *_)):
                made = self._film + first.shown.encode()
                sha256 = hashlib.sha256(made).hexdigest()
                path = self._clips / f"{sha256}.mp4"
                path.write_bytes(made)
                clip = replace(CLIP, path=str(path), sha256=sha256)
                return ClipMade(0, self._source(first), clip, CheckReport(clip.path, clip.model, ()))
            case _:
                return Sent("")

    def _source(self, place: Place) -> Source:
        fingerprint = hashlib.sha256(place.shown.encode()).hexdigest()
        return replace(SOURCE, path=place.path or "", fingerprint=fingerprint)


class DirectEngine:
    """Does a job when its result is asked for, and notes what it was asked to do."""

    def __init__(self, work: Callable[[Job], Result] = worked, *, workers: int = 1) -> None:
        self.workers = workers
        self.jobs: list[Job] = []
        self.most_waiting = 0
        self._work = work
        self._waiting: deque[tuple[int, Job]] = deque()

    def submit(self, number: int, job: Job, *, at: str = "") -> None:
        self._waiting.append((number, job))
        self.most_waiting = max(self.most_waiting, len(self._waiting))

    def next_done(self, timeout_s: float) -> Done | None:
        if not self._waiting:
            return None
        number, job = self._waiting.popleft()
        self.jobs.append(job)
        return Done(number, self._work(job))

    def close(self) -> None:
        self._waiting.clear()

    @property
    def clips_asked_for(self) -> int:
        return sum(isinstance(job, Prepare) for job in self.jobs)


def hurried(stopping: threading.Event, pause_s: float) -> bool:
    """Sleeps, but never as long as a service would like."""
    return stopping.wait(min(pause_s, 0.05))


def items_of(*orders: Order) -> Iterator[Item]:
    return (Item(order, (order.footage,)) for order in orders)


def driven(items: Iterator[Item], engine: DirectEngine, plan: BatchPlan) -> list[Outcome]:
    """Every outcome by its item's number."""
    outcomes = drive(items, engine, replace(plan, wait=hurried))
    return sorted(outcomes, key=lambda outcome: outcome.item)
