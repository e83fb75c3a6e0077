"""When a file that is a clip already is taken as it is, and what is said where it is not. Pure."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from av.video.frame import VideoFrame

from screentest import SORA_2
from screentest.prep.clipping.as_it_is import Standing, rules_changed, standing, wants_all, why_not
from screentest.prep.core.values import Box, Heads, Segment
from screentest.prep.core.wishes import NO_WISHES, Wishes
from screentest.prep.media.form import Form, form_of
from screentest.prep.media.orientation import turned
from tests.made_up import source
from tests.unit.prep.clipping.test_rules import GOOD

FILE = source(duration_s=4.0, width_px=1920, height_px=1080, audio_index=1, audio_tracks=(1,))
CLIP = Standing(replace(GOOD, width_px=1920, height_px=1080), ())
SMALL_FACE = Heads(Box(0.45, 0.3, 0.06, 0.1), 0.1)
ALL = Segment(0.0, 4.0, 0.9, "face", (), heads=SMALL_FACE)


def why(wishes: Wishes = NO_WISHES, segment: Segment = ALL, standing: Standing = CLIP) -> str | None:
    return why_not(standing, wishes, segment, FILE, spec=SORA_2)


@pytest.mark.parametrize(
    "wishes",
    [
        NO_WISHES,
        Wishes(orientation="landscape"),
        Wishes(audio_track=1),
        Wishes(subject="face"),
        Wishes(start_s=0.0, length_s=4.0, min_score=0.5),
    ],
)
def test_wishes_that_the_file_meets_leave_it_as_it_is(wishes: Wishes) -> None:
    assert why(wishes) is None


@pytest.mark.parametrize(
    ("wishes", "said"),
    [
        (Wishes(fit="crop"), "another crop was wanted"),
        (Wishes(fit="auto"), "another crop was wanted"),
        (Wishes(orientation="portrait"), "another orientation was wanted"),
    ],
)
def test_a_wish_that_the_file_does_not_meet_is_named(wishes: Wishes, said: str) -> None:
    assert said in (why(wishes) or "")


@pytest.mark.parametrize(
    "segment", [replace(ALL, start_s=0.5, length_s=3.5), replace(ALL, length_s=3.0)]
)
def test_a_part_of_the_file_is_another_window(segment: Segment) -> None:
    assert "another window was wanted" in (why(segment=segment) or "")


def test_one_frame_more_or_less_is_all_of_it() -> None:
    assert why(segment=replace(ALL, length_s=3.96)) is None


def test_a_crop_without_a_face_changes_nothing() -> None:
    assert why(Wishes(fit="crop"), replace(ALL, heads=None)) is None


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (("container",), "but for container:"),
        (("codec", "metadata", "size"), "but for codec, metadata and size:"),
        (("aspect", "codec", "metadata", "size"), ""),
    ],
)
def test_the_rules_that_a_near_clip_breaks_are_named_and_those_of_footage_are_not(
    broken: tuple[str, ...], said: str
) -> None:
    told = why(standing=replace(CLIP, broken=broken))
    assert told is not None
    assert said in told
    assert bool(told) == bool(said)


@pytest.mark.parametrize(
    ("wishes", "all_of_it"),
    [
        (NO_WISHES, True),
        (Wishes(length_s=4.0), True),
        (Wishes(fit="crop", orientation="portrait"), True),
        (Wishes(length_s=3.9), False),
        (Wishes(start_s=0.0), False),
        (Wishes(subject="other"), False),
        (Wishes(subject="animal"), True),
        (Wishes(person=1), False),
        (Wishes(match="joe.png"), False),
    ],
)
def test_only_a_wish_about_the_window_has_one_picked(wishes: Wishes, all_of_it: bool) -> None:
    facts = replace(GOOD, length_s=Fraction(4))
    assert wants_all(wishes, Standing(facts, ())) == all_of_it


def test_footage_that_was_turned_when_it_was_probed_is_another_rotation() -> None:
    said = why_not(CLIP, NO_WISHES, ALL, turned(FILE, 180), spec=SORA_2)
    assert "another rotation was wanted" in (said or "")


def test_a_file_with_another_recording_behind_the_film_is_no_clip() -> None:
    assert standing(replace(FILE, part=(0, 1000)), SORA_2) is None
    assert standing(replace(FILE, joined=(FILE, FILE)), SORA_2) is None


def form(pixels: str = "yuv420p", width_px: int = 32, **codes: int) -> Form:
    picture = VideoFrame(width_px, 32, pixels)
    for name, code in codes.items():
        setattr(picture, name, code)
    return form_of(picture, Fraction(1), (0, False))


@pytest.mark.parametrize(
    ("later", "rules"),
    [
        (form(), set()),
        (form(color_range=2), {"range"}),
        (form(colorspace=9, color_trc=16, color_primaries=9), {"colour"}),
        (form(color_trc=18), {"colour"}),
        (form(color_primaries=9), {"colour"}),
        (form("yuv422p"), {"pixels"}),
        (form(width_px=64), {"resolution"}),
    ],
)
def test_what_changes_on_the_way_breaks_its_rule(later: Form, rules: set[str]) -> None:
    assert rules_changed(later, form()) == rules
