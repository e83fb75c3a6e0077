"""An engine whose workers share no disk with the driver: footage goes out, and clips come back.

A worker is told where footage lies here, and how to know the very file. Where it does not see it, the
footage is looked at here, and lent to it in the bucket when its clip is to be made. The clip waits at
the worker; the driver, which has the credentials, signs a URL for these bytes alone, and the worker
puts them there.
"""

from __future__ import annotations

import queue
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Final

from screentest.client.batch.carrying.transit import Transit, new_key
from screentest.client.batch.engine.engine import Done, Engine
from screentest.client.errors import WorkerFailed
from screentest.client.worker.footage import mark_of
from screentest.client.worker.job import (
    ClipMade,
    Failure,
    Inspect,
    Inspected,
    Job,
    Place,
    Prepare,
    Put,
    Sent,
)
from screentest.client.worker.work import done
from screentest.prep.core.errors import Cancelled, ScreentestError
from screentest.prep.core.files import atomic_file, holds, private_folder
from screentest.prep.core.values import Source

THREADS: Final = 4
"""Files on their way at once."""
PUT_S: Final = 3600
GET_S: Final = 6 * 3600
"""How long URLs live: a job may wait, and be tried twice."""
MOST_CLIP_BYTES: Final = 1_000_000_000
_TURN_S: Final = 0.05
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(slots=True)
class _Errand:
    """A job between two machines. ``reached``: the same with footage where workers find it. ``keys``:
    of what lies in the bucket for it. ``made``: the clip that its worker has, and ``tries`` how often
    one was made.
    """

    job: Inspect | Prepare
    reached: Inspect | Prepare
    keys: list[str] = field(default_factory=list)
    made: ClipMade | None = None
    clip_key: str = ""
    tries: int = 1
    is_lent: bool = False


Reached = Callable[[Place], Place]
"""Where a worker finds footage that lies elsewhere than on this machine."""
_Come = Callable[[], Done | None]


