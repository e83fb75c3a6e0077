"""What is done with a request, before anything else looks at it: pure.

The order is the order of trust. First the name by which the browser knows this server, as a page that
has rebound its name to this address is told nothing. Then whether the request has a plain shape, then
which page sent it, and last whether that page's browser was let in.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from typing import Final

from screentest.client.studio.doors.visit import (
    LONGEST_TARGET,
    MOST_HEADER_BYTES,
    MOST_HEADERS,
    Visit,
    is_plain_path,
    is_plain_query,
)

READS: Final = ("GET", "HEAD")
WRITES: Final = ("POST", "PUT", "DELETE")
OURS: Final = ("", "none", "same-origin")
"""Sec-Fetch-Site where no other page had a part in it; "" from what sends none."""
_SITE: Final = "sec-fetch-site"
_ONCE: Final = ("origin", _SITE, "sec-fetch-mode", "sec-fetch-dest", "content-length")


@dataclass(frozen=True, slots=True)
class Threshold:
    """What a request is measured by. ``names``: each Host that is answered, with its port.

    ``uploads``: the paths whose bodies may have ``upload_bytes``; every other body has ``form_bytes``.
    ``tickets``: tokens that let in once.
    """

    scheme: str
    names: frozenset[str]
    token: str = field(repr=False)
    cookie_name: str
    cookie: str = field(repr=False)
    form_bytes: int
    upload_bytes: int
    uploads: frozenset[str]
    tickets: frozenset[str] = field(default=frozenset(), repr=False)

    def most_bytes(self, path: str) -> int:
        return self.upload_bytes if path in self.uploads else self.form_bytes


@dataclass(frozen=True, slots=True)
class Admitted:
    """It goes on to the application."""


@dataclass(frozen=True, slots=True)
class LetIn:
    """It brought the token: it gets the cookie, and goes to the same address without the token.

    ``by_page``: by a page that leads there. A browser keeps a strict cookie back from a redirect that
    another site's link began, and sends it with what our own page asks for.
    """

    location: str
    by_page: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """It gets a status and a sentence."""

    status: int
    words: str


NAMELESS: Final = Refused(403, "This studio does not answer to that name.")
TWICE: Final = Refused(400, "A header came twice.")
TOO_MANY_HEADERS: Final = Refused(431, "The headers are too large.")
TOO_LONG: Final = Refused(414, "The address is too long.")
CROOKED: Final = Refused(400, "The address is not a plain path.")
NO_METHOD: Final = Refused(405, "That method is not served.")
FOREIGN: Final = Refused(403, "Another page asked for this. Open the studio by its own address.")
UNKNOWN: Final = Refused(
    403, "Open the address that was printed when the studio started: its token lets you in."
)
TOO_LARGE: Final = Refused(413, "That is larger than this studio takes.")
TOO_SLOW: Final = Refused(408, "The rest of it did not come.")
FAILED: Final = Refused(500, "Something went wrong inside the studio. Its log says what.")


def ruling(visit: Visit, threshold: Threshold) -> Admitted | LetIn | Refused:
    """What is done with a request."""
    if len(visit.every("host")) != 1 or visit.one("host") not in threshold.names:
        return NAMELESS
    if (crooked := misshapen(visit)) is not None:
        return crooked
    if visit.tokens and visit.method in READS:
        return _by_token(visit, threshold)
    if not is_from_our_page(visit, threshold.scheme):
        return FOREIGN
    if not has_cookie(visit, threshold):
        return UNKNOWN
    return TOO_LARGE if visit.declared_bytes > threshold.most_bytes(visit.path) else Admitted()


def misshapen(visit: Visit) -> Refused | None:
    """What is wrong with a request whoever sent it."""
    if len(visit.headers) > MOST_HEADERS or visit.header_bytes > MOST_HEADER_BYTES:
        return TOO_MANY_HEADERS
    if any(len(visit.every(name)) > 1 for name in _ONCE):
        return TWICE
    if len(visit.raw_path) + len(visit.query) > LONGEST_TARGET:
        return TOO_LONG
    if not is_plain_path(visit.raw_path) or not is_plain_query(visit.query):
        return CROOKED
    return None if visit.method in READS + WRITES else NO_METHOD


def is_from_our_page(visit: Visit, scheme: str) -> bool:
    """Whether no other page had a part in it, as far as its browser tells.

    What changes something has to prove it: by its Origin, or where that is missing by Sec-Fetch-Site,
    which no page can set. Another server of this machine is another page: cookies know no ports.
    """
    origin, site = visit.one("origin"), visit.one(_SITE)
    if site not in OURS or (origin and origin != f"{scheme}://{visit.one('host')}"):
        return False
    return visit.method in READS or bool(origin) or site == "same-origin"


def has_cookie(visit: Visit, threshold: Threshold) -> bool:
    """Whether its browser was let in. Another server of this machine may have set a second cookie of
    the name: that one neither opens nor closes.
    """
    lines = "; ".join(visit.every("cookie"))
    cookies = [part.strip().partition("=") for part in lines.split(";")]
    found = [value for name, _, value in cookies if name == threshold.cookie_name]
    return any(_same(value, threshold.cookie) for value in found)


def _by_token(visit: Visit, threshold: Threshold) -> LetIn | Refused:
    origin, site = visit.one("origin"), visit.one(_SITE)
    if origin and origin != f"{threshold.scheme}://{visit.one('host')}":
        return FOREIGN
    if site not in OURS and not _is_top_level(visit):
        return FOREIGN
    right = (threshold.token, *threshold.tickets)
    knows = any(_same(token, one) for token in visit.tokens for one in right)
    # An old address with a token that was replaced still leads whoever was let in by the new one.
    if not knows and not (site in OURS and has_cookie(visit, threshold)):
        return UNKNOWN
    return LetIn(visit.without_token, by_page=site not in OURS)


def _is_top_level(visit: Visit) -> bool:
    """Whether it fills a tab: a link that was clicked, and not a frame, a picture or a script."""
    return visit.one("sec-fetch-mode") == "navigate" and visit.one("sec-fetch-dest") == "document"


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode(), wanted.encode())
