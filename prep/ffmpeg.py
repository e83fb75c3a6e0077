"""Turns a ``Plan`` into ffmpeg arguments and runs them: the only module that does.

Which binary: ``SCREENTEST_FFMPEG``, then the one in the ``imageio-ffmpeg`` wheel, then PATH. The oldest
supported is 5.1. ffmpeg-python builds the graph; it has no timeout and hides stderr, so the run is
``prep.process``'s.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import ffmpeg
import imageio_ffmpeg

from prep.errors import DiskFull, EncodeFailed, EncodeTimeout, SetupError
from prep.media import FORMAT_WHITELIST, PROTOCOL_WHITELIST, file_url
from prep.plan import Plan
from prep.process import run
from prep.text import printable, shown

Progress = Callable[[float], None]

ENCODE_TIMEOUT_S = 600.0
SAMPLE_RATE_HZ = 48_000
_AAC_FRAME = 1024
_LAST_WORDS = 3
_NOISE = ("Conversion failed", "Error while filtering", "Task finished", "Terminating thread")
_NO_SPACE = ("No space left on device", "Disk quota exceeded")
# Demuxers whose index makes a seek land where asked; the others are read from the start.
_SEEKABLE = ("mov,mp4", "matroska,webm", "avi", "asf")
_TAIL_FRAMES = 3

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
    plan: Plan, out: Path, *, progress: Progress | None = None, timeout_s: float = ENCODE_TIMEOUT_S
) -> None:
    """Makes the planned clip at ``out``, which is overwritten.

    Raises EncodeFailed with ffmpeg's last words, EncodeTimeout or DiskFull.
    """
    length_s = float(plan.length_s)

    def on_line(line: bytes) -> None:
        if progress is not None and line.startswith(b"out_time_us="):
            progress(_share(line.partition(b"=")[2], length_s))

    ended = run([executable(), *arguments(plan, out)], timeout_s=timeout_s, on_line=on_line)
    if ended.timed_out:
        raise EncodeTimeout(
            f"ffmpeg did not finish the clip within {timeout_s:.0f} s.",
            "The footage may be damaged or very large there; try another --start.",
        )
    if ended.code:
        raise _failure(ended.words, out)


def arguments(plan: Plan, out: Path) -> list[str]:
    """ffmpeg's arguments for a plan, without the binary's own name."""
    streams = [_video(plan)]
    options = {**_VIDEO_CODEC, **_PRIVATE}
    if plan.audio_index is not None:
        streams.append(_audio(plan))
        options |= _AUDIO_CODEC
    quiet = ("-hide_banner", "-nostdin", "-loglevel", "error", "-nostats", "-progress", "pipe:1")
    made = ffmpeg.output(*streams, file_url(out), **options).global_args(*quiet).overwrite_output()
    return [str(argument) for argument in made.get_args()]


def _input(plan: Plan) -> Any:
    guarded: dict[str, Any] = {
        "format_whitelist": FORMAT_WHITELIST,
        "protocol_whitelist": PROTOCOL_WHITELIST,
    }
    if _seek_s(plan):
        guarded["ss"] = _decimal(_seek_s(plan))
    return ffmpeg.input(file_url(Path(plan.source.path)), **guarded)


def _seek_s(plan: Plan) -> float:
    """Where ffmpeg starts reading, 0 for the file's beginning."""
    return plan.cut_s if plan.source.container.startswith(_SEEKABLE) else 0.0


def _shift_s(plan: Plan) -> float:
    """What to subtract from ffmpeg's times so that the clip's first frame is at 0.

    One number for picture and sound, so that neither moves against the other.
    """
    return plan.start_s - _seek_s(plan)


