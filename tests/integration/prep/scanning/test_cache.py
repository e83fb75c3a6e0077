"""Scans are kept by content: a second look at the same footage costs nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from screentest import pick, probe, scan
from screentest.prep.core.errors import Unreadable
from screentest.prep.core.spec import KLING_ELEMENTS, SORA_2
from screentest.prep.picking.scans import kept_scan
from screentest.prep.scanning.cache import from_json, to_json
from tests.conftest import Footage


def test_a_kept_scan_picks_the_same_window(footage: Footage) -> None:
    source = probe(footage("face-with-sound"))
    made = scan(source)
    assert from_json(to_json(made), source) == made


def test_the_same_footage_under_another_name_is_not_scanned_again(
    footage: Footage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "scans"
    first = kept_scan(probe(footage("face-short")), SORA_2, folder=folder)
    moved = tmp_path / "moved.mp4"
    shutil.copy(footage("face-short"), moved)
    monkeypatch.setattr(
        "screentest.prep.scanning.cache.scan", lambda *a, **k: pytest.fail("scanned again")
    )
    again = kept_scan(probe(moved), SORA_2, folder=folder)
    assert pick(again) == pick(first)
    assert again.source.path == str(moved)


def test_what_was_checked_is_kept_with_it(
    footage: Footage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = probe(footage("face-short"))
    first = kept_scan(source, SORA_2, folder=tmp_path)
    assert {check.cut_s for check in first.checked} == {None}
    assert len(first.eyes[0].times_s) >= 15 * pick(first).length_s
    for name in ("hidden_cut_s", "EyesWatch"):
        monkeypatch.setattr(
            f"screentest.prep.picking.finalists.{name}", lambda *_, **__: pytest.fail("looked again")
        )
    assert kept_scan(source, SORA_2, folder=tmp_path) == first


def test_a_model_of_longer_clips_has_scans_of_its_own(footage: Footage, tmp_path: Path) -> None:
    source = probe(footage("face-short"))
    for spec in (SORA_2, KLING_ELEMENTS, SORA_2):
        kept_scan(source, spec, folder=tmp_path)
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("damage", ["{", "[" * 100_000, "\0", ""])
def test_a_damaged_kept_scan_is_made_again(footage: Footage, tmp_path: Path, damage: str) -> None:
    source = probe(footage("face-short"))
    kept_scan(source, SORA_2, folder=tmp_path)
    (kept,) = tmp_path.iterdir()
    kept.write_text(damage, encoding="utf-8")
    assert kept_scan(source, SORA_2, folder=tmp_path).signals


def test_kept_scans_are_private(footage: Footage, tmp_path: Path) -> None:
    kept_scan(probe(footage("face-short")), SORA_2, folder=tmp_path)
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
