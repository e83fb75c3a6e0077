"""--report and the contact sheet as a user runs them, over real footage and the real ffmpeg."""

from __future__ import annotations

import errno
import json
import os
import shutil
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from screentest import SORA_2, clip, probe, segment_at
from screentest.prep.report.videos import after
from tests.conftest import Command, Footage

CHECKOUT = Path(__file__).parents[4]
# As little as the model takes: each second is scanned, encoded and drawn.
BRIEFLY = ("--length", 2)
MARKER = '<meta name="generator" content="screentest">'


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def short(footage: Footage) -> Path:
    """3 s of a face: quick to scan and to encode."""
    return footage("face-short")


def test_pick_names_its_report_and_leaves_no_clip(
    screentest: Command, short: Path, tmp_path: Path
) -> None:
    found = screentest("pick", short, *BRIEFLY, "--report", "why.html", "--json").result
    page = tmp_path / "why.html"
    assert found["report"] == str(page)
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    assert MARKER in page.read_text(encoding="utf-8")
    assert not list(tmp_path.rglob("*.mp4"))


def test_a_clip_comes_with_its_report(screentest: Command, short: Path, tmp_path: Path) -> None:
    made = screentest("clip", short, *BRIEFLY, "-o", "out.mp4", "--report", "why.html", "--json").result
    assert made["report"] == str(tmp_path / "why.html")
    assert MARKER in (tmp_path / "why.html").read_text(encoding="utf-8")
    assert (tmp_path / "out.mp4").exists()


def test_a_warning_stands_on_the_page_once(
    screentest: Command, footage: Footage, tmp_path: Path
) -> None:
    screentest("clip", footage("pattern-720p"), *BRIEFLY, "-o", "out.mp4", "--report", "why.html")
    page = (tmp_path / "why.html").read_text(encoding="utf-8")
    assert page.count("No human face was found in the clip.") == 1


def test_a_clip_whose_report_cannot_be_drawn_is_still_named(
    screentest: Command, short: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object, **_options: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "why.html")

    monkeypatch.setattr("screentest.prep.report.draw.draw", full)
    outcome = screentest("clip", short, *BRIEFLY, "-o", "out.mp4", "--report", "why.html", "--json")
    assert (outcome.code, outcome.error["type"]) == (1, "SystemError")
    assert "report" not in json.loads(outcome.out)
    assert json.loads(outcome.out)["clip"] == str(tmp_path / "out.mp4")


def test_without_it_nothing_is_drawn(screentest: Command, short: Path, tmp_path: Path) -> None:
    assert "report" not in screentest("pick", short, "--json").result
    assert not list(tmp_path.glob("*.html"))


def test_a_report_never_takes_the_place_of_footage(
    screentest: Command, short: Path, tmp_path: Path
) -> None:
    raw = Path(shutil.copy(short, tmp_path / "raw.mp4"))
    outcome = screentest("pick", raw, "--report", raw, "--json")
    assert outcome.error["type"] == "OutputExists"
    assert raw.read_bytes() == short.read_bytes()


def test_turned_footage_is_drawn_upright(screentest: Command, footage: Footage) -> None:
    raw = footage("rotated-90")
    found = screentest("pick", raw, *BRIEFLY, "--report", "why.html", "--json").result
    page = Path(found["report"]).read_text(encoding="utf-8")
    assert '<video id="before" controls muted loop playsinline preload="auto" width="360"' in page


def test_a_rehearsal_can_be_drawn_too(screentest: Command, short: Path, tmp_path: Path) -> None:
    arguments = ("register", short, *BRIEFLY, "--name", "Joe", "--dry-run", "--json")
    assert screentest(*arguments, "--report", "why.html").result["report"] == str(tmp_path / "why.html")


@pytest.mark.slow
def test_a_registration_is_drawn_with_its_character(
    screentest: Command, short: Path, tmp_path: Path
) -> None:
    arguments = ("register", short, *BRIEFLY, "--name", "Joe <b>", "--sandbox", "--json")
    made = screentest(*arguments, "--report", "why.html").result
    page = (tmp_path / "why.html").read_text(encoding="utf-8")
    assert f"Joe &lt;b&gt;: {made['character_id']} (sandbox)" in page
    assert f"sha256 {made['clip_sha256']}" in page
    assert "have the person&#x27;s consent" in page


@pytest.mark.slow
def test_an_id_that_is_paid_for_is_shown_even_where_its_report_fails(
    screentest: Command, short: Path
) -> None:
    arguments = ("register", short, *BRIEFLY, "--name", "Joe", "--sandbox", "--json")
    made = screentest(*arguments).result
    Path(made["clip"]).unlink()
    outcome = screentest(*arguments, "--report", "why.html")
    assert (outcome.code, outcome.error["type"]) == (1, "NotFound")
    assert outcome.result == {**made, "submitted": False}


def test_a_clip_too_heavy_for_a_page_is_shown_as_a_copy(short: Path, tmp_path: Path) -> None:
    source = probe(short)
    made = clip(source, segment_at(source, start_s=0.0, length_s=2.0), out=tmp_path / "clip.mp4")
    copy = after(replace(made, bytes=10**8), spec=SORA_2)
    assert (copy.reduced, copy.width_px, copy.height_px) == (True, 960, 540)
    assert after(made, spec=SORA_2).content == (tmp_path / "clip.mp4").read_bytes()


def drawn_sheet(folder: Path, out: Path, home: Path) -> subprocess.CompletedProcess[str]:
    script = CHECKOUT / "fixtures" / "sheets.py"
    return subprocess.run(
        [sys.executable, script, folder, "--out", out],
        cwd=CHECKOUT,
        env={**os.environ, "SCREENTEST_HOME": str(home), "PYTHONPATH": str(CHECKOUT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_contact_sheet_has_a_row_for_every_clip_even_one_that_fails(
    short: Path, footage: Footage, tmp_path: Path, home: Path
) -> None:
    folder = tmp_path / "day 1"
    folder.mkdir()
    shutil.copy(short, folder / "a good one.mp4")
    shutil.copy(footage("not-a-video"), folder / "broken.mp4")
    (folder / "notes.txt").write_text("no footage", encoding="utf-8")
    run = drawn_sheet(folder, tmp_path / "sheet.html", home)
    page = (tmp_path / "sheet.html").read_text(encoding="utf-8")
    assert run.returncode == 0, run.stderr
    assert "2 clips: 1 picked, 1 refused" in page
    assert page.count("<figure>") == 8
    assert "broken.mp4 is not a video that can be read" in page
    assert "notes.txt" not in page
    assert len(page) < 150_000
    assert "2/2 'broken.mp4'" in run.stderr


def test_a_contact_sheet_of_no_footage_says_so(tmp_path: Path, home: Path) -> None:
    run = drawn_sheet(tmp_path, tmp_path / "sheet.html", home)
    assert (run.returncode, run.stdout) == (2, "")
    assert "There is no footage in" in run.stderr
