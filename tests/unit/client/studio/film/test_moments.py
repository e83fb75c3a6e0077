"""What is marked in a window: only what was measured, of faces that are large enough to tell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from screentest.client.studio.film.moments import Mark, moments_of, told
from screentest.prep.core.values import Box, Face
from screentest.prep.picking.windows import window_at
from tests.made_up import face, scan_of

SMALL = Box(0.4, 0.3, 0.02, 0.04)


def marked(change: Callable[[Face], Face | None]) -> list[tuple[float, float, str]]:
    """What is marked of four seconds of a face that something happens to from 2 s on, for 0.2 s."""
    scan = scan_of(lambda t: change(face()) if 1.9 < t < 2.1 else face(), length_s=4.0)
    moments = moments_of(window_at(scan, 0.0, 4.0), scan)
    return [(round(m.t_s, 3), round(m.length_s, 3), m.what) for m in moments]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda one: replace(one, yaw_deg=60.0, nose_offset=0.6), "turned"),
        (lambda one: replace(one, covered=0.9), "hidden"),
        (lambda one: None, "gone"),
    ],
)
def test_each_kind_is_marked_from_the_sample_that_shows_it_to_the_next(
    change: Callable[[Face], Face | None], what: str
) -> None:
    assert marked(change) == [(2.0, 0.2, what)]


def test_of_one_sample_nobody_knows_how_long_the_eyes_were_closed() -> None:
    assert marked(lambda one: replace(one, eyes_open=0.1)) == [(2.0, 0.0, "eyes")]


def test_nothing_is_said_of_the_eyes_of_a_face_of_few_pixels() -> None:
    scan = scan_of(lambda t: face(box=SMALL, eyes_open=0.1 if 1.9 < t < 2.5 else 0.9), length_s=4.0)
    assert moments_of(window_at(scan, 0.0, 4.0), scan) == ()


def test_sentences_name_the_longest_moments_and_count_the_rest() -> None:
    eyes = [Mark(float(t), 0.1 * t, "eyes") for t in range(1, 6)]
    (said,) = told(eyes)
    assert said == (
        "Eyes closed at 0:03.00 (a blink), from 0:04.00 for about 0.4 s, from 0:05.00 for about 0.5 s "
        "and 2 more times."
    )
    assert told([Mark(1.0, 0.0, "cut")]) == ()
