"""Results on stdout: one JSON object on one line, or text laid out for people."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from screentest.client.cli.running.call import Call

if TYPE_CHECKING:
    from rich.console import Console

# Nothing wraps in a pipe, where a path or a reason must stay searchable.
_UNWRAPPED_COLUMNS = 2000
_WIDEST_COLUMNS = 100


def emit(
    call: Call, *, as_json: Callable[[], Mapping[str, object]], show: Callable[[Console], None]
) -> None:
    """Write a result in the form the call asked for. Only the form that is wanted is computed."""
    if call.json:
        emit_json(_named(as_json(), call))
    else:
        _write(show, call)


def emit_json(result: Mapping[str, object]) -> None:
    """One object, one line. Refuses NaN and infinities, which are not JSON.

    Letters stay letters; where stdout cannot write one of them, such as a file name's byte that is
    not text, all are escaped, so that the line is JSON in any encoding.
    """
    line = json_text(result)
    try:
        line.encode(_encoding())
    except UnicodeEncodeError:
        line = json.dumps(result, allow_nan=False)
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def json_text(result: Mapping[str, object], *, indent: int | None = None) -> str:
    """An object as JSON, on one line or indented, that no terminal obeys.

    JSON escapes the oldest control characters alone: not those of eight bits, nor those that turn the
    direction of writing.
    """
    text = json.dumps(result, ensure_ascii=False, allow_nan=False, indent=indent)
    if text.isprintable():
        return text
    return "".join(
        letter if letter.isprintable() or letter == "\n" else json.dumps(letter)[1:-1]
        for letter in text
    )


def _named(result: Mapping[str, object], call: Call) -> Mapping[str, object]:
    """A result that names fetched files by their addresses."""
    if not call.addresses:
        return result

    def named(value: object) -> object:
        if isinstance(value, Mapping):
            return {key: named(one) for key, one in value.items()}
        if isinstance(value, list | tuple):
            return [named(one) for one in value]
        return call.named(value) if isinstance(value, str) else value

    return {key: named(value) for key, value in result.items()}


def _write(show: Callable[[Console], None], call: Call) -> None:
    console = _console()
    with console.capture() as captured:
        show(console)
    # Columns are padded to their width, which is of no use in a pipe or a file.
    lines = (line.rstrip() for line in call.named(captured.get()).splitlines())
    text = "".join(f"{line}\n" for line in lines)
    sys.stdout.write(text.encode(_encoding(), "backslashreplace").decode(_encoding()))
    sys.stdout.flush()


def _encoding() -> str:
    return sys.stdout.encoding or "utf-8"


def _console() -> Console:
    """A console on stdout that takes every text literally (no markup, no emoji codes)."""
    from rich.console import Console

    console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False)
    width = min(console.width, _WIDEST_COLUMNS) if console.is_terminal else _UNWRAPPED_COLUMNS
    console.width = width
    return console
