"""Settings: a flag beats the environment, which beats screentest.toml, which beats the default."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from screentest.client.cli.root import root
from screentest.client.cli.running.call import Call, ServiceOptions
from tests.conftest import Command

Write = Callable[..., Path]


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def settings(tmp_path: Path) -> Write:
    """Write screentest.toml."""

    def write(text: str, name: str = "screentest.toml") -> Path:
        file = tmp_path / name
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
    assert clip_orientation() == "landscape"


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


def test_the_bucket_can_stand_in_the_settings_file(settings: Write) -> None:
    settings('bucket = "my-clips"\nbase-url = "http://127.0.0.1:1"')
    found = where("register", "raw.mov", "--name", "Joe")
    assert (found.bucket, found.base_url) == ("my-clips", "http://127.0.0.1:1")


def test_the_services_own_names_beat_the_settings_file(
    settings: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings('bucket = "from-file"')
    monkeypatch.setenv("SCREENTEST_BUCKET", "from-environment")
    assert where("register", "raw.mov", "--name", "Joe").bucket == "from-environment"


def test_the_home_can_stand_in_the_settings_file(
    settings: Write, screentest: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SCREENTEST_HOME")
    settings(f'home = "{tmp_path}/elsewhere"')
    assert screentest("characters", "list").code == 0
    assert (tmp_path / "elsewhere").is_dir()


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
