"""Turns a ``Plan`` into ffmpeg arguments and runs them: the only module that does.

Which binary: ``SCREENTEST_FFMPEG``, then the one in the ``imageio-ffmpeg`` wheel, then PATH. The oldest
supported is 5.1. ffmpeg-python builds the graph; it has no timeout and hides stderr, so the run is
``prep.core.process``'s.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import ffmpeg
import imageio_ffmpeg

from screentest.prep.clipping.failures import failure_of
from screentest.prep.clipping.plan import SAMPLE_RATE_HZ, Plan
from screentest.prep.core.errors import EncodeTimeout, SetupError
from screentest.prep.core.process import has_one_thread, run
from screentest.prep.core.progress import Progress
from screentest.prep.core.remedy import Remedy
from screentest.prep.core.text import printable
from screentest.prep.core.values import ALPHA_BESIDE
from screentest.prep.media.opening import (
    FORMAT_WHITELIST,
    MAX_PIXELS,
    MAX_STREAMS,
    PROTOCOL_WHITELIST,
    file_url,
    protocols,
)

ENCODE_TIMEOUT_S = 600.0
_TICKS = "1/1000000"
# They stand for the files while ffmpeg-python works, which takes no path that is not UTF-8.
_FOOTAGE, _SOUND, _OUT = "file:<footage>", "file:<sound>", "file:<out>"
_TAIL_FRAMES = 3
_TURNS: dict[int, list[tuple[str, dict[str, str]]]] = {
    0: [],
    90: [("transpose", {"dir": "clock"})],
    180: [("hflip", {}), ("vflip", {})],
    270: [("transpose", {"dir": "cclock"})],
}
_QUIET = ("-hide_banner", "-nostdin", "-loglevel", "error", "-nostats", "-progress", "pipe:1")
_RGB = ("gbr", "rgb", "bgr", "argb", "abgr", "0rgb", "0bgr")

# What the service's encoder sees: near-lossless at a few MB, so that its own scaling is the only loss.
_VIDEO_CODEC = {
    "c:v": "libx264",
    "preset": "fast",
    "crf": 16,
    "profile:v": "high",
    "pix_fmt": "yuv420p",
    "color_primaries": "bt709",
    "color_trc": "bt709",
    "colorspace": "bt709",
    "color_range": "tv",
}
_AS_A_CLIP: Mapping[str, object] = {}
_AUDIO_CODEC = {"c:a": "aac", "b:a": "160k", "ar": SAMPLE_RATE_HZ}
# Nothing of the source's story survives, and the same options give the same bytes. Unit type 6 is
# SEI, where x264 writes its settings.
_PRIVATE: dict[str, Any] = {
    "map_metadata": -1,
    "map_chapters": -1,
    "fflags": "+bitexact",
    "flags:v": "+bitexact",
    "flags:a": "+bitexact",
    "empty_hdlr_name": 1,
    "bsf:v": "filter_units=remove_types=6",
    "movflags": "+faststart",
    "f": "mp4",
}


@cache
def executable() -> str:
    """The ffmpeg to run. Raises SetupError where there is none."""
    chosen = os.environ.get("SCREENTEST_FFMPEG")
    if chosen:
        found = shutil.which(chosen)
        if found is None:
            raise SetupError(
                f"SCREENTEST_FFMPEG names {printable(chosen)}, which cannot be run.",
                "Unset it to use the ffmpeg that was installed with screentest.",
            )
        return found
    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as error:
        raise SetupError(
            "No ffmpeg was found.", "Install one, or set SCREENTEST_FFMPEG to its path."
        ) from error


def encode(
    plan: Plan,
    out: Path,
    *,
    sound: Path | None = None,
    progress: Progress | None = None,
    timeout_s: float = ENCODE_TIMEOUT_S,
    video: Mapping[str, object] = _AS_A_CLIP,
) -> None:
    """Makes the planned clip at ``out``, which is overwritten.

    ``sound``: what to take in place of the source's own, as ``prep.clipping.sound`` writes it.
    ``video``: options of the encoder that differ from a clip's.
    Raises EncodeFailed with ffmpeg's last words, EncodeTimeout or DiskFull.
    """
    length_s = float(plan.length_s)

    def on_line(line: bytes) -> None:
        if progress is not None and line.startswith(b"out_time_us="):
            progress(_share(line.partition(b"=")[2], length_s))

    _run(arguments(plan, out, sound=sound, video=video), out, timeout_s=timeout_s, on_line=on_line)


def develop(plan: Plan, out: Path, *, timeout_s: float = ENCODE_TIMEOUT_S) -> None:
    """Writes the plan's first picture to ``out`` as raw BGR, row by row, at its canvas's picture size.

    Colour, turn, shape and fields are the clip's own; nothing is padded. Raises what ``encode`` raises.
    """
    raw = {"f": "rawvideo", "pix_fmt": "bgr24", "frames:v": 1, "protocol_whitelist": "file"}
    made = ffmpeg.output(_developed(plan), _OUT, **raw).global_args(*_QUIET, "-copyts")
    _run(_words(made.overwrite_output(), plan, out), out, timeout_s=timeout_s)


def _run(
    words: list[str], out: Path, *, timeout_s: float, on_line: Callable[[bytes], None] | None = None
) -> None:
    ended = run([executable(), *words], timeout_s=timeout_s, on_line=on_line)
    if ended.timed_out:
        raise EncodeTimeout(
            f"ffmpeg did not finish the clip within {timeout_s:.0f} s.",
            "The footage may be damaged or very large there.",
            Remedy("start_s", words="choose another start"),
        )
    if ended.code:
        raise failure_of(ended.words, out)


def arguments(
    plan: Plan,
    out: Path,
    *,
    sound: Path | None = None,
    video: Mapping[str, object] = _AS_A_CLIP,
) -> list[str]:
    """ffmpeg's arguments for a plan, without the binary's own name."""
    streams = [_video(plan)]
    options = {**_VIDEO_CODEC, **video, **_PRIVATE, **_one_thread("threads", "filter_complex_threads")}
    if plan.audio_index is not None:
        streams.append(_audio(plan) if sound is None else _mixed())
        options |= _AUDIO_CODEC
    made = ffmpeg.output(*streams, _OUT, **options).global_args(*_QUIET, "-copyts")
    made = made.overwrite_output()
    return _words(made, plan, out, sound=sound)


def _one_thread(*options: str) -> dict[str, int]:
    return dict.fromkeys(options, 1) if has_one_thread() else {}


def _words(made: Any, plan: Plan, out: Path, *, sound: Path | None = None) -> list[str]:
    """The arguments of a graph, its files named."""
    places = {_FOOTAGE: file_url(Path(plan.source.path), plan.source.part), _OUT: file_url(out)}
    if sound is not None:
        places[_SOUND] = file_url(sound)
    return [places.get(argument, str(argument)) for argument in made.get_args()]


def _input(plan: Plan) -> Any:
    """The source, read from ``plan.seek_s`` on, with the times that are written in it.

    ffmpeg's own cutting is off (-noaccurate_seek, -copyts): it counts in the stream's ticks, which are
    as long as a frame in some files, and so loses half a frame.
    """
    guarded: dict[str, Any] = {
        "format_whitelist": FORMAT_WHITELIST,
        "protocol_whitelist": protocols(plan.source.part),
        "max_pixels": MAX_PIXELS,
        "max_streams": MAX_STREAMS,
        "noaccurate_seek": None,
    }
    if plan.source.has_alpha and plan.source.codec in ALPHA_BESIDE:
        guarded[f"c:{plan.source.video_index}"] = ALPHA_BESIDE[plan.source.codec]
    if plan.seek_s:
        guarded["ss"] = _decimal(plan.seek_s)
    return ffmpeg.input(_FOOTAGE, **guarded, **_one_thread("threads"))


def _origin_s(plan: Plan) -> float:
    """The written time of the clip's first frame: one number for picture and sound alike."""
    return plan.start_s + plan.source.start_s


