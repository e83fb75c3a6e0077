"""The headers of every reply, and the replies that the doors give themselves."""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Iterable, Sequence
from typing import Final

from screentest.client.studio.doors.ruling import READS, WRITES, LetIn, Refused, Threshold

Headers = list[tuple[bytes, bytes]]

CONTENT_SECURITY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
FIXED: Final[dict[str, str]] = {
    "Content-Security-Policy": CONTENT_SECURITY,
    "X-Content-Type-Options": "nosniff",
    # With "no-referrer" a form would be sent with the Origin "null" (Fetch, "append a request Origin
    # header"), which is refused. No other site is told anything by this one either.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(
        f"{feature}=()"
        for feature in ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")
    ),
}
STATIC: Final = "/static/"
_KEPT_FOR_S: Final = 30 * 24 * 3600


def with_fixed(given: Iterable[tuple[bytes, bytes]], path: str) -> Headers:
    """A reply's headers with the fixed ones, which nothing that the application said weakens.

    A page is kept nowhere. What it is made of may be kept by this browser, and is asked for again
    each time. A reply that says something else of itself is believed, but for other people's caches.
    """
    names = {name.lower().encode() for name in FIXED}
    headers = [(key.lower(), value) for key, value in given if key.lower() not in names]
    said = b",".join(value for key, value in headers if key == b"cache-control")
    if not said or b"public" in said.lower():
        headers = [pair for pair in headers if pair[0] != b"cache-control"]
        headers.append(
            (b"cache-control", b"private, no-cache" if path.startswith(STATIC) else b"no-store")
        )
    return headers + [(name.lower().encode(), value.encode()) for name, value in FIXED.items()]


def refusal(refused: Refused) -> tuple[Headers, bytes]:
    """Headers and body of a refusal."""
    allow = [(b"allow", ", ".join(READS + WRITES).encode())] if refused.status == 405 else []
    return _of_ours("text/plain", refused.words + "\n", allow)


def lost_page() -> tuple[Headers, bytes]:
    """Headers and body of what somebody sees who opens the studio without its token.

    The studio's own style lies behind the doors: this page brings the little that it needs, and no
    other is taken.
    """
    headers, body = _of_ours("text/html", _LOST_PAGE, [])
    own = CONTENT_SECURITY.replace("style-src 'self'", f"style-src '{_hash_of(_LOST_STYLE)}'")
    return [
        (key, own.encode() if key == b"content-security-policy" else value) for key, value in headers
    ], body


def _hash_of(text: str) -> str:
    """What a Content-Security-Policy calls an inline text by."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


_LOST_STYLE: Final = """
:root { color-scheme: dark light; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center;
  background: light-dark(#f5f6f8, #14171c); color: light-dark(#1a1f27, #e8ebf0);
  font: 15px/1.5 system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
main { max-width: 34rem; margin: 1rem; padding: 1.2rem 1.6rem; border-radius: 6px;
  background: light-dark(#fff, #1b1f26); border: 1px solid light-dark(#cdd3dc, #343c48); }
b { font-size: 13px; } h1 { font-size: 1.3rem; margin: .3rem 0 .6rem; } p { margin: 0; }
code { font-family: ui-monospace, "DejaVu Sans Mono", monospace; }
"""
_LOST_PAGE: Final = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Studio · Screentest</title>'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    f'<link rel="icon" href="data:,"><style>{_LOST_STYLE}</style>'
    "<main><b>Screentest</b><h1>This browser does not know the studio yet</h1>"
    "<p>Open the address that stands after <code>Studio:</code> in the terminal where the studio was "
    "started; if that terminal is gone, start the studio again.</p></main></html>\n"
)


def welcome(let_in: LetIn, threshold: Threshold) -> tuple[int, Headers, bytes]:
    """Status, headers and body of the reply to a right token."""
    cookie = [(b"set-cookie", set_cookie(threshold).encode())]
    if not let_in.by_page:
        headers, body = _of_ours("text/plain", "", [*cookie, (b"location", let_in.location.encode())])
        return 303, headers, body
    target = html.escape(let_in.location)
    page = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Studio</title>'
        f'<meta http-equiv="refresh" content="0;url={target}">'
        f'<p><a href="{target}">Open the studio</a></p>\n'
    )
    headers, body = _of_ours("text/html", page, cookie)
    return 200, headers, body


def set_cookie(threshold: Threshold) -> str:
    """The Set-Cookie of a browser that is let in. No page's script reads it."""
    secure = "; Secure" if threshold.scheme == "https" else ""
    return (
        f"{threshold.cookie_name}={threshold.cookie}; Path=/; Max-Age={_KEPT_FOR_S}; HttpOnly; "
        f"SameSite=Strict{secure}"
    )


def _of_ours(kind: str, text: str, more: Sequence[tuple[bytes, bytes]]) -> tuple[Headers, bytes]:
    """A reply of the doors themselves: it may stand at an address with a token, which goes nowhere."""
    body = text.encode()
    headers = with_fixed(
        [
            (b"content-type", f"{kind}; charset=utf-8".encode()),
            (b"content-length", str(len(body)).encode()),
            *more,
        ],
        "/",
    )
    return [
        (key, b"no-referrer" if key == b"referrer-policy" else value) for key, value in headers
    ], body
