"""Jobs to Dask's workers: one at a time each, so that whatever ends a worker is known.

Dask would place jobs by itself. Here each is bound to a worker, as a job may be about what one worker
has, as a death is to be blamed on one job alone, and as only workers that were admitted get any.
"""

from __future__ import annotations

import queue
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, cast

from screentest.client.batch.engine.engine import Done
from screentest.client.errors import WorkerFailed
from screentest.client.worker.facts import WorkerFacts, facts_from, told_facts
from screentest.client.worker.job import Failure, Job, Put, Result
from screentest.client.worker.wire import result_from
from screentest.client.worker.work import answered
from screentest.prep.core.errors import SetupError
from screentest.prep.core.remedy import Remedy

if TYPE_CHECKING:
    from distributed import Client, Future

TRIES: Final = 2
"""A job whose worker died or hung is tried so often: the file may be to blame, or the machine."""
DEADLINE_S: Final = 3600.0
"""A job that is not done by then hangs; hours of footage are looked at in minutes."""
LOOK_S: Final = 1.0
"""How often it is seen which workers came and went."""
WAIT_S: Final = 60.0
"""So long a worker may take to come, to tell its facts, and to be restarted."""
_NONE_S: Final = 180.0
"""So long there may be no worker at all: those that died are on their way back, on a busy machine."""
_CALL_S: Final = 30.0
_REST_S: Final = 120.0
"""A worker without room gets no job for so long, and is then asked again."""

Refusal = Callable[[WorkerFacts | None, int], str]
"""Why a worker gets no job, by its facts and its threads; "" for one that gets some."""


@dataclass(frozen=True, slots=True)
class _Task:
    """A job and where it would best be done. ``tries``: how often, the next one counted."""

    number: int
    job: Job
    at: str
    tries: int = 1


@dataclass(frozen=True, slots=True)
class _Running:
    """A task at a worker until ``end_s``; None for a worker that is asked for its facts."""

    task: _Task | None
    at: str
    future: Future[bytes]
    end_s: float


