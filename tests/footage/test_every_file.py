"""Every file of the footage folder becomes a clip that shows what the file shows, or one clear error.

Each clip is held against an independent render of the same moments (``independent.py``), so that a
wrong picture, turn, shape, colour or time cannot pass.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import av
import pytest

from screentest import check, clip, pick, probe, segment_at
from screentest.prep.clipping.clip import planned_clip
from screentest.prep.core.errors import (
    NotAVideo,
    NoUsableSegment,
    ScreentestError,
    TooShort,
    Unreadable,
)
from screentest.prep.core.values import Clip, Segment, Source
from tests.footage.conftest import Scanned
from tests.footage.independent import Moment, Rgb, apart, moments, on_canvas, upright

LATEST_START_S = 12.0
MEAN_LEVELS, WORST_LEVELS = 2.0, 20.0


@dataclass(frozen=True, slots=True)
class Case:
    """What to expect of one file that becomes a clip.

    ``bars``: pixels of the footage's own bars at left, top, right, bottom, by eye. ``mean``, ``worst``:
    how many levels of 255 the clip may be off, where more than usual is fair.
    """

    file: str
    bars: tuple[int, int, int, int] = (0, 0, 0, 0)
    mean: float = MEAN_LEVELS
    worst: float = WORST_LEVELS


CLIPS = [
    Case("anim-anime-figure-vertical.mp4"),
    Case("anim-bbb-intro-vp8.webm"),
    Case("anim-bbb-rabbit-720p.mp4"),
    Case("anim-sintel-trailer-720p.mp4", bars=(0, 90, 0, 90)),
    Case("animal-dog-frisbee-720p.mp4"),
    Case("animal-dog-skateboard-vertical.mp4"),
    Case("animal-kitten-rot180-vfr.mp4"),
    Case("cut-clock-panda.mp4"),
    Case("cut-face-noface.mov"),
    Case("cut-hamilton-stage.mp4"),
    Case("cut-noface-face.mov"),
    Case("der-4audio-tracks.mkv"),
    Case("der-hdr10-pq-face.mp4"),
    # Deinterlaced here, woven there.
    Case("der-interlaced-mpeg2-pal.mpg", mean=3.0),
    Case("der-prores-proxy-720p.mov"),
    Case("der-reel-a-720p.mp4"),
    Case("der-rot90-upright-face.mp4"),
    Case("der-truncated-60pct-faststart.mp4"),
    Case("der-ultrawide-3.20.mp4"),
    Case("der-vfr-face.mp4"),
    Case("face-asl-book.mkv"),
    Case("face-asl-skullshirt.mkv"),
    Case("face-baby-profile.mp4"),
    Case("face-cap12-webcam.mp4"),
    Case("face-cap13-webcam.mp4"),
    Case("face-carphone-qcif.mp4"),
    Case("face-dogbark-man-profile.mp4"),
    Case("face-drummer-phone-vertical.mp4"),
    Case("face-edtalk-obama-20s.mp4"),
    Case("face-franck-200s.mp4"),
    Case("face-lp-d20-dark.mp4"),
    Case("face-lp-d3-turns.mp4"),
    Case("face-lp-d6-grimace.mp4"),
    Case("face-lp-d9-sar1516.mp4"),
    Case("face-lp-s13-fullbody-vertical.mp4"),
    Case("face-lp-s18-side.mp4"),
    Case("face-lp-s20-vertical-zoomout.mp4"),
    Case("face-lp-s32-turn.mp4"),
    Case("face-makeup-occluded.avi"),
    Case("face-pexels-cry-laugh.mp4"),
    Case("face-retalk1-vfr.mp4"),
    Case("face-retalk4-anchor.mp4"),
    Case("fmt-alpha-vp9.webm"),
    Case("fmt-attached-pic.mp4"),
    Case("fmt-av1.mkv"),
    Case("fmt-bbb-starttime10s.mp4"),
    Case("fmt-bbb-vp9-sar64-45.mp4"),
    Case("fmt-black-1080p-362s.mp4"),
    Case("fmt-failing-audio.mp4"),
    Case("fmt-hlg10-hevc-rot90-editlist.mp4", mean=4.0),
    Case("fmt-mpeg4-240.avi"),
    Case("fmt-nasa-2video-2audio.mp4"),
    Case("fmt-noduration-vp9.webm"),
    Case("fmt-pcm-1080p50.mov"),
    Case("fmt-sar2by3.mp4", worst=35.0),
    Case("fmt-sar2x1.mp4"),
    Case("fmt-vp9-10bit.webm", worst=25.0),
    Case("fmt-vvc-undecodable.mp4"),
    Case("fmt-yuv422p.mp4"),
    Case("multi-chaplin-bw.mp4", bars=(74, 0, 74, 0)),
    Case("multi-intel-classroom.gif"),
    Case("multi-intel-two-walk.gif"),
    Case("multi-obama-biden.mp4"),
    Case("none-backs-one-by-one-139s.mp4"),
    Case("none-bikes-238.mp4"),
    Case("none-cars-10s.mp4"),
    Case("none-greenscreen-silhouette.mp4"),
    Case("small-ntu-1080p.avi"),
    Case("small-ntu2-1080p-vfr.mp4"),
    Case("small-segway-rider.mp4"),
    Case("ultrawide-3faces-2.99.mp4"),
]

ERRORS: dict[str, type[ScreentestError]] = {
    "der-truncated-no-moov.mp4": NotAVideo,
    "face-asl-headcropped.mkv": TooShort,
    "face-intel-female-turn.gif": TooShort,
    "fmt-4k60-rot90-0.3s.mp4": TooShort,
    "fmt-8k-hevc-0.3s.mp4": TooShort,
    "fmt-android-slowmo.mp4": TooShort,
    "fmt-audio-only-2tracks.mp4": NotAVideo,
    "fmt-bbb-h263.3gp": TooShort,
    "fmt-dovi-hlg-rot90-0.1s.mov": TooShort,
    "fmt-face-av1-1s.mp4": TooShort,
    "fmt-face-empty-2nd-video-track.mp4": TooShort,
    "fmt-face-fragmented-bogusdur.mp4": TooShort,
    "fmt-face-h264.flv": TooShort,
    "fmt-face-mdat-too-long.mp4": TooShort,
    "fmt-face-missing-stsd.mp4": TooShort,
    "fmt-face-nostss-1s.mp4": TooShort,
    "fmt-face-portrait-1s.mp4": TooShort,
    "fmt-face-rotate-reflect-1s.mp4": TooShort,
    "fmt-fullrange-709.mp4": TooShort,
    "fmt-h264-10bit.mp4": TooShort,
    "fmt-h265-10bit.mp4": TooShort,
    "fmt-hdr10-hevc-1080p-1s.mp4": TooShort,
    "fmt-hlg10-chart-0.3s.mp4": TooShort,
    "fmt-invalid-bitstream-vp9.webm": Unreadable,
    "fmt-rot90-1080p-5.1ch.mp4": TooShort,
    "fmt-truncated-h264.mp4": TooShort,
    "fmt-zero-bytes.webm": NotAVideo,
}

PICKED = ["cut-hamilton-stage.mp4", "face-asl-book.mkv", "fmt-attached-pic.mp4", "der-vfr-face.mp4"]


def middle(source: Source) -> Segment:
    spare_s = max(0.0, (source.duration_s - 4) / 2)
    return segment_at(source, start_s=source.video_start_s + min(spare_s, LATEST_START_S))


def test_every_file_has_its_case(shared_footage: Path) -> None:
    files = {f.name for f in shared_footage.iterdir() if f.suffix not in (".tsv", ".json")}
    assert files == {case.file for case in CLIPS} | ERRORS.keys()


@pytest.mark.parametrize("case", CLIPS, ids=lambda case: case.file)
def test_the_clip_keeps_every_rule_and_shows_what_the_footage_shows(
    case: Case, shared_footage: Path, tmp_path: Path
) -> None:
    raw = shared_footage / case.file
    source = probe(raw)
    segment = middle(source)
    made = clip(source, segment, out=tmp_path / "out.mp4")
    assert [(r.rule, r.found) for r in check(made.path).rules if not r.ok] == []
    assert [f.name for f in tmp_path.iterdir() if f.is_file()] == ["out.mp4"]
    assert made.has_audio == source.has_audio
    start_s = planned_clip(source, segment).start_s
    for number in (0, made.frames // 2, made.frames - 1):
        t_s = start_s + number / float(made.fps)
        require_same(case, made, number, moments_around(raw, source, t_s, made))


def moments_around(raw: Path, source: Source, t_s: float, made: Clip) -> list[Moment]:
    """What a player may show while the clip shows one of its frames."""
    half_s = 0.5 / float(made.fps) + 1e-3
    found = moments(raw, stream=source.video_index, from_s=t_s - half_s, to_s=t_s + half_s)
    return [m for m in found if m.t_s <= t_s + half_s]


def require_same(case: Case, made: Clip, number: int, candidates: list[Moment]) -> None:
    got = frame_of(made, number)
    size = {"width_px": made.width_px, "height_px": made.height_px}
    off = [apart(got, on_canvas(m.rgb, bars=case.bars, **size)) for m in candidates]
    mean, worst = min(off)
    assert mean <= case.mean, f"frame {number}: {mean:.2f} levels off"
    assert worst <= case.worst, f"frame {number}: {worst:.1f} levels off in places"


def frame_of(made: Clip, number: int) -> Rgb:
    with av.open(made.path) as container:
        for index, frame in enumerate(container.decode(video=0)):
            if index == number:
                return upright(frame)
    raise AssertionError(f"the clip has no frame {number}")


@pytest.mark.parametrize("file", ERRORS)
def test_what_cannot_become_a_clip_is_one_clear_error_and_no_file(
    file: str, shared_footage: Path, tmp_path: Path
) -> None:
    def attempt() -> Clip:
        source = probe(shared_footage / file)
        return clip(source, middle(source), out=tmp_path / "out.mp4")

    with pytest.raises(ERRORS[file]) as caught:
        attempt()
    assert file in str(caught.value)
    assert caught.value.hint
    assert "\n" not in str(caught.value) + caught.value.hint
    assert not [f for f in tmp_path.iterdir() if f.is_file()]


@pytest.mark.parametrize("file", PICKED)
def test_what_was_picked_becomes_a_clip(
    file: str, shared_footage: Path, scanned: Scanned, tmp_path: Path
) -> None:
    found = scanned(shared_footage / file)
    made = clip(found.source, pick(found), out=tmp_path / "out.mp4")
    assert check(made.path).ok


def test_black_footage_is_refused_by_picking_and_said_so(
    shared_footage: Path, scanned: Scanned
) -> None:
    with pytest.raises(NoUsableSegment):
        pick(scanned(shared_footage / "fmt-black-1080p-362s.mp4"))
