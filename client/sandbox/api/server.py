"""The API stand-in as a server in a thread of its own."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from screentest.client.sandbox.account import Account, Folder
from screentest.client.sandbox.faults import FaultBook
from screentest.client.sandbox.ports import LOOPBACK
from screentest.client.sandbox.settings import Settings

if TYPE_CHECKING:
    import uvicorn

    from screentest.client.sandbox.work.worker import Workers

_GRACE_S = 2
_WORK_WAIT_S = 0.5


def listening(port: int) -> socket.socket | None:
    """A socket that listens on the loopback port, None where another program has just taken it."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
        listener.listen(128)
    except OSError:
        listener.close()
        return None
    return listener


@contextmanager
def api_up(
    folder: Folder,
    settings: Settings,
    account: Account,
    listener: socket.socket,
    *,
    faults: FaultBook | None = None,
    work_when: threading.Event | None = None,
    now: Callable[[], float] = time.time,
) -> Iterator[str]:
    """The API stand-in, answering on a listening socket while the block runs; its origin.

    ``work_when``: set once tasks may be worked on: one that an earlier run left unfinished would
    fail for want of the S3 server. ``now``: Unix seconds.
    """
    import uvicorn

    from screentest.client.sandbox.api.app import build_app
    from screentest.client.sandbox.api.interference import resettable
    from screentest.client.sandbox.api.journal import Journal
    from screentest.client.sandbox.work.tasks import TaskStore
    from screentest.client.sandbox.work.worker import Site, Workers

    store = TaskStore(folder.tasks)
    origin = f"http://{LOOPBACK}:{listener.getsockname()[1]}"
    site = Site(folder, settings, store, origin, account.webhook_secret)
    workers = Workers(site, now=now)
    with closing(Journal(folder.journal, secrets=account.secrets)) as journal:
        app = build_app(site, account=account, journal=journal, workers=workers, faults=faults, now=now)
        config = uvicorn.Config(
            resettable(app),
            log_config=None,
            access_log=False,
            lifespan="off",
            ws="none",
            server_header=False,
            timeout_graceful_shutdown=_GRACE_S,
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(
            target=server.run, kwargs={"sockets": [listener]}, name="api", daemon=True
        )
        thread.start()
        if work_when is None:
            workers.start()
        else:
            threading.Thread(target=_start_when, args=(workers, work_when), daemon=True).start()
        try:
            _wait_until(lambda: server.started or not thread.is_alive())
            yield origin
        finally:
            _end_api(server, thread)
            if workers.stop(wait_s=_WORK_WAIT_S):
                store.close()


def _start_when(workers: Workers, ready: threading.Event) -> None:
    ready.wait()
    workers.start()


def _wait_until(done: Callable[[], bool], *, wait_s: float = 10.0) -> None:
    deadline = time.monotonic() + wait_s
    while not done() and time.monotonic() < deadline:
        time.sleep(0.005)


def _end_api(server: uvicorn.Server, thread: threading.Thread) -> None:
    server.should_exit = True
    thread.join(_GRACE_S + 2)
