"""The page about a batch as a whole: below 30 MB, nothing let in, never half of it."""

from __future__ import annotations

import base64
import hashlib
import re
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from screentest.prep.core.errors import OutputExists
from screentest.prep.core.values import Segment
from screentest.prep.report.batch.order import PageRoom
from screentest.prep.report.batch.row import BatchRow
from screentest.prep.report.batch.sheet import BatchSheet
from screentest.prep.report.batch.strip import MOST_STRIP_BYTES
from screentest.prep.report.file import report_place

STRIP = b"\xff\xd8\xff".ljust(MOST_STRIP_BYTES, b"x")
REASONS = tuple(
    f"{place} The face looks into the camera for 3.9 s of 4 s, eyes open." for place in range(6)
)


def row(number: int, *, score: float = 0.9, warnings: tuple[str, ...] = ()) -> BatchRow:
    return BatchRow(
        number,
        f"joe {number}",
        "prepared",
        (f"/footage/monday/joe {number}.mov",),
        segment=Segment(1.0, 4.0, score, "face", REASONS),
        warnings=warnings,
        strip=STRIP,
        clip=f"/home/user/.local/share/screentest/clips/{'0' * 64}.mp4",
    )


def written(target: Path, *rows: BatchRow, room: PageRoom = PageRoom(), note: str = "") -> str:  # noqa: B008
    with BatchSheet(target, room=room) as sheet:
        for one in rows:
            sheet.add(one)
        sheet.write(title="footage", note=note)
    return target.read_text(encoding="utf-8")


def named(page: str) -> list[int]:
    return [int(number) for number in re.findall(r"<h2>joe (\d+)</h2>", page)]


