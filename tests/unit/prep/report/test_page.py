"""The page: what stands in it, that it is harmless, and that hours of footage fit."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from screentest import pick
from screentest.prep.core.values import Clip, Source, Span
from screentest.prep.people.grouping import Person
from screentest.prep.report.page import Cast, EmbeddedVideo, Pictures, page
from screentest.prep.report.picks_page import Row, picks_page
from screentest.prep.report.story import Story, story_of
from screentest.prep.report.timeline import COLUMNS, ticks_s, timeline
from screentest.prep.report.videos import small_canvas
from tests.made_up import SOURCE, face, scan_of, signal

SLY = "<img src=x onerror=alert(1)>\"'&.mp4"
FRONTAL = face()
SCAN = scan_of(lambda t: FRONTAL, cuts_s=(8.0,))
SEGMENT = replace(pick(SCAN), reasons=("Because.", SLY))
STORY = story_of(SCAN, SEGMENT)
JOE = Person(
    1, frozenset({(0.0, FRONTAL.box)}), 20.0, 0.35, 0.0, FRONTAL.box, np.zeros((8, 8, 3), np.uint8)
)
VIDEO = EmbeddedVideo(b"moving", 640, 360, reduced=True)
CLIP = Clip("/clip.mp4", "c" * 64, 9, SEGMENT, "a/model", 1280, 720, Fraction(25), 100, True, False)
PICTURES = Pictures({m.t_s: b"still" for m in STORY.moments}, [b"head"], VIDEO, VIDEO)


def made(*, source: Source = SOURCE, story: Story = STORY, clip: Clip = CLIP, **changes: Any) -> str:
    return page(source, story, clip, Cast((JOE,), JOE), PICTURES, **changes)


def test_markup_in_a_name_a_reason_or_a_warning_stays_text() -> None:
    source = replace(SOURCE, path=f"/footage/{SLY}")
    whole = made(source=source, headline=SLY, warnings=(SLY,))
    assert "<img src=x" not in whole
    assert whole.count("&lt;img src=x onerror=alert(1)&gt;&quot;&#x27;&amp;.mp4") >= 5


def test_markup_in_the_names_and_errors_of_a_contact_sheet_stays_text() -> None:
    rows = [Row(SLY, error=SLY), Row(SLY, SOURCE, STORY, {})]
    assert "<img src=x" not in picks_page(rows, title=SLY)


def test_an_option_in_a_warning_is_never_broken_at_its_dashes() -> None:
    assert "choose with <code>--start</code>." in made(warnings=("choose with --start.",))


def test_control_characters_in_a_name_are_shown() -> None:
    assert "a\\x1b[2J.mp4" in made(source=replace(SOURCE, path="/a\x1b[2J.mp4"))


@pytest.mark.parametrize("whole", [made(), picks_page([Row("a", SOURCE, STORY, {})], title="t")])
def test_a_page_asks_the_network_for_nothing_and_runs_nothing(whole: str) -> None:
    assert not re.search(r"https?://|//[a-z]|<script|<link rel=\"style|@import|url\(", whole)
    assert not re.search(r"<[a-z][^>]*\s(?:on\w+|style)=", whole)


def test_the_policy_allows_the_page_s_own_style_and_nothing_from_outside() -> None:
    whole = made()
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]+)"', whole)
    (style,) = re.findall(r"<style>(.*?)</style>", whole, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'; img-src data:; media-src data:;")


def test_the_verdict_is_at_the_top() -> None:
    whole = made(headline="Joe: char_1")
    head = whole[: whole.index("</header>")]
    score = f"{SEGMENT.score:.2f}"
    for wanted in ("raw.mp4", "1280×720", score, "one person's face", "Joe: char_1"):
        assert wanted in head


def test_the_clip_is_shown_with_the_size_of_its_face() -> None:
    assert "the face 252 px high (35%)" in made(clip=replace(CLIP, face_height_px=252))
    assert "px high" not in made()


def test_each_picture_is_described_for_those_who_do_not_see_it() -> None:
    assert "face turned +2°, chin +3°, tilted +1°, eyes open." in made()
    assert "<img " in made()
    assert made().count("<img ") == made().count(' alt="')


def test_a_copy_that_stands_for_a_heavy_clip_says_so() -> None:
    assert "a copy of 640×360 is shown" in made()


def test_the_same_decision_makes_the_same_page() -> None:
    assert made() == made()


def test_chosen_window_runners_up_and_cuts_are_marked() -> None:
    drawing = timeline(STORY)
    assert drawing.count('class="chosen"') == 1
    assert drawing.count('class="runner"') == len(SEGMENT.alternatives) > 0
    assert drawing.count('class="cut"') == 1
    assert f"chosen {SEGMENT.score:.2f}" in drawing


def test_a_detail_shows_its_own_stretch_only() -> None:
    detail = timeline(STORY, shown=Span(12.0, 16.0))
    assert 'class="cut"' not in detail
    assert "Score from 0:12.00 to 0:16.00" in detail


def test_three_hours_are_drawn_in_as_many_columns_as_a_screen_has() -> None:
    hours = tuple(signal(20.0 + i, FRONTAL, fine=False) for i in range(10_800))
    scan = replace(SCAN, signals=(*SCAN.signals, *hours), end_s=10_820.0)
    scan = replace(scan, cuts_s=tuple(float(t) for t in range(30, 10_800, 3)))
    drawing = timeline(story_of(scan, SEGMENT))
    assert len(drawing) < 100_000
    assert drawing.count("<line") < COLUMNS + 10
    assert 'class="chosen"' in drawing


@pytest.mark.parametrize(
    ("end_s", "wanted"),
    [
        (2.0, (0.0, 0.5, 1.0, 1.5, 2.0)),
        (61.0, (0, 10, 20, 30, 40, 50, 60)),
        (10_800.0, (0, 1800, 3600, 5400, 7200, 9000, 10_800)),
    ],
)
def test_times_along_the_axis_are_round_and_few(end_s: float, wanted: tuple[float, ...]) -> None:
    assert ticks_s(0.0, end_s) == wanted


@pytest.mark.parametrize(
    ("size", "small"),
    [((3840, 2160), (640, 360)), ((1080, 1920), (360, 640)), ((176, 144), (176, 144))],
)
def test_the_raw_window_is_shown_whole_and_never_enlarged(
    size: tuple[int, int], small: tuple[int, int]
) -> None:
    canvas = small_canvas(*size, 360)
    assert (canvas.width_px, canvas.height_px) == small
    assert not canvas.is_padded


def test_a_person_looked_at_twice_in_one_shot_is_not_said_to_be_in_two() -> None:
    """What lies between two close looks may hold a cut or none: neither is told."""
    often = replace(JOE, shots=2)
    whole = page(SOURCE, STORY, CLIP, Cast((often,), often), PICTURES)
    assert "in 2 stretches,<br>" in whole
    assert "in one stretch,<br>" in made()
