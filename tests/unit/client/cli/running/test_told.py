"""Where a setting's value comes from, as `config show` tells it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from screentest.client.cli.running.call import SettingsFile
from screentest.client.cli.running.environment import NamedOption
from screentest.client.cli.running.told import Told, told

OWN = Path("own.toml")
PROJECT = Path("project.toml")


def option(command: str, flag: str, *names: str) -> NamedOption:
    return NamedOption((command,), click.Option([flag]), names)


FIT = [option("clip", "--fit", "CLIP_FIT"), option("pick", "--fit", "PICK_FIT")]
BUCKET = [option(name, "--bucket", "BUCKET") for name in ("clip", "pick")]


def rows(
    options: Sequence[NamedOption],
    *,
    environ: Mapping[str, str] | None = None,
    files: Sequence[SettingsFile] = (),
    effective: Mapping[str, Any] | None = None,
    flags: Mapping[str, object] | None = None,
    always: Sequence[str] = (),
) -> list[Told]:
    return told(
        options,
        always=always,
        flags=flags or {},
        environ=environ or {},
        files=files,
        effective=effective if effective is not None else (files[-1].defaults if files else {}),
    )


def test_what_nothing_says_is_told_only_where_it_always_is() -> None:
    assert rows([*FIT, *BUCKET], always=["bucket"]) == [Told("bucket", None)]


def test_a_name_of_the_environment_that_all_share_is_one_setting() -> None:
    assert rows(BUCKET, environ={"BUCKET": "b"}) == [Told("bucket", "b", "environment", "BUCKET")]


def test_a_setting_of_one_command_is_told_with_its_name() -> None:
    assert rows(FIT, environ={"CLIP_FIT": "crop"}) == [
        Told("clip.fit", "crop", "environment", "CLIP_FIT")
    ]


def test_a_file_that_says_it_for_all_is_told_once() -> None:
    both = {"clip": {"fit": "crop"}, "pick": {"fit": "crop"}}
    assert rows(FIT, files=[SettingsFile("user file", OWN, both)]) == [
        Told("fit", "crop", "user file", "own.toml")
    ]


def test_the_environment_beats_a_file() -> None:
    files = [SettingsFile("user file", OWN, {"clip": {"bucket": "f"}, "pick": {"bucket": "f"}})]
    assert rows(BUCKET, environ={"BUCKET": "e"}, files=files)[0].origin == "environment"


def test_a_flag_beats_all() -> None:
    found = rows(BUCKET, environ={"BUCKET": "e"}, flags={"bucket": "x"})
    assert found == [Told("bucket", "x", "flag", "--bucket")]


def test_the_file_whose_value_holds_is_named_though_another_would_raise_it() -> None:
    limit = [option("video", "--max-cost")]
    files = [
        SettingsFile("user file", OWN, {"video": {"max_cost": 1}}),
        SettingsFile("project file", PROJECT, {"video": {"max_cost": 9}}),
    ]
    found = rows(limit, files=files, effective={"video": {"max_cost": 1}})
    assert found == [Told("max-cost", 1, "user file", "own.toml")]


def test_what_is_about_one_call_is_no_setting() -> None:
    assert rows([option("clip", "--json", "CLIP_JSON")], environ={"CLIP_JSON": "1"}) == []
