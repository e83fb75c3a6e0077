"""HTML made safe: escaping, data URIs, and the frame of a page with its security policy. Pure.

A page loads nothing. Its policy allows pictures and videos that the page itself holds, the one style
sheet in it, named by its hash, and one script likewise; where there is none, none is allowed. A file
name that looks like markup is text.
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
    above, below = frame(title=title, style=asset("report.css"))
    return above + body + below


def frame(*, title: str, style: str, script: str = "") -> tuple[str, str]:
    """What stands before and after the body of a page, for one that is written piece by piece.

    ``script``: the only one of the page, which ``script_of`` puts into the body.
    """
    above, below = asset("page.html").split("$body")
    policy = policy_for(style, script=script)
    filled = Template(above).substitute(marker=MARKER, policy=policy, title=escaped(title), style=style)
    return filled, below


def policy_for(style: str, *, script: str = "") -> str:
    """The Content-Security-Policy of a page with this style sheet, and with this script if any."""
    allowed = f"script-src '{_hash_of(script)}'; " if script else ""
    return (
        f"default-src 'none'; img-src data:; media-src data:; {allowed}"
        f"style-src '{_hash_of(style)}'; base-uri 'none'; form-action 'none'"
    )


def _hash_of(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode('ascii')}"


@cache
def asset(name: str) -> str:
    """A style sheet, script or template of this room or one below it."""
    return files(__package__ or "prep.report").joinpath(name).read_text(encoding="utf-8")
