"""``sandbox up``: S3 and the API stand-in of one folder, served until stopped."""

from __future__ import annotations

import logging
import os
import shlex
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType

from screentest.client.errors import SandboxError
from screentest.client.sandbox.account import BUCKET, REGION, SandboxKeys, load_account
from screentest.client.sandbox.api.server import open_listener, running_api
from screentest.client.sandbox.faults import Fault, FaultPlan
from screentest.client.sandbox.folder import DataFolder
from screentest.client.sandbox.ports import LOOPBACK, Ports, choose_ports
from screentest.client.sandbox.redact import RedactingFormatter
from screentest.client.sandbox.running import HomeState
from screentest.client.sandbox.s3.fault_proxy import fault_proxy
from screentest.client.sandbox.s3.seaweedfs import S3Server, start_s3_server
from screentest.client.sandbox.settings import SandboxSettings, load_settings
from screentest.prep.core.locks import taken

_ATTEMPTS = 3
_LAST_RUN_WAIT_S = 20.0
_POLL_S = 0.25
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """How a sandbox is served.

    ``as_child``: it belongs to one command, ends when standard input closes, and is not offered to
    other commands. ``turn_wait_s``: how long to wait for another sandbox on the same folder.
    ``faults``: what is to go wrong. ``strict``: refuse fields that a model does not have.
    ``says_how_to_end``: a line on stderr, for whoever looks at it.
    """

    as_json: bool
    as_child: bool = False
    turn_wait_s: float = 0.0
    faults: tuple[Fault, ...] = ()
    strict: bool = False
    says_how_to_end: bool = False


def serve(
    data: Path,
    *,
    home: Path,
    as_json: bool,
    faults: tuple[Fault, ...] = (),
    strict: bool = False,
    says_how_to_end: bool = False,
) -> None:
    """Serve the folder until SIGINT, SIGTERM or SIGHUP; returns when everything has ended.

    The first thing on stdout, and the only one, is the environment for clients: one JSON line
    ``{"env": {...}}``, or ``export`` lines. Raises SandboxError where the folder is already served,
    a server does not start, or one dies.
    """
    options = ServeOptions(as_json, faults=faults, strict=strict, says_how_to_end=says_how_to_end)
    serve_with(options, data=data, home=home)


def serve_with(options: ServeOptions, *, data: Path, home: Path) -> None:
    """As ``serve``, with all of its options."""
    stop = threading.Event()
    folder = DataFolder(data.expanduser().absolute()).create()
    settings = load_settings(folder.settings)
    settings = replace(settings, strict=settings.strict or options.strict)
    with ExitStack() as stack:
        stack.enter_context(_stopped_by_signals(stop))
        command = os.getppid() if options.as_child else os.getpid()
        stack.enter_context(_folder_lock(folder, wait_s=options.turn_wait_s, command=command))
        state = None if options.as_child else _home_state(stack, home)
        account = load_account(folder)
        stack.enter_context(logging_to(folder.logs / "api.log", account))
        start = _Start(folder, account, settings, FaultPlan(options.faults), options.as_child)
        started = _started_servers(stack, start, stop)
        if started is None:
            return
        s3_server, ports = started
        env = environment(ports, account)
        if state is not None:
            state.publish(env, data=folder.path)
        if options.as_child:
            _stop_at_end_of_stdin(stop)
        print(environment_text(env, as_json=options.as_json), flush=True)  # noqa: T201
        if options.says_how_to_end:
            print("serving, Ctrl-C ends it", file=sys.stderr, flush=True)  # noqa: T201
        while s3_server.alive and not stop.wait(_POLL_S):
            pass
        s3_server.release()
        if not stop.is_set():
            raise SandboxError("The sandbox's S3 server stopped on its own.", f"See {s3_server.log}.")


def environment(ports: Ports, account: SandboxKeys) -> dict[str, str]:
    """What any client needs to use the sandbox, by the names that clients read.

    The base URL is the bare origin, as the service's official clients want it; the API answers
    below ``/api/v3`` and accepts a base URL that ends in it as well.
    """
    return {
        "WAVESPEED_BASE_URL": f"http://{LOOPBACK}:{ports.api}",
        "WAVESPEED_API_KEY": account.api_key,
        "AWS_ENDPOINT_URL_S3": f"http://{LOOPBACK}:{ports.s3}",
        "AWS_ACCESS_KEY_ID": account.access_key_id,
        "AWS_SECRET_ACCESS_KEY": account.secret_access_key,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "SCREENTEST_BUCKET": BUCKET,
    }


def environment_text(env: Mapping[str, str], *, as_json: bool) -> str:
    """The environment as one JSON line, or as ``export`` lines for a POSIX shell."""
    if as_json:
        import json

        return json.dumps({"env": dict(env)})
    return "\n".join(f"export {name}={shlex.quote(value)}" for name, value in env.items())


