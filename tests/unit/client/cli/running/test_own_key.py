"""The key and the region in one's own settings file: below the environment, and never shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from screentest.client.cli.root import root
from screentest.client.cli.running.call import Call, ServiceOptions
from screentest.client.cli.running.services import environment_of
from screentest.client.cli.running.settings import user_file
from screentest.client.config import Secret
from tests.conftest import Command

Write = Callable[[str], Path]


@pytest.fixture
def own_settings() -> Write:
    """Write the user's own screentest.toml."""

    def write(text: str) -> Path:
        file = user_file()
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    return write


def read() -> ServiceOptions:
    """The services as the settings files alone name them."""
    call = Call()
    root.make_context("screentest", ["models"], obj=call)
    return call.service_options


def test_the_key_and_the_region_come_of_ones_own_file(own_settings: Write) -> None:
    own_settings('api-key = "wsk-of-the-file"\nregion = "eu-west-1"')
    options = read()
    assert (options.api_key, options.region) == (Secret("wsk-of-the-file"), "eu-west-1")
    environ = environment_of(options)
    assert (environ["WAVESPEED_API_KEY"], environ["AWS_REGION"]) == ("wsk-of-the-file", "eu-west-1")


def test_the_environments_key_beats_the_files(
    own_settings: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_settings('api_key = "wsk-of-the-file"')
    monkeypatch.setenv("WAVESPEED_API_KEY", "wsk-of-the-environment")
    assert environment_of(read())["WAVESPEED_API_KEY"] == "wsk-of-the-environment"


def test_an_empty_name_in_the_environment_hides_no_key(
    own_settings: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_settings('api-key = "wsk-of-the-file"')
    monkeypatch.setenv("WAVESPEED_API_KEY", "")
    assert environment_of(read())["WAVESPEED_API_KEY"] == "wsk-of-the-file"


@pytest.mark.parametrize("key", ["api-key", "api_key", "region"])
def test_a_file_beside_the_footage_sets_neither_key_nor_region(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, screentest: Command, key: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("screentest.toml").write_text(f'{key} = "of-somebody-else"', encoding="utf-8")
    outcome = screentest("models", "--json")
    assert (outcome.code, outcome.error["type"]) == (2, "UsageError")
    assert f"may not set '{key}'" in outcome.error["message"]


@pytest.mark.parametrize(("mode", "warns"), [(0o600, False), (0o640, True), (0o644, True)])
def test_a_key_that_others_may_read_is_warned_of(
    own_settings: Write, screentest: Command, mode: int, warns: bool
) -> None:
    own_settings('api-key = "wsk-of-the-file"').chmod(mode)
    said = screentest("characters", "list").err
    assert ("others may read it" in said) is warns
    assert "wsk-of-the-file" not in said


def test_a_key_that_is_no_text_is_refused_unshown(own_settings: Write, screentest: Command) -> None:
    own_settings("api-key = 123456789")
    outcome = screentest("models")
    assert (outcome.code, "api-key must be a text" in outcome.err) == (2, True)
    assert "123456789" not in outcome.err
