"""The page about a comparison: what it says, and that names stay text."""

from __future__ import annotations

from screentest.prep.comparing.page import Sides, compare_page, shown_moments
from screentest.prep.comparing.verdict import Likeness, Resemblance, judged

ALIKE = judged([Resemblance(k / 2, 0.8 - 0.05 * (k == 3)) for k in range(8)])


def page_of(likeness: Likeness, *, video: str = "v.mp4") -> str:
    """The page of a video of 4 s."""
    pictures = {one.t_s: b"jpeg" for one in shown_moments(likeness)}
    sides = Sides(video, "Joe")
    return compare_page(likeness, sides, length_s=4.0, reference=b"jpeg", pictures=pictures)


def test_verdict_similarity_and_share_are_on_the_page() -> None:
    page = page_of(ALIKE)
    assert "the same person" in page
    assert "0.80" in page
    assert "100%" in page
    assert page.count("data:image/jpeg") == 1 + len(shown_moments(ALIKE))


def test_a_name_that_looks_like_markup_is_text() -> None:
    page = page_of(ALIKE, video="<script>alert(1)</script>.mp4")
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_a_gap_without_a_face_is_a_gap_in_the_curve() -> None:
    apart = judged([Resemblance(t_s, 0.8) for t_s in (0.0, 0.5, 1.0, 3.0, 3.5)])
    assert page_of(apart).count('class="close"') == 2


def test_where_nobody_shows_the_page_says_so_and_draws_no_curve() -> None:
    page = page_of(judged([]))
    assert "no face shows" in page
    assert "Similarity over time" not in page
