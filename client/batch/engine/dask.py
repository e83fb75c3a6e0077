"""Dask on this machine: a scheduler and workers in processes of their own.

They are children without secrets: they get the few variables that a program needs, no key among them.
A certificate of the run's own keeps other users of the machine out.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from screentest.client.batch.engine.connect import address_in, connected, require_dask
from screentest.client.batch.engine.dispatch import DEADLINE_S, DaskEngine
from screentest.client.worker.job import Job
from screentest.client.worker.scratch import scratch_base
from screentest.client.worker.work import answered
from screentest.prep.core.errors import ConfigError, NotFound, SetupError
from screentest.prep.core.files import scratch_folder_beside
from screentest.prep.core.process import die_with_parent
from screentest.prep.core.remedy import Remedy

if TYPE_CHECKING:
    from distributed.security import Security

    from screentest.client.batch.engine.throwaway import Certificate

START_S: Final = 60.0
_STOP_S: Final = 5.0

# Even without its dashboard each of them answers by HTTP, to all networks where nothing is said.
_UNSEEN: Final = ("--no-dashboard", "--dashboard-address=127.0.0.1:0")
_PASSED_ON = ("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "XDG_CACHE_HOME", "TZ")
_DASK: Final[Mapping[str, str]] = {
    # Who is to blame for a death is found out by the engine.
    "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0",
    "DASK_DISTRIBUTED__SCHEDULER__WORK_STEALING": "False",
    "DASK_DISTRIBUTED__WORKER__DAEMON": "False",
    # What Dask measures of itself takes 5 % of a core for a worker, and nobody reads it.
    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",
    "DASK_DISTRIBUTED__ADMIN__TICK__INTERVAL": "1s",
    "DASK_DISTRIBUTED__ADMIN__SYSTEM_MONITOR__INTERVAL": "10s",
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
    start, ConfigError, OutputNotWritable or DiskFull where its folder cannot be made.
    """
    require_dask()
    from screentest.client.batch.engine.throwaway import certificate_in

    with ExitStack() as stack:
        # Locked while it is in use: the next run deletes what a killed one left.
        folder = stack.enter_context(scratch_folder_beside(scratch_base() / "batch"))
        address = folder / "scheduler.json"
        told = stack.enter_context((folder / "log.txt").open("wb"))
        certificate = certificate_in(folder)
        common = [f"--scheduler-file={address}", "--protocol=tls", *certificate.options(), *_UNSEEN]
        scheduler = ["scheduler", "--host=127.0.0.1", "--port=0", "--no-show"]
        stack.enter_context(_child([*scheduler, *common], folder, told))
        one = ["--host=127.0.0.1", "--nthreads=1", "--memory-limit=0"]
        where = [f"--local-directory={folder}", "--death-timeout=60"]
        many = f"--nworkers={workers}"
        stack.enter_context(_child(["worker", many, *one, *where, *common], folder, told))
        engine = stack.enter_context(_engine(_started(address), certificate, deadline_s, work))
        yield engine


@contextmanager
def _engine(
    address: str, certificate: Certificate, deadline_s: float, work: Callable[[Job], bytes]
) -> Iterator[DaskEngine]:
    with connected(address, security=_security_of(certificate)) as client:
        engine = DaskEngine(client, deadline_s=deadline_s, work=work)
        try:
            yield engine
        finally:
            engine.close()


def _security_of(certificate: Certificate) -> Security:
    from distributed.security import Security

    return Security(
        require_encryption=True,
        tls_ca_file=str(certificate.cert),
        tls_client_cert=str(certificate.cert),
        tls_client_key=str(certificate.key),
    )


def _started(file: Path) -> str:
    """The scheduler's address, once it has written it down. Raises SetupError where it does not."""
    give_up_s = time.monotonic() + START_S
    while time.monotonic() < give_up_s:
        with suppress(NotFound, ConfigError):  # it is not there, or written in part
            return address_in(file)
        time.sleep(0.05)
    raise SetupError("The scheduler of the workers did not start.", Remedy("retry"))


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
