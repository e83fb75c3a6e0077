"""The plan: rate, frames and the moment to cut at."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from screentest.prep.clipping.plan import plan
from screentest.prep.core.errors import TooShort
from screentest.prep.core.spec import SORA_2, frames_for_at_least, frames_within, output_rate
from screentest.prep.core.values import Segment, Source
from tests.made_up import source


@pytest.mark.parametrize(
    ("footage", "clip"),
    [
        ("24", "24"),
        ("25", "25"),
        ("30000/1001", "30000/1001"),
        ("30", "30"),
        ("50", "25"),
        ("60000/1001", "30000/1001"),
        ("60", "30"),
        ("48", "24"),
        ("12", "24"),
        ("10", "30"),
        ("15", "30"),
        ("120", "30"),
        ("240", "30"),
        ("35", "30"),
        ("17", "30"),
        ("24000/1001", "24"),
    ],
)
def test_every_rate_becomes_one_the_service_takes(footage: str, clip: str) -> None:
    assert output_rate(Fraction(footage), SORA_2) == Fraction(clip)


def test_four_seconds_of_29_97_are_119_frames() -> None:
    assert frames_within(Fraction(4), Fraction(30000, 1001)) == 119


def test_two_seconds_of_29_97_need_60_frames() -> None:
    assert frames_for_at_least(Fraction(2), Fraction(30000, 1001)) == 60
    assert frames_for_at_least(Fraction(2), Fraction(25)) == 50


def segment(start_s: float, length_s: float = 4.0) -> Segment:
    return Segment(start_s, length_s, 0.9, "face", ())


GRID_S = tuple(n / 25 for n in range(0, 500))


def test_the_clip_starts_at_the_first_frame_at_or_after_the_pick() -> None:
    made = plan(source(), segment(3.01), frame_times_s=GRID_S, spec=SORA_2)
    assert made.start_s == pytest.approx(3.04)
    assert made.frames == 100


def test_an_index_is_asked_for_the_frame_and_finds_its_keyframe() -> None:
    made = plan(source(), segment(3.0), frame_times_s=GRID_S, spec=SORA_2)
    assert 2.96 < made.seek_s < 3.0


def test_without_an_index_reading_starts_well_ahead_of_the_keyframe() -> None:
    searched = source(container="mpegts", duration_s=60.0)
    made = plan(searched, segment(30.0), frame_times_s=(30.0,), spec=SORA_2, landing_s=28.0)
    assert made.seek_s <= 27.0


def test_where_no_keyframe_is_sure_the_file_is_read_from_its_beginning() -> None:
    searched = source(container="mpegts", duration_s=60.0)
    assert plan(searched, segment(30.0), frame_times_s=(30.0,), spec=SORA_2).seek_s == 0


def test_pictures_that_are_counted_are_counted_from_the_first() -> None:
    counted = source(container="avi", is_counted=True)
    assert plan(counted, segment(3.0), frame_times_s=GRID_S, spec=SORA_2).seek_s == 0


def test_the_clip_never_asks_for_frames_the_footage_lacks() -> None:
    made = plan(source(duration_s=20.0), segment(17.0), frame_times_s=GRID_S, spec=SORA_2)
    assert made.length_s == 3


def test_too_little_left_is_an_error_and_not_a_short_clip() -> None:
    with pytest.raises(TooShort):
        plan(source(duration_s=20.0), segment(18.5), frame_times_s=GRID_S, spec=SORA_2)


def test_small_footage_earns_a_plain_warning() -> None:
    small = source(width_px=400, height_px=300)
    made = plan(small, segment(0.0), frame_times_s=GRID_S, spec=SORA_2)
    assert made.upscaled
    assert "400x300" in made.warnings[0]


@pytest.mark.parametrize(("lines", "matrix"), [(720, "bt709"), (576, "smpte170m")])
def test_untagged_colour_means_what_players_take_it_for(lines: int, matrix: str) -> None:
    untagged = source(
        matrix="", primaries="", transfer="", coded_width_px=lines * 16 // 9, coded_height_px=lines
    )
    assert plan(untagged, segment(0.0), frame_times_s=GRID_S, spec=SORA_2).colour.matrix == matrix


def later() -> Source:
    """The second of three recordings in a file: from 30 to 40 s, and from 2 s on by its own clock."""
    clock = {"start_s": -28.0, "begins_s": 30.0, "video_start_s": 30.0, "duration_s": 10.0}
    return source(part=(1000, 2000), **clock)


LATE_GRID_S = tuple(n / 25 for n in range(750, 1000))


def test_a_later_recording_is_sought_in_by_its_own_clock() -> None:
    made = plan(later(), segment(33.0), frame_times_s=LATE_GRID_S, spec=SORA_2)
    assert made.start_s == 33.0
    assert made.seek_s == pytest.approx(2.98)
    searched = replace(later(), container="mpegts")
    made = plan(searched, segment(35.0), frame_times_s=LATE_GRID_S, spec=SORA_2, landing_s=34.0)
    assert made.seek_s == pytest.approx(2.0)


def test_a_clip_ends_with_its_recording_and_says_why() -> None:
    made = plan(later(), segment(37.0), frame_times_s=LATE_GRID_S, spec=SORA_2)
    assert made.length_s == 3
    assert "one ends at 0:40.00, and so does the clip, after 3 s" in " ".join(made.warnings)
    whole = plan(later(), segment(36.0), frame_times_s=LATE_GRID_S, spec=SORA_2)
    assert not whole.warnings
    with pytest.raises(TooShort, match="where one of its recordings ends"):
        plan(later(), segment(38.5), frame_times_s=LATE_GRID_S, spec=SORA_2)


@pytest.mark.parametrize("fps", ["30000/1001", "24000/1001", "24", "29"])
def test_the_shortest_clip_is_whole_at_the_rate_of_any_joined_recording(fps: str) -> None:
    recording = replace(later(), fps=Fraction(fps))
    shortest = replace(segment(33.0), length_s=2.0 - 0.5 / 30)
    made = plan(recording, shortest, frame_times_s=LATE_GRID_S, spec=SORA_2)
    assert made.length_s - SORA_2.min_length_s < 1 / made.rate
    assert made.length_s >= SORA_2.min_length_s
