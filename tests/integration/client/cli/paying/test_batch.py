"""batch as a user runs it: a folder in, characters out, twice, and what goes wrong told."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from screentest.client.registry.registry import FILE_NAME, Registry
from screentest.prep.media.probe import fingerprint
from tests.conftest import Command

Lines = list[dict[str, Any]]


@pytest.fixture
def folder(tmp_path: Path, face_clip: Path) -> Path:
    folder = tmp_path / "footage"
    (folder / "monday").mkdir(parents=True)
    shutil.copy(face_clip, folder / "monday" / "joe.mp4")
    (folder / "torn.mp4").write_bytes(face_clip.read_bytes()[:3000])
    (folder / "notes.txt").touch()
    return folder


def lines_of(out: str) -> tuple[Lines, dict[str, Any]]:
    *items, last = map(json.loads, out.splitlines())
    return sorted(items, key=lambda item: item["item"]), last["summary"]


def test_a_folder_becomes_characters_once(screentest: Command, folder: Path) -> None:
    arguments = ("batch", str(folder), "--sandbox", "--workers", "1", "--length", "2", "--json")
    first = screentest(*arguments)
    assert first.code == 3
    (joe, torn), summary = lines_of(first.out)
    assert (joe["name"], joe["status"], joe["error"]) == ("joe", "done", None)
    assert (torn["status"], torn["character_id"]) == ("failed", None)
    assert torn["error"]["type"] in ("NotAVideo", "Unreadable")
    assert torn["error"]["hint"]
    assert (summary["items"], summary["done"], summary["failed"]) == (2, 1, 1)
    assert summary["cost_usd"] == joe["cost_usd"] > 0

    (joe_again, _), again = lines_of(screentest(*arguments).out)
    assert (joe_again["status"], joe_again["character_id"]) == ("exists", joe["character_id"])
    assert (again["exists"], again["cost_usd"]) == (1, 0.0)
    listed = screentest("characters", "list", "--json").result["characters"]
    assert [row["character_id"] for row in listed if row["character_id"]] == [joe["character_id"]]


def test_without_a_key_it_prepares_and_tells_the_price(screentest: Command, folder: Path) -> None:
    (told, _), summary = lines_of(screentest("batch", str(folder), "--dry-run", "--json").out)
    assert told["status"] == "skipped"
    assert summary["cost_usd"] == told["cost_usd"] > 0
    (made, _), _ = lines_of(
        screentest("batch", str(folder), "--prepare", "--length", "2", "--workers", "1", "--json").out
    )
    assert made["status"] == "prepared"
    assert Path(made["clip"]).exists()
    assert made["cost_usd"] == 0.0
    approved = ("batch", str(folder), "--approved", "--length", "2", "--dry-run", "--json")
    (left, _), _ = lines_of(screentest(*approved).out)
    assert (left["said"], left["clip"]) == ("Nobody approved it.", made["clip"])


def test_a_manifest_is_written_changed_and_read(
    screentest: Command, folder: Path, tmp_path: Path, home: Path
) -> None:
    manifest = tmp_path / "people.csv"
    home.mkdir(mode=0o700, exist_ok=True)
    with Registry(home / FILE_NAME) as registry:
        registry.decisions.decide(fingerprint(folder / "monday" / "joe.mp4"), name="Joe Low")
    assert (
        screentest("batch", str(folder), "--init-manifest", str(manifest), "--json").result["rows"] == 2
    )
    text = manifest.read_text().replace(",Joe Low,", f",{'J' * 300},")
    manifest.write_text(text)
    refused = screentest("batch", "--manifest", str(manifest), "--dry-run", "--json")
    assert (refused.code, refused.error["type"]) == (1, "ConfigError")
    assert "line 2" in refused.error["message"]
    assert "nothing was started" in refused.error["message"]


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        ((), 2, "UsageError"),
        (("nowhere",), 1, "NotFound"),
        (("--manifest", "nowhere.csv"), 1, "NotFound"),
        ((".",), 1, "NotFound"),
    ],
)
def test_what_cannot_be_is_refused_with_a_way_out(
    screentest: Command,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    code: int,
    error: str,
) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    refused = screentest("batch", *arguments, "--json")
    assert (refused.code, refused.error["type"]) == (code, error)
    assert refused.error["hint"]


def test_no_key_is_told_before_anything_is_made(screentest: Command, folder: Path) -> None:
    refused = screentest("batch", str(folder), "--json")
    assert (refused.code, refused.error["type"]) == (1, "NoCredentials")
    assert not refused.out


def test_a_page_shows_what_is_prepared_and_what_failed(
    screentest: Command, folder: Path, tmp_path: Path
) -> None:
    sly = "<script>alert(1)<!--"
    (folder / "monday" / "joe.mp4").rename(folder / f"{sly}.mp4")
    page = tmp_path / "page.html"
    arguments = ("batch", folder, "--prepare", "--length", "2", "--workers", "1", "--report", page)
    first = screentest(*arguments, "--json")
    assert first.code == 3
    assert json.loads(first.out.splitlines()[-1])["report"] == str(page)
    html = page.read_text(encoding="utf-8")
    assert html.count("<article") == 2
    assert html.index("<h2>torn</h2>") < html.index("<h2>script alert 1</h2>")
    assert "&lt;script&gt;alert(1)&lt;!--.mp4" in html
    assert html.count("<script>") == html.count("<img ") == 1
    assert "without <code>--prepare</code>" in html

    again = screentest(*arguments)
    assert f"Report: {page}" in again.out
    assert page.read_text(encoding="utf-8").count("<img ") == 1, "the clip that is kept is shown"


@pytest.mark.parametrize("place", ["nowhere/page.html", "page.txt", "torn.html", "people.html"])
def test_a_page_that_cannot_be_written_is_told_before_anything_starts(
    screentest: Command, folder: Path, place: str
) -> None:
    (folder / "torn.mp4").rename(folder / "torn.html")
    (folder / "people.html").write_text("footage,name\ntorn.html,joe\n")
    before = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    sources = ("batch", folder, "--manifest", folder / "people.html")
    refused = screentest(*sources, "--prepare", "--report", folder / place, "--json")
    assert refused.code
    assert not refused.out
    assert refused.error["type"] in ("OutputNotWritable", "ImpossibleWish", "OutputExists")
    assert {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()} == before