def _video(plan: Plan) -> Any:
    canvas = plan.canvas
    early_s = -0.25 / float(plan.source.fps)
    stream = (
        _input(plan)[str(plan.source.video_index)]
        .filter("setpts", f"PTS-{_decimal(_shift_s(plan))}/TB")
        .filter("trim", start=_decimal(early_s))
    )
    if plan.deinterlace:
        stream = stream.filter("bwdif", mode="send_frame", deint="all")
    stream = stream.filter("fps", fps=str(plan.rate), start_time=0, round="near")
    stream = stream.filter("tpad", stop=_TAIL_FRAMES, stop_mode="clone")
    stream = stream.filter("trim", end_frame=plan.frames)
    stream = _scaled(_toned(stream, plan), plan)
    if canvas.is_padded:
        stream = stream.filter(
            "pad", canvas.width_px, canvas.height_px, canvas.left_px, canvas.top_px, color="black"
        )
    return stream.filter("setsar", 1)


def _toned(stream: Any, plan: Plan) -> Any:
    """HDR brought down to SDR BT.709. The peak is given: left out, ffmpeg 7 renders too bright."""
    if not plan.colour.tone_map:
        return stream
    return (
        stream.filter("zscale", transfer="linear", npl=100, matrixin=plan.colour.matrix,
                      transferin=plan.colour.tone_map, primariesin="bt2020")
        .filter("format", "gbrpf32le")
        .filter("zscale", primaries="bt709")
        .filter("tonemap", tonemap="hable", desat=0, peak=10)
        .filter("zscale", transfer="bt709", matrix="bt709", range="limited")
        .filter("format", "yuv420p")
    )  # fmt: skip


def _scaled(stream: Any, plan: Plan) -> Any:
    canvas = plan.canvas
    hdr = bool(plan.colour.tone_map)
    return stream.filter(
        "scale",
        canvas.picture_width_px,
        canvas.picture_height_px,
        flags="lanczos+accurate_rnd+full_chroma_int",
        in_color_matrix="bt709" if hdr else plan.colour.matrix,
        out_color_matrix="bt709",
        in_range="full" if plan.colour.full_range and not hdr else "limited",
        out_range="limited",
    ).filter("format", "yuv420p")


def _audio(plan: Plan) -> Any:
    """Sound cut to the picture, padded where it ends early; a little shorter than the picture.

    The encoder adds up to one AAC frame: cut to whole frames, one less than fit, the track never
    outlasts the picture.
    """
    fitting = int(plan.length_s * SAMPLE_RATE_HZ)
    samples = (fitting - _AAC_FRAME) // _AAC_FRAME * _AAC_FRAME
    return (
        _input(plan)[str(plan.audio_index)]
        .filter("asetpts", f"PTS-{_decimal(_shift_s(plan))}/TB")
        .filter("atrim", start=0)
        .filter("aresample", SAMPLE_RATE_HZ, **{"async": 1, "first_pts": 0})
        .filter("aformat", channel_layouts="stereo|mono")
        .filter("apad", whole_len=samples)
        .filter("atrim", end_sample=samples)
    )


def _decimal(seconds: float | Fraction) -> str:
    """Plain decimals: ffmpeg reads no exponents in every place."""
    return f"{float(seconds):.6f}"


def _share(out_time_us: bytes, length_s: float) -> float:
    try:
        return min(1.0, max(0.0, int(out_time_us) / 1e6 / length_s))
    except ValueError:
        return 0.0  # "N/A" before the first frame


def _failure(words: str, out: Path) -> EncodeFailed | DiskFull:
    if any(phrase in words for phrase in _NO_SPACE):
        return DiskFull(
            f"No room is left at {shown(out.parent)} for the clip.",
            "Free some space, or name another place with -o.",
        )
    lines = [line.strip() for line in words.splitlines()]
    telling = [line for line in lines if line and not any(noise in line for noise in _NOISE)]
    last = printable("; ".join(telling[-_LAST_WORDS:]) or "it gave no reason").rstrip(".")
    return EncodeFailed(
        f"ffmpeg could not make the clip: {last}.",
        "The footage may be damaged there; try another --start, or export it anew.",
    )
