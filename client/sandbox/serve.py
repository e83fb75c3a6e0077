"""``sandbox up``: S3 and the API stand-in of one folder, served until told to stop."""

from __future__ import annotations

import logging
import os
import shlex
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType

from screentest.client.errors import SandboxError
from screentest.client.sandbox.account import BUCKET, REGION, Account, Folder, load_account
from screentest.client.sandbox.api.server import api_up, listening
from screentest.client.sandbox.faults import Fault, FaultBook
from screentest.client.sandbox.locks import taken
from screentest.client.sandbox.ports import LOOPBACK, Ports, choose_ports
from screentest.client.sandbox.redact import RedactingFormatter
from screentest.client.sandbox.running import HomeState
from screentest.client.sandbox.s3.relay import relayed
from screentest.client.sandbox.s3.seaweedfs import Weed, start_weed
from screentest.client.sandbox.settings import Settings, load_settings

_TRIES = 3
_LAST_ONE_GONE_S = 20.0
_LOOK_S = 0.25
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True, slots=True)
class Terms:
    """How a sandbox is served.

    ``as_child``: it belongs to one command: it ends when standard input ends, and is not offered to
    other commands. ``turn_wait_s``: how long to wait for another sandbox on the same folder.
    ``faults``: what is to go wrong.
    """

    as_json: bool
    as_child: bool = False
    turn_wait_s: float = 0.0
    faults: tuple[Fault, ...] = ()


def serve(data: Path, *, home: Path, as_json: bool, faults: tuple[Fault, ...] = ()) -> None:
    """Serve the folder until SIGINT, SIGTERM or SIGHUP; returns when everything has ended.

    The first thing on stdout, and the only one, is the environment for clients: one JSON line
    ``{"env": {...}}``, or ``export`` lines. Raises SandboxError where the folder is already served,
    a server cannot start, or one dies.
    """
    serve_on(data, home=home, terms=Terms(as_json, faults=faults))


def serve_on(data: Path, *, home: Path, terms: Terms) -> None:
    """As ``serve``, on the given terms."""
    stop = threading.Event()
    folder = Folder(data.expanduser().absolute()).made()
    settings = load_settings(folder.settings)
    with ExitStack() as stack:
        stack.enter_context(_stopped_by_signals(stop))
        stack.enter_context(_only_one(folder, wait_s=terms.turn_wait_s))
        state = None if terms.as_child else _home_state(stack, home)
        account = load_account(folder)
        stack.enter_context(_logging_to(folder.logs / "api.log", account))
        faults = FaultBook(terms.faults)
        weed = _ready_weed(
            stack, folder, account, settings, stop, faults=faults, as_child=terms.as_child
        )
        if weed is None:
            return
        ports = weed.ports
        if faults.concerns("s3"):
            ports = replace(ports, s3=stack.enter_context(relayed(ports.s3, faults=faults)))
        env = environment(ports, account)
        if state is not None:
            state.announce(env, data=folder.path)
        if terms.as_child:
            _stop_at_end_of_stdin(stop)
        print(_told(env, as_json=terms.as_json), flush=True)  # noqa: T201
        while weed.alive and not stop.wait(_LOOK_S):
            pass
        weed.release()
        if not stop.is_set():
            raise SandboxError("The sandbox's S3 server ended by itself.", f"See {weed.log}.")


def environment(ports: Ports, account: Account) -> dict[str, str]:
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


def _told(env: Mapping[str, str], *, as_json: bool) -> str:
    if as_json:
        import json

        return json.dumps({"env": dict(env)})
    return "\n".join(f"export {name}={shlex.quote(value)}" for name, value in env.items())


@contextmanager
def _stopped_by_signals(stop: threading.Event) -> Iterator[None]:
    """Signals set the event while the block runs; elsewhere than in the main thread they cannot."""
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
    """Standard input is a pipe that only the parent holds: its end is the parent's."""

    def wait() -> None:
        while os.read(0, 4096):
            pass
        stop.set()

    threading.Thread(target=wait, name="parent", daemon=True).start()


@contextmanager
def _only_one(folder: Folder, *, wait_s: float) -> Iterator[None]:
    handle = taken(folder.lock, wait_s=wait_s)
    if handle is None:
        raise SandboxError(
            f"A sandbox already serves {folder.path}.",
            "Use that one, stop it, or choose another folder with --data.",
        )
    try:
        yield
    finally:
        os.close(handle)


def _home_state(stack: ExitStack, home: Path) -> HomeState | None:
    """The home's state where no other sandbox has it; else this one is reached by its env alone."""
    state = HomeState.taken(home)
    if state is None:
        print(  # noqa: T201
            "Another sandbox serves this home: --sandbox goes on using that one.", file=sys.stderr
        )
        return None
    stack.callback(state.release)
    return state


@contextmanager
def _logging_to(path: Path, account: Account) -> Iterator[None]:
    """Server logs go to a file, without keys, signatures and presigned queries."""
    path.touch(mode=0o600)
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(RedactingFormatter(account.secrets))
    names = ("uvicorn", "client.sandbox")
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


def _ready_weed(
    stack: ExitStack,
    folder: Folder,
    account: Account,
    settings: Settings,
    stop: threading.Event,
    *,
    faults: FaultBook,
    as_child: bool,
) -> Weed | None:
    """Both servers, ready; None where it was told to stop meanwhile.

    Other programs may take a port between the choice and its use, so new ones are tried.
    """
    log = folder.logs / "s3.log"
    for attempt in range(_TRIES):
        tried = stack.enter_context(ExitStack())
        _last_one_gone(folder)
        ports = choose_ports(folder.ports, afresh=attempt > 0)
        listener = listening(ports.api)
        if listener is None:
            continue
        tried.callback(listener.close)
        weed = _started_weed(tried, folder, ports, account, as_child=as_child)
        ready = threading.Event()
        tried.enter_context(api_up(folder, settings, account, listener, faults=faults, work_when=ready))
        if weed.wait_ready(abandoned=stop.is_set):
            ready.set()
            return weed
        if stop.is_set():
            return None
        still_there = weed.alive
        tried.close()
        if still_there:
            break
    raise SandboxError("The sandbox's S3 server did not get ready.", f"See {log}.")


def _last_one_gone(folder: Folder) -> None:
    """Wait for the S3 server of the last run: while it ends, its ports seem to be another's, and
    URLs that were presigned for them would lead nowhere for ever.
    """
    lock = taken(folder.path / "s3.lock", wait_s=_LAST_ONE_GONE_S)
    if lock is not None:
        os.close(lock)


def _started_weed(
    stack: ExitStack, folder: Folder, ports: Ports, account: Account, *, as_child: bool
) -> Weed:
    """The S3 server over this folder, once the last one that used it is gone."""
    lock = taken(folder.path / "s3.lock", wait_s=_LAST_ONE_GONE_S)
    if lock is None:
        raise SandboxError(
            f"An S3 server that was left behind still uses {folder.objects}.",
            "End the process named weed that has it open.",
        )
    try:
        weed = start_weed(folder, ports, account, lock=lock)
    finally:
        os.close(lock)
    stack.callback(weed.release if as_child else weed.stop)
    return weed
