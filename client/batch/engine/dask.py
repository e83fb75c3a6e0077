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
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
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
    "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": str(TRIES - 1),
    # One job at a worker at a time: what waits there would be blamed for its death.
    "DASK_DISTRIBUTED__SCHEDULER__WORKER_SATURATION": "1.0",
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


class DaskEngine:
    """An ``Engine`` over a client of Dask."""

    def __init__(
        self, client: Client, *, workers: int, deadline_s: float, work: Callable[[Job], bytes]
    ) -> None:
        self.workers = workers
        self._client, self._deadline_s, self._work = client, deadline_s, work
        self._ended: queue.SimpleQueue[int] = queue.SimpleQueue()
        self._futures: dict[int, tuple[Future[bytes], float]] = {}
        self._submitted = 0

    def submit(self, number: int, job: Job, *, at: str = "") -> None:
        self._submitted += 1
        future = self._client.submit(
            self._work,
            job,
            key=f"job-{number}-{self._submitted}",
            pure=False,
            workers=[at] if at else None,
            allow_other_workers=bool(at),
        )
        self._futures[number] = (future, time.monotonic() + self._deadline_s)
        future.add_done_callback(lambda _: self._ended.put(number))

    def next_done(self, timeout_s: float) -> Done | None:
        try:
            number = self._ended.get(timeout=timeout_s)
        except queue.Empty:
            self._require_connection()
            return self._overdue()
        if number not in self._futures:
            return None
        future, _ = self._futures.pop(number)
        return Done(number, self._result_of(future))

    def close(self) -> None:
        for future, _ in self._futures.values():
            future.release()
        self._futures.clear()

    def _result_of(self, future: Future[bytes]) -> Result:
        if future.status == "finished":
            try:
                return result_from(future.result())
            except TypeError:  # it was no bytes, and was not unpickled
                return result_from(None)
        if future.status in ("cancelled", "lost"):
            self._require_connection()
        return Failure(
            "worker",
            "WorkerFailed",
            f"Its worker died over it {TRIES} times: the file may be harmful, or memory short.",
            retryable=True,
        )

    def _overdue(self) -> Done | None:
        now_s = time.monotonic()
        for number, (future, end_s) in self._futures.items():
            if now_s > end_s:
                del self._futures[number]
                self._stop_worker_of(future)
                said = f"It was not done after {self._deadline_s:g} s; its worker was restarted."
                return Done(number, Failure("worker", "WorkerFailed", said, retryable=True))
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
