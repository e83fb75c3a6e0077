"""Recordings that change on the way: a clip is made by what its own window is."""

from __future__ import annotations

from pathlib import Path

import pytest

from screentest import check, probe, segment_at
from screentest.prep.clipping.clip import planned_clip
from screentest.prep.clipping.plan import Plan
from screentest.prep.core.errors import TooShort
from screentest.prep.core.spec import SORA_2
from screentest.prep.report.videos import before
from tests.clips import BRIEF, SMALL, Luma, first_luma, lit_box, lumas, short_clip
from tests.conftest import Footage
from tests.integration.prep.clipping.test_colours import combing


def planned(raw: Path, *, start_s: float, length_s: float = 2.0) -> Plan:
    source = probe(raw)
    return planned_clip(source, segment_at(source, start_s=start_s, length_s=length_s))


def shape(luma: Luma) -> float:
    """How wide the lit part is for its height."""
    left, top, right, bottom = lit_box(luma)
    height, width = luma.shape
    return float((width - left - right) / (height - top - bottom))


@pytest.mark.parametrize(
    ("name", "start_s", "wanted"),
    [
        ("turned-midway", 0.5, 16 / 9),
        ("turned-midway", 3.04, 9 / 16),
        ("wider-midway", 0.5, 4 / 3),
        ("wider-midway", 3.5, 16 / 9),
    ],
)
def test_nobody_is_stretched_whichever_part_is_taken(
    name: str, start_s: float, wanted: float, footage: Footage, tmp_path: Path
) -> None:
    made = short_clip(footage(name), tmp_path, start_s=start_s, spec=BRIEF)
    assert shape(first_luma(made)) == pytest.approx(wanted, rel=0.02)
    assert check(made.path, spec=BRIEF).ok


def test_a_report_shows_the_window_in_its_own_shape(footage: Footage) -> None:
    source = probe(footage("turned-midway"))
    shown = before(source, segment_at(source, start_s=3.5, length_s=2.0), spec=SORA_2)
    assert shown.height_px / shown.width_px == pytest.approx(16 / 9, rel=0.02)


def test_hlg_that_begins_midway_is_tone_mapped_there_and_only_there(footage: Footage) -> None:
    assert planned(footage("hlg-midway"), start_s=0.5).colour.tone_map == ""
    assert planned(footage("hlg-midway"), start_s=3.5).colour.tone_map == "arib-std-b67"


@pytest.mark.parametrize("name", ["turned-midway", "wider-midway", "hlg-midway"])
def test_a_window_across_a_change_ends_there_and_says_so(
    name: str, footage: Footage, tmp_path: Path
) -> None:
    made = short_clip(footage(name), tmp_path, start_s=0.5, length_s=4.0, spec=SMALL)
    assert float(made.length_s) == pytest.approx(2.4, abs=0.1)
    assert len(lumas(made)) == made.frames
    assert "at 0:03.00" in " ".join(made.warnings)


def test_a_window_that_is_too_short_before_a_change_is_told_why(footage: Footage) -> None:
    with pytest.raises(TooShort, match="where its pictures change their size or colour"):
        planned(footage("turned-midway"), start_s=2.0)


@pytest.mark.parametrize(("name", "start_s"), [("woven-midway", 3.5), ("woven-unmarked", 0.5)])
def test_fields_are_found_where_the_file_begins_without_or_does_not_say(
    name: str, start_s: float, footage: Footage, tmp_path: Path
) -> None:
    made = short_clip(footage(name), tmp_path, start_s=start_s, length_s=0.8, spec=BRIEF)
    (tmp_path / "whole").mkdir()
    flagged = short_clip(footage("interlaced"), tmp_path / "whole", length_s=0.8, spec=BRIEF)
    assert combing(lumas(made)[15]) < 1.2 * combing(lumas(flagged)[15])
    assert ("without being marked" in " ".join(made.warnings)) == (name == "woven-unmarked")
