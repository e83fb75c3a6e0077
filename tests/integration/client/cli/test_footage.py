"""probe, scan, pick, clip and check as a user runs them, over real footage and the real ffmpeg."""

from __future__ import annotations

import hashlib
import re
import shutil
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Command, Footage
from tests.permissions import bound_by_permissions

# As little as the model takes: each second is encoded.
BRIEFLY = ("--length", 2)
SEGMENT_KEYS = {"start_s", "length_s", "score", "subject"}


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def short(footage: Footage) -> Path:
    """3 s of a face: quick to scan and to encode."""
    return footage("face-short")


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def test_probe_tells_machines_what_the_file_holds(screentest: Command, face_clip: Path) -> None:
    found = screentest("probe", face_clip, "--json").result
    assert (found["width_px"], found["height_px"], found["fps"]) == (400, 300, 25.0)
    assert found["duration_s"] == pytest.approx(30.6)
    assert (found["has_audio"], found["sar"], found["rotation_deg"]) == (False, "1:1", 0)


def test_probe_names_the_container_as_its_file_does(screentest: Command, face_clip: Path) -> None:
    assert "Format   mp4, h264, yuv420p" in screentest("probe", face_clip).out


def test_probe_shows_people_a_turned_picture_upright(screentest: Command, footage: Footage) -> None:
    shown = screentest("probe", footage("rotated-90")).out
    assert "720x1280 (stored as 1280x720)" in shown
    assert "90 degrees clockwise" in shown


def test_scan_measures_in_order_of_time(screentest: Command, short: Path) -> None:
    signals = screentest("scan", short, "--json").result["signals"]
    times = [signal["t_s"] for signal in signals]
    assert times == sorted(times)
    assert any(signal["faces"] for signal in signals)


@pytest.fixture
def picked(screentest: Command, face_clip: Path, face_scans: Path, home: Path) -> dict[str, Any]:
    """What pick says about the real clip."""
    home.mkdir(mode=0o700)
    face_scans.rename(home / "scans")
    return screentest("pick", face_clip, "--json").result


def test_pick_has_the_keys_that_scripts_rely_on(picked: dict[str, Any]) -> None:
    assert picked.keys() == SEGMENT_KEYS | {
        "source",
        "turned_deg",
        "reasons",
        "alternatives",
        "face_seen",
        "warnings",
    }
    for other in picked["alternatives"]:
        assert other.keys() == {"start_s", "length_s", "score"}


def test_pick_avoids_the_turned_head(picked: dict[str, Any]) -> None:
    assert picked["start_s"] + picked["length_s"] <= 16 or picked["start_s"] >= 27
    assert picked["subject"] == "face"
    assert picked["reasons"]


def test_pick_never_scans_the_same_content_twice(
    screentest: Command, short: Path, tmp_path: Path, home: Path
) -> None:
    screentest("pick", short)
    copy = shutil.copy(short, tmp_path / "renamed.mp4")
    scans = [(file.name, file.stat().st_mtime_ns) for file in (home / "scans").iterdir()]
    assert screentest("pick", copy, "--json").result["source"] == str(copy)
    assert [(file.name, file.stat().st_mtime_ns) for file in (home / "scans").iterdir()] == scans


def test_pick_shows_people_the_window_and_why(screentest: Command, short: Path) -> None:
    shown = screentest("pick", short).out
    assert shown.startswith("Window   0:00.")
    assert "Why\n - " in shown


def test_results_and_progress_do_not_mix(screentest: Command, short: Path) -> None:
    outcome = screentest("pick", short, "--json")
    assert outcome.result
    assert "scan: " in outcome.err


def test_quiet_means_quiet(screentest: Command, short: Path) -> None:
    assert screentest("pick", short, "-q").err == ""


def test_clip_goes_to_the_current_folder_under_the_footage_s_name(
    screentest: Command, short: Path, tmp_path: Path
) -> None:
    made = screentest("clip", short, *BRIEFLY, "--json").result
    assert made["clip"] == str(tmp_path / "face-short.clip.mp4")
    assert made["sha256"] == sha256(tmp_path / "face-short.clip.mp4")


def test_clip_has_the_keys_that_scripts_rely_on(screentest: Command, short: Path) -> None:
    made = screentest("clip", short, *BRIEFLY, "--json").result
    assert made.keys() == {
        *("clip", "sha256", "segment", "width_px", "height_px"),
        *("fps", "has_audio", "upscaled", "warnings"),
    }
    assert made["segment"].keys() == SEGMENT_KEYS


def test_a_clip_keeps_every_rule_of_its_model(screentest: Command, footage: Footage) -> None:
    made = screentest("clip", footage("face-with-sound"), *BRIEFLY, "--json").result
    report = screentest("check", made["clip"], "--json").result
    assert report["ok"]
    assert made["has_audio"]


def test_check_has_the_keys_that_scripts_rely_on(screentest: Command, face_clip: Path) -> None:
    report = screentest("check", face_clip, "--json").result
    assert report.keys() == {"clip", "ok", "rules"}
    assert all(rule.keys() == {"rule", "found", "wanted", "ok", "source"} for rule in report["rules"])


def test_check_fails_and_names_the_broken_rules(screentest: Command, face_clip: Path) -> None:
    outcome = screentest("check", face_clip, "--json")
    assert outcome.code == 1
    assert outcome.error["type"] == "RuleBroken"
    assert "resolution" in outcome.error["message"]


