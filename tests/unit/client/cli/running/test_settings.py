"""Settings: a flag beats the environment, which beats screentest.toml, which beats the default.

A file found in the current folder may have come with somebody else's footage.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from screentest.client.cli.root import root
from screentest.client.cli.running.call import Call, ServiceOptions
from screentest.client.cli.running.settings import _read_file, user_file
from tests.command_parts import every_command
from tests.conftest import Command

Write = Callable[..., Path]


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def settings(tmp_path: Path) -> Write:
    """Write screentest.toml into the current folder."""

    def write(text: str, name: str = "screentest.toml") -> Path:
        file = tmp_path / name
        file.write_text(text, encoding="utf-8")
        return file

    return write


@pytest.fixture
def own_settings() -> Write:
    """Write the user's own screentest.toml."""

    def write(text: str) -> Path:
        file = user_file()
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    return write


def values(*arguments: str) -> dict[str, Any]:
    """The parameters that a subcommand would be called with."""
    context = root.make_context("screentest", list(arguments))
    with context:
        name, command, rest = root.resolve_command(context, [*context._protected_args, *context.args])
        assert command is not None
        return command.make_context(name, rest, parent=context).params


def where(*arguments: str) -> ServiceOptions:
    """The services that a subcommand would talk to."""
    call = Call()
    context = root.make_context("screentest", list(arguments), obj=call)
    with context:
        name, command, rest = root.resolve_command(context, [*context._protected_args, *context.args])
        assert command is not None
        command.make_context(name, rest, parent=context)
    return call.service_options


def clip_orientation(*arguments: str) -> object:
    return values("clip", "raw.mov", *arguments)["orientation"]


def test_the_default_holds_where_nothing_is_set() -> None:
    assert clip_orientation() is None, "footage keeps its shape"


def test_the_settings_file_beats_the_default(settings: Write) -> None:
    settings('[clip]\norientation = "portrait"')
    assert clip_orientation() == "portrait"


