"""Results on stdout: JSON that any machine can read, text that any terminal and file can take."""

from __future__ import annotations

import io
import json
import sys
from typing import NoReturn, TextIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console
from rich.text import Text

from screentest.client.cli.output.emit import emit, emit_json
from screentest.client.cli.running.call import Call

JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(-1e300, 1e300)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(), inner, max_size=3)),
    max_leaves=8,
)
# File names need not be text: a byte that is none comes in as a lone surrogate.
NAMES = st.text(
    st.characters(codec="utf-8") | st.characters(min_codepoint=0xDC80, max_codepoint=0xDCFF)
)


class Terminal(io.StringIO):
    """A stdout that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def stdout(encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="strict", write_through=True)


def written(show_or_result: object, out: TextIO) -> str:
    """What a command writes to this stdout: a dict as JSON, a text or a Text for people."""
    before, sys.stdout = sys.stdout, out
    try:
        if isinstance(show_or_result, dict):
            emit_json(show_or_result)
        else:
            emit(Call(), as_json=dict, show=lambda console: console.print(show_or_result))
    finally:
        sys.stdout = before
    if isinstance(out, io.TextIOWrapper):
        assert isinstance(out.buffer, io.BytesIO)
        return out.buffer.getvalue().decode(out.encoding)
    assert isinstance(out, io.StringIO)
    return out.getvalue()


@settings(max_examples=60, deadline=None)
@given(value=JSON, name=NAMES, encoding=st.sampled_from(["utf-8", "latin-1", "ascii"]))
def test_a_result_is_one_line_of_json_on_any_stdout(value: object, name: str, encoding: str) -> None:
    line = written({"source": name, "value": value}, stdout(encoding))
    assert line.count("\n") == 1
    assert line.endswith("\n")
    assert json.loads(line) == {"source": name, "value": value}


def test_letters_stay_letters_where_they_can_be_written() -> None:
    assert "Zoë 東京" in written({"name": "Zoë 東京"}, stdout("utf-8"))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_is_none_is_never_written_as_json(value: float) -> None:
    out = stdout("utf-8")
    with pytest.raises(ValueError):
        written({"score": value}, out)
    assert isinstance(out.buffer, io.BytesIO)
    assert out.buffer.getvalue() == b""


@pytest.mark.parametrize("encoding", ["latin-1", "ascii"])
def test_text_for_people_never_crashes_an_old_terminal(encoding: str) -> None:
    # By then the character is paid for: its id must still be read.
    told = written("東京: char_1", stdout(encoding))
    assert "char_1" in told
    assert "\\u6771" in told


def test_only_the_form_that_is_asked_for_is_computed() -> None:
    def broken(*_: object) -> NoReturn:
        raise AssertionError("not asked for")

    before, sys.stdout = sys.stdout, io.StringIO()
    try:
        emit(Call(json=True), as_json=lambda: {"a": 1}, show=broken)
        emit(Call(), as_json=broken, show=lambda console: console.print("a"))
    finally:
        sys.stdout = before


def test_a_pipe_gets_no_colour_and_no_padding() -> None:
    told = written(Text("failed   ", style="bold red"), io.StringIO())
    assert told == "failed\n"


def test_a_pipe_gets_a_long_line_in_one_piece() -> None:
    path = "/footage/" + "very long " * 60 + "name.mov"
    assert written(path, io.StringIO()) == f"{path}\n"


@pytest.mark.parametrize("columns", [40, 80])
def test_a_terminal_gets_lines_no_wider_than_itself(
    columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("TERM", "xterm")
    told = written("word " * 60, Terminal())
    assert max(map(len, told.splitlines())) <= columns


def test_a_wide_terminal_gets_lines_that_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "400")
    monkeypatch.setenv("TERM", "xterm")
    assert max(map(len, written("word " * 100, Terminal()).splitlines())) <= 100


@pytest.mark.parametrize("text", ["[red]Joe[/red]", "[/]", ":smile:", "[link=x]a[/link]"])
def test_a_name_is_not_read_as_markup(text: str) -> None:
    assert written(text, io.StringIO()) == f"{text}\n"


def test_no_color_is_heeded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    styled = Text("broken", style="red")
    assert "\x1b[31m" in written(styled, Terminal())
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[31m" not in written(styled, Terminal())


def test_a_console_of_a_pipe_is_told_as_one() -> None:
    seen: list[Console] = []
    before, sys.stdout = sys.stdout, io.StringIO()
    try:
        emit(Call(), as_json=dict, show=seen.append)
    finally:
        sys.stdout = before
    assert not seen[0].is_terminal
