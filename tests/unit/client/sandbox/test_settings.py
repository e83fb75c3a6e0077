"""The settings of a sandbox: what a file may change, and how a mistake in it is named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from screentest.client.errors import SandboxError
from screentest.client.sandbox.settings import SandboxSettings, load_settings


def test_settings_come_from_the_folder(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"outputs": "string", "queue_s": 2}), encoding="utf-8")
    assert load_settings(path) == SandboxSettings(outputs="string", queue_s=2)


@pytest.mark.parametrize(
    "given",
    [
        *({"nosuch": 1}, {"outputs": "xml"}, {"queue_s": "1"}, {"queue_s": -1}, {"at_once": 0}),
        *({"list_includes_inputs": 1}, {"prices_usd": {"m": "free"}}, [1], "x"),
    ],
)
def test_a_wrong_setting_is_refused_with_a_way_out(tmp_path: Path, given: object) -> None:
    path = tmp_path / "settings.json"
    path.write_text(json.dumps(given), encoding="utf-8")
    with pytest.raises(SandboxError) as refusal:
        load_settings(path)
    assert refusal.value.hint


def test_a_folder_without_a_file_has_the_defaults(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "settings.json") == SandboxSettings()


def test_an_unknown_setting_is_told_with_the_known_ones(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"queues": 1}', encoding="utf-8")
    with pytest.raises(SandboxError, match="'queues'") as refusal:
        load_settings(path)
    assert "queue_s" in refusal.value.hint


@pytest.mark.parametrize("value", [True, "fast", None])
def test_a_value_of_another_type_is_told_with_the_right_type(tmp_path: Path, value: object) -> None:
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"queue_s": value}), encoding="utf-8")
    with pytest.raises(SandboxError, match="queue_s") as refusal:
        load_settings(path)
    assert "float" in refusal.value.hint
