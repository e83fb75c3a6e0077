"""Options that several commands share: what is read, what is refused, what beats what."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from screentest.client.cli.params.options import clip_options, common_options, pick_options
from screentest.client.cli.params.seconds import Seconds
from screentest.client.cli.root import root
from screentest.client.cli.running.call import Call, ServiceOptions
from screentest.client.cli.running.settings import user_file
from tests.conftest import Command
from tests.order_parts import DIRECTION, Direction

Options = Callable[[Callable[..., None]], Callable[..., None]]
REGISTER = ("register", "raw.mov", "--name", "Joe")


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def called(*arguments: str) -> Call:
    """What a call knows once click has read its arguments, the command itself left out."""
    call = Call()
    context = root.make_context("screentest", list(arguments), obj=call)
    with context:
        name, command, rest = root.resolve_command(context, [*context._protected_args, *context.args])
        assert command is not None
        command.make_context(name, rest, parent=context)
    return call


def directed(*arguments: str, options: Options = clip_options) -> Direction:
    """The direction that a command gets of its options."""
    given: list[Direction] = []

    @click.command()
    @options
    def command(**values: Direction) -> None:
        given.append(values[DIRECTION])

    command.main(list(arguments), standalone_mode=False)
    return given[0]


# Seconds


@given(seconds=st.floats(0, 1e6))
def test_a_time_is_read_as_it_was_written(seconds: float) -> None:
    assert Seconds().convert(repr(seconds), None, None) == seconds
    assert Seconds().convert(seconds, None, None) == seconds


@given(hours=st.integers(0, 99), minutes=st.integers(0, 59), thousandths=st.integers(0, 59_999))
def test_a_timecode_means_what_a_player_shows(hours: int, minutes: int, thousandths: int) -> None:
    text = f"{hours}:{minutes:02d}:{thousandths / 1000:06.3f}"
    meant = hours * 3600 + minutes * 60 + thousandths / 1000
    assert Seconds().convert(text, None, None) == pytest.approx(meant, abs=1e-6)


@given(text=st.text(max_size=20))
def test_any_text_is_a_finite_time_or_wrong_usage(text: str) -> None:
    try:
        seconds = Seconds().convert(text, None, None)
    except click.BadParameter:
        return
    assert 0 <= seconds < math.inf


@pytest.mark.parametrize("text", ["9" * 400, "9" * 400 + ":00:00", "9" * 5000 + ":00", "1e400"])
def test_a_time_too_large_to_be_one_is_wrong_usage(text: str) -> None:
    with pytest.raises(click.BadParameter):
        Seconds().convert(text, None, None)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -1.0])
def test_a_number_of_the_settings_file_is_held_to_the_same_rule(value: float) -> None:
    with pytest.raises(click.BadParameter):
        Seconds().convert(value, None, None)


@pytest.mark.parametrize("text", ["-0:01", "1:-2", "1:02:03:04", "1.5:00", "1:2.5.0", "0x10", "1_0:00"])
def test_a_time_in_no_known_form_is_wrong_usage(text: str) -> None:
    with pytest.raises(click.BadParameter):
        Seconds().convert(text, None, None)


# Directions


@pytest.mark.parametrize(
    ("arguments", "direction"),
    [
        ((), Direction()),
        (("--start", "1:02.5"), Direction(start_s=62.5)),
        (("--length", "3"), Direction(length_s=3.0)),
        (("--subject", "other"), Direction(subject="other")),
        (("--person", "2"), Direction(person=2)),
        (("--match", "joe.jpg"), Direction(match="joe.jpg")),
        (("--orientation", "portrait"), Direction(orientation="portrait")),
        (("--fit", "auto"), Direction(fit="auto")),
        (("--rotate", "90"), Direction(rotate_deg=90)),
        (("--audio-track", "2"), Direction(audio_track=2)),
        (("--audio", "remove"), Direction(audio="remove")),
        (("--audio", "keep"), Direction(audio="keep")),
        (("--subject", "drawing"), Direction(subject="drawing")),
    ],
)
def test_each_wish_arrives_and_nothing_else(arguments: tuple[str, ...], direction: Direction) -> None:
    assert directed(*arguments) == direction


@pytest.mark.parametrize("flag", ["--start", "--audio-track", "--audio"])
def test_a_command_that_picks_takes_no_wish_about_the_start_or_the_sound(flag: str) -> None:
    with pytest.raises(click.NoSuchOption):
        directed(flag, "1", options=pick_options)


@pytest.mark.parametrize(
    ("flag", "value"),
    [
        ("--person", "0"),
        ("--person", "-1"),
        ("--person", "first"),
        ("--audio-track", "0"),
        ("--subject", "dog"),
        ("--fit", "stretch"),
        ("--orientation", "diagonal"),
        ("--rotate", "45"),
        ("--rotate", "0"),
        ("--length", "0"),
        ("--start", "-1"),
    ],
)
def test_an_impossible_value_is_wrong_usage_that_names_the_option(flag: str, value: str) -> None:
    with pytest.raises(click.BadParameter) as caught:
        directed(flag, value)
    assert flag in caught.value.format_message()


# Services: a flag beats the environment, which beats the settings file, which beats the default

SOURCES = [
    ("--bucket", "SCREENTEST_BUCKET", "bucket", "mine", "mine"),
    ("--base-url", "WAVESPEED_BASE_URL", "base_url", "https://mine.example", "https://mine.example"),
    ("--timeout", "SCREENTEST_TIMEOUT", "timeout_s", "7.5", 7.5),
    ("--settle-after", "SCREENTEST_SETTLE_AFTER", "settle_after_s", "7.5", 7.5),
]
OTHERS = {
    "bucket": "other",
    "base_url": "https://other.example",
    "timeout_s": "9",
    "settle_after_s": "9",
}


def settings_file(key: str, value: object) -> None:
    text = f'"{value}"' if isinstance(value, str) else str(value)
    user_file().parent.mkdir(parents=True, exist_ok=True)
    user_file().write_text(f"{key.lstrip('-')} = {text}\n", encoding="utf-8")


@pytest.mark.parametrize(("flag", "variable", "name", "text", "value"), SOURCES)
def test_each_source_is_heard(
    flag: str, variable: str, name: str, text: str, value: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert getattr(called(*REGISTER).service_options, name) is None
    settings_file(flag, value)
    assert getattr(called(*REGISTER).service_options, name) == value
    user_file().unlink()
    monkeypatch.setenv(variable, text)
    assert getattr(called(*REGISTER).service_options, name) == value
    monkeypatch.delenv(variable)
    assert getattr(called(*REGISTER, flag, text).service_options, name) == value


@pytest.mark.parametrize(("flag", "variable", "name", "text", "value"), SOURCES)
def test_the_environment_beats_the_file_and_a_flag_beats_both(
    flag: str, variable: str, name: str, text: str, value: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = OTHERS[name]
    settings_file(flag, other if isinstance(value, str) else float(other))
    monkeypatch.setenv(variable, text)
    assert getattr(called(*REGISTER).service_options, name) == value
    monkeypatch.setenv(variable, other)
    assert getattr(called(*REGISTER, flag, text).service_options, name) == value


def test_the_home_has_four_sources_in_the_same_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SCREENTEST_HOME")
    default = called("characters", "list").home
    assert default.name == "screentest"
    settings_file("home", str(tmp_path / "file"))
    assert called("characters", "list").home == tmp_path / "file"
    monkeypatch.setenv("SCREENTEST_HOME", str(tmp_path / "environment"))
    assert called("characters", "list").home == tmp_path / "environment"
    flagged = called("--home", str(tmp_path / "flag"), "characters", "list")
    assert flagged.home == tmp_path / "flag"


@pytest.mark.parametrize("flag", ["--sandbox", "--keep"])
def test_a_switch_is_off_until_it_is_thrown(flag: str) -> None:
    name = flag.removeprefix("--")
    assert not getattr(called(*REGISTER).service_options, name)
    assert getattr(called(*REGISTER, flag).service_options, name)


def test_one_option_leaves_the_others_unsaid() -> None:
    assert called(*REGISTER, "--bucket", "mine").service_options == ServiceOptions(bucket="mine")


@pytest.mark.parametrize("arguments", [("--json", *REGISTER), (*REGISTER, "--json")])
def test_json_is_understood_before_and_after_the_command(arguments: tuple[str, ...]) -> None:
    assert called(*arguments).json


@pytest.mark.parametrize(
    ("arguments", "verbosity"),
    [((), 0), (("-q",), -1), (("-v",), 1), (("-vv",), 2), (("--quiet",), -1), (("--verbose",), 1)],
)
def test_loudness_is_read(arguments: tuple[str, ...], verbosity: int) -> None:
    assert called(*REGISTER, *arguments).verbosity == verbosity


@pytest.mark.parametrize("variable", ["JSON", "QUIET", "VERBOSE", "REGISTER_JSON", "REGISTER_QUIET"])
def test_nobodys_environment_changes_the_form_of_the_output(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A script that reads text, or JSON, must get it on every machine.
    monkeypatch.setenv(f"SCREENTEST_{variable}", "1")
    call = called(*REGISTER)
    assert (call.json, call.verbosity) == (False, 0)


@pytest.mark.parametrize("flag", ["--timeout", "--settle-after", "--max-cost"])
@pytest.mark.parametrize("value", ["-1", "soon", "nan"])
def test_an_amount_that_is_none_is_wrong_usage(screentest: Command, flag: str, value: str) -> None:
    # A limit of NaN would allow everything, a timeout of NaN would never come.
    outcome = screentest(*REGISTER, flag, value, "--json")
    assert (outcome.code, outcome.error["type"]) == (2, "UsageError")
    assert flag in outcome.error["message"]


def test_the_common_options_change_nothing_of_a_command() -> None:
    @click.command()
    @common_options
    @click.argument("word")
    def command(word: str) -> str:
        return word

    assert command.main(["x", "--json", "-q"], standalone_mode=False, obj=Call()) == "x"


# Before click


@pytest.mark.parametrize(
    ("arguments", "json", "verbosity"),
    [
        ([], False, 0),
        (["--json", "nonsense"], True, 0),
        (["nonsense", "-v"], False, 1),
        (["nonsense", "-vv", "--json"], True, 1),
        (["probe", "--", "--json", "-v"], False, 0),
        (["--", "--json"], False, 0),
    ],
)
def test_even_a_usage_error_has_the_form_that_was_asked_for(
    arguments: list[str], json: bool, verbosity: int
) -> None:
    call = Call.from_arguments(arguments)
    assert (call.json, call.verbosity) == (json, verbosity)


def test_a_home_of_nobody_is_told_and_no_crash(screentest: Command) -> None:
    outcome = screentest("--home", "~nobody-of-that-name", "characters", "list", "--json")
    assert (outcome.code, outcome.error["type"]) == (1, "ConfigError")
    assert "~nobody-of-that-name" in outcome.error["message"]
