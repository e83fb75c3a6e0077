"""When pictures show, read from real files whose times a test wrote itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.audio.frame import AudioFrame
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from screentest import probe
from screentest.prep.core.errors import FootageError
from screentest.prep.core.values import Source
from screentest.prep.media.frames import reading
from tests.conftest import Footage

MS = Fraction(1, 1000)
Film = Callable[..., Source]


def written(
    path: Path, times: Sequence[int], *, base: Fraction = MS, codec: str = "mjpeg", sound_s: float = 0
) -> Path:
    """A file with a tiny picture at each of these times, in ticks, and a tone from 0 on."""
    layout = "yuvj420p" if codec == "mjpeg" else "yuv420p"
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=25)
        assert isinstance(stream, VideoStream)
        stream.width = stream.height = 64
        stream.pix_fmt = layout
        stream.codec_context.time_base = base
        if sound_s:
            tone = container.add_stream("pcm_s16le", rate=8000, layout="mono")
            frame = AudioFrame.from_ndarray(np.zeros((1, int(8000 * sound_s)), np.int16), format="s16")
            frame.sample_rate, frame.pts = 8000, 0
            container.mux(tone.encode(frame))
        for number, ticks in enumerate(times):
            grey = np.full((64, 64, 3), number % 200, np.uint8)
            picture = VideoFrame.from_ndarray(grey, format="bgr24").reformat(format=layout)
            picture.pts, picture.time_base = ticks, base
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
    return path


@pytest.fixture
def film(tmp_path: Path) -> Film:
    def made(times: Sequence[int], *, file: str = "a.mkv", **options: object) -> Source:
        return probe(written(tmp_path / file, times, **options))  # type: ignore[arg-type]

    return made


@pytest.mark.parametrize(
    "fps",
    [
        *(Fraction(n) for n in (10, 12, 15, 20, 24, 25, 30, 48, 50, 60, 90, 100, 120)),
        *(Fraction(n * 1000, 1001) for n in (24, 30, 48, 60, 120)),
    ],
    ids=str,
)
def test_the_rate_a_camera_meant_is_read_from_times_in_milliseconds(fps: Fraction, film: Film) -> None:
    count = int(4 * fps)
    source = film([round(n * 1000 / fps) for n in range(count)])
    assert source.fps == fps
    assert not source.is_vfr, "a clock's rounding is no varying rate"
    assert source.duration_s == pytest.approx(float(count / fps), abs=0.002)


@pytest.mark.parametrize("fps", [Fraction(n) for n in (12, 24, 25, 30, 50, 60)], ids=str)
def test_a_handful_of_pictures_is_enough_to_tell_a_rate(fps: Fraction, film: Film) -> None:
    """Milliseconds do not tell 30 from 29.97 so soon; either is meant, and no rate between."""
    assert film([round(n * 1000 / fps) for n in range(6)]).fps in (fps, fps * Fraction(1000, 1001))


def test_an_unusual_rate_is_itself(film: Film) -> None:
    source = film([n * 55 for n in range(80)])
    assert float(source.fps) == pytest.approx(1000 / 55, rel=1e-3)
    assert not source.is_vfr


@pytest.mark.parametrize(
    "times",
    [
        pytest.param([n * 40 + (13 if n % 3 == 0 else 0) for n in range(60)], id="uneven"),
        pytest.param([n * 40 for n in range(90) if n % 7], id="some missing"),
        pytest.param([n * 40 for n in range(30)] + [1200 + n * 80 for n in range(30)], id="two rates"),
        pytest.param([n * 40 for n in range(50)] + [5000 + n * 40 for n in range(20)], id="a pause"),
    ],
)
def test_pictures_that_come_unevenly_are_said_to(times: list[int], film: Film) -> None:
    assert film(times).is_vfr


def test_missing_pictures_do_not_change_the_nominal_rate(film: Film) -> None:
    assert film([n * 40 for n in range(90) if n % 7]).fps == 25


def test_one_picture_lasts_as_long_as_its_file_says(film: Film) -> None:
    source = film([0])
    assert source.duration_s == pytest.approx(1 / float(source.fps))
    assert not source.is_vfr


def test_slides_of_seconds_are_slow_and_not_damaged(film: Film) -> None:
    source = film([n * 2500 for n in range(8)])
    assert source.fps == Fraction(2, 5)
    assert source.duration_s == pytest.approx(20.0)


def test_a_clock_that_jumps_by_an_hour_has_a_rate_all_the_same(film: Film) -> None:
    source = film([0, 3_600_000, 3_600_040])
    assert source.fps > 0
    assert source.is_vfr


@pytest.mark.parametrize("late_ms", [40, 700, 90_000])
def test_a_file_whose_clock_starts_late_begins_at_zero(late_ms: int, film: Film) -> None:
    source = film([late_ms + n * 40 for n in range(60)])
    assert source.start_s == pytest.approx(late_ms / 1000)
    assert source.video_start_s == pytest.approx(0)
    assert source.duration_s == pytest.approx(2.4)


def test_a_picture_that_comes_after_its_sound_says_when(film: Film) -> None:
    source = film([700 + n * 40 for n in range(60)], sound_s=3.0)
    assert source.has_audio
    assert source.video_start_s == pytest.approx(0.7)
    assert source.duration_s == pytest.approx(2.4)


def test_sound_that_goes_on_after_the_picture_makes_it_no_longer(film: Film) -> None:
    source = film([n * 40 for n in range(50)], sound_s=6.0)
    assert source.duration_s == pytest.approx(2.0)


def test_pictures_before_zero_are_hidden_by_mp4_and_not_counted(film: Film) -> None:
    source = film([-200 + n * 40 for n in range(60)], file="a.mp4", codec="libx264")
    assert source.video_start_s == pytest.approx(0)
    assert source.duration_s == pytest.approx(2.2)
    assert source.fps == 25


def test_reordered_pictures_are_timed_as_they_show(film: Film) -> None:
    times = [n * 1001 for n in range(300)]
    source = film(times, file="a.mp4", codec="libx264", base=Fraction(1, 30_000))
    assert source.fps == Fraction(30_000, 1001)
    assert not source.is_vfr
    assert source.duration_s == pytest.approx(300 * 1001 / 30_000, abs=1e-3)


def test_a_file_that_claims_more_than_it_has_is_measured(film: Film, tmp_path: Path) -> None:
    """A recording cut off in the middle: its header still tells of all of it."""
    whole = written(tmp_path / "whole.mkv", [n * 40 for n in range(200)])
    cut = tmp_path / "cut.mkv"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    assert probe(whole).duration_s == pytest.approx(8.0)
    assert 2.0 < probe(cut).duration_s < 6.0


@pytest.mark.parametrize("kept", [0, 40, 400])
def test_a_file_cut_off_before_its_first_picture_is_refused_in_one_line(
    kept: int, tmp_path: Path
) -> None:
    whole = written(tmp_path / "whole.mkv", [n * 40 for n in range(10)])
    cut = tmp_path / "cut.mkv"
    cut.write_bytes(whole.read_bytes()[:kept])
    with pytest.raises(FootageError) as caught:
        probe(cut)
    assert "\n" not in caught.value.message


def test_the_same_bytes_have_the_same_name_wherever_they_lie(tmp_path: Path) -> None:
    first = written(tmp_path / "a.mkv", [n * 40 for n in range(10)])
    copy = tmp_path / "elsewhere.mkv"
    copy.write_bytes(first.read_bytes())
    changed = tmp_path / "changed.mkv"
    changed.write_bytes(first.read_bytes() + b"\0")
    assert probe(copy).fingerprint == probe(first).fingerprint
    assert probe(changed).fingerprint != probe(first).fingerprint


@pytest.mark.parametrize("name", ["counter-ts", "counter-flv", "flash-mpg", "counter-open-gop"])
def test_a_stretch_begins_where_it_is_asked_for_far_from_any_keyframe(
    name: str, footage: Footage
) -> None:
    with reading(probe(footage(name))) as reader:
        for start_s in (0.5, 1.5, 2.5, 3.1):
            first = next(reader.span(start_s, start_s + 1))
            assert start_s <= first.t_s <= start_s + 0.041
