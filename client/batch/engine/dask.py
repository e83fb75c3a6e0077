"""Jobs by Dask: scheduler and workers in processes of their own, results that are never unpickled.

Scheduler and workers of this machine are children without secrets: they get the few variables that a
program needs, no key among them. The driver takes bytes from them and nothing else: of what it is sent,
only MessagePack is read.
"""

from __future__ import annotations

import logging
import os
import queue
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from screentest.client.batch.engine.engine import Done
from screentest.client.errors import WorkerFailed
from screentest.client.worker.job import Failure, Job, Result
from screentest.client.worker.wire import result_from
from screentest.client.worker.work import answered
from screentest.prep.core.errors import SetupError
from screentest.prep.core.process import die_with_parent
from screentest.prep.core.remedy import Remedy

if TYPE_CHECKING:
    from distributed import Client, Future

TRIES: Final = 2
"""A job whose worker died is tried so often: the file may be to blame, or the machine."""
DEADLINE_S: Final = 3600.0
"""A job that is not done by then hangs; hours of footage are looked at in minutes."""
START_S: Final = 60.0
_STOP_S: Final = 5.0
_POLL_S: Final = 0.5

_PASSED_ON = ("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "XDG_CACHE_HOME", "TZ")
_DASK: Final[Mapping[str, str]] = {
    # Who is to blame for a death is found out by the engine.
    "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0",
    "DASK_DISTRIBUTED__SCHEDULER__WORK_STEALING": "False",
    "DASK_DISTRIBUTED__WORKER__DAEMON": "False",
    "DASK_DISTRIBUTED__VERSION": "2",
    "ORT_DISABLE_TELEMETRY": "1",
}


def environment(environ: Mapping[str, str]) -> dict[str, str]:
    """What a worker's process finds in its environment: nothing that a key could lie in."""
    return {name: environ[name] for name in _PASSED_ON if name in environ} | dict(_DASK)


@contextmanager
def opened_here(
    workers: int, *, deadline_s: float = DEADLINE_S, work: Callable[[Job], bytes] = answered
) -> Iterator[DaskEngine]:
    """An engine of so many processes of this machine, ended with the block.

    ``work``: what a worker does with a job. Raises SetupError where Dask is not installed or does not
    start.
    """
    _require_dask()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="screentest-batch-")))
        address = folder / "scheduler.json"
        told = stack.enter_context((folder / "log.txt").open("wb"))
        common = [f"--scheduler-file={address}", "--protocol=tcp"]
        scheduler = ["scheduler", "--host=127.0.0.1", "--port=0", "--no-dashboard", "--no-show"]
        stack.enter_context(_child([*scheduler, *common], folder, told))
        one = ["--host=127.0.0.1", "--nthreads=1", "--memory-limit=0", "--no-dashboard"]
        where = [f"--local-directory={folder}", "--death-timeout=60"]
        many = f"--nworkers={workers}"
        stack.enter_context(_child(["worker", many, *one, *where, *common], folder, told))
        client = stack.enter_context(_connected(address))
        engine = DaskEngine(client, workers=workers, deadline_s=deadline_s, work=work)
        stack.callback(engine.close)
        yield engine


def _require_dask() -> None:
    try:
        import distributed
    except ModuleNotFoundError as error:
        raise SetupError(
            f"Several workers need {error.name}, which is not installed.",
            "Run: pip install 'screentest[cluster]'",
            Remedy("by_hand", words="work with one worker"),
        ) from None
    for name in (distributed.__name__, "distributed.client"):  # what matters is told as a Failure
        logging.getLogger(name).handlers[:] = [logging.NullHandler()]


@contextmanager
def _child(command: list[str], folder: Path, told: Any) -> Iterator[None]:
    """A process of Dask's own command, in a session of its own, gone with all its children after."""
    program = [sys.executable, "-m", f"distributed.cli.dask_{command[0]}", *command[1:]]
    process = subprocess.Popen(
        program,
        env=environment(os.environ),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=told,
        stderr=told,
        start_new_session=True,
        preexec_fn=die_with_parent if sys.platform == "linux" else None,
    )
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            pass
        finally:
            _kill_all_of(process.pid)
            process.wait()


def _kill_all_of(group: int) -> None:
    import signal

    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return


