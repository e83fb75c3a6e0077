"""What a curve of similarities says, at the edges that somebody would argue about."""

from __future__ import annotations

import pytest

from screentest.prep.comparing.encoding import likeness_json
from screentest.prep.comparing.verdict import MATCHES, OTHER, SAME, Resemblance, cannot_tell, judged


def curve(*similarities: float) -> list[Resemblance]:
    """A moment each half second."""
    return [Resemblance(k / 2, value) for k, value in enumerate(similarities)]


@pytest.mark.parametrize(
    ("similarities", "verdict"),
    [
        pytest.param((0.8, 0.7, 0.75, 0.9), "same", id="alike-throughout"),
        pytest.param((0.8, 0.8, 0.1, 0.2), "same", id="turned-away-for-half"),
        pytest.param((0.8, 0.8, 0.1, 0.1, 0.1, 0.1), "unsure", id="somebody-else-for-most-of-it"),
        pytest.param((SAME, SAME, SAME), "same", id="just-same"),
        pytest.param((SAME - 0.01,) * 3, "unsure", id="just-not-same"),
        pytest.param((OTHER,) * 3, "unsure", id="just-not-other"),
        pytest.param((OTHER - 0.01,) * 3, "other", id="just-other"),
        pytest.param((0.3, 0.2, 0.1, 0.35), "other", id="a-stranger"),
        pytest.param((0.9,), "same", id="one-moment"),
        pytest.param((), "no face", id="nobody"),
    ],
)
def test_the_verdict(similarities: tuple[float, ...], verdict: str) -> None:
    assert judged(curve(*similarities)).verdict == verdict


def test_the_share_is_of_the_moments_that_show_a_face() -> None:
    assert judged(curve(MATCHES, MATCHES - 0.01, 0.9, 0.1)).share == 0.5


def test_the_worst_are_apart_and_worst_first() -> None:
    worst = judged(curve(0.9, 0.1, 0.12, 0.9, 0.9, 0.5, 0.9, 0.4)).worst
    assert [one.t_s for one in worst] == [0.5, 3.5, 2.5]


def test_a_head_turned_away_for_a_moment_lowers_nothing() -> None:
    assert judged(curve(0.8, 0.8, 0.8, 0.0)).similarity == pytest.approx(0.8)


def test_what_has_nothing_to_be_held_against_is_said_and_refuses_nothing() -> None:
    said = likeness_json(cannot_tell("No human face."))
    assert (said["verdict"], said["similarity"], said["share"]) == ("unsure", None, None)
    assert (said["worst"], said["best"], said["reason"]) == ([], None, "No human face.")
