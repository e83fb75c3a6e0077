"""Jinja's environment, over the templates of all pages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from screentest.client.studio.library.known import money, usd
from screentest.prep.core.text import lasting, printable, timecode

PAGES: Final = Path(__file__).parent.parent / "pages"


def environment() -> Environment:
    """Jinja's, with every text escaped and control characters made visible."""
    made = Environment(
        loader=FileSystemLoader(PAGES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=lambda value: _seen(value) if type(value) is str else value,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(timecode=timecode, lasting=lasting, usd=usd, money=money)
    return made


def _seen(text: str) -> str:
    """The text with what nobody sees made visible, but for what scripts join letters with."""
    return "".join(map(_shown, re.split("([\u200c\u200d])", text)))


def _shown(part: str) -> str:
    return part if part in ("\u200c", "\u200d") else printable(part)