class CarryingEngine:
    """An ``Engine`` over one whose workers are elsewhere.

    ``transit``: the bucket, and ``folder`` where in it. ``home``: where clips are kept. Closing it
    deletes what is still in the bucket; the engine behind it is its owner's to close.
    """

    def __init__(
        self, engine: Engine, transit: Transit, *, folder: str, home: Path, reached: Reached
    ) -> None:
        self._engine, self._transit, self._reached = engine, transit, reached
        self._folder, self._clips = folder, home / "clips"
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="carry")
        self._come: queue.SimpleQueue[_Come | BaseException] = queue.SimpleQueue()
        self._coming = 0
        self._errands: dict[int, _Errand] = {}
        self._stopping = threading.Event()

    @property
    def workers(self) -> int:
        return self._engine.workers

    def submit(self, number: int, job: Job, *, at: str = "") -> None:
        """See ``Engine``."""
        if isinstance(job, Put):
            self._engine.submit(number, job, at=at)
            return
        errand = self._errands[number] = _Errand(job, job)
        if any(place.path is None for place in job.footage):
            self._start(number, partial(self._reach, number, errand, at), stage="fetch")
        else:
            self._go_on(number, job, at)

    def next_done(self, timeout_s: float) -> Done | None:
        """See ``Engine``."""
        while not self._come.empty():
            come = self._come.get()
            self._coming -= 1
            if isinstance(come, BaseException):
                raise come
            if (ended := come()) is not None:
                return self._over(ended)
        ended = self._engine.next_done(min(timeout_s, _TURN_S) if self._coming else timeout_s)
        errand = self._errands.get(ended.number) if ended is not None else None
        if ended is None or errand is None:
            return ended
        ended = self._advanced(ended, errand)
        return None if ended is None else self._over(ended)

    def close(self) -> None:
        self._stopping.set()
        self._pool.shutdown(wait=True)  # what is under way may put something there yet
        with ThreadPoolExecutor(THREADS, thread_name_prefix="carry") as last:
            for errand in self._errands.values():
                last.submit(self._delete, errand.keys)
        self._errands.clear()

    def _advanced(self, ended: Done, errand: _Errand) -> Done | None:
        """The end of a job, None where it goes on."""
        number, job = ended.number, errand.job
        match ended.result:
            case Failure(error_type="NotShared") if isinstance(job, Inspect):
                self._start(number, partial(self._look_here, number, job))
            case Failure(error_type="NotShared") if not errand.is_lent:
                errand.is_lent = True
                self._start(number, partial(self._lend, number, errand))
            case Failure() if errand.made is not None and errand.tries < 2:
                errand.made, errand.tries = None, errand.tries + 1
                self._go_on(number, errand.reached)
            case Inspected(sources=sources) if len(sources) == len(job.footage):
                named = tuple(map(_as_named, sources, job.footage))
                return Done(number, Inspected(named), at=ended.at)
            case ClipMade() as made if isinstance(job, Prepare) and errand.made is None:
                return self._ask_for(made, errand, ended)
            case Sent() if errand.made is not None:
                self._start(number, partial(self._bring, number, errand, errand.made))
            case Failure():
                return ended
            case _:  # a worker that keeps no order would have this go on for ever
                said = "A worker answered another question."
                return Done(number, Failure("worker", "WorkerFailed", said, retryable=True))
        return None

    def _over(self, ended: Done) -> Done:
        errand = self._errands.pop(ended.number, None)
        if errand is not None:
            self._let_go(errand)
        return ended

    def _let_go(self, errand: _Errand) -> None:
        """Deletes, by and by, what lies in the bucket for a job."""
        if errand.keys:
            self._pool.submit(self._delete, errand.keys)

    def _delete(self, keys: Sequence[str]) -> None:
        for key in keys:
            with suppress(ScreentestError):  # a later run sweeps it
                self._transit.delete(key)

    def _go_on(self, number: int, job: Inspect | Prepare, at: str = "") -> None:
        """A job as workers elsewhere can do it."""
        footage = tuple(map(_marked, job.footage))
        if isinstance(job, Prepare):
            job = replace(job, clips=None, scans=None)
        self._engine.submit(number, replace(job, footage=footage), at=at)

    def _ask_for(self, made: ClipMade, errand: _Errand, ended: Done) -> Done | None:
        """Has a worker put its clip into the bucket."""
        sha256 = made.clip.sha256
        if not _SHA256.fullmatch(sha256) or not 0 <= made.chosen < len(errand.job.footage):
            said = "A worker told nothing that can be of its clip."
            return Done(ended.number, Failure("put", "WorkerFailed", said, retryable=True))
        errand.made, errand.clip_key = made, new_key(self._folder)
        errand.keys.append(errand.clip_key)
        try:
            where = self._transit.present_put(errand.clip_key, sha256=sha256, expires_s=PUT_S)
        except ScreentestError as error:
            return Done(ended.number, _failure("put", error))
        self._engine.submit(
            ended.number, Put(made.clip.path, where.url, dict(where.headers)), at=ended.at
        )
        return None

    # In threads.

    def _start(self, number: int, work: Callable[[], _Come], *, stage: str = "put") -> None:
        self._coming += 1
        self._pool.submit(self._done_in_thread, number, work, stage)

    def _done_in_thread(self, number: int, work: Callable[[], _Come], stage: str) -> None:
        try:
            self._come.put(work())
        except ScreentestError as error:
            self._come.put(partial(Done, number, _failure(stage, error)))
        except BaseException as error:
            self._come.put(error)

    def _reach(self, number: int, errand: _Errand, at: str) -> _Come:
        """Footage that lies elsewhere, where a worker finds it."""
        places = tuple(self._reached(place) for place in errand.job.footage)
        errand.reached = replace(errand.job, footage=places)
        return partial(self._go_on, number, errand.reached, at)

    def _look_here(self, number: int, job: Inspect) -> _Come:
        return partial(Done, number, done(job))

    def _lend(self, number: int, errand: _Errand) -> _Come:
        """Footage that no worker sees, put into the bucket for one."""
        lent = tuple(self._lent(place, errand) for place in errand.reached.footage)
        errand.reached = replace(errand.reached, footage=lent)
        return partial(self._go_on, number, errand.reached)

    def _lent(self, place: Place, errand: _Errand) -> Place:
        if place.path is None:
            return place
        self._may_go_on(0)
        key = new_key(self._folder)
        errand.keys.append(key)
        parcel = self._transit.hand_in(Path(place.path), key, progress=self._may_go_on)
        url = self._transit.present(key, expires_s=GET_S).url
        return Place(place.shown, url=url, bytes=parcel.bytes, tag=parcel.tag, is_own=True)

    def _may_go_on(self, _bytes: int) -> None:
        if self._stopping.is_set():
            raise Cancelled("The batch was stopped.", "The same command goes on.")

    def _bring(self, number: int, errand: _Errand, made: ClipMade) -> _Come:
        """A clip that is in the bucket, to the home, if it is the one that was told of."""
        path = private_folder(self._clips) / f"{made.clip.sha256}.mp4"
        if not holds(path, made.clip.sha256):
            with atomic_file(path, mode=0o600) as part:
                self._transit.fetch(errand.clip_key, part, most_bytes=MOST_CLIP_BYTES)
                if not holds(part, made.clip.sha256):
                    raise WorkerFailed("A worker's clip did not come back as it was made.")
        here = replace(
            made,
            source=_as_named(made.source, errand.job.footage[made.chosen]),
            clip=replace(made.clip, path=str(path)),
            report=replace(made.report, clip=str(path)),
        )
        return partial(Done, number, here)


def _marked(place: Place) -> Place:
    """A place with what tells whether the very file lies there on another machine."""
    mark = mark_of(Path(place.path)) if place.path is not None else None
    return place if mark is None else replace(place, bytes=mark[0], tag=mark[1])


def _as_named(source: Source, place: Place) -> Source:
    """What was probed of a file, called as the driver calls it, whatever path a worker told."""
    return replace(source, path=place.path or place.shown)


def _failure(stage: str, error: ScreentestError) -> Failure:
    return Failure(stage, type(error).__name__, error.message, error.hint, retryable=error.retryable)


@contextmanager
def carrying(
    engine: Engine, transit: Transit, *, folder: str, home: Path, reached: Reached
) -> Iterator[CarryingEngine]:
    """An engine whose clips come back to ``home``; what a killed run left in the bucket is swept."""
    with suppress(ScreentestError):  # a key that may not list is no reason to stop
        transit.sweep(folder)
    carried = CarryingEngine(engine, transit, folder=folder, home=home, reached=reached)
    try:
        yield carried
    finally:
        carried.close()
