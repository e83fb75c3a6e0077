"""What a plan takes of each picture, and what it says about the result."""

from __future__ import annotations

from fractions import Fraction

import pytest

from screentest.prep.clipping.plan import Plan, plan
from screentest.prep.core.crop import Crop
from screentest.prep.core.spec import KLING_ELEMENTS, SORA_2, ClipSpec
from screentest.prep.core.values import Box, Heads, Segment, Source
from tests.made_up import source

GRID_S = tuple(n / 25 for n in range(500))
UHD = source(width_px=3840, height_px=2160, coded_width_px=3840, coded_height_px=2160)
FAR = Heads(Box(0.6, 0.3, 0.03, 0.08), 0.08)


def planned(
    raw: Source,
    *,
    heads: Heads | None = None,
    bars: Crop | None = None,
    blurred: bool = False,
    spec: ClipSpec = SORA_2,
    crop: bool = False,
    start_s: float = 0.0,
    times_s: tuple[float, ...] = GRID_S,
    landing_s: float | None = None,
) -> Plan:
    segment = Segment(start_s, 4.0, 0.9, "face", (), heads=heads)
    return plan(
        raw,
        segment,
        frame_times_s=times_s,
        spec=spec,
        inside_bars=bars,
        blurred_bars=blurred,
        fit="crop" if crop else "pad",
        landing_s=landing_s,
    )


def test_good_footage_is_taken_whole_and_nothing_is_said() -> None:
    made = planned(source())
    assert made.crop is None
    assert made.warnings == ()
    assert made.shown_px == (1280, 720)
    assert made.face_height_px is None


def test_bars_are_said_to_be_taken_off_with_what_is_left() -> None:
    made = planned(source(), bars=Crop(160, 0, 960, 720))
    assert made.crop == Crop(160, 0, 960, 720)
    assert made.shown_px == (960, 720)
    assert "leaves 960x720 of 1280x720" in made.warnings[0]


def test_blurred_copies_are_said_to_be_what_they_are() -> None:
    (said,) = planned(source(), bars=Crop(0, 40, 1280, 640), blurred=True).warnings
    assert said.startswith("The footage has blurred copies beside it: they were taken off")


def test_slow_motion_is_said_to_be_as_slow_as_it_is() -> None:
    (said,) = planned(source(slowed=8.0)).warnings
    assert "8 times slower than life" in said


def test_what_is_left_inside_bars_decides_whether_it_was_scaled_up() -> None:
    made = planned(source(), bars=Crop(0, 140, 1280, 440))
    assert not made.upscaled, "as wide as the canvas"
    small = planned(source(), bars=Crop(320, 180, 640, 360))
    assert small.upscaled
    assert any("only 640x360" in said for said in small.warnings)


def test_a_crop_around_a_head_lies_inside_the_bars() -> None:
    made = planned(UHD, heads=FAR, bars=Crop(0, 280, 3840, 1600), crop=True)
    assert made.framing is not None
    assert made.crop is not None
    assert made.crop.top_px >= 280
    assert made.crop.top_px + made.crop.height_px <= 1880
    assert made.crop == made.framing.within(Crop(0, 280, 3840, 1600))


def test_a_crop_of_anamorphic_footage_is_in_its_stored_pixels() -> None:
    wide = source(
        width_px=3840, height_px=2160, coded_width_px=2880, coded_height_px=2160, sar=Fraction(4, 3)
    )
    made = planned(wide, heads=FAR, crop=True)
    assert made.framing is not None
    assert made.crop is not None
    assert made.crop.width_px == pytest.approx(made.framing.width_px * 3 / 4, abs=2)
    assert made.crop.height_px == made.framing.height_px
    assert made.crop.left_px + made.crop.width_px <= 2880


def test_a_crop_counts_from_the_aperture_that_is_meant_to_be_seen() -> None:
    seen = Crop(8, 4, 3824, 2152)
    made = planned(source(width_px=3824, height_px=2152, aperture=seen), heads=FAR, crop=True)
    assert made.framing is not None
    assert made.crop == made.framing.within(seen)
    assert planned(source(aperture=seen)).crop == seen