def _video(plan: Plan) -> Any:
    return _shaped(_pictures(plan), plan)


def _developed(plan: Plan) -> Any:
    """The picture in RGB, scaled to no more than square pixels."""
    return _scaled(_pictures(plan), plan, out_range="full").filter("format", "bgr24")


def _pictures(plan: Plan) -> Any:
    """The clip's pictures in any size, in a colour that ``_scaled`` takes."""
    stream = _timed(plan)
    if plan.deinterlace:
        stream = stream.filter(
            "bwdif", mode="send_frame", deint="all", parity=plan.first_field or "auto"
        )
    # Each frame of the clip is what a player shows at its time: the latest that has begun.
    stream = stream.filter("fps", fps=str(plan.rate), start_time=0, round="up")
    stream = stream.filter("tpad", stop=_TAIL_FRAMES, stop_mode="clone")
    stream = stream.filter("trim", end_frame=plan.frames)
    # What the file says of its turn, ffmpeg has done by now.
    for name, options in _TURNS[plan.source.turned_deg]:
        stream = stream.filter(name, **options)
    return _coloured(_cropped(stream, plan), plan)


def _timed(plan: Plan) -> Any:
    """Pictures from the clip's first frame on, in ticks of a microsecond.

    A frame that begins with the clip lies a quarter of a frame before 0, and so does every other before
    its time, so that clocks that round make none late.
    """
    early_s = 0.25 / float(max(plan.source.fps, plan.rate))
    stream = _input(plan)[str(plan.source.video_index)].filter("settb", _TICKS)
    shift = f"PTS-{_decimal(_origin_s(plan) + early_s)}/TB"
    if plan.source.is_counted:
        ahead_s = plan.start_s - plan.source.video_start_s + early_s
        shift = f"(N/({plan.source.fps})-{_decimal(ahead_s)})/TB"
    return stream.filter("setpts", shift).filter("trim", start=_decimal(-2 * early_s - plan.held_s))


