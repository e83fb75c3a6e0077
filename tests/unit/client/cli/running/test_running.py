"""How a command runs: the services it gets, what is refused before any work, how failures are told."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from screentest.client.characters.register import Order
from screentest.client.cli.running.call import Call, ServiceOptions
from screentest.client.cli.running.failures import (
    DONE,
    FAILED,
    INTERRUPTED,
    USAGE,
    exit_code_of,
    report_error,
)
from screentest.client.cli.running.preflight import (
    require_files,
    require_known,
    require_order,
    require_writable,
)
from screentest.client.cli.running.services import sandbox_packages, services
from screentest.client.cli.running.settings import default_map
from screentest.client.errors import (
    ConfigError,
    CostTooHigh,
    InvalidName,
    NoCredentials,
    UnknownCharacter,
)
from screentest.prep.core.errors import (
    FootageError,
    NotFound,
    OutputNotWritable,
    ScreentestError,
    SetupError,
)
from screentest.prep.core.progress import SILENT
from tests.order_parts import Direction, ImpossibleWish, an_order
from tests.permissions import bound_by_permissions
from tests.registry_parts import FILE_NAME, Registry, brought, deleted

KEY = "key-1234567890"


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody's key and bucket in the environment."""
    monkeypatch.setenv("WAVESPEED_API_KEY", KEY)
    monkeypatch.setenv("SCREENTEST_BUCKET", "from-environment")


# Which services


def test_the_options_beat_the_environment(account: None, tmp_path: Path) -> None:
    where = ServiceOptions(
        bucket="mine",
        base_url="https://mine.example",
        account="studio",
        timeout_s=5.0,
        settle_after_s=6.0,
        keep=True,
    )
    with services(Call(home_option=str(tmp_path), service_options=where), watcher=SILENT) as found:
        assert (found.bucket, found.account) == ("mine", "studio")
        assert found.base_url == "https://mine.example/api/v3"
        assert (found.wait_s, found.settle_after_s, found.keep_objects) == (5.0, 6.0, True)
        assert found.home == tmp_path
        assert not found.sandbox


def test_what_is_not_said_is_left_to_environment_and_default(account: None, tmp_path: Path) -> None:
    with services(Call(home_option=str(tmp_path)), watcher=SILENT) as found:
        assert found.bucket == "from-environment"
        assert found.api_key.reveal() == KEY
        assert (found.wait_s, found.settle_after_s, found.keep_objects) == (900.0, 30.0, False)


def test_a_timeout_of_nothing_is_one(account: None, tmp_path: Path) -> None:
    call = Call(
        home_option=str(tmp_path), service_options=ServiceOptions(timeout_s=0.0, settle_after_s=0.0)
    )
    with services(call, watcher=SILENT) as found:
        assert (found.wait_s, found.settle_after_s) == (0.0, 0.0)


def test_an_account_without_a_bucket_can_still_be_asked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("WAVESPEED_API_KEY", KEY)
    call = Call(home_option=str(tmp_path))
    with services(call, watcher=SILENT, bucket=False) as found:
        assert found.bucket == ""
    with pytest.raises(NoCredentials, match="SCREENTEST_BUCKET"), services(call, watcher=SILENT):
        pass


@pytest.mark.parametrize("text", ["{}", "", "nonsense", "[]", '{"WAVESPEED_API_KEY": 5}'])
def test_a_local_service_is_not_the_sandbox_by_a_broken_note(
    account: None, tmp_path: Path, text: str
) -> None:
    # Taken for the sandbox, its characters would be recorded as costing nothing.
    (tmp_path / "sandbox.json").write_text(text, encoding="utf-8")
    call = Call(
        home_option=str(tmp_path), service_options=ServiceOptions(base_url="http://127.0.0.1:9")
    )
    with services(call, watcher=SILENT) as found:
        assert not found.sandbox


def test_a_missing_extra_names_the_way_to_install_it() -> None:
    with pytest.raises(SetupError) as caught, sandbox_packages():
        raise ModuleNotFoundError("No module named 'uvicorn'", name="uvicorn")
    assert "uvicorn" in caught.value.message
    assert "screentest[sandbox]" in caught.value.hint


# Homes


def test_a_home_option_beats_the_environment(home: Path, tmp_path: Path) -> None:
    assert Call().home == home
    assert Call(home_option=str(tmp_path / "other")).home == tmp_path / "other"