def test_the_face_is_as_high_in_the_clip_as_the_plan_says() -> None:
    padded = planned(UHD, heads=FAR)
    assert padded.face_height_px == round(0.08 * 1080)
    cropped = planned(UHD, heads=FAR, crop=True)
    assert cropped.framing is not None
    assert cropped.face_height_px == round(0.08 * 2160 * 720 / cropped.framing.height_px)


def test_bars_make_the_face_larger_in_the_clip_by_what_they_took() -> None:
    barred = planned(UHD, heads=FAR, bars=Crop(960, 540, 1920, 1080))
    assert barred.heads is not None
    assert barred.heads.face_height == pytest.approx(0.16)
    assert barred.face_height_px == round(0.16 * 1080)


@pytest.mark.parametrize(
    ("wanted_s", "times_s", "start_s", "held_s"),
    [
        pytest.param(3.01, GRID_S, 3.04, 0.0, id="between two frames: the next"),
        pytest.param(3.04, GRID_S, 3.04, 0.0, id="on a frame"),
        pytest.param(3.0405, GRID_S, 3.04, 0.0, id="a clock's rounding after it"),
        pytest.param(7.0, (5.0, 15.0), 7.0, 2.0, id="on a slide that stays: as it is on the screen"),
        pytest.param(7.0, (6.97, 15.0), 6.97, 0.0, id="just after the last one came: with it"),
        pytest.param(2.0, (2.5, 2.54), 2.5, 0.0, id="before the first frame: with that"),
        pytest.param(7.0, (6.0,), 7.0, 1.0, id="after the last one: with that on the screen"),
        pytest.param(7.0, (), 7.0, 0.0, id="where no times are known"),
    ],
)
def test_a_clip_begins_with_the_picture_that_a_player_shows(
    wanted_s: float, times_s: tuple[float, ...], start_s: float, held_s: float
) -> None:
    made = planned(source(), start_s=wanted_s, times_s=times_s)
    assert (made.start_s, made.held_s) == pytest.approx((start_s, held_s))


@pytest.mark.parametrize(
    ("container", "landing_s", "seek_s"),
    [
        ("matroska,webm", None, 9.98),
        ("asf", None, 9.98),
        ("mpegts", 8.0, 6.0),
        ("mpegts", 1.0, 0.0),
        ("mpegts", None, 0.0),
        ("gif", None, 0.0),
        ("gif", 8.0, 0.0),
    ],
)
def test_each_container_is_read_from_where_the_keyframe_is_sure_to_come(
    container: str, landing_s: float | None, seek_s: float
) -> None:
    made = planned(source(container=container), start_s=10.0, landing_s=landing_s)
    assert made.seek_s == pytest.approx(seek_s)


def test_a_sound_that_was_asked_for_is_taken_and_the_footage_s_own_otherwise() -> None:
    segment = Segment(0.0, 4.0, 0.9, "face", ())
    asked = plan(source(), segment, frame_times_s=GRID_S, spec=SORA_2, audio_index=0)
    assert asked.audio_index == 0, "the first stream has the number nothing"
    assert planned(source()).audio_index == 1


def test_hdr_keeps_the_name_of_its_light_and_sdr_has_none() -> None:
    hdr = planned(source(is_hdr=True, transfer="arib-std-b67", matrix="bt2020nc"))
    assert (hdr.colour.tone_map, hdr.colour.matrix) == ("arib-std-b67", "bt2020nc")
    assert planned(source()).colour.tone_map == ""


def test_a_model_with_longer_clips_gets_one() -> None:
    segment = Segment(0.0, 8.0, 0.9, "face", ())
    made = plan(source(), segment, frame_times_s=GRID_S, spec=KLING_ELEMENTS)
    assert (float(made.length_s), made.canvas.height_px) == (8.0, 1080)
