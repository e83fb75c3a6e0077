"""Jinja's environment, over the templates of all pages."""

from __future__ import annotations

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
        finalize=lambda value: printable(value) if type(value) is str else value,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(timecode=timecode, lasting=lasting, usd=usd, money=money)
    return made
