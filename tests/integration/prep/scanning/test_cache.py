"""Scans are kept by content: a second look at the same footage costs nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from screentest import pick, probe, scan
from screentest.prep.core.errors import Unreadable
from screentest.prep.scanning.cache import cached_scan, from_json, to_json
from tests.conftest import Footage


def test_a_kept_scan_picks_the_same_window(footage: Footage) -> None:
    source = probe(footage("face-with-sound"))
    made = scan(source)
    assert from_json(to_json(made), source) == made


def test_the_same_footage_under_another_name_is_not_scanned_again(
    footage: Footage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "scans"
    first = cached_scan(probe(footage("face-short")), folder=folder)
    moved = tmp_path / "moved.mp4"
    shutil.copy(footage("face-short"), moved)
    monkeypatch.setattr(
        "screentest.prep.scanning.cache.scan", lambda *a, **k: pytest.fail("scanned again")
    )
    again = cached_scan(probe(moved), folder=folder)
    assert pick(again) == pick(first)
    assert again.source.path == str(moved)


def test_a_damaged_kept_scan_is_made_again(footage: Footage, tmp_path: Path) -> None:
    source = probe(footage("face-short"))
    cached_scan(source, folder=tmp_path)
    (kept,) = tmp_path.iterdir()
    kept.write_text("{", encoding="utf-8")
    assert cached_scan(source, folder=tmp_path).signals


def test_kept_scans_are_private(footage: Footage, tmp_path: Path) -> None:
    cached_scan(probe(footage("face-short")), folder=tmp_path)
    (kept,) = tmp_path.iterdir()
    assert kept.stat().st_mode & 0o077 == 0


def test_footage_that_changed_since_it_was_probed_is_not_scanned(
    footage: Footage, tmp_path: Path
) -> None:
    raw = tmp_path / "raw.mp4"
    shutil.copy(footage("pattern-720p"), raw)
    source = probe(raw)
    shutil.copy(footage("audio-only"), raw)
    with pytest.raises(Unreadable, match="changed"):
        scan(source)
