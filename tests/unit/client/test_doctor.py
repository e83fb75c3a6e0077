"""Doctor: each finding, made with a home, an ffmpeg or weights that are really broken."""

from __future__ import annotations

import dataclasses
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from screentest.client import doctor
from screentest.client.doctor import Finding, examine_here, is_well, not_examined
from screentest.client.errors import ClientError, NoCredentials
from screentest.client.remote.wavespeed import ServedModel
from screentest.prep.clipping.ffmpeg import executable
from screentest.prep.vision import weights as weights_module
from tests.permissions import bound_by_permissions
from tests.registry_parts import FILE_NAME, Registry, brought


def found(check: str, home: Path) -> Finding:
    """What doctor finds about one thing in a home."""
    return next(one for one in examine_here(home) if one.check == check)


def way_out(finding: Finding) -> str:
    """The last field, whatever it is called: how to put it right."""
    said = getattr(finding, dataclasses.fields(finding)[-1].name)
    return str(said) if said else ""


@pytest.fixture(autouse=True)
def asked_afresh() -> Iterator[None]:
    """Which ffmpeg is used is found out once per process; here once per test."""
    executable.cache_clear()
    yield
    executable.cache_clear()


def program(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    path.chmod(0o755)
    return path


# A home


def test_a_new_home_is_well_and_nothing_is_made_in_it(tmp_path: Path) -> None:
    home = tmp_path / "deep" / "home"
    findings = examine_here(home)
    assert is_well(findings)
    assert str(home / FILE_NAME) in found("registry", home).found
    assert not home.exists()


def test_every_check_is_told_once_and_what_is_well_needs_nothing(tmp_path: Path) -> None:
    findings = examine_here(tmp_path)
    names = [one.check for one in findings]
    assert len(names) == len(set(names))
    assert {"ffmpeg", "weights", "disk", "registry"} <= set(names)
    assert all(way_out(one) == "" for one in findings if one.verdict == "ok")


def test_a_damaged_registry_fails_with_the_way_back_and_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"no database at all, though long enough to be one" * 40)
    before = (tmp_path / FILE_NAME).read_bytes()
    finding = found("registry", tmp_path)
    assert finding.verdict == "failed"
    assert "import" in way_out(finding)
    assert (tmp_path / FILE_NAME).read_bytes() == before


def test_another_programs_database_fails_and_names_the_setting(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / FILE_NAME) as other:
        other.execute("CREATE TABLE notes (text TEXT)")
    other.close()
    finding = found("registry", tmp_path)
    assert finding.verdict == "failed"
    assert "folder" in way_out(finding)


def test_a_newer_releases_registry_fails_and_says_to_update(tmp_path: Path) -> None:
    Registry(tmp_path / FILE_NAME).close()
    with sqlite3.connect(tmp_path / FILE_NAME) as newer:
        newer.execute("PRAGMA user_version = 99")
    newer.close()
    finding = found("registry", tmp_path)
    assert (finding.verdict, "pdate" in way_out(finding)) == ("failed", True)


def test_a_home_that_may_not_be_written_fails(tmp_path: Path) -> None:
    Registry(tmp_path / FILE_NAME).close()
    tmp_path.chmod(0o500)
    try:
        with bound_by_permissions():
            finding = found("registry", tmp_path)
    finally:
        tmp_path.chmod(0o700)
    assert finding.verdict == "failed"
    assert way_out(finding)


def test_a_registry_that_is_a_folder_fails_without_a_crash(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).mkdir()
    assert found("registry", tmp_path).verdict == "failed"


def test_a_registration_left_open_is_a_warning_and_no_failure(tmp_path: Path) -> None:
    with Registry(tmp_path / FILE_NAME) as registry:
        brought(registry, "planned")
    finding = found("registry", tmp_path)
    assert finding.verdict == "warning"
    assert "1 registration," in finding.found
    assert "reconcile" in way_out(finding)
    assert is_well([finding])


def test_little_room_is_a_warning_that_names_the_amount(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "LEAST_FREE_BYTES", shutil.disk_usage(tmp_path).total * 2)
    finding = found("disk", tmp_path)
    assert finding.verdict == "warning"
    assert "GB free" in finding.found
    assert "home" in way_out(finding)


def test_the_disk_of_a_home_not_yet_made_is_its_parents(tmp_path: Path) -> None:
    finding = found("disk", tmp_path / "a" / "b")
    assert finding.found.endswith(str(tmp_path))


# ffmpeg


def test_an_ffmpeg_that_is_not_there_fails_and_names_the_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCREENTEST_FFMPEG", str(tmp_path / "gone"))
    finding = found("ffmpeg", tmp_path)
    assert finding.verdict == "failed"
    assert "SCREENTEST_FFMPEG" in finding.found + way_out(finding)


def test_an_ffmpeg_that_dies_fails_by_its_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = program(tmp_path, "ffmpeg", "#!/bin/sh\nexit 127\n")
    monkeypatch.setenv("SCREENTEST_FFMPEG", str(broken))
    finding = found("ffmpeg", tmp_path)
    assert finding.verdict == "failed"
    assert str(broken) in finding.found


def test_an_ffmpeg_of_another_machine_fails_without_a_crash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign = program(tmp_path, "ffmpeg", "\x7fELF of nothing")
    monkeypatch.setenv("SCREENTEST_FFMPEG", str(foreign))
    finding = found("ffmpeg", tmp_path)
    assert finding.verdict == "failed"
    assert way_out(finding)


