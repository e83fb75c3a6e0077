"""The studio served until it is stopped."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from screentest.client.serving import served
from screentest.client.studio.doors.door import Doors
from screentest.client.studio.doors.secret import studio_secret
from screentest.client.studio.server.app import build_app
from screentest.client.studio.server.film_routes import film_routes
from screentest.client.studio.server.studio import Studio


@contextmanager
def serving(studio: Studio, listener: socket.socket) -> Iterator[str]:
    """The URL that lets its reader in, while the block runs."""
    host, port = listener.getsockname()[:2]
    secret = studio_secret(studio.home)
    app = build_app(studio, more=film_routes(studio))
    studio.start()
    try:
        with served(Doors(app, secret=secret, host=host, port=port), listener, name="studio"):
            yield f"http://{host}:{port}/?token={secret.token}"
    finally:
        studio.close()


def listener_for(home, port):
    from screentest.client.sandbox.api.server import open_listener

    return open_listener(port or 0)
