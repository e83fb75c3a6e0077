"""Questions at a terminal; who is not at one agrees with an option, or not at all."""

from __future__ import annotations

import sys

import click

from screentest.client.cli.output.wording import visible
from screentest.client.cli.running.call import Call


def at_a_terminal() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def agreed(call: Call, question: str) -> bool:
    """Whether a person at a terminal says yes; never in a script."""
    if call.json or not at_a_terminal():
        return False
    asked = "\n".join(map(visible, question.split("\n")))
    return click.confirm(f"{asked} Continue?", err=True)
