"""The studio served until it is stopped."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

from screentest.client.serving import served
from screentest.client.studio.doors.address import (
    Listening,
    fresh_ports,
    keep_port,
    kept_ports,
    listener_at,
    usable,
)
from screentest.client.studio.doors.door import Doors
from screentest.client.studio.doors.secret import studio_secret
from screentest.client.studio.server.app import build_app
from screentest.client.studio.server.film_routes import film_routes
from screentest.client.studio.server.studio import Studio


@dataclass(frozen=True, slots=True)
class WayIn:
    """Two URLs. ``printed`` lets in whoever has it; ``once`` the browser that is started with it, as
    other users of the machine see the command lines of programs.
    """

    printed: str
    once: str


@contextmanager
def serving(studio: Studio, plan: Listening) -> Iterator[WayIn]:
    """The way in to a studio that is started, while the block runs.

    Raises ConfigError where it cannot listen there, or its secret or certificate cannot be used.
    """
    tls = usable(plan.tls) if plan.tls else None
    files = {"ssl_certfile": tls.certificate, "ssl_keyfile": tls.key} if tls else {}
    secret = studio_secret(studio.home)
    plan = plan.at(kept=kept_ports(studio.home), fresh=fresh_ports())
    with closing(listener_at(plan)) as listener:
        port = listener.getsockname()[1]
        keep_port(studio.home, port, is_asked=plan.is_asked)
        app = build_app(studio, more=film_routes(studio))
        doors = Doors(app, secret=secret, host=plan.host, port=port, is_tls=tls is not None)
        with served(doors, listener, name="studio", http="h11", **files):
            entrance = f"{plan.origin(port)}/?token="
            try:
                yield WayIn(entrance + secret.token, entrance + doors.ticket())
            finally:
                studio.stop()  # pages that listen would hold the server up
