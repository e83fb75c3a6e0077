"""A row of a batch's page: what it shows, and what nobody can make of it by a name."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from screentest.prep.core.values import Segment
from screentest.prep.report.batch.row import BatchRow, Rank, bounded, row_html
from screentest.prep.report.batch.strip import MOST_STRIP_BYTES

STRIP = b"\xff\xd8\xff\xe0strip"
WINDOW = Segment(61.5, 4.0, 0.83, "face", ("Looks into the camera.", "No cut inside."))
ROW = BatchRow(
    7,
    "Joe",
    "prepared",
    footage=("raw/joe.mov",),
    segment=WINDOW,
    warnings=("Dark.",),
    clip="/home/clips/a b.mp4",
    strip=STRIP,
)
SLY = "</h2><script>alert(1)</script><img src=x onerror='alert(1)'>\"&\x1b[31m\udcff"


class Tags(HTMLParser):
    """Every element of a page with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_a_row_tells_what_is_to_be_decided_on() -> None:
    html = row_html(ROW, rank=Rank.LOOK)
    for told in ("Joe", "prepared", "0.83", "1:01.50 – 1:05.50", "Looks into the camera.", "Dark."):
        assert told in html
    tags = Tags(html).found
    assert ("article", {"data-status": "prepared", "data-look": None}) in tags
    (picture,) = (attributes for tag, attributes in tags if tag == "img")
    assert picture["alt"] == "5 pictures of the clip of Joe, 1:01.50 – 1:05.50"
    (link,) = (attributes for tag, attributes in tags if tag == "a")
    assert link["href"] == "file:///home/clips/a%20b.mp4"
    assert "data-look" not in row_html(ROW, rank=Rank.OTHER)


def test_what_failed_tells_why_and_the_way_out() -> None:
    failed = BatchRow(1, "Ann", "failed", fault="It is too short.", hint="Try --start.", cost_usd=0.001)
    html = row_html(failed, rank=Rank.FAILED)
    assert "It is too short. Try <code>--start</code>." in html
    assert "USD 0.001" in html
    assert "<img" not in html
    skipped = BatchRow(1, "Ann", "skipped", said="It would be registered.")
    assert "It would be registered." in row_html(skipped, rank=Rank.SKIPPED)


def test_markup_in_any_text_is_text() -> None:
    sly = BatchRow(
        1,
        SLY,
        SLY,
        (SLY,) * 9,
        segment=replace(WINDOW, reasons=(SLY,)),
        warnings=(SLY,),
        fault=SLY,
        hint=SLY,
        said=SLY,
        character_id=SLY,
        clip=f"/{SLY}",
        strip=STRIP,
    )
    plain = [tag for tag, _ in Tags(row_html(sly, rank=Rank.LOOK)).found]
    assert "script" not in plain
    assert plain.count("img") == 1
    html = row_html(sly, rank=Rank.LOOK)
    assert "\x1b" not in html
    html.encode()
    for tag, attributes in Tags(html).found:
        assert not [name for name in attributes if name.startswith("on")], tag


@pytest.mark.parametrize("clip", ["clips/joe.mp4", "javascript:alert(1)", "https://example.org/x", ""])
def test_only_a_file_of_this_machine_is_linked(clip: str) -> None:
    assert "<a " not in row_html(replace(ROW, clip=clip), rank=Rank.OTHER)


@pytest.mark.parametrize("strip", [b"", b"GIF89a", b"\xff\xd8\xff" + b"x" * MOST_STRIP_BYTES])
def test_what_is_not_a_strip_is_left_out(strip: bytes) -> None:
    assert "<img" not in row_html(bounded(replace(ROW, strip=strip)), rank=Rank.OTHER)
    assert bounded(ROW) == ROW


def test_no_text_makes_a_row_long() -> None:
    endless = replace(
        ROW,
        name="n" * 10**5,
        footage=("f" * 10**5,) * 1_000,
        warnings=("w" * 10**5,) * 1_000,
        segment=replace(WINDOW, reasons=("r" * 10**5,) * 1_000),
        fault="e" * 10**5,
        strip=b"",
    )
    html = row_html(bounded(endless), rank=Rank.LOOK)
    assert len(html) < 40_000
    assert "and 995 more files" in html
    assert not re.search(r"\w{1000}", html)