def test_the_environment_beats_the_settings_file(
    settings: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings('[clip]\norientation = "portrait"')
    monkeypatch.setenv("SCREENTEST_CLIP_ORIENTATION", "landscape")
    assert clip_orientation() == "landscape"


def test_a_flag_beats_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCREENTEST_CLIP_ORIENTATION", "landscape")
    assert clip_orientation("--orientation", "portrait") == "portrait"


def test_a_key_outside_a_table_is_for_every_command_that_has_it(settings: Write) -> None:
    settings('orientation = "portrait"')
    assert clip_orientation() == "portrait"
    assert values("register", "raw.mov", "--name", "Joe")["orientation"] == "portrait"


def test_a_table_beats_a_key_outside_tables(settings: Write) -> None:
    settings('orientation = "portrait"\n[clip]\norientation = "landscape"')
    assert clip_orientation() == "landscape"


def test_the_users_own_file_may_set_everything(own_settings: Write) -> None:
    own_settings('bucket = "my-clips"\nbase-url = "https://mine.example"\n[register]\nagain = true')
    found = where("register", "raw.mov", "--name", "Joe")
    assert (found.bucket, found.base_url) == ("my-clips", "https://mine.example")
    assert values("register", "raw.mov", "--name", "Joe")["again"] is True


def test_the_services_own_names_beat_the_settings_file(
    own_settings: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_settings('bucket = "from-file"')
    monkeypatch.setenv("SCREENTEST_BUCKET", "from-environment")
    assert where("register", "raw.mov", "--name", "Joe").bucket == "from-environment"


def test_an_account_is_named_by_flag_environment_or_file(
    own_settings: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_settings('account = "of-the-file"')
    register = ("register", "raw.mov", "--name", "Joe")
    assert where(*register).account == "of-the-file"
    monkeypatch.setenv("SCREENTEST_ACCOUNT", "of-the-environment")
    assert where(*register).account == "of-the-environment"
    assert where(*register, "--account", "mine").account == "mine"


def test_the_home_can_stand_in_the_users_own_file(
    own_settings: Write, screentest: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SCREENTEST_HOME")
    own_settings(f'home = "{tmp_path}/elsewhere"')
    assert screentest("characters", "list").code == 0
    assert (tmp_path / "elsewhere").is_dir()


def test_a_file_beside_the_footage_beats_the_users_own_in_what_it_may_set(
    settings: Write, own_settings: Write
) -> None:
    own_settings('fit = "auto"\norientation = "landscape"')
    settings('orientation = "portrait"')
    found = values("clip", "raw.mov")
    assert (found["fit"], found["orientation"]) == ("auto", "portrait")


def test_a_named_file_stands_in_for_the_found_one_and_above_the_users_own(
    settings: Write, own_settings: Write
) -> None:
    own_settings('bucket = "own"\nbase-url = "https://own.example"')
    settings("not even = TOML")
    named = settings('bucket = "named"', name="other.toml")
    call = Call()
    context = root.make_context(
        "screentest", ["--config", str(named), "register", "raw.mov", "--name", "Joe"], obj=call
    )
    with context:
        name, command, rest = root.resolve_command(context, [*context._protected_args, *context.args])
        assert command is not None
        command.make_context(name, rest, parent=context)
    assert call.service_options.bucket == "named"
    assert call.service_options.base_url == "https://own.example"


ALLOWED = [
    ("model", '"kwaivgi/kling-elements-advanced"', "kwaivgi/kling-elements-advanced"),
    ("orientation", '"portrait"', "portrait"),
    ("fit", '"crop"', "crop"),
    ("subject", '"face"', "face"),
    ("length", "3", 3.0),
    ("audio", '"remove"', "remove"),
    ("min-score", "0.5", 0.5),
]


@pytest.mark.parametrize(("key", "text", "value"), ALLOWED)
@pytest.mark.parametrize("table", ["", "[register]\n"])
def test_a_file_beside_the_footage_says_how_it_is_picked_and_shown(
    settings: Write, key: str, text: str, value: object, table: str
) -> None:
    settings(f"{table}{key} = {text}")
    found = values("register", "raw.mov", "--name", "Joe")
    assert found["length_s" if key == "length" else key.replace("-", "_")] == value


def every_key() -> list[str]:
    """Every option of every command, as a settings file writes it."""
    keys = set()
    for path, command in every_command():
        for param in command.params:
            if isinstance(param, click.Option):
                long = [flag.removeprefix("--") for flag in param.opts if flag.startswith("--")]
                keys |= {".".join([*path, name]) for name in long}
    per_call = ("json", "quiet", "verbose", "version", "help", "config")
    return sorted(key for key in keys if key.rpartition(".")[2] not in per_call)


FOOTAGE_COMMANDS = ("pick", "clip", "check", "register", "batch", "sheet", "doctor")
MAY_BE_FOUND = {
    f"{command}.{key}" for command in FOOTAGE_COMMANDS for key, _text, _value in ALLOWED
} | {"register.max-cost", "batch.max-cost", "studio.max-cost", "video.max-cost", "config.show.max-cost"}


@pytest.mark.parametrize("key", [key for key in every_key() if key not in MAY_BE_FOUND])
def test_a_file_beside_the_footage_spends_nothing_and_sends_nothing_elsewhere(
    settings: Write, screentest: Command, key: str
) -> None:
    settings(f"{key} = true")
    outcome = screentest("characters", "list", "--json")
    assert (outcome.code, outcome.error["type"]) == (2, "UsageError")
    message = outcome.error["message"]
    assert repr(key) in message
    assert str(user_file()) in message
    assert "--config" in message


@pytest.mark.parametrize(
    "text",
    [
        'base-url = "http://127.0.0.1:1"\n',
        'base_url = "https://theirs.example"',
        'bucket = "theirs"',
        'home = "theirs"',
        "settle-after = 0",
        "keep = true",
        "[register]\nagain = true",
        '[register]\nwebhook = "https://theirs.example"',
        "[video]\nyes = true",
        '[video]\nmodel = "openai/sora-2-pro/text-to-video"',
    ],
)
def test_a_key_that_could_spend_or_tell_is_refused_from_a_found_file_alone(
    settings: Write, screentest: Command, text: str
) -> None:
    file = settings(text)
    assert screentest("characters", "list").code == 2
    assert screentest("--config", file, "characters", "list").code in (0, 1)


def test_the_users_own_file_is_not_refused_for_being_in_the_current_folder(
    own_settings: Write, screentest: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(own_settings('bucket = "mine"').parent)
    assert screentest("characters", "list").code == 0


def test_a_model_for_footage_is_not_one_for_videos(settings: Write) -> None:
    settings('model = "kwaivgi/kling-elements-advanced"')
    assert values("video", "Rain falls.")["model"] == ""


@pytest.mark.parametrize(
    ("own", "found", "allowed"),
    [
        ("", "max-cost = 0.5", 0.5),
        ("max-cost = 1", "max-cost = 0.5", 0.5),
        ("max-cost = 1", "max-cost = 5", 1.0),
        ("[register]\nmax-cost = 1", "max_cost = 5", 1.0),
        ("max-cost = 1", "[register]\nmax-cost = inf", 1.0),
        ("max-cost = 1", "", 1.0),
    ],
)
def test_a_file_beside_the_footage_only_lowers_what_may_be_spent(
    settings: Write, own_settings: Write, own: str, found: str, allowed: float
) -> None:
    own_settings(own)
    settings(found)
    assert values("register", "raw.mov", "--name", "Joe")["max_cost_usd"] == allowed


@pytest.mark.parametrize("text", ["nan", '"a lot"', "-1", "true"])
def test_a_limit_that_is_not_an_amount_is_refused_not_passed_over(
    settings: Write, own_settings: Write, text: str
) -> None:
    own_settings("max-cost = 1")
    settings(f"max-cost = {text}")
    with pytest.raises(click.BadParameter):
        values("register", "raw.mov", "--name", "Joe")


def test_a_settings_file_can_be_named(settings: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    file = settings('[clip]\norientation = "portrait"', name="other.toml")
    monkeypatch.setenv("SCREENTEST_CONFIG", str(file))
    assert clip_orientation() == "portrait"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('orientaton = "portrait"', "orientaton"),
        ('[clip]\norientaton = "portrait"', "clip.orientaton"),
        ("[clop]\nlength = 3", "clop"),
        ("[sandbox.up]\ndate = 1", "sandbox.up.date"),
        ("json = true", "json"),
    ],
)
def test_a_typo_in_the_settings_file_is_named(
    settings: Write, screentest: Command, text: str, key: str
) -> None:
    settings(text)
    outcome = screentest("characters", "list", "--json")
    assert outcome.code == 2
    assert repr(key) in outcome.error["message"]


def test_a_value_that_an_option_refuses_is_refused_from_the_file_too(settings: Write) -> None:
    settings('[clip]\norientation = "diagonal"')
    with pytest.raises(click.BadParameter, match="diagonal"):
        clip_orientation()


@pytest.mark.parametrize("text", ["= nonsense", "clip = 3"])
def test_a_settings_file_that_makes_no_sense_is_named(
    settings: Write, screentest: Command, text: str
) -> None:
    settings(text)
    outcome = screentest("characters", "list", "--json")
    assert (outcome.code, outcome.error["type"]) == (2, "UsageError")
    assert "screentest.toml" in outcome.error["message"]


def test_a_settings_file_that_was_named_and_is_missing_is_an_error(screentest: Command) -> None:
    outcome = screentest("--config", "nowhere.toml", "characters", "list", "--json")
    assert outcome.code == 2
    assert "nowhere.toml" in outcome.error["message"]


def test_help_works_with_a_broken_settings_file(settings: Write, screentest: Command) -> None:
    settings("= nonsense")
    assert screentest("--help").code == 0


def test_what_is_agreed_to_or_bounded_for_all_is_not_so_for_what_came_later(
    tmp_path: Path,
) -> None:
    # "yes" agreed to the price of a video, "length" was a clip's: not to a delete, nor where to look.
    file = tmp_path / "all.toml"
    file.write_text("yes = true\nlength = 3\n")
    found = _read_file("named file", file, click.Context(root)).defaults
    assert found["video"]["yes"] is True
    assert found["clip"]["length_s"] == 3
    assert "length_s" not in found["sheet"]
    assert "yes" not in found["register"]
    assert "yes" not in found["characters"]["delete"]
