"""``python -m screentest.client.sandbox --data DIR [--home HOME] [--json] [--faults FILE] [--strict]``.

Serves the sandbox alone, without the ``screentest`` command. ``--child`` and ``--wait-s`` are for
``started_sandbox``, which runs it for one command.
"""

from __future__ import annotations

import json
import os
import sys
from argparse import ArgumentParser
from pathlib import Path

from screentest.client.sandbox.faults import load_faults
from screentest.client.sandbox.serve import ServeOptions, serve_with
from screentest.prep.core.errors import ScreentestError


def main(arguments: list[str] | None = None) -> int:
    """Serve until stopped; 0, or 1 with the error object as stderr's last line."""
    parser = ArgumentParser(prog="python -m screentest.client.sandbox", allow_abbrev=False)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--faults", type=Path)
    parser.add_argument("--strict", action="store_true")
    parser.add_argument("--child", action="store_true")
    parser.add_argument("--wait-s", type=float, default=0.0)
    given = parser.parse_args(arguments)
    try:
        faults = load_faults(given.faults) if given.faults else ()
        options = ServeOptions(
            given.json,
            as_child=given.child,
            turn_wait_s=given.wait_s,
            faults=faults,
            strict=given.strict,
        )
        serve_with(options, data=given.data, home=given.home or given.data)
    except ScreentestError as error:
        report = {"type": type(error).__name__, "message": error.message, "hint": error.hint}
        print(json.dumps({"error": report}), file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # unfinished work is done again at the next start: nothing to wait for