def test_an_ffmpeg_that_never_answers_is_a_finding_and_no_crash() -> None:
    def hang() -> Finding:
        raise subprocess.TimeoutExpired("ffmpeg", 20)

    finding = doctor._guarded("ffmpeg", hang)
    assert (finding.check, finding.verdict) == ("ffmpeg", "failed")
    assert "20 s" in finding.found


def test_the_ffmpeg_in_use_is_named_with_its_version(tmp_path: Path) -> None:
    finding = found("ffmpeg", tmp_path)
    assert finding.verdict == "ok"
    assert finding.found.startswith("ffmpeg version")
    assert os.sep in finding.found


# Weights


@pytest.fixture
def own_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the weights that a test may break; the caches are empty before and after."""
    folder = tmp_path / "weights"
    shutil.copytree(weights_module.FOLDER, folder)
    monkeypatch.setattr(weights_module, "FOLDER", folder)
    caches = (weights_module.weights, weights_module.manifest)
    for one in caches:
        one.cache_clear()
    yield folder
    for one in caches:
        one.cache_clear()


def test_weights_that_are_whole_are_well(own_weights: Path) -> None:
    assert found("weights", own_weights).verdict == "ok"


def test_a_weight_file_that_is_gone_is_named(own_weights: Path) -> None:
    (own_weights / weights_module.DETECTOR).unlink()
    finding = found("weights", own_weights)
    assert finding.verdict == "failed"
    assert weights_module.DETECTOR in finding.found
    assert way_out(finding)


def test_one_wrong_byte_in_a_weight_file_is_found(own_weights: Path) -> None:
    path = own_weights / weights_module.IDENTITY
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    finding = found("weights", own_weights)
    assert finding.verdict == "failed"
    assert weights_module.IDENTITY in finding.found


# The clock, and the verdict as a whole


class Telling:
    """A service whose clock is off by so much, or that does not tell its time."""

    def __init__(self, at: datetime | None) -> None:
        self._at = at

    def served_at(self) -> datetime | None:
        return self._at


NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ahead_s", "verdict", "words"),
    [
        (0, "ok", "0 s"),
        (60, "ok", "60 s ahead"),
        (61, "failed", "61 s ahead"),
        (-3600, "failed", "3600 s behind"),
    ],
)
def test_a_clock_that_is_off_fails_before_signatures_do(ahead_s: int, verdict: str, words: str) -> None:
    service = Telling(NOW - timedelta(seconds=ahead_s))
    finding = doctor._clock(service, lambda: NOW)  # type: ignore[arg-type]
    assert finding.verdict == verdict
    assert words in finding.found
    assert bool(way_out(finding)) == (verdict == "failed")


def test_a_service_that_hides_its_time_is_no_failure() -> None:
    assert doctor._clock(Telling(None), lambda: NOW).verdict == "warning"  # type: ignore[arg-type]


def test_one_failure_is_enough_to_be_unwell_and_no_warning_is() -> None:
    well, odd, bad = (Finding("c", verdict, "f") for verdict in ("ok", "warning", "failed"))
    assert is_well([well, odd])
    assert not is_well([well, bad, odd])
    assert is_well([])


@pytest.mark.parametrize("error", [NoCredentials("No key.", "Set it."), ClientError("m", "h")])
def test_what_keeps_doctor_from_the_services_is_a_finding_itself(error: ClientError) -> None:
    finding, *skipped = not_examined(error)
    assert {one.check for one in skipped} == {
        *("key and balance", "model", "fields", "clock", "bucket")
    }
    assert {one.verdict for one in skipped} == {"skipped"}
    assert (finding.verdict, finding.found) == ("failed", error.message)
    assert error.hint.rstrip(".").lower() in way_out(finding).lower()


# What models take


KLING = "kwaivgi/kling-elements-advanced"
SORA = "openai/sora-2/characters"


def served(*entries: tuple[str, dict[str, object] | None]) -> dict[str, ServedModel]:
    return {model_id: ServedModel(model_id, None, schema) for model_id, schema in entries}


def test_a_body_that_no_longer_fits_fails_doctor_and_says_which_field() -> None:
    changed: dict[str, object] = {
        "properties": {"clip": {"type": "string"}, "name": {"type": "string"}},
        "required": ["clip"],
    }
    finding = doctor._fields(served((SORA, changed), (KLING, None)), SORA)
    assert finding.verdict == "failed"
    assert f"{SORA}: it wants 'clip', which is not sent; it has no field 'video'" in finding.found
    assert f"no schema is shown for {KLING}" in finding.found
    assert way_out(finding)


def test_a_change_of_another_model_is_a_warning() -> None:
    changed: dict[str, object] = {"properties": {"x": {}}}
    assert doctor._fields(served((SORA, changed)), KLING).verdict == "warning"


def test_models_without_a_schema_are_said_and_refuse_nothing() -> None:
    finding = doctor._fields(served((SORA, None)), SORA)
    assert (finding.verdict, finding.found) == ("ok", f"no schema is shown for {SORA}")


def test_a_model_that_is_gone_fails_with_one_that_lives() -> None:
    finding = doctor._model(served((KLING, None)), SORA)
    assert finding.verdict == "failed"
    assert KLING in way_out(finding)