class DaskEngine:
    """An ``Engine`` over a client of Dask.

    A job whose worker died or hung is tried once more, by another worker where there is one, and fails
    after that. Workers may come and go. ``refuses``: whether a worker is to tell its facts before it
    gets a job, None where all are this machine's own. ``told`` hears a sentence for each worker that
    gets none.
    """

    def __init__(
        self,
        client: Client,
        *,
        deadline_s: float = DEADLINE_S,
        work: Callable[[Job], bytes] = answered,
        refuses: Refusal | None = None,
        told: Callable[[str], None] = lambda _: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client, self._deadline_s, self._work = client, deadline_s, work
        self._refuses, self._told, self._clock = refuses, told, clock
        self._ended: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._waiting: deque[_Task] = deque()
        self._ready: deque[Done] = deque()
        self._running: dict[str, _Running] = {}
        self._threads: dict[str, int] = {}
        self._admitted: set[str] = set()
        self._refused: dict[str, str] = {}
        self._resting: dict[str, float] = {}
        self._hung: set[str] = set()
        self._looked_s: float | None = None
        self._seen_s = clock()
        # Other drivers may use the same scheduler, which knows jobs by their keys alone.
        self._token, self._begun = secrets.token_hex(8), 0

    @property
    def workers(self) -> int:
        return len(self._admitted)

    def await_worker(self) -> None:
        """Return once a worker may get jobs. Raises SetupError where none comes, or none may."""
        give_up_s = self._clock() + WAIT_S
        while not self._admitted:
            self._step(0.1)
            if self._refused and self._threads.keys() == self._refused.keys():
                raise SetupError("No worker can be used. " + " ".join(self._refused.values()))
            if self._clock() > give_up_s:
                raise SetupError(
                    "No worker has come to the scheduler.", "Start one.", Remedy("retry", ("later",))
                )

    def submit(self, number: int, job: Job, *, at: str = "") -> None:
        self._waiting.append(_Task(number, job, at))
        self._feed()

    def next_done(self, timeout_s: float) -> Done | None:
        if not self._ready:
            self._step(timeout_s)
        return self._ready.popleft() if self._ready else None

    def close(self) -> None:
        self._waiting.clear()
        for one in self._running.values():
            with suppress(Exception):  # the scheduler may be gone, which is no matter now
                one.future.cancel(force=True)
        self._running.clear()

    def _step(self, timeout_s: float) -> None:
        """Waits for one end of anything, and deals with it."""
        if self._looked_s is None or self._clock() - self._looked_s >= LOOK_S:
            self._look()
        self._feed()
        try:
            key = self._ended.get(timeout=min(timeout_s, LOOK_S))
        except queue.Empty:
            self._require_connection()
            return
        one = self._running.pop(key, None)
        if one is not None and one.task is None:
            self._judge(one)
        elif one is not None:
            self._take(one)

    def _take(self, one: _Running) -> None:
        assert one.task is not None  # noqa: S101  (``_step`` has looked)
        task, result = one.task, self._result_of(one.future)
        if result is None:
            self._looked_s = None  # whether its worker is still there, before it gets another
            self._again(task, f"Its worker died or failed over it {TRIES} times: {_DIED}")
        elif isinstance(result, Failure) and result.error_type in _NO_ROOM and self._rest(one.at):
            self._again(task, result.message)
        else:
            self._ready.append(Done(task.number, result, at=one.at))

    def _again(self, task: _Task, said: str) -> None:
        """Another try of a job that was not done for no fault of its own, or its end."""
        if task.tries < TRIES and not isinstance(task.job, Put):
            self._waiting.append(replace(task, at="", tries=task.tries + 1))
        else:
            self._ready.append(
                Done(task.number, Failure("worker", "WorkerFailed", said, retryable=True))
            )

    def _feed(self) -> None:
        """Gives each worker that has nothing to do a job, about what it has where there is one."""
        self._give_up_bound()
        if self._looked_s is None:
            return
        busy = {one.at for one in self._running.values()}
        idle = [at for at in self._admitted if at not in busy]
        for prefers in (True, False):
            for at in list(idle):
                task = next((one for one in self._waiting if _suits(one, at, prefers=prefers)), None)
                if task is not None:
                    self._waiting.remove(task)
                    idle.remove(at)
                    self._begin(task, at)

    def _give_up_bound(self) -> None:
        """Ends what only a worker could do that is gone."""
        for task in [one for one in self._waiting if isinstance(one.job, Put)]:
            if task.at not in self._admitted:
                self._waiting.remove(task)
                self._again(task, "Its worker is gone, and the clip that it had made with it.")

    def _begin(self, task: _Task, at: str) -> None:
        self._send(self._work, task.job, at=at, task=task, within_s=self._deadline_s)

    def _send(
        self, work: Callable[..., bytes], *args: Job, at: str, task: _Task | None, within_s: float
    ) -> None:
        self._begun += 1
        key = f"screentest-{self._token}-{self._begun}"
        future = self._client.submit(
            work, *args, key=key, pure=False, workers=[at], allow_other_workers=False
        )
        self._running[key] = _Running(task, at, future, self._clock() + within_s)
        future.add_done_callback(lambda _: self._ended.put(key))

    def _result_of(self, future: Future[bytes]) -> Result | None:
        """The result, None where the worker died over it."""
        data = self._bytes_of(future)
        return None if data is None else result_from(data)

    def _bytes_of(self, future: Future[bytes]) -> object | None:
        """What a worker answered, "" for what is not bytes, None where it did not answer."""
        if future.status != "finished":
            self._require_connection()
            return None
        try:
            return cast("object", self._asked("gather", keys=[future.key])["data"][future.key])
        except TypeError:  # it was no bytes, and was not unpickled
            return ""
        except Exception:  # Dask's own, of many kinds: the worker went before it was fetched
            self._require_connection()
            return None

    def _asked(self, what: str, **about: object) -> Any:
        """What the scheduler answers to a call. Raises errors of Dask's own, of many kinds.

        Results are asked for this way too: ``Future.result`` waits for another run of a job whose
        worker went, and given up, it leaves tasks behind that fail with nobody to hear of it.
        """
        call = getattr(self._client.scheduler, what)
        return self._client.sync(call, callback_timeout=_CALL_S, **about)

    # Workers, as they come and go.

    def _look(self) -> None:
        now_s = self._clock()
        self._threads = self._listed()
        self._looked_s = now_s
        for at in self._threads.keys() - self._known():
            self._meet(at)
        for at, until_s in list(self._resting.items()):
            if now_s > until_s:
                del self._resting[at]  # and is met again
        self._forget(self._known() - self._threads.keys())
        self._stop_overdue(now_s)
        if self._admitted or any(one.task is None for one in self._running.values()):
            self._seen_s = now_s
        elif now_s - self._seen_s > _NONE_S:
            said = " ".join(self._refused.values())
            raise WorkerFailed(
                f"No worker is left. {said}".strip(),
                "Start some; then run the same command again: what is done stays done.",
            )

    def _listed(self) -> dict[str, int]:
        try:
            found = self._asked("ncores")
        except Exception as error:  # Dask's own, of many kinds
            raise _SCHEDULER_GONE from error
        return {str(at): int(threads) for at, threads in found.items()}

    def _known(self) -> set[str]:
        asked = {one.at for one in self._running.values() if one.task is None}
        return {*asked, *self._admitted, *self._refused, *self._resting, *self._hung}

    def _meet(self, at: str) -> None:
        if self._refuses is None:
            self._admitted.add(at)
            return
        self._send(told_facts, at=at, task=None, within_s=WAIT_S)

    def _judge(self, one: _Running) -> None:
        """Admits a worker that told its facts, or not."""
        said = ""
        if self._refuses is not None:
            facts = facts_from(self._bytes_of(one.future))
            said = self._refuses(facts, self._threads.get(one.at, 0))
        if not said:
            self._admitted.add(one.at)
            return
        self._refused[one.at] = f"The worker at {one.at} {said}."
        self._told(self._refused[one.at])

    def _forget(self, gone: set[str]) -> None:
        """Workers that left, and what they had."""
        for key, one in list(self._running.items()):
            if one.at in gone:
                del self._running[key]
                one.future.release()
                if one.task is not None:
                    self._again(one.task, f"Its worker died or failed over it {TRIES} times: {_DIED}")
        self._admitted -= gone
        self._hung -= gone
        for at in gone:
            self._refused.pop(at, None)
            self._resting.pop(at, None)

    def _rest(self, at: str) -> bool:
        """Whether a worker without room is left alone for a while, as there are others."""
        if self._refuses is None or len(self._admitted) < 2:
            return False
        self._admitted.discard(at)
        self._resting[at] = self._clock() + _REST_S
        self._told(f"The worker at {at} has no room on its disk; it gets no jobs for a while.")
        return True

    def _stop_overdue(self, now_s: float) -> None:
        for key, one in list(self._running.items()):
            if now_s <= one.end_s:
                continue
            del self._running[key]
            with suppress(Exception):
                one.future.cancel(force=True)
            if one.task is None:
                self._refused[one.at] = f"The worker at {one.at} does not answer."
                self._told(self._refused[one.at])
                continue
            self._admitted.discard(one.at)
            self._hung.add(one.at)
            threading.Thread(target=self._restart, args=(one.at,), daemon=True).start()
            said = f"It was not done after {self._deadline_s:g} s, {TRIES} times"
            self._again(one.task, f"{said}; its worker was restarted.")

    def _restart(self, at: str) -> None:
        """In a thread, as a machine that is gone takes its time. It comes back at another address."""
        with suppress(Exception):
            self._client.restart_workers([at], timeout=WAIT_S, raise_for_error=False)

    def _require_connection(self) -> None:
        if self._client.status != "running":
            raise _SCHEDULER_GONE


def _suits(task: _Task, at: str, *, prefers: bool) -> bool:
    """Whether a worker may take a job; ``prefers``: whether only one that is about what it has."""
    return task.at == at if prefers or isinstance(task.job, Put) else True


_NO_ROOM: Final = frozenset({"DiskFull", "OutputNotWritable"})
_DIED: Final = "the file may be harmful, or memory short."
_SCHEDULER_GONE: Final = WorkerFailed(
    "The scheduler of the workers is gone.",
    "Run the same command again: what is done stays done.",
)
