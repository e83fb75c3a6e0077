"""A host that has nothing but an S3 server: run in a network namespace of its own by tests.

``python -m tests.integration.hosts.s3_host FOLDER ADDRESS`` tells in one line of JSON what is needed,
and serves at that address until its input ends.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
from contextlib import suppress
from pathlib import Path

from screentest.client.sandbox.account import REGION
from tests.integration.sandbox_parts import new_bucket, s3_up


def serve(folder: Path, address: str) -> None:
    with s3_up(folder) as server:
        port = server.ports.s3
        listener = socket.create_server((address, port))
        threading.Thread(target=_accept, args=(listener, port), daemon=True).start()
        told = {
            "AWS_ENDPOINT_URL_S3": f"http://{address}:{port}",
            "AWS_ACCESS_KEY_ID": server.account.access_key_id,
            "AWS_SECRET_ACCESS_KEY": server.account.secret_access_key,
            "AWS_DEFAULT_REGION": REGION,
            "SCREENTEST_BUCKET": new_bucket(server),
        }
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
        sys.stdin.read()


def _accept(listener: socket.socket, port: int) -> None:
    """Passes each connection on to the server, which listens to its own host alone."""
    while True:
        outer, _ = listener.accept()
        inner = socket.create_connection(("127.0.0.1", port))
        for one, other in ((outer, inner), (inner, outer)):
            threading.Thread(target=_pass_on, args=(one, other), daemon=True).start()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while block := source.recv(65_536):
            target.sendall(block)
        target.shutdown(socket.SHUT_WR)


if __name__ == "__main__":
    serve(Path(sys.argv[1]), sys.argv[2])