def _cropped(stream: Any, plan: Plan) -> Any:
    """Without bars and outside of a clean aperture.

    Newer ffmpegs take the aperture off themselves: a picture that is already smaller stays as it is.
    """
    crop, source = plan.crop, plan.source
    if crop is None:
        return stream
    wide, high = source.coded_width_px, source.coded_height_px
    if source.rotation_deg % 180:
        wide, high = high, wide
    whole = f"eq(iw,{wide})*eq(ih,{high})"
    left, top = crop.left_px, crop.top_px
    if source.aperture is not None:
        own_left, own_top = left - source.aperture.left_px, top - source.aperture.top_px
    else:
        own_left, own_top = left, top
    return stream.filter(
        "crop",
        f"min(iw,{crop.width_px})",
        f"min(ih,{crop.height_px})",
        f"if({whole},{left},{own_left})",
        f"if({whole},{top},{own_top})",
    )


def _coloured(stream: Any, plan: Plan) -> Any:
    """Any colour brought to what ``_scaled`` takes: SDR, nothing to be seen through."""
    if plan.colour.tone_map:
        return _toned(stream, plan)
    if plan.source.has_alpha:
        stream = _on_black(stream, plan)
    return _narrowed(stream, plan) if plan.colour.primaries else stream


def _on_black(stream: Any, plan: Plan) -> Any:
    """What can be seen through shows black, as in players."""
    return (
        stream.filter("scale", **_meaning(plan))
        .filter("format", "gbrap")
        .filter("premultiply", inplace=1)
        .filter("format", "gbrp")
    )


def _toned(stream: Any, plan: Plan) -> Any:
    """HDR brought down to SDR BT.709. The peak is given: left out, ffmpeg 7 renders too bright.

    1.0 is 100 cd/m2, the white of SDR; Hable's curve brings ten times that to full white.
    """
    return (
        _tagged(stream, plan)
        .filter("zscale", transfer="linear", npl=100)
        .filter("format", "gbrpf32le")
        .filter("zscale", primaries="bt709")
        .filter("tonemap", tonemap="hable", desat=0, peak=10)
        .filter("zscale", transfer="bt709", matrix="bt709", range="limited")
        .filter("format", "yuv420p")
    )


