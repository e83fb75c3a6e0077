"""Standard streams that whoever started the command has closed, as cron and daemons may."""

from __future__ import annotations

import os
import sys

_STANDARD = ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w"))


def fill_closed_streams() -> None:
    """Leads each standard stream that is closed to nowhere.

    Python sets a closed one to None, and the next file that is opened takes its number: a library that
    writes to standard output would write into the registry.
    """
    for number, name, mode in _STANDARD:
        try:
            os.fstat(number)
        except OSError:
            nowhere = os.open(os.devnull, os.O_RDWR)
            if nowhere != number:
                os.dup2(nowhere, number)
                os.close(nowhere)
            os.set_inheritable(number, True)
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115