def test_start_and_length_are_taken_as_given(screentest: Command, footage: Footage) -> None:
    made = screentest("clip", footage("counter"), "--start", 2, "--length", 2.4, "--json").result
    assert made["segment"]["start_s"] == pytest.approx(2)
    assert made["segment"]["length_s"] == pytest.approx(2.4)


def test_a_square_picture_becomes_what_was_asked_for(screentest: Command, footage: Footage) -> None:
    square = footage("pattern-square")
    window = ("--start", 0, *BRIEFLY)
    made = screentest("clip", square, *window, "--orientation", "portrait", "--json").result
    assert made["height_px"] > made["width_px"]


def test_the_same_clip_again_is_not_a_conflict(screentest: Command, short: Path) -> None:
    first = screentest("clip", short, *BRIEFLY, "--json").result
    assert screentest("clip", short, *BRIEFLY, "--json").result == first


@pytest.mark.parametrize("name", ["out.mov", "out.webm", "out.jpg"])
def test_a_clip_never_carries_another_formats_name(
    screentest: Command, short: Path, tmp_path: Path, name: str
) -> None:
    outcome = screentest("clip", short, "-o", tmp_path / name, "--json")
    assert (outcome.code, outcome.error["type"]) == (2, "ImpossibleWish")
    assert "out.mp4" in outcome.error["hint"]
    assert list(tmp_path.glob("out.*")) == []


def test_a_file_of_no_bytes_is_called_empty(screentest: Command, tmp_path: Path) -> None:
    (tmp_path / "raw.mp4").touch()
    outcome = screentest("probe", tmp_path / "raw.mp4", "--json")
    assert outcome.error["type"] == "NotAVideo"
    assert "empty" in outcome.error["message"]


def test_a_scan_counts_the_frames_that_show_a_face_to_the_camera(
    screentest: Command, short: Path
) -> None:
    said = screentest("scan", short).err
    assert re.search(r"15 frames analysed, 1\d with a face turned to the camera, 0 cuts", said)


def test_a_different_file_of_that_name_is_left_alone(
    screentest: Command, short: Path, tmp_path: Path
) -> None:
    precious = tmp_path / "out.mp4"
    precious.write_bytes(b"precious")
    outcome = screentest("clip", short, "--start", 0, *BRIEFLY, "-o", precious, "--json")
    assert (outcome.code, outcome.error["type"]) == (1, "OutputExists")
    assert "--overwrite" in outcome.error["hint"]
    assert precious.read_bytes() == b"precious"
    assert list(tmp_path.glob(".screentest-*")) == []


def test_overwrite_replaces_it(screentest: Command, short: Path, tmp_path: Path) -> None:
    old = tmp_path / "out.mp4"
    old.write_bytes(b"old")
    made = screentest("clip", short, "--start", 0, *BRIEFLY, "-o", old, "--overwrite", "--json").result
    assert made["sha256"] == sha256(old)


def test_the_footage_itself_is_never_replaced(screentest: Command, short: Path, tmp_path: Path) -> None:
    raw = tmp_path / "raw.mp4"
    shutil.copy(short, raw)
    outcome = screentest("clip", raw, "-o", raw, "--overwrite", "--json")
    assert outcome.error["type"] == "OutputExists"
    assert sha256(raw) == sha256(short)


def test_a_folder_as_output_takes_the_usual_name(
    screentest: Command, short: Path, tmp_path: Path
) -> None:
    made = screentest("clip", short, "--start", 0, *BRIEFLY, "-o", tmp_path, "--json").result
    assert made["clip"] == str(tmp_path / "face-short.clip.mp4")


@pytest.mark.parametrize(
    ("name", "error"),
    [("too-short", "TooShort"), ("audio-only", "NotAVideo"), ("not-a-video", "NotAVideo")],
)
def test_footage_that_cannot_be_used_is_told_and_leaves_nothing(
    screentest: Command, footage: Footage, tmp_path: Path, name: str, error: str
) -> None:
    outcome = screentest("clip", footage(name), "-o", tmp_path / "out.mp4", "--json")
    assert (outcome.code, outcome.error["type"]) == (1, error)
    assert outcome.error["hint"]
    assert not list(tmp_path.glob("*.mp4"))


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere root cannot be bound")
def test_a_folder_that_refuses_writing_is_told(
    screentest: Command, short: Path, tmp_path: Path
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=stat.S_IRUSR | stat.S_IXUSR)
    with bound_by_permissions():
        outcome = screentest("clip", short, "--start", 0, *BRIEFLY, "-o", closed / "out.mp4", "--json")
    assert outcome.error["type"] == "OutputNotWritable"


def test_a_folder_that_is_not_there_is_told(screentest: Command, short: Path, tmp_path: Path) -> None:
    outcome = screentest("clip", short, "-o", tmp_path / "no" / "out.mp4", "--json")
    assert outcome.error["type"] == "OutputNotWritable"


def test_a_name_with_control_characters_cannot_move_the_cursor(
    screentest: Command, short: Path, tmp_path: Path
) -> None:
    sly = tmp_path / "a\x1b[2Jb.mp4"
    shutil.copy(short, sly)
    outcome = screentest("probe", sly)
    assert outcome.code == 0
    assert "\x1b" not in outcome.out
