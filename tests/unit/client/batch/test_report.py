"""The page about a batch as the driver keeps it: no secret in it, and no fault of it ends a batch."""

from __future__ import annotations

from pathlib import Path

import pytest

from screentest.client.batch.outcome import Outcome, Reason
from screentest.client.batch.report import BatchReport, row_of, title_of
from screentest.prep.core.errors import OutputExists, OutputNotWritable, ScreentestError
from screentest.prep.report.batch.row import BatchRow
from screentest.prep.report.batch.sheet import BatchSheet

SIGNED = "https://joe:pw@bucket.example/raw/a.mov?X-Amz-Signature=abcdef0123&X-Amz-Credential=me"
JOE = Outcome(1, ("joe.mov",), "joe", "prepared")


def test_what_signs_a_url_is_on_no_page(tmp_path: Path) -> None:
    reason = Reason("FetchFailed", f"{SIGNED} was refused.", f"Look at {SIGNED} again.")
    told = Outcome(
        1, (SIGNED,), SIGNED, "failed", warnings=(f"{SIGNED} is slow.",), fault=reason, said=SIGNED
    )
    with BatchReport(tmp_path / "page.html", title=title_of([SIGNED])) as report:
        report.add(told)
    page = (tmp_path / "page.html").read_text()
    assert page.count("https://***@bucket.example/raw/a.mov?...") >= 6
    for secret in ("abcdef0123", "Credential=me", ":pw@"):
        assert secret not in page


def test_a_name_is_not_taken_for_a_url() -> None:
    odd = "what?  who=joe token=12345678.mov"
    assert row_of(Outcome(1, (odd,), odd, "done")).footage == (odd,)


@pytest.mark.parametrize(
    ("sources", "title"),
    [
        (["/raw/monday/"], "monday"),
        (["a.mov", "b.mov"], "a.mov, b.mov"),
        (["/1", "/2", "/3", "/4", "/5"], "1, 2, 3 and 2 more"),
        (["/"], "/"),
    ],
)
def test_a_page_is_called_after_what_it_is_about(sources: list[str], title: str) -> None:
    assert title_of(sources) == title


def test_where_nothing_ended_the_old_page_stays(tmp_path: Path) -> None:
    target = tmp_path / "page.html"
    with BatchReport(target, title="old") as report:
        report.add(JOE)
    old = target.read_text()
    with pytest.raises(KeyboardInterrupt), BatchReport(target, title="new"):
        raise KeyboardInterrupt
    assert target.read_text() == old


def test_what_ended_before_an_interrupt_is_on_the_page(tmp_path: Path) -> None:
    target = tmp_path / "page.html"
    report = BatchReport(target, title="new")
    report.add(JOE)
    with pytest.raises(KeyboardInterrupt), report:
        raise KeyboardInterrupt
    page = target.read_text()
    assert "<h2>joe</h2>" in page
    assert "stopped before its end" in page


def test_a_full_disk_costs_the_page_and_not_the_batch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "page.html"
    with BatchReport(target, title="old") as report:
        report.add(JOE)
    old = target.read_text()

    def full(_: BatchSheet, row: BatchRow) -> None:
        raise OutputNotWritable(f"no room for {row.name}")

    monkeypatch.setattr(BatchSheet, "add", full)
    with BatchReport(target, title="new") as report:
        report.add(JOE)
        report.add(JOE)
    assert isinstance(report.fault, ScreentestError)
    assert target.read_text() == old


def test_a_file_that_came_meanwhile_costs_the_page_and_is_kept(tmp_path: Path) -> None:
    target = tmp_path / "page.html"
    with BatchReport(target, title="new") as report:
        report.add(JOE)
        target.write_text("somebody's own")
    assert isinstance(report.fault, OutputExists)
    assert target.read_text() == "somebody's own"


def test_a_folder_that_is_gone_is_told_before_anything_begins(tmp_path: Path) -> None:
    with pytest.raises(OutputNotWritable):
        BatchReport(tmp_path / "gone" / "page.html", title="new")
