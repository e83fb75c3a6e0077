"""Clocks: the clip begins at the picked frame, loses none, and its sound stays with its picture."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from fixtures.generate import read_counter
from screentest import probe
from tests.clips import SMALL, lumas, short_clip, sound
from tests.conftest import Footage

SYNC_S = 0.020


def numbers(raw: Path, folder: Path, *, start_s: float) -> list[int]:
    made = short_clip(raw, folder, start_s=start_s, length_s=2.1, spec=SMALL)
    return [read_counter(luma) for luma in lumas(made)]


@pytest.mark.parametrize(
    "name",
    ["counter-coarse", "counter-open-gop", "counter-ts", "counter-avi", "counter-flv"],
)
@pytest.mark.parametrize("first", [0, 39, 62])
def test_every_container_is_cut_at_the_very_frame(
    name: str, first: int, footage: Footage, tmp_path: Path
) -> None:
    found = numbers(footage(name), tmp_path, start_s=first / 25)
    assert found == list(range(first, first + 52))


def test_a_recording_cut_without_coding_shows_what_its_edit_list_shows(
    footage: Footage, tmp_path: Path
) -> None:
    found = numbers(footage("counter-edit-list"), tmp_path, start_s=0.0)
    assert found[0] in (32, 33), "it was cut 1.3 s into the counter"
    assert found == list(range(found[0], found[0] + 52))


@pytest.mark.parametrize(
    ("name", "fps", "step"),
    [
        ("counter-23976", Fraction(24000, 1001), 1),
        ("counter-50", Fraction(50), 2),
        ("counter-5994", Fraction(60000, 1001), 2),
        ("counter-120", Fraction(120), 4),
    ],
)
def test_every_rate_keeps_an_even_pace(
    name: str, fps: Fraction, step: int, footage: Footage, tmp_path: Path
) -> None:
    first = 31
    found = numbers(footage(name), tmp_path, start_s=float(first / fps))
    assert found[0] == first
    assert set(np.diff(found)) == {step}


@pytest.mark.parametrize(
    ("name", "is_woven", "repeated"),
    [("soft-telecine-mpg", False, 0), ("soft-telecine-m2v", False, 12), ("hard-telecine", True, 12)],
)
def test_film_in_video_keeps_its_cadence_and_every_picture(
    name: str, is_woven: bool, repeated: int, footage: Footage, tmp_path: Path
) -> None:
    """What television repeats is repeated, never taken out; film that is whole is not deinterlaced."""
    assert probe(footage(name)).is_interlaced == is_woven
    found = numbers(footage(name), tmp_path, start_s=1.0)
    steps = np.diff(found).tolist()
    assert set(steps) <= {0, 1}
    assert steps.count(0) == pytest.approx(repeated, abs=1)


@pytest.mark.parametrize("kind", ["mp4", "mkv", "ts"])
def test_a_clip_that_begins_on_a_slide_shows_the_slide_and_nothing_to_come(
    kind: str, footage: Footage, tmp_path: Path
) -> None:
    found = numbers(footage(f"counter-held-{kind}"), tmp_path, start_s=5.0)
    assert found == [0] * 25 + list(range(150, 177))


def test_slow_motion_stays_slow_and_is_said_to_be(footage: Footage, tmp_path: Path) -> None:
    made = short_clip(footage("slow-motion"), tmp_path, spec=SMALL)
    assert made.length_s == 2
    assert any("8 times slower than life" in warning for warning in made.warnings)
    assert b"capture.fps" not in Path(made.path).read_bytes()


def test_fast_recordings_that_play_as_life_are_not_called_slow(
    footage: Footage, tmp_path: Path
) -> None:
    made = short_clip(footage("counter-120"), tmp_path, spec=SMALL)
    assert not any("slow" in warning for warning in made.warnings)


def test_where_frames_are_missing_the_last_one_stays(footage: Footage, tmp_path: Path) -> None:
    found = numbers(footage("counter-vfr"), tmp_path, start_s=1.0)
    there = [n for n in range(200) if n % 7 and n % 11]
    first = there[0] + 25  # the file's clock begins with its first frame
    assert found == [max(n for n in there if n <= first + shown) for shown in range(len(found))]


@pytest.mark.parametrize(
    ("name", "at_s"),
    [
        ("flash-mp4", 0.6),
        ("flash-mkv", 0.6),
        ("flash-ts", 1.36),
        ("flash-mov", 0.6),
        ("flash-avi", 1.36),
        ("flash-mpg", 0.6),
        ("flash-late-sound", 0.0),
    ],
)
def test_a_flash_and_its_beep_stay_together(
    name: str, at_s: float, footage: Footage, tmp_path: Path
) -> None:
    made = short_clip(footage(name), tmp_path, start_s=at_s, length_s=3.0, spec=SMALL)
    flashes_s = [n / float(made.fps) for n, luma in enumerate(lumas(made)) if luma.mean() > 150]
    beeps_s = beeps_of(np.abs(sound(made)).max(axis=0))
    flashes_s = [f for f in flashes_s if f > beeps_s[0] - 0.5][: len(beeps_s)]
    assert len(flashes_s) >= 2
    off_s = [abs(f - b) for f, b in zip(flashes_s, beeps_s, strict=False)]
    assert max(off_s) <= SYNC_S, f"flashes at {flashes_s}, beeps at {beeps_s}"


def beeps_of(level: NDArray[np.float32]) -> list[float]:
    """When each beep begins, in seconds."""
    loud = np.flatnonzero(level > 0.3)
    firsts = [loud[0], *(b for a, b in pairwise(loud) if b - a > 10_000)]
    return [first / 48_000 for first in firsts]
