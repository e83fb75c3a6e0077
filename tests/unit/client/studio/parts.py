"""What tests of the studio's doors share: requests as a browser sends them."""

from __future__ import annotations

from typing import Any

from screentest.client.studio.doors.names import names_served
from screentest.client.studio.doors.ruling import Threshold
from screentest.client.studio.doors.visit import Visit, visit_of

PORT = 8765
HOST = f"127.0.0.1:{PORT}"
ORIGIN = f"http://{HOST}"
TOKEN, COOKIE, COOKIE_NAME = "t" * 43, "c" * 43, "screentest-home"
WITH_COOKIE: dict[str, Any] = {"cookie": f"{COOKIE_NAME}={COOKIE}"}


def threshold(**changes: Any) -> Threshold:
    """The doors of a studio at 127.0.0.1."""
    given: dict[str, Any] = {
        "scheme": "http",
        "names": names_served("127.0.0.1", PORT, scheme="http"),
        "token": TOKEN,
        "cookie_name": COOKIE_NAME,
        "cookie": COOKIE,
        "form_bytes": 1_000,
        "upload_bytes": 5_000,
        "uploads": frozenset({"/footage/drop"}),
    }
    return Threshold(**given | changes)


def visit(
    target: str = "/",
    *,
    method: str = "GET",
    more: tuple[tuple[str, str], ...] = (),
    **headers: str | None,
) -> Visit:
    """A request to the studio. Headers with ``_`` for ``-``; one of None is left out."""
    path, _, query = target.partition("?")
    named: dict[str, str | None] = {"host": HOST, **headers}
    pairs = [(key.replace("_", "-"), value) for key, value in named.items() if value is not None]
    return visit_of(
        {
            "method": method,
            "raw_path": path.encode("latin-1"),
            "path": path,
            "query_string": query.encode("latin-1"),
            "headers": [(k.encode(), v.encode("latin-1")) for k, v in (*pairs, *more)],
        }
    )