def test_a_thousand_items_with_the_largest_strips_are_below_16_mb(tmp_path: Path) -> None:
    page = written(tmp_path / "page.html", *map(row, range(1, 1_001)))
    assert len(named(page)) == page.count("<img") == 1_000
    assert len(page.encode()) < 16_000_000
    assert stat.S_IMODE((tmp_path / "page.html").stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["page.html"]


def test_of_more_than_find_room_the_worst_are_shown_and_the_others_counted(tmp_path: Path) -> None:
    room = PageRoom(rows=50, words_bytes=90_000, pictures_bytes=200_000)
    rows = (row(number, score=0.7 + number % 997 / 9_970) for number in range(1, 1_001))
    page = written(tmp_path / "page.html", *rows, room=room)
    assert named(page) == sorted(range(1, 1_001), key=lambda number: (number % 997, number))[:50]
    assert page.count("<img") == 14
    assert "The best 950 items are left out" in page
    assert "The best 36 rows have no pictures" in page
    assert "<dd>1,000</dd>" in page


def test_a_few_rows_too_have_no_more_pictures_than_find_room(tmp_path: Path) -> None:
    room = PageRoom(rows=5, words_bytes=90_000, pictures_bytes=30_000)
    page = written(tmp_path / "page.html", *map(row, range(1, 5)), room=room)
    assert (len(named(page)), page.count("<img")) == (4, 2)
    assert "The best 2 rows have no pictures" in page


def test_what_was_let_go_of_on_the_way_is_what_finds_no_room_at_the_end(tmp_path: Path) -> None:
    room = PageRoom(rows=7, words_bytes=90_000, pictures_bytes=60_000)
    rows = [row(number, score=number * 37 % 101 / 101) for number in range(1, 101)]
    page = written(tmp_path / "page.html", *rows, room=room)
    roomy = written(tmp_path / "roomy.html", *rows)
    assert named(page) == named(roomy)[:7]
    assert page.count("<img") == 4


ENDLESS = "w" * 100_000
HOSTILE = replace(row(1), warnings=(ENDLESS,) * 9, strip=STRIP * 10, fault=ENDLESS)


@pytest.mark.parametrize("coming", [row(1), HOSTILE])
def test_disk_and_memory_hold_no_more_than_a_few_pages(coming: BatchRow, tmp_path: Path) -> None:
    room = PageRoom(rows=50, words_bytes=90_000, pictures_bytes=60_000)
    with BatchSheet(tmp_path / "page.html", room=room) as sheet:
        for _ in range(200):
            sheet.add(coming)
            assert len(sheet._kept) <= 2 * room.rows
            assert sheet._spool.bytes <= 3 * (room.words_bytes + room.pictures_bytes)


def test_filters_count_the_rows_that_are_there(tmp_path: Path) -> None:
    rows = [row(1), row(2), row(3), BatchRow(4, "joe 4", "failed", fault="No.")]
    page = written(tmp_path / "page.html", *rows)
    assert re.findall(r'data-only="(\w+)"[^>]*>[\w ]+ <small>(\d+)', page) == [
        ("all", "4"),
        ("failed", "1"),
        ("prepared", "3"),
    ]
    small = PageRoom(rows=2, words_bytes=90_000, pictures_bytes=60_000)
    page = written(tmp_path / "page.html", *rows, room=small)
    assert re.findall(r'data-only="(\w+)"[^>]*>[\w ]+ <small>(\d+)', page) == [("all", "2")]


def test_a_folder_that_is_called_like_markup_is_text(tmp_path: Path) -> None:
    with BatchSheet(tmp_path / "page.html") as sheet:
        sheet.write(title="<script>alert(1)</script>", note="<b>")
    page = (tmp_path / "page.html").read_text()
    assert page.count("<script>") == 1
    assert "<b>" not in page


def test_a_page_without_rows_says_so(tmp_path: Path) -> None:
    assert "<dd>0</dd>" in written(tmp_path / "page.html")


def test_a_policy_lets_in_the_pages_own_style_and_script_and_nothing_else(tmp_path: Path) -> None:
    page = written(tmp_path / "page.html", row(1))
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)
    assert policy is not None
    for name, kind in (("script", "script-src"), ("style", "style-src")):
        (inline,) = re.findall(rf"<{name}>(.*?)</{name}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
        assert f"{kind} 'sha256-{digest}'" in policy[1]
    assert policy[1].startswith("default-src 'none'; ")
    assert "unsafe" not in policy[1]
    assert not re.findall(r"(?:src|href)=\"(?!data:|file:)", page)


def test_what_is_said_of_most_items_is_said_once(tmp_path: Path) -> None:
    rows = [row(number, warnings=("Have consent.",)) for number in range(1, 5)]
    page = written(
        tmp_path / "page.html", replace(rows[0], warnings=("Have consent.", "Dark.")), *rows[1:]
    )
    assert page.count("Have consent.") == 1
    assert "Of 4 items: Have consent." in page
    assert page.count("Dark.") == page.count("data-look>") == 1


def test_the_order_does_not_depend_on_who_ended_first(tmp_path: Path) -> None:
    failed = BatchRow(9, "joe 9", "failed", fault="No.")
    rows = [row(1, score=0.9), row(2, score=0.8), row(3, score=0.95, warnings=("Dark.",)), failed]
    page = written(tmp_path / "page.html", *rows)
    assert named(page) == [9, 3, 2, 1]
    assert named(written(tmp_path / "page.html", *reversed(rows))) == [9, 3, 2, 1]


def test_a_note_tells_options_and_a_batch_that_was_stopped_is_said_to_be(tmp_path: Path) -> None:
    target = tmp_path / "page.html"
    assert "without <code>--prepare</code>" in written(target, row(1), note="Again without --prepare.")
    with BatchSheet(target) as sheet:
        sheet.add(row(1))
        sheet.write(title="footage", is_whole=False)
    assert "stopped before its end" in target.read_text()


def test_an_old_page_stays_until_the_new_one_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "page.html"
    old = written(target, row(1))
    with BatchSheet(target) as sheet:
        sheet.add(row(2))
        monkeypatch.setattr(sheet, "_row", _interrupted)
        with pytest.raises(KeyboardInterrupt):
            sheet.write(title="footage")
    assert target.read_text() == old
    assert [file.name for file in tmp_path.iterdir()] == ["page.html"]


def _interrupted(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_a_file_that_came_in_its_place_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    target = report_place(tmp_path / "page.html")
    with BatchSheet(target) as sheet:
        sheet.add(row(1))
        target.write_text("somebody's own")
        with pytest.raises(OutputExists):
            sheet.write(title="footage")
    assert target.read_text() == "somebody's own"
