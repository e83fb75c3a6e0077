"""When what has no face is chosen, and how short it may be."""

from __future__ import annotations

from dataclasses import replace

from screentest import pick
from screentest.prep.core.values import Box, Figure, FrameSignal
from tests.made_up import face, scan_of

FRONTAL = face(yaw_deg=0.0)
HEAD = Box(0.45, 0.22, 0.1, 0.15)
BODY = Figure(Box(0.4, 0.2, 0.2, 0.6), 0.8, sharpness=300.0, head=HEAD, front=0.9)


def test_a_face_that_hardly_shows_gives_way_to_a_picture_that_is_much_better() -> None:
    """A dark face at first, then somebody who looks away, well lit and whole."""
    dim = replace(FRONTAL, exposure=0.06, sharpness=4.0, clarity=0.9)
    seen = scan_of(lambda t: dim if t < 6 else None, cuts_s=(6.0,))
    scan = replace(seen, signals=tuple(map(_dark_or_whole, seen.signals)))
    made = pick(scan)
    assert made.subject == "other"
    assert made.start_s >= 5.9
    assert "hardly any face shows itself" in made.reasons[0]
    assert pick(scan, subject="face").start_s < 6


def test_a_fair_face_comes_before_the_best_picture_without_one() -> None:
    seen = scan_of(lambda t: FRONTAL if t < 6 else None, cuts_s=(6.0,))
    scan = replace(seen, signals=tuple(map(_dark_or_whole, seen.signals)))
    assert pick(scan).subject == "face"


def test_a_small_face_that_shows_all_along_is_not_called_hardly_any() -> None:
    """It scores little, and its picture much, faces aside: that is the face's own."""
    box = Box(0.45, 0.2, 0.06, 0.1)
    small = replace(FRONTAL, box=box, yaw_deg=24.0, sharpness=300.0)
    made = pick(scan_of(lambda _: small))
    assert made.score < 0.25
    assert made.subject == "face"


def _dark_or_whole(seen: FrameSignal) -> FrameSignal:
    """A moment with a face in the dark, or one with a figure."""
    if seen.faces:
        return replace(seen, exposure=0.07, detail=0.2)
    return replace(seen, figure=BODY)