@contextmanager
def _stopped_by_signals(stop: threading.Event) -> Iterator[None]:
    """Signals set the event while the block runs; outside the main thread they are left alone."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def handle(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {name: signal.signal(name, handle) for name in _STOP_SIGNALS}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


def _stop_at_end_of_stdin(stop: threading.Event) -> None:
    """Set the event when standard input, a pipe that only the parent holds, closes."""

    def wait() -> None:
        while os.read(0, 4096):
            pass
        stop.set()

    threading.Thread(target=wait, name="parent", daemon=True).start()


@contextmanager
def _folder_lock(folder: DataFolder, *, wait_s: float, command: int) -> Iterator[None]:
    """``command``: the number of the process that the user sees."""
    handle = taken(folder.lock, wait_s=wait_s)
    if handle is None:
        raise SandboxError(
            f"A sandbox already serves {folder.path}.",
            "Use that one, stop it, or choose another folder with --data.",
        )
    # For the message of whoever waits; a full disk must not stop this one.
    with suppress(OSError):
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(command).encode(), 0)
    try:
        yield
    finally:
        os.close(handle)


def _home_state(stack: ExitStack, home: Path) -> HomeState | None:
    """The home's state; None where another sandbox has it: this one is reached by its env alone."""
    state = HomeState.acquire(home)
    if state is None:
        print(  # noqa: T201
            "Another sandbox serves this home; --sandbox keeps using that one.", file=sys.stderr
        )
        return None
    stack.callback(state.release)
    return state


@contextmanager
def logging_to(path: Path, account: SandboxKeys) -> Iterator[None]:
    """Server logs go to a file, without keys, signatures and presigned queries."""
    path.touch(mode=0o600)
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(RedactingFormatter(account.secrets))
    names = ("uvicorn", "screentest.client.sandbox")
    for name in names:
        logging.getLogger(name).addHandler(handler)
        logging.getLogger(name).propagate = False
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    try:
        yield
    finally:
        for name in names:
            logging.getLogger(name).removeHandler(handler)
            logging.getLogger(name).propagate = True
        handler.close()


@dataclass(frozen=True, slots=True)
class _Start:
    """What both servers are started with."""

    folder: DataFolder
    account: SandboxKeys
    settings: SandboxSettings
    faults: FaultPlan
    as_child: bool


def _started_servers(
    stack: ExitStack, start: _Start, stop: threading.Event
) -> tuple[S3Server, Ports] | None:
    """Both servers, ready, and where clients find them; None where ``stop`` was set meanwhile.

    Other programs may take a port between the choice and its use, so new ones are tried.
    """
    for attempt in range(_ATTEMPTS):
        tried = stack.enter_context(ExitStack())
        _wait_for_last_run(start.folder)
        ports = choose_ports(start.folder.ports, fresh=attempt > 0)
        listener = open_listener(ports.api)
        if listener is None:
            continue
        tried.callback(listener.close)
        server_ports = _with_faults_before(tried, ports, start.faults)
        if server_ports is None:
            continue
        s3_server = _started_s3_server(tried, start, server_ports)
        ready = threading.Event()
        tried.enter_context(
            running_api(
                start.folder,
                start.settings,
                start.account,
                listener,
                faults=start.faults,
                work_when=ready,
            )
        )
        if s3_server.wait_ready(abandoned=stop.is_set):
            ready.set()
            return s3_server, ports
        if stop.is_set():
            return None
        still_there = s3_server.alive
        tried.close()
        if still_there:
            break
    log = start.folder.logs / "s3.log"
    raise SandboxError("The sandbox's S3 server did not get ready.", f"See {log}.")


def _with_faults_before(stack: ExitStack, ports: Ports, faults: FaultPlan) -> Ports | None:
    """The ports with the S3 server behind its faults, where there are any; None for a taken one.

    Clients find it at the same port with them and without: a URL that was presigned for the one is
    served by the other.
    """
    if not faults.targets("s3"):
        return ports
    try:
        stack.enter_context(fault_proxy(ports.behind, faults=faults, port=ports.s3))
    except OSError:
        return None
    return replace(ports, s3=ports.behind)


def _wait_for_last_run(folder: DataFolder) -> None:
    """Wait for the S3 server of the last run: until it has ended its ports are taken, and with other
    ports every URL presigned for them is dead.
    """
    lock = taken(folder.s3_lock, wait_s=_LAST_RUN_WAIT_S)
    if lock is not None:
        os.close(lock)


def _started_s3_server(stack: ExitStack, start: _Start, ports: Ports) -> S3Server:
    """The S3 server over this folder, once the last one that used it has ended."""
    lock = taken(start.folder.s3_lock, wait_s=_LAST_RUN_WAIT_S)
    if lock is None:
        raise SandboxError(
            f"An S3 server of an earlier run still uses {start.folder.objects}.",
            "End the process named weed that has it open.",
        )
    try:
        s3_server = start_s3_server(start.folder, ports, start.account, lock=lock)
    finally:
        os.close(lock)
    stack.callback(s3_server.release if start.as_child else s3_server.stop)
    return s3_server
