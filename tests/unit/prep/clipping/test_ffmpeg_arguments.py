"""What ffmpeg is told for a plan: pure, so every kind of footage is quick to ask for."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest

from screentest.prep.clipping.ffmpeg import arguments
from screentest.prep.clipping.plan import Plan, plan
from screentest.prep.core.crop import Crop
from screentest.prep.core.process import on_one_thread
from screentest.prep.core.spec import SORA_2
from screentest.prep.core.values import Segment, Source
from screentest.prep.media.orientation import turned
from tests.made_up import source

OUT = Path("/clips/joe.mp4")
GRID_S = tuple(n / 25 for n in range(500))


def planned(raw: Source | None = None, *, start_s: float = 3.0, bars: Crop | None = None) -> Plan:
    segment = Segment(start_s, 4.0, 0.9, "face", ())
    footage = raw or source()
    return plan(footage, segment, frame_times_s=GRID_S, spec=SORA_2, inside_bars=bars)


def filters(made: Plan) -> list[str]:
    """Each filter with its options, in the order of the graph."""
    said = arguments(made, OUT)
    graph = said[said.index("-filter_complex") + 1]
    return [re.sub(r"\[[^]]*\]", "", part) for part in graph.split(";")]


def named(made: Plan, name: str) -> list[str]:
    return [part for part in filters(made) if part.partition("=")[0] == name]


def option(made: Plan, name: str) -> str:
    said = arguments(made, OUT)
    return said[said.index(name) + 1]


def test_the_same_plan_gives_the_same_command() -> None:
    assert arguments(planned(), OUT) == arguments(planned(), OUT)


def test_footage_is_opened_as_a_file_of_a_known_kind_and_no_address() -> None:
    said = arguments(planned(source(path="/films/-i http:,|x.mp4")), OUT)
    before = said[: said.index("-i")]
    assert said[said.index("-i") + 1] == "file:/films/-i http:,|x.mp4"
    assert before[before.index("-protocol_whitelist") + 1] == "file"
    assert "concat" not in before[before.index("-format_whitelist") + 1]
    assert "-max_pixels" in before


def test_of_joined_recordings_the_one_that_is_wanted_is_read_and_nothing_else() -> None:
    said = arguments(planned(source(path="/films/a,,:b.ts", part=(188, 3760))), OUT)
    assert said[said.index("-i") + 1] == "subfile,,start,188,end,3760,,:file:/films/a,,:b.ts"
    assert said[said.index("-protocol_whitelist") + 1] == "file,subfile"


def test_footage_sound_and_clip_of_any_name_are_opened() -> None:
    """ffmpeg-python takes no path with a byte that is not text."""
    raw, sound, out = (
        f"/films/{name}".encode().replace(b"-", b"\xff").decode("utf-8", "surrogateescape")
        for name in ("-.mov", "-.wav", "-.mp4")
    )
    said = arguments(planned(source(path=raw)), Path(out), sound=Path(sound))
    assert [said.count(f"file:{name}") for name in (raw, sound, out)] == [1, 1, 1]
    assert not [argument for argument in said if "<" in argument]


def test_sound_is_opened_with_the_same_guards_as_the_picture() -> None:
    assert arguments(planned(), OUT).count("-i") == arguments(planned(), OUT).count("-format_whitelist")


def test_nothing_waits_for_a_key_and_nobody_is_asked_before_overwriting() -> None:
    said = arguments(planned(), OUT)
    assert {"-nostdin", "-y"} <= set(said)
    assert "file:/clips/joe.mp4" in said


def test_nothing_of_where_it_was_filmed_goes_into_the_clip() -> None:
    assert option(planned(), "-map_metadata") == "-1"
    assert option(planned(), "-map_chapters") == "-1"
    assert "remove_types=6" in option(planned(), "-bsf:v")
    assert named(planned(), "sidedata") == ["sidedata=mode=delete"]


@pytest.mark.parametrize("fps", [Fraction(24), Fraction(25), Fraction(30_000, 1001), Fraction(60)])
def test_the_clip_has_as_many_frames_as_planned_at_the_exact_rate(fps: Fraction) -> None:
    made = planned(source(fps=fps))
    assert named(made, "fps") == [f"fps=fps={made.rate}:round=up:start_time=0"]
    assert named(made, "trim")[-1] == f"trim=end_frame={made.frames}"


def test_picture_and_sound_count_from_the_same_moment_of_the_source_s_own_clock() -> None:
    made = planned(source(start_s=1.4))
    (sound,) = named(made, "asetpts")
    (picture,) = named(made, "setpts")
    assert sound == "asetpts=PTS-4.400000/TB"
    assert picture == "setpts=PTS-4.410000/TB", "a quarter of a frame later, for clocks that round"


def test_times_are_never_written_with_an_exponent() -> None:
    early = planned(source(fps=Fraction(240), start_s=1e-7), start_s=0.0)
    assert not [part for part in arguments(early, OUT) if re.search(r"\d+e[-+]?\d", part)]


def test_the_file_s_beginning_needs_no_search() -> None:
    assert "-ss" not in arguments(planned(start_s=0.0), OUT)
    assert option(planned(start_s=3.0), "-ss") == "2.980000"


def test_pictures_without_times_are_counted() -> None:
    counted = planned(source(container="avi", is_counted=True))
    assert named(counted, "setpts") == ["setpts=(N/(25)-3.010000)/TB"]


def test_a_slide_that_was_there_before_the_clip_is_not_cut_off() -> None:
    slide = plan(
        source(fps=Fraction(1, 5)),
        Segment(7.0, 4.0, 0.9, "face", ()),
        frame_times_s=(0.0, 5.0, 10.0),
        spec=SORA_2,
    )
    assert slide.held_s == 2
    (begins,) = (part for part in named(slide, "trim") if "start=" in part)
    assert float(begins.partition("start=")[2]) < -2


def test_a_clip_without_sound_asks_for_none() -> None:
    silent = planned(source(audio_index=None))
    assert not any(part.startswith(("a", "asetpts")) for part in filters(silent))
    assert "-c:a" not in arguments(silent, OUT)
    assert arguments(silent, OUT).count("-map") == 1


@pytest.mark.parametrize("fps", [Fraction(24), Fraction(25), Fraction(30_000, 1001), Fraction(30)])
@pytest.mark.parametrize("length_s", [2.0, 3.0, 4.0])
def test_coded_sound_never_outlasts_the_picture(fps: Fraction, length_s: float) -> None:
    made = plan(
        source(fps=fps),
        Segment(0.0, length_s + 0.05, 0.9, "face", ()),
        frame_times_s=GRID_S,
        spec=SORA_2,
    )
    samples = int(named(made, "atrim")[-1].partition("end_sample=")[2])
    coded = (-(-samples // 1024) + 1) * 1024  # whole AAC frames, and one that the coder adds
    assert coded / 48_000 <= made.length_s
    assert samples / 48_000 > made.length_s - Fraction(6, 100)
    assert named(made, "apad") == [f"apad=whole_len={samples}"]


def test_interlaced_footage_alone_is_deinterlaced_and_before_its_rate_changes() -> None:
    woven = [part.partition("=")[0] for part in filters(planned(source(is_interlaced=True)))]
    assert woven.index("bwdif") < woven.index("fps")
    assert named(planned(), "bwdif") == []


@pytest.mark.parametrize(
    ("turn_deg", "turns"),
    [
        (0, []),
        (90, ["transpose=dir=clock"]),
        (180, ["hflip", "vflip"]),
        (270, ["transpose=dir=cclock"]),
    ],
)
def test_a_turn_that_was_asked_for_comes_after_the_fields_and_before_the_crop(
    turn_deg: int, turns: list[str]
) -> None:
    raw = turned(source(is_interlaced=True), turn_deg)
    made = filters(planned(raw, bars=Crop(40, 40, 400, 400)))
    first = next(n for n, part in enumerate(made) if part.startswith("crop"))
    assert made[first - len(turns) : first] == turns
    assert made[first - len(turns) - 1].startswith("trim")


def test_a_picture_of_the_canvas_s_shape_gets_no_bars() -> None:
    assert named(planned(), "pad") == []


def test_any_other_shape_is_padded_with_black_and_not_stretched() -> None:
    made = planned(source(width_px=640, height_px=480, coded_width_px=640, coded_height_px=480))
    assert named(made, "scale")[-1].startswith("scale=960:720:")
    assert named(made, "pad") == ["pad=1280:720:160:0:color=black"]


def test_bars_are_cut_off_before_anything_is_scaled() -> None:
    made = planned(bars=Crop(160, 0, 960, 720))
    (cut,) = named(made, "crop")
    assert cut.startswith(r"crop=min(iw\,960):min(ih\,720):")
    order = [part.partition("=")[0] for part in filters(made)]
    assert order.index("crop") < order.index("scale")


def test_turned_footage_is_held_against_its_upright_size_when_it_is_cut() -> None:
    turned = source(
        rotation_deg=90, width_px=720, height_px=1280, coded_width_px=1280, coded_height_px=720
    )
    (cut,) = named(planned(turned, bars=Crop(0, 160, 720, 960)), "crop")
    assert re.search(r"eq\(iw.{1,3}720\)\*eq\(ih.{1,3}1280\)", cut), cut


@pytest.mark.parametrize("transfer", ["smpte2084", "arib-std-b67"])
def test_hdr_is_brought_down_and_ordinary_footage_is_not(transfer: str) -> None:
    hdr = planned(source(is_hdr=True, transfer=transfer, matrix="bt2020nc"))
    (first, _) = named(hdr, "setparams")
    assert f"color_trc={transfer}" in first
    assert "colorspace=bt2020nc" in first
    assert "color_primaries=bt2020" in first
    assert len(named(hdr, "tonemap")) == 1
    assert named(planned(), "tonemap") == []


@pytest.mark.parametrize(("full", "said"), [(True, "in_range=full"), (False, "in_range=limited")])
def test_the_range_of_the_footage_is_said_and_the_clip_s_is_limited(full: bool, said: str) -> None:
    made = planned(source(full_range=full))
    (scaled,) = named(made, "scale")
    assert said in scaled
    assert "out_range=limited" in scaled
    assert option(made, "-color_range") == "tv"


def test_what_can_be_seen_through_is_laid_on_black() -> None:
    made = planned(source(has_alpha=True, codec="prores"))
    assert "premultiply=inplace=1" in filters(made)
    assert "-c:0" not in arguments(made, OUT)


@pytest.mark.parametrize(("codec", "decoder"), [("vp8", "libvpx"), ("vp9", "libvpx-vp9")])
def test_transparency_kept_beside_the_picture_is_read_by_the_decoder_that_can(
    codec: str, decoder: str
) -> None:
    said = arguments(planned(source(has_alpha=True, codec=codec, video_index=2)), OUT)
    assert said[said.index("-c:2") + 1] == decoder
    assert "-c:2" not in arguments(planned(source(codec=codec, video_index=2)), OUT)


def test_the_very_streams_are_taken_that_the_plan_names() -> None:
    made = replace(planned(source(video_index=3)), audio_index=5)
    graph = arguments(made, OUT)[arguments(made, OUT).index("-filter_complex") + 1]
    assert set(re.findall(r"\[0:(\d+)\]", graph)) == {"3", "5"}


@pytest.mark.parametrize(
    ("alpha", "hdr", "woven", "sound"), list(itertools.product((True, False), repeat=4))
)
def test_whatever_comes_in_ends_as_upright_square_limited_bt709(
    alpha: bool, hdr: bool, woven: bool, sound: bool
) -> None:
    raw = source(
        has_alpha=alpha,
        is_hdr=hdr,
        transfer="smpte2084" if hdr else "bt709",
        is_interlaced=woven,
        audio_index=1 if sound else None,
    )
    made = planned(raw)
    picture = [part for part in filters(made) if not part.startswith("a")]
    assert picture[-3:] == [
        "setsar=1",
        "sidedata=mode=delete",
        "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv",
    ]
    assert "format=yuv420p" in picture
    assert option(made, "-pix_fmt") == "yuv420p"


def test_where_each_core_has_a_process_of_its_own_a_clip_takes_one_thread() -> None:
    def threads_of(said: list[str]) -> list[tuple[str, str]]:
        return [(option, value) for option, value in pairwise(said) if option.endswith("threads")]

    with on_one_thread():
        said = arguments(planned(), OUT)
    decoder, *others = threads_of(said)
    assert decoder == ("-threads", "1")
    assert sorted(others) == [("-filter_complex_threads", "1"), ("-threads", "1")]
    assert threads_of(arguments(planned(), OUT)) == []
