"""The ``screentest`` command.

``main`` is the console script. Nothing heavy is imported here: a command's module loads when the
command runs, and what that needs (httpx, boto3, PyAV, OpenCV, rich) when it is used.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from screentest.client.cli.root import root
from screentest.client.cli.running.call import Call
from screentest.client.cli.running.failures import exit_code_of
from screentest.client.cli.running.interrupts import interruptible
from screentest.client.cli.running.watchdog import watchdog
from screentest.client.cli.streams import fill_closed_streams

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> None:
    """Run one command and leave with its exit code (raises SystemExit).

    0 done, 1 failed, 2 wrong usage, 130 interrupted (Ctrl-C or SIGTERM). ``argv``: the arguments
    after the program's name, by default those of this process.
    """
    fill_closed_streams()
    arguments = list(sys.argv[1:] if argv is None else argv)
    call = Call.from_arguments(arguments)
    with interruptible(call.interrupts), watchdog(call):
        code = exit_code_of(
            lambda: root.main(arguments, prog_name="screentest", standalone_mode=False, obj=call),
            call=call,
        )
    if call.log is not None:
        call.log.ended(code)
    sys.exit(code)
