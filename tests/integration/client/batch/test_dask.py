"""Jobs by real processes: what dies, hangs or lies costs its own job, and runs nothing here."""

from __future__ import annotations

import copyreg
import gc
import os
import pickle
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import cloudpickle
import pytest
from distributed import Client, get_worker
from distributed.protocol.serialize import ToPickle
from distributed.security import Security

from screentest.client.batch.engine.dask import environment, opened_here
from screentest.client.batch.engine.dispatch import DaskEngine
from screentest.client.batch.engine.throwaway import Certificate, certificate_in
from screentest.client.errors import WorkerFailed
from screentest.client.worker.job import Failure, Inspect, Inspected, Job, Place, Result
from screentest.client.worker.wire import to_bytes
from tests.waiting import until

# In this module, which is sent to the workers as it is: they cannot import it.
SECRETS = ("WAVESPEED_API_KEY", "AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "SCREENTEST_BUCKET")


class Trap:
    """Leaves its process's number where it is unpickled."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple[object, ...]:
        # By number, as the shell's parent is the process that unpickles.
        return (os.system, (f"touch {self.folder}/sprung-$PPID",))


class TrapType(type):
    """The type of classes whose pickle is a trap."""

    folder = ""


class TrapError(Exception):
    def __init__(self, folder: str) -> None:
        super().__init__(folder)
        self.folder = folder

    def __reduce__(self) -> tuple[object, ...]:
        return (os.system, (f"touch {self.folder}/sprung-$PPID",))


def take_over(folder: str, dask_scheduler: Any = None) -> None:
    """What a worker may have the scheduler do: send everyone a pickle."""
    for comm in dask_scheduler.client_comms.values():
        comm.send({"op": "nothing", "data": ToPickle(Trap(folder))})


def naughty(job: Job) -> bytes:
    """Does what its footage is called."""
    assert isinstance(job, Inspect)
    what, folder = job.footage[0].shown, job.footage[0].path or ""
    if what == "die":
        os._exit(9)
    if what == "hang":
        time.sleep(600)
    if what == "lie":
        return Trap(folder)  # type: ignore[return-value]
    if what == "bait":
        reduced: Any = lambda kind: Trap(kind.folder).__reduce__()  # noqa: E731
        copyreg.pickle(TrapType, reduced)
        bait: Any = TrapType("Bait", (), {"folder": folder})
        return bait()  # type: ignore[no-any-return]
    if what == "warn":
        get_worker().log_event("warn", {"message": pickle.dumps(Trap(folder))})
    if what == "take over":
        worker = get_worker()
        own = worker.security.get_tls_config_for_role("worker")
        known = Security(
            tls_ca_file=own["ca_file"], tls_client_cert=own["cert"], tls_client_key=own["key"]
        )
        with Client(worker.scheduler.address, security=known, set_as_default=False) as client:
            client.run_on_scheduler(take_over, folder)
    if what == "raise":
        raise TrapError(folder)
    if what == "look around":
        environ = Path("/proc/self/environ").read_bytes() + repr(dict(os.environ)).encode()
        return to_bytes(Failure("x", "Seen", environ.decode("utf-8", "replace")))
    return to_bytes(Failure("x", "Did", what))


@contextmanager
def naughty_workers(count: int, *, deadline_s: float = 300.0) -> Iterator[DaskEngine]:
    import tests.integration.client.batch.test_dask as here

    cloudpickle.register_pickle_by_value(here)
    try:
        with opened_here(count, deadline_s=deadline_s, work=here.naughty) as engine:
            yield engine
    finally:
        cloudpickle.unregister_pickle_by_value(here)


def done_by(engine: DaskEngine, *names: str, folder: Path) -> dict[str, Result]:
    for number, name in enumerate(names):
        engine.submit(number, Inspect((Place(name, path=str(folder)),)))
    results: dict[str, Result] = {}
    while len(results) < len(names):
        if (done := engine.next_done(1.0)) is not None:
            results[names[done.number]] = done.result
    return results


@pytest.mark.logs_errors
def test_what_dies_hangs_or_lies_fails_alone_and_runs_nothing_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in SECRETS:
        monkeypatch.setenv(name, f"secret of {name}")
    with naughty_workers(2, deadline_s=6.0) as engine:
        good = ("a", "b", "c", "d")
        bad = ("die", "b", "lie", "c", "raise", "bait", "warn", "look around", "hang")
        results = done_by(engine, "a", *bad, "d", folder=tmp_path)
        with pytest.raises(WorkerFailed, match="scheduler of the workers is gone"):
            done_by(engine, "take over", *good, folder=tmp_path)

    said = {name: result for name, result in results.items() if isinstance(result, Failure)}
    assert [said[name].message for name in good] == list(good)
    for name in ("die", "lie", "raise", "bait", "hang"):
        assert (said[name].stage, said[name].retryable) == ("worker", True), name
    assert "died" in said["die"].message
    assert "not done after 6 s" in said["hang"].message
    assert "secret of" not in said["look around"].message
    sprung = {int(file.name.removeprefix("sprung-")) for file in tmp_path.iterdir()}
    assert sprung, "the traps are set as they are meant to be"
    assert os.getpid() not in sprung


def test_an_answer_that_went_with_its_worker_is_had_again_and_leaves_no_error_unheard(
    tmp_path: Path,
) -> None:
    with naughty_workers(1) as engine:
        engine.submit(0, Inspect((Place("a", path=str(tmp_path)),)))
        until(lambda: (engine.next_done(0.0), engine.workers)[1])
        (one,) = engine._running.values()
        until(lambda: one.future.status == "finished")
        for worker in workers_below(os.getpid()):
            os.kill(worker, signal.SIGKILL)
        while (done := engine.next_done(1.0)) is None:
            pass
    gc.collect()  # what Dask left is told when it is collected
    assert isinstance(done.result, Failure)
    assert done.result.message == "a"


def workers_below(parent: int) -> list[int]:
    """The processes that do jobs, which their nannies started."""
    return [
        number
        for number in descendants_of(parent)
        if "spawn_main" in Path(f"/proc/{number}/cmdline").read_text()
    ]


def test_real_footage_is_looked_at_and_told_with_the_workers_own_errors(
    face_clip: Path, tmp_path: Path
) -> None:
    (tmp_path / "bad.mp4").write_text("no video")
    with opened_here(1) as engine:
        engine.submit(1, Inspect((Place("face", path=str(face_clip)),)))
        engine.submit(2, Inspect((Place("bad", path=str(tmp_path / "bad.mp4")),)))
        engine.submit(3, Inspect((Place("gone", path=str(tmp_path / "gone.mp4")),)))
        results: dict[int, Result] = {}
        while len(results) < 3:
            if (done := engine.next_done(1.0)) is not None:
                results[done.number] = done.result
    looked = results[1]
    assert isinstance(looked, Inspected)
    assert looked.sources[0].path == str(face_clip)
    errors = [result.error_type for _, result in sorted(results.items()) if isinstance(result, Failure)]
    assert errors == ["NotAVideo", "NotFound"]


def test_only_this_run_reaches_its_processes_and_none_is_left_behind(tmp_path: Path) -> None:
    with opened_here(1) as engine:
        family = descendants_of(os.getpid())
        until(lambda: (engine.next_done(0.1), engine.workers)[1])
        listening = [address for pid in family for address in listened_at(pid)]
        assert {host for host, _ in listening} == {"0100007F"}, "127.0.0.1 as Linux writes it"
        other = certificate_in(tmp_path)
        for _, port in listening:
            with pytest.raises((OSError, ssl.SSLError)):
                reached(port, other)
    assert not [name for name in children_of(os.getpid()) if "dask" in name]


def listened_at(pid: int) -> Iterator[tuple[str, int]]:
    """Hosts, as hexadecimal, and ports at which a process listens."""
    links = Path(f"/proc/{pid}/fd").iterdir()
    own = {str(link.readlink()) for link in links if link.is_symlink()}
    for file in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{file}").read_text().splitlines()[1:]:
            words = line.split()
            if words[3] == "0A" and f"socket:[{words[9]}]" in own:
                host, _, port = words[1].partition(":")
                yield host, int(port, 16)


def reached(port: int, other: Certificate) -> None:
    """Talks to a port as somebody with another certificate would; by HTTP where that is spoken."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.load_cert_chain(other.cert, other.key)
    with (
        socket.create_connection(("127.0.0.1", port), timeout=5.0) as plain,
        context.wrap_socket(plain) as secure,
    ):
        secure.sendall(b"\0" * 8)
        if not secure.recv(1):
            raise ConnectionResetError


def test_a_killed_driver_leaves_no_process_behind_and_the_next_deletes_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCREENTEST_SCRATCH", str(tmp_path))
    program = (
        "from screentest.client.batch.engine.dask import opened_here\n"
        "import time\n"
        "with opened_here(1) as engine:\n"
        "    print('up', flush=True)\n"
        "    time.sleep(600)\n"
    )
    driver = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    assert driver.stdout is not None
    with driver.stdout:
        assert driver.stdout.readline() == b"up\n"
        until(lambda: len(descendants_of(driver.pid)) >= 3)  # a scheduler, a nanny, a worker
        family = descendants_of(driver.pid)
        (theirs,) = tmp_path.iterdir()
        with opened_here(1):
            assert (theirs / "scheduler.json").exists(), "a living one's"
        driver.kill()
        driver.wait()
    assert until(lambda: not any(map(is_alive, family)))
    assert theirs.exists(), "nobody could take it along"
    with opened_here(1):
        assert not theirs.exists()
    assert list(tmp_path.iterdir()) == []


def descendants_of(parent: int) -> list[int]:
    own = [number for number, of in processes() if of == parent]
    return [*own, *(below for one in own for below in descendants_of(one))]


def processes() -> Iterator[tuple[int, int]]:
    for status in Path("/proc").glob("[0-9]*/status"):
        with suppress(OSError):
            told = dict(
                line.split(":\t", 1) for line in status.read_text().splitlines() if ":\t" in line
            )
            yield int(told["Pid"]), int(told["PPid"])


def is_alive(number: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{number}/status").read_text()
    except OSError:
        return False


def children_of(parent: int) -> list[str]:
    found = []
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            text = status.read_text()
            command = (status.parent / "cmdline").read_text()
        except OSError:
            continue
        if f"\nPPid:\t{parent}\n" in text and "\nState:\tZ" not in text:
            found.append(command)
    return found


def test_nothing_of_the_environment_goes_on_but_what_a_program_needs() -> None:
    given = {
        "PATH": "/bin",
        "HOME": "/h",
        "AWS_SESSION_TOKEN": "t",
        "MY_TOKEN": "t",
        "HTTPS_PROXY": "u:p@h",
    }
    passed = environment(given)
    assert passed["PATH"] == "/bin"
    assert not {"AWS_SESSION_TOKEN", "MY_TOKEN"} & passed.keys()
    assert passed["ORT_DISABLE_TELEMETRY"] == "1"


def test_dask_does_not_measure_itself_on_the_cores_that_make_clips() -> None:
    names = ("worker.profile.enabled", "admin.tick.interval", "admin.system-monitor.interval")
    program = (
        "import dask, distributed\n"
        f"print(*(dask.config.get('distributed.' + name) for name in {names}))\n"
    )
    command = [sys.executable, "-c", program]
    run = subprocess.run(
        command, env=environment(os.environ), capture_output=True, text=True, check=True
    )
    assert run.stdout.split() == ["False", "1s", "10s"]