def _narrowed(stream: Any, plan: Plan) -> Any:
    """Wide primaries of SDR brought to BT.709's. What lies outside of those is cut off."""
    return (
        _tagged(stream, plan)
        .filter("zscale", primaries="bt709", transfer="bt709", matrix="bt709", range="limited")
        .filter("format", "yuv444p|yuv422p|yuv420p|yuv444p10le|yuv422p10le|yuv420p10le")
    )


def _tagged(stream: Any, plan: Plan) -> Any:
    """Said on the frames, whatever tags they carry themselves: zimg goes by those, and refuses a
    conversion where one is missing."""
    colour = plan.colour
    is_rgb = plan.source.pixel_format.startswith(_RGB)
    matrix = "gbr" if is_rgb or (plan.source.has_alpha and not colour.tone_map) else colour.matrix
    return stream.filter(
        "setparams",
        range="full" if matrix == "gbr" or colour.full_range else "limited",
        colorspace=matrix,
        color_primaries=colour.primaries or "bt709",
        color_trc=colour.tone_map or colour.curve,
    )


def _scaled(stream: Any, plan: Plan, **wanted: str) -> Any:
    """Scaled to the canvas's picture. ``wanted``: what the samples are to mean from then on."""
    meaning = _meaning(plan)
    if plan.colour.tone_map or plan.colour.primaries:
        meaning = {"in_color_matrix": "bt709", "in_range": "limited"}
    elif plan.source.has_alpha:
        meaning = {}
    return stream.filter(
        "scale",
        plan.canvas.picture_width_px,
        plan.canvas.picture_height_px,
        flags="lanczos+accurate_rnd+full_chroma_int",
        **wanted,
        **meaning,
    )


def _shaped(stream: Any, plan: Plan) -> Any:
    canvas = plan.canvas
    stream = _scaled(stream, plan, out_color_matrix="bt709", out_range="limited")
    stream = stream.filter("format", "yuv420p")
    if canvas.is_padded:
        stream = stream.filter(
            "pad", canvas.width_px, canvas.height_px, canvas.left_px, canvas.top_px, color="black"
        )
    # Notes that frames carry (HDR mastering, captions, timecode) would come along into the clip.
    stream = stream.filter("setsar", 1).filter("sidedata", mode="delete")
    # Said on the frames: newer ffmpegs take it from there and not from the encoder's options.
    return stream.filter(
        "setparams", range="tv", colorspace="bt709", color_primaries="bt709", color_trc="bt709"
    )


def _meaning(plan: Plan) -> dict[str, str]:
    """How the stored samples mean colour, in the words of ffmpeg's scaler."""
    return {
        "in_color_matrix": plan.colour.matrix,
        "in_range": "full" if plan.colour.full_range else "limited",
    }


def _audio(plan: Plan) -> Any:
    """Sound cut to the picture, padded where it ends early."""
    return (
        _input(plan)[str(plan.audio_index)]
        .filter("asetpts", f"PTS-{_decimal(_origin_s(plan))}/TB")
        .filter("atrim", start=0)
        .filter("aresample", SAMPLE_RATE_HZ, **{"async": 1, "first_pts": 0})
        .filter("aformat", channel_layouts="stereo|mono")
        .filter("apad", whole_len=plan.samples)
        .filter("atrim", end_sample=plan.samples)
    )


def _mixed() -> Any:
    """Sound that was mixed and cut here."""
    raw = {"f": "f32le", "ar": SAMPLE_RATE_HZ, "ac": 2, "protocol_whitelist": PROTOCOL_WHITELIST}
    return ffmpeg.input(_SOUND, **raw)["a"]


def _decimal(seconds: float | Fraction) -> str:
    """Plain decimals: ffmpeg reads no exponents in every place."""
    return f"{float(seconds):.6f}"


def _share(out_time_us: bytes, length_s: float) -> float:
    try:
        return min(1.0, max(0.0, int(out_time_us) / 1e6 / length_s))
    except ValueError:
        return 0.0  # "N/A" before the first frame
