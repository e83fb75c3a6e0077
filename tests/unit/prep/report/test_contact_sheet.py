"""The contact sheet of a folder: no file costs the others their rows, and nothing is half-written."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from screentest.prep.core.errors import Cancelled, NotAVideo, OutputExists
from screentest.prep.core.progress import SILENT, Passing
from screentest.prep.core.values import Choice
from screentest.prep.report.contact_sheet import any_picked, contact_sheet, footage_in


class Lines(Passing):
    """The summary of each file."""

    def __init__(self) -> None:
        super().__init__(SILENT)
        self.told: dict[str, str] = {}

    def ended(self, stage: str, summary: str) -> None:
        self.told[stage] = summary


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    day = tmp_path / "day 1"
    (day / "b cam").mkdir(parents=True)
    for name in ("a.mp4", "b cam/B01.MOV", "b cam/.B02.mov", "notes.txt"):
        (day / name).write_bytes(b"")
    return day


def refused(file: Path) -> Choice:
    raise NotAVideo(f"{file.name} is not a video.")


def test_what_is_called_like_a_video_is_found_in_order_of_name(folder: Path) -> None:
    found = [file.relative_to(folder).as_posix() for file in footage_in(folder)]
    assert found == ["a.mp4", "b cam/B01.MOV"]
    assert [file.name for file in footage_in(folder, "B*")] == ["B01.MOV"]


def test_why_a_file_was_refused_stands_on_the_page_and_in_the_progress(
    folder: Path, tmp_path: Path
) -> None:
    watcher, out = Lines(), tmp_path / "sheet.html"
    rows = contact_sheet(folder, out=out, choose=refused, watcher=watcher)
    page = out.read_text(encoding="utf-8")
    assert not any_picked(rows)
    assert "2 clips: 0 picked, 2 refused" in page
    assert "B01.MOV is not a video." in page
    assert watcher.told == {
        "a.mp4": "a.mp4 is not a video.",
        "b cam/B01.MOV": "B01.MOV is not a video.",
    }


def test_a_fault_in_one_file_does_not_cost_the_others_their_rows(folder: Path, tmp_path: Path) -> None:
    def faulty(file: Path) -> Choice:
        if file.name == "a.mp4":
            raise ZeroDivisionError
        return refused(file)

    rows = contact_sheet(folder, out=tmp_path / "sheet.html", choose=faulty)
    assert [row.error for row in rows] == [
        "Internal error in screentest: ZeroDivisionError.",
        "B01.MOV is not a video.",
    ]


def test_the_page_is_private(folder: Path, tmp_path: Path) -> None:
    contact_sheet(folder, out=tmp_path / "sheet.html", choose=refused)
    assert stat.S_IMODE((tmp_path / "sheet.html").stat().st_mode) == 0o600


def test_what_is_cancelled_writes_no_page(folder: Path, tmp_path: Path) -> None:
    def cancelled(_file: Path) -> Choice:
        raise Cancelled("The work was cancelled.")

    with pytest.raises(Cancelled):
        contact_sheet(folder, out=tmp_path / "sheet.html", choose=cancelled)
    assert not (tmp_path / "sheet.html").exists()


def test_a_file_that_is_not_a_page_is_left_alone_before_any_work(folder: Path, tmp_path: Path) -> None:
    precious = tmp_path / "sheet.html"
    precious.write_text("precious", encoding="utf-8")
    with pytest.raises(OutputExists):
        contact_sheet(
            folder, out=precious, choose=lambda _: pytest.fail("looked at footage for nothing")
        )
    assert precious.read_text(encoding="utf-8") == "precious"
