"""A window by hand without a stopwatch: of a part of the footage, or one of the runners-up."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Command, Footage


def test_a_window_is_searched_in_the_part_that_is_named(screentest: Command, face_clip: Path) -> None:
    found = screentest("pick", face_clip, "--start", "0:20", "--end", "30", "--json").result
    assert found["start_s"] >= 20
    assert found["start_s"] + found["length_s"] <= 30
    assert all(20 <= one["start_s"] <= 26 for one in found["alternatives"])


def test_what_was_found_in_a_part_changes_no_later_pick(
    screentest: Command, footage: Footage, tmp_path: Path
) -> None:
    raw = footage("face-short")
    other = screentest("--home", tmp_path / "other", "pick", raw, "--json").result
    assert screentest("pick", raw, "--end", "2.2", "--json").result["start_s"] < 0.3
    assert screentest("pick", raw, "--json").result == other


def test_a_part_of_a_file_that_is_a_clip_already_is_not_all_of_it(
    screentest: Command, face_clip: Path, tmp_path: Path
) -> None:
    made = tmp_path / "clip.mp4"
    assert screentest("clip", face_clip, "-o", made).code == 0
    found = screentest("pick", made, "--start", "1", "--json").result
    assert found["start_s"] >= 1


@pytest.mark.parametrize(
    ("arguments", "error_type"),
    [
        (("--start", "10:00"), "ImpossibleWish"),
        (("--end", "5", "--person", "1"), "ImpossibleWish"),
        (("--start", "1", "--end", "2"), "TooShort"),
    ],
)
def test_a_part_that_holds_no_window_is_told(
    screentest: Command, face_clip: Path, arguments: tuple[str, ...], error_type: str
) -> None:
    assert screentest("pick", face_clip, *arguments, "--json").error["type"] == error_type


def test_a_runner_up_becomes_the_clip(screentest: Command, face_clip: Path, tmp_path: Path) -> None:
    others = screentest("pick", face_clip, "--person", "1", "--json").result["alternatives"]
    options = ("--runner-up", "2", "--person", "1", "-o", tmp_path / "clip.mp4", "--json")
    made = screentest("clip", face_clip, *options).result
    assert made["segment"]["start_s"] == pytest.approx(others[1]["start_s"], abs=0.001)
    assert made["segment"]["length_s"] == pytest.approx(others[1]["length_s"], abs=0.001)


@pytest.mark.parametrize(
    ("arguments", "error_type"),
    [(("--runner-up", "99"), "ConfigError"), (("--runner-up", "1", "--start", "1"), "UsageError")],
)
def test_a_runner_up_that_is_not_there_is_told(
    screentest: Command, face_clip: Path, arguments: tuple[str, ...], error_type: str
) -> None:
    assert screentest("clip", face_clip, *arguments, "--json").error["type"] == error_type
