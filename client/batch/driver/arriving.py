"""Footage that lies elsewhere, fetched by the driver for workers that share its disk.

A file comes before the first job of its item, in one of a few threads, and stays in the cache until the
item has its outcome. As the driver has few items under way, few files are held.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import replace
from typing import Final

from screentest.client.batch.driver.drive import BatchPlan, drive
from screentest.client.batch.engine.engine import Done, Engine
from screentest.client.batch.item import Item
from screentest.client.batch.outcome import Outcome
from screentest.client.fetching.elsewhere import shown_address
from screentest.client.fetching.fetch import Fetching
from screentest.client.worker.job import Failure, Job, Place, Put
from screentest.prep.core.errors import Cancelled, ScreentestError

THREADS: Final = 4
"""Files fetched at once: one alone seldom fills a line, and many only divide it."""
_TURN_S: Final = 0.05


def drive_fetching(
    items: Iterable[Item], engine: Engine, plan: BatchPlan, fetching: Fetching
) -> Iterator[Outcome]:
    """What ``drive`` yields, with footage that lies elsewhere fetched to this machine's cache."""
    with (
        closing(FetchingEngine(engine, fetching)) as fetched,
        closing(drive(items, fetched, plan)) as outcomes,  # ends before its files may be swept
    ):
        for outcome in outcomes:
            named = fetched.named(outcome)
            fetched.release(outcome.item)
            yield named


class FetchingEngine:
    """An engine whose jobs get footage at paths, where they name it by URLs."""

    def __init__(self, engine: Engine, fetching: Fetching, *, threads: int = THREADS) -> None:
        self._engine = engine
        self._fetching = fetching
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="fetch")
        self._arrived: queue.SimpleQueue[tuple[int, Job | Failure | BaseException]] = (
            queue.SimpleQueue()
        )
        self._coming = 0
        self._held: dict[int, ExitStack] = {}
        self._paths: dict[int, dict[str, str]] = {}
        self._stopping = threading.Event()

    @property
    def workers(self) -> int:
        return self._engine.workers

    def submit(self, number: int, job: Job, *, at: str = "") -> None:
        """See ``Engine``."""
        if isinstance(job, Put) or all(place.url is None for place in job.footage):
            self._engine.submit(number, job, at=at)
        elif number in self._paths:
            self._engine.submit(number, self._here(job, self._paths[number]), at=at)
        else:
            self._coming += 1
            self._held[number] = ExitStack()
            self._pool.submit(self._fetch, number, job)

    def next_done(self, timeout_s: float) -> Done | None:
        """See ``Engine``. What could not be fetched is a Failure at the stage "fetch"."""
        while not self._arrived.empty():
            number, arrived = self._arrived.get()
            self._coming -= 1
            if isinstance(arrived, BaseException):
                raise arrived
            if isinstance(arrived, Failure):
                return Done(number, arrived)
            self._engine.submit(number, arrived)
        return self._engine.next_done(min(timeout_s, _TURN_S) if self._coming else timeout_s)

    def named(self, outcome: Outcome) -> Outcome:
        """An outcome whose texts name files by their addresses, not by where they lie for now."""
        found = self._paths.get(outcome.item, {})
        paths = {path: shown_address(url) for url, path in found.items()}
        fault = outcome.fault
        if fault is not None:
            fault = replace(fault, message=_put_in(paths, fault.message))
        warnings = tuple(_put_in(paths, warning) for warning in outcome.warnings)
        return replace(outcome, fault=fault, warnings=warnings) if paths else outcome

    def release(self, number: int) -> None:
        """The item has its outcome: its files may be swept."""
        self._paths.pop(number, None)
        if (held := self._held.pop(number, None)) is not None:
            held.close()

    def close(self) -> None:
        """Ends the fetching; the engine behind it is its owner's to close."""
        self._stopping.set()
        self._pool.shutdown(wait=True, cancel_futures=True)
        for number in list(self._held):
            self.release(number)

    def _fetch(self, number: int, job: Job) -> None:
        """In a thread."""
        try:
            self._arrived.put((number, self._fetched(number, job)))
        except ScreentestError as error:
            retryable = error.retryable
            failure = Failure("fetch", type(error).__name__, error.message, error.hint, retryable)
            self._arrived.put((number, failure))
        except BaseException as error:
            self._arrived.put((number, error))

    def _fetched(self, number: int, job: Job) -> Job:
        if isinstance(job, Put):
            return job
        paths: dict[str, str] = {}
        for place in job.footage:
            if place.url is not None and place.url not in paths:
                found = self._fetching.fetched(
                    place.url, progress=lambda _: self._go_on(), goes_on=self._go_on
                )
                paths[place.url] = str(self._held[number].enter_context(found).path)
        self._paths[number] = paths
        return self._here(job, paths)

    def _here(self, job: Job, paths: dict[str, str]) -> Job:
        if isinstance(job, Put):
            return job
        return replace(job, footage=tuple(_at_path(place, paths) for place in job.footage))

    def _go_on(self) -> None:
        if self._stopping.is_set():
            raise Cancelled("The batch was stopped.", "The same command goes on.")


def _put_in(addresses: dict[str, str], text: str) -> str:
    for path, address in addresses.items():
        text = text.replace(path, address)
    return text


def _at_path(place: Place, paths: dict[str, str]) -> Place:
    return place if place.url is None else Place(place.shown, path=paths[place.url])
