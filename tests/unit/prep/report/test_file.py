"""Writing a report: private, whole, and never over anything else."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from screentest.prep.core.errors import ImpossibleWish, OutputExists, OutputNotWritable
from screentest.prep.report.file import report_place, write_page
from screentest.prep.report.markup import framed

PAGE = framed("<main></main>", title="a page")


def test_a_report_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    target = report_place(tmp_path / "report.html")
    write_page(target, PAGE)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert target.read_text(encoding="utf-8") == PAGE
    assert list(tmp_path.iterdir()) == [target]


def test_an_older_report_is_replaced(tmp_path: Path) -> None:
    target = tmp_path / "report.html"
    write_page(target, PAGE)
    write_page(report_place(target), PAGE + "new")
    assert target.read_text(encoding="utf-8").endswith("new")


def test_any_other_file_is_left_alone(tmp_path: Path) -> None:
    precious = tmp_path / "raw.mp4"
    precious.write_bytes(b"precious")
    with pytest.raises(OutputExists, match=r"raw\.mp4 exists and is not a report"):
        report_place(precious)
    assert precious.read_bytes() == b"precious"


@pytest.mark.parametrize(
    ("name", "fitting"),
    [
        ("why.txt", "why.html"),
        ("why", "why.html"),
        ("-", "report.html"),
        ("why.html.mp4", "why.html.html"),
    ],
)
def test_a_name_that_no_browser_opens_is_refused_with_one_that_does(
    name: str, fitting: str, tmp_path: Path
) -> None:
    with pytest.raises(ImpossibleWish) as caught:
        report_place(tmp_path / name)
    assert caught.value.hint == f"Name it {fitting}."
    assert report_place(tmp_path / "WHY.HTM").name == "WHY.HTM"


def test_a_missing_folder_is_reported_before_any_work(tmp_path: Path) -> None:
    with pytest.raises(OutputNotWritable, match="A report cannot be written into"):
        report_place(tmp_path / "no" / "report.html")


def test_a_folder_in_its_place_is_reported(tmp_path: Path) -> None:
    with pytest.raises(OutputNotWritable, match="is a folder"):
        report_place(tmp_path)


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(OutputNotWritable):
        write_page(tmp_path / "gone" / "report.html", PAGE)
    assert list(tmp_path.iterdir()) == []