@contextmanager
def _connected(address: Path) -> Iterator[Client]:
    from distributed import Client

    give_up_s = time.monotonic() + START_S
    while not address.exists():
        if time.monotonic() > give_up_s:
            raise SetupError("The scheduler of the workers did not start.", Remedy("retry"))
        time.sleep(0.05)
    try:
        # MessagePack alone: a pickle from there would run here, where the key is.
        client = Client(
            scheduler_file=str(address),
            deserializers=["msgpack"],
            set_as_default=False,
            timeout=START_S,
        )
    except (OSError, TimeoutError) as error:
        raise SetupError("The scheduler of the workers does not answer.", Remedy("retry")) from error
    try:
        yield client
    finally:
        client.close(timeout=_STOP_S)


@dataclass(frozen=True, slots=True)
class _Task:
    """A job at Dask. ``tries``: how often, this one counted."""

    number: int
    job: Job
    at: str
    tries: int = 1


class DaskEngine:
    """An ``Engine`` over a client of Dask.

    A worker's death is blamed on every job that it had. Each of them is tried once more while nothing
    else runs, so that the one to blame dies alone and the others are done.
    """

    def __init__(
        self, client: Client, *, workers: int, deadline_s: float, work: Callable[[Job], bytes]
    ) -> None:
        self.workers = workers
        self._client, self._deadline_s, self._work = client, deadline_s, work
        self._ended: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._waiting: deque[_Task] = deque()
        self._suspects: deque[_Task] = deque()
        self._running: dict[str, tuple[_Task, Future[bytes], float]] = {}
        self._begun = 0

    def submit(self, number: int, job: Job, *, at: str = "") -> None:
        self._waiting.append(_Task(number, job, at))
        self._feed()

    def next_done(self, timeout_s: float) -> Done | None:
        try:
            key = self._ended.get(timeout=timeout_s)
        except queue.Empty:
            self._require_connection()
            return self._overdue()
        if key not in self._running:
            return None
        task, future, _ = self._running.pop(key)
        result = self._result_of(future)
        if result is None and task.tries < TRIES:
            self._suspects.append(replace(task, tries=task.tries + 1))
            self._feed()
            return None
        self._feed()
        return Done(task.number, result or _DIED)

    def close(self) -> None:
        self._waiting.clear()
        self._suspects.clear()
        for _, future, _ in self._running.values():
            future.release()
        self._running.clear()

    def _feed(self) -> None:
        """Gives Dask what may run now: suspects alone, everything else as many as there are workers."""
        if self._suspects:
            if not self._running:
                self._begin(self._suspects.popleft())
            return
        if any(task.tries > 1 for task, _, _ in self._running.values()):
            return
        while self._waiting and len(self._running) < self.workers:
            self._begin(self._waiting.popleft())

    def _begin(self, task: _Task) -> None:
        self._begun += 1
        key = f"job-{task.number}-{self._begun}"
        future = self._client.submit(
            self._work,
            task.job,
            key=key,
            pure=False,
            workers=[task.at] if task.at else None,
            allow_other_workers=bool(task.at),
        )
        self._running[key] = (task, future, time.monotonic() + self._deadline_s)
        future.add_done_callback(lambda _: self._ended.put(key))

    def _result_of(self, future: Future[bytes]) -> Result | None:
        """The result, None where the worker died over it."""
        if future.status == "finished":
            try:
                return result_from(future.result())
            except TypeError:  # it was no bytes, and was not unpickled
                return result_from(None)
        self._require_connection()
        return None

    def _overdue(self) -> Done | None:
        now_s = time.monotonic()
        for key, (task, future, end_s) in self._running.items():
            if now_s > end_s:
                del self._running[key]
                self._stop_worker_of(future)
                said = f"It was not done after {self._deadline_s:g} s; its worker was restarted."
                self._feed()
                return Done(task.number, Failure("worker", "WorkerFailed", said, retryable=True))
        return None

    def _stop_worker_of(self, future: Future[bytes]) -> None:
        processing = self._client.processing()
        at = [worker for worker, keys in processing.items() if future.key in keys]
        future.cancel(force=True)
        if at:
            self._client.restart_workers(at, timeout=START_S, raise_for_error=False)

    def _require_connection(self) -> None:
        if self._client.status != "running":
            raise WorkerFailed(
                "The scheduler of the workers is gone.",
                "Run the same command again: what is done stays done.",
            )


_DIED: Final = Failure(
    "worker",
    "WorkerFailed",
    f"Its worker died over it {TRIES} times: the file may be harmful, or memory short.",
    retryable=True,
)
