"""The API stand-in, served by uvicorn in a thread of its own."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from typing import TYPE_CHECKING

from screentest.client.sandbox.account import SandboxKeys
from screentest.client.sandbox.faults import FaultPlan
from screentest.client.sandbox.folder import DataFolder
from screentest.client.sandbox.ports import LOOPBACK
from screentest.client.sandbox.settings import SandboxSettings
from screentest.client.serving import served

if TYPE_CHECKING:
    from screentest.client.sandbox.work.worker import TaskWorkers

_WORK_WAIT_S = 0.5


def open_listener(port: int) -> socket.socket | None:
    """A socket listening on the loopback port; None where another program has just taken it."""
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
def running_api(
    folder: DataFolder,
    settings: SandboxSettings,
    account: SandboxKeys,
    listener: socket.socket,
    *,
    faults: FaultPlan | None = None,
    work_when: threading.Event | None = None,
    now: Callable[[], float] = time.time,
) -> Iterator[str]:
    """The origin of the API stand-in, which serves a listening socket while the block runs.

    ``work_when``: is set once tasks may be worked on. A task that an earlier run left unfinished would
    fail while the S3 server is not ready. ``now``: Unix seconds.
    """
    from screentest.client.sandbox.api.app import build_app
    from screentest.client.sandbox.api.fault_injection import resettable
    from screentest.client.sandbox.api.journal import Journal
    from screentest.client.sandbox.api.webhooks import send_webhook
    from screentest.client.sandbox.work.backend import Backend
    from screentest.client.sandbox.work.tasks import TaskStore
    from screentest.client.sandbox.work.worker import TaskWorkers

    store = TaskStore(folder.tasks)
    origin = f"http://{LOOPBACK}:{listener.getsockname()[1]}"
    backend = Backend(folder, settings, store, origin)
    send = partial(send_webhook, base_url=origin, secret=account.webhook_secret, now=now)
    workers = TaskWorkers(backend, send_webhook=send, now=now)
    with closing(Journal(folder.journal, secrets=account.secrets)) as journal:
        app = build_app(
            backend, account=account, journal=journal, workers=workers, faults=faults, now=now
        )
        try:
            with served(resettable(app), listener, name="api"):
                if work_when is None:
                    workers.start()
                else:
                    threading.Thread(target=_start_when, args=(workers, work_when), daemon=True).start()
                yield origin
        finally:
            if workers.stop(wait_s=_WORK_WAIT_S):
                store.close()


def _start_when(workers: TaskWorkers, ready: threading.Event) -> None:
    ready.wait()
    workers.start()