def test_a_home_option_is_absolute_and_knows_the_tilde(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Call(home_option="films").home == Call(home_option="~/films").home == tmp_path / "films"


# Before any work


@pytest.mark.parametrize(
    ("order", "kind"),
    [
        (an_order("x.mov", "Joe", model="nobody/knows"), ConfigError),
        (an_order("x.mov", " Joe"), InvalidName),
        (an_order("x.mov", "Joe", description="a fox"), ConfigError),
        (an_order("x.mov", "Joe", max_cost_usd=0.0001), CostTooHigh),
        (an_order("x.mov", "Joe", webhook="ftp://x"), ConfigError),
        (an_order("x.mov", "Joe", webhook="https://"), ConfigError),
        (an_order("x.mov", "Joe", direction=Direction(start_s=-1.0)), ImpossibleWish),
        (an_order("x.mov", "Joe", direction=Direction(length_s=60.0)), ImpossibleWish),
        (an_order("x.mov", "Joe", direction=Direction(person=1, match="j.jpg")), ImpossibleWish),
        (an_order("x.mov", "Joe", direction=Direction(person=1, start_s=1.0)), ImpossibleWish),
        (an_order("nowhere.mov", "Joe"), NotFound),
    ],
)
def test_an_order_that_comes_to_nothing_is_refused_before_any_work(
    order: Order, kind: type[ScreentestError], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    if kind is not NotFound:
        Path("x.mov").write_bytes(b"anything")
    with pytest.raises(kind) as caught:
        require_order(order)
    assert caught.value.message


def test_a_photo_that_is_not_there_is_told_before_the_scan(tmp_path: Path) -> None:
    footage = tmp_path / "x.mov"
    footage.write_bytes(b"anything")
    require_files(str(footage), Direction())
    with pytest.raises(NotFound, match=r"gone\.jpg"):
        require_files(str(footage), Direction(match=str(tmp_path / "gone.jpg")))


def test_a_folder_is_no_footage(tmp_path: Path) -> None:
    with pytest.raises(FootageError):
        require_files(str(tmp_path), Direction())


def test_a_new_file_and_an_old_one_can_be_written(tmp_path: Path) -> None:
    require_writable(tmp_path / "new.mp4")
    (tmp_path / "old.mp4").write_bytes(b"")
    require_writable(tmp_path / "old.mp4")


def a_folder(path: Path) -> Path:
    path.mkdir()
    return path


def a_pipe(path: Path) -> Path:
    os.mkfifo(path)
    return path


def below_nothing(path: Path) -> Path:
    return path / "clip.mp4"


@pytest.mark.parametrize("made", [a_folder, a_pipe, below_nothing])
def test_a_place_that_takes_no_file_is_told_with_the_option(
    made: Callable[[Path], Path], tmp_path: Path
) -> None:
    with pytest.raises(OutputNotWritable) as caught:
        require_writable(made(tmp_path / "place\nx"))
    assert caught.value.remedies[0].kind == "out"
    assert "\n" not in caught.value.message


def test_a_sealed_folder_is_told_before_the_scan(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with bound_by_permissions(), pytest.raises(OutputNotWritable):
            require_writable(tmp_path / "clip.mp4")
    finally:
        tmp_path.chmod(0o700)


def test_a_character_is_known_by_name_and_only_while_it_lives(tmp_path: Path) -> None:
    call = Call(home_option=str(tmp_path))
    with Registry(tmp_path / FILE_NAME) as registry:
        deleted(registry, brought(registry, "planned"))
    require_known(call, ["Joe"])
    with pytest.raises(UnknownCharacter, match="Joe"):
        require_known(call, ["Joe"], deleted=False)
    with pytest.raises(UnknownCharacter, match="Ann"):
        require_known(call, ["Joe", "Ann"])


# The settings file


@click.group()
@click.option("--home")
@click.version_option("1")
def group() -> None:
    pass


@group.command()
@click.option("--max-cost", "max_cost_usd", type=float)
@click.option("--json", is_flag=True)
def make(max_cost_usd: float, json: bool) -> None:
    pass


def defaults(content: dict[str, object]) -> dict[str, object]:
    context = click.Context(group)
    return default_map(content, root=group, ctx=context, file=Path("screentest.toml"))


@pytest.mark.parametrize("key", ["max-cost", "max_cost"])
def test_a_setting_may_be_written_with_either_dash(key: str) -> None:
    assert defaults({key: 0.5})["make"] == {"max_cost_usd": 0.5}
    assert defaults({"make": {key: 0.5}})["make"] == {"max_cost_usd": 0.5}


@pytest.mark.parametrize("key", ["max_cost_usd", "json", "version", "help", "Max-Cost", ""])
def test_what_is_no_setting_is_refused_by_name(key: str) -> None:
    with pytest.raises(click.UsageError) as caught:
        defaults({key: 1})
    assert repr(key) in caught.value.message
    with pytest.raises(click.UsageError) as caught:
        defaults({"make": {key: 1}})
    assert repr(f"make.{key}") in caught.value.message


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(
    content=st.dictionaries(
        st.text(max_size=6),
        st.recursive(
            st.one_of(st.booleans(), st.integers(), st.text(max_size=3)),
            lambda inner: st.dictionaries(st.text(max_size=6), inner, max_size=2),
            max_leaves=4,
        ),
        max_size=3,
    )
)
def test_any_settings_file_is_taken_or_wrong_usage(content: dict[str, object]) -> None:
    told = "screentest.toml"
    try:
        assert set(defaults(content)) <= {"home", "make"}
    except click.UsageError as error:
        told = error.message
    assert told.startswith("screentest.toml")


# Failures


@pytest.mark.parametrize(("result", "code"), [(None, DONE), (0, DONE), (3, 3), ("words", DONE)])
def test_a_command_that_ends_well_leaves_with_its_code(result: object, code: int) -> None:
    assert exit_code_of(lambda: result, call=Call()) == code


def failing(error: BaseException) -> Callable[[], object]:
    def run() -> None:
        raise error

    return run


def test_a_full_disk_is_told_with_the_file_and_no_blame(capfd: pytest.CaptureFixture[str]) -> None:
    error = OSError(28, "No space left on device", "/clips/joe.mp4")
    assert exit_code_of(failing(error), call=Call(json=True)) == FAILED
    told = json.loads(capfd.readouterr().err)["error"]
    assert told["type"] == "SystemError"
    assert "/clips/joe.mp4" in told["message"]
    assert "No space left" in told["message"]


def test_a_control_character_in_an_error_is_shown_and_not_obeyed(
    capfd: pytest.CaptureFixture[str],
) -> None:
    exit_code_of(failing(NotFound("no \x1b[2Jfile", "try \x07this")), call=Call())
    err = capfd.readouterr().err
    assert "\x1b" not in err
    assert "\x07" not in err
    assert "\\x1b[2Jfile" in err


@pytest.mark.parametrize("as_json", [True, False])
def test_any_error_is_told_in_any_words(as_json: bool, capfd: pytest.CaptureFixture[str]) -> None:
    for words in ("", "a\nb", "é東", "\udce9", "{}", "[red]x[/red]"):
        report_error(Call(json=as_json), "NotFound", words, words)
        lines = capfd.readouterr().err.splitlines()
        if as_json:
            assert len(lines) == 1
            assert set(json.loads(lines[0])["error"]) == {"type", "message", "hint"}
        else:
            assert len(lines) == (2 if words else 1)


def test_an_error_without_a_way_out_invents_none(capfd: pytest.CaptureFixture[str]) -> None:
    exit_code_of(failing(NotFound("There is no file.")), call=Call())
    assert "hint" not in capfd.readouterr().err


def test_wrong_usage_names_the_commands_own_help(capfd: pytest.CaptureFixture[str]) -> None:
    context = click.Context(make, info_name="make", parent=click.Context(group, info_name="screentest"))
    error = click.NoSuchOption("--lenght", ctx=context)
    assert exit_code_of(failing(error), call=Call()) == USAGE
    assert "screentest make --help" in capfd.readouterr().err


def test_whatever_fails_after_an_interrupt_is_the_interrupt(capfd: pytest.CaptureFixture[str]) -> None:
    # ffmpeg gets the same Ctrl-C and ends with an error of its own.
    call = Call(json=True)
    call.interrupts.came_s = 1.0
    assert exit_code_of(failing(RuntimeError("ffmpeg ended with 255")), call=call) == INTERRUPTED
    assert json.loads(capfd.readouterr().err)["error"]["type"] == "Interrupted"


def test_a_fault_of_ours_never_quotes_what_it_held(capfd: pytest.CaptureFixture[str]) -> None:
    for verbosity in (0, 1):
        call = Call(verbosity=verbosity)
        assert exit_code_of(failing(KeyError(f"Bearer {KEY}")), call=call) == FAILED
        told = capfd.readouterr()
        assert KEY not in told.err + told.out
        assert "KeyError" in told.err


def test_no_color_is_heeded_by_errors_too(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("NO_COLOR", "1")
    exit_code_of(failing(NotFound("no file")), call=Call())
    assert "\x1b" not in capfd.readouterr().err
