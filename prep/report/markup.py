"""HTML made safe: escaping, data URIs, and the frame of a page with its security policy. Pure.

A page loads nothing. Its policy allows pictures and videos that the page itself holds and
the one style sheet in it, named by its hash; there is no script, so none is allowed. A file name that
looks like markup is text.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
from functools import cache
from importlib.resources import files
from string import Template

from screentest.prep.core.text import printable

_OPTION = re.compile(r"(?<!\S)--[a-z][a-z-]*")
MARKER = '<meta name="generator" content="screentest">'


def escaped(text: str) -> str:
    """``text`` as it may stand in an element or a quoted attribute, control characters made visible."""
    return html.escape(printable(text), quote=True)


def sentence(text: str) -> str:
    """Escaped words for people; options in them are set as code and never broken at their dashes."""
    return _OPTION.sub(r"<code>\g<0></code>", escaped(text))


def data_uri(kind: str, content: bytes) -> str:
    """Bytes as an address that needs no network."""
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


def framed(body: str, *, title: str) -> str:
    """A whole page. ``title`` is plain text, ``body`` is markup made of escaped parts."""
    style = _asset("report.css")
    return Template(_asset("page.html")).substitute(
        marker=MARKER, policy=policy_for(style), title=escaped(title), style=style, body=body
    )


def policy_for(style: str) -> str:
    """The Content-Security-Policy of a page with this style sheet."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")
    return (
        "default-src 'none'; img-src data:; media-src data:; "
        f"style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )


@cache
def _asset(name: str) -> str:
    return files(__package__ or "prep.report").joinpath(name).read_text(encoding="utf-8")
