"""check: a clip against every rule of its model, by opening it and looking."""

from __future__ import annotations

import os
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import InputContainer

from screentest.prep.core.spec import SORA_2, ClipSpec
from screentest.prep.core.values import CheckReport, RuleResult
from screentest.prep.media.containers.beside import beside_the_film
from screentest.prep.media.deadline import Deadline, limit_s
from screentest.prep.media.form import display_matrix
from screentest.prep.media.opening import opened, packets, regular_file, rewind
from screentest.prep.media.orientation import orientation
from screentest.prep.media.probe import first_frame, video_stream

# Numbers of ISO/IEC 23091-2; what is not tagged is taken for BT.709 from 720 lines on.
_BT709, _UNSPECIFIED = 1, 2
# Of BT.2020 and P3, which have to be converted; BT.601's differ less than displays do.
_WIDE_PRIMARIES = {9: "BT.2020", 11: "P3", 12: "P3"}
_HDR_TRANSFERS = {16: "PQ", 18: "HLG"}
_QUICKTIME = "qt"
_MATRIX_NAMES = {_BT709: "BT.709", _UNSPECIFIED: "not tagged", 5: "BT.601", 6: "BT.601", 9: "BT.2020"}
_LATEST_TIME_ERROR = Fraction(1, 1000)
# Tags that every muxer writes and that tell nothing of the source, with the values that say nothing.
_FORMAT_TAGS = frozenset({"major_brand", "minor_version", "compatible_brands", "encoder"})
_STREAM_TAGS = frozenset({"language", "handler_name", "vendor_id"})
_SAYING_NOTHING = frozenset({"", "VideoHandler", "SoundHandler", "[0][0][0][0]", "und"})


@dataclass(frozen=True, slots=True)
class Facts:
    """What a clip file holds. Lengths in seconds; ``steady``: every frame lasts as long as the next.

    ``container``: what a service takes it for: "mp4", "mov", "fragmented mp4", or FFmpeg's name.
    ``hidden``: pictures that an edit list leaves out, and that a service may show nevertheless.
    """

    container: str
    codec: str
    profile: str
    pixel_format: str
    width_px: int
    height_px: int
    sar: Fraction
    rotation_deg: int
    mirrored: bool
    matrix: int
    full_range: bool
    frames: int
    fps: Fraction
    steady: bool
    length_s: Fraction
    audio: tuple[str, ...]
    audio_s: Fraction
    other_streams: int
    bytes: int
    faststart: bool
    tags: tuple[str, ...]
    hidden: int = 0
    interlaced: bool = False
    transfer: int = _UNSPECIFIED
    primaries: int = _UNSPECIFIED


def check(path: str | os.PathLike[str], *, spec: ClipSpec = SORA_2) -> CheckReport:
    """Every rule of ``spec`` with what was found and what is wanted.

    Raises NotFound, NotAFile, NotAVideo or Unreadable where there is nothing to check.
    """
    absolute = regular_file(path)
    facts = look_inside(absolute)
    return CheckReport(str(absolute), spec.model, tuple(rules(facts, spec)))


def look_inside(path: Path) -> Facts:
    """The facts of a clip file; reads all its packets."""
    deadline = Deadline(path, limit_s(path))
    with opened(path, deadline) as container:
        return _facts(container, path, deadline)


def _facts(container: InputContainer, path: Path, deadline: Deadline) -> Facts:
    stream = video_stream(container, path)
    frame = first_frame(container, stream, path, deadline)
    rewind(container)
    base = stream.time_base or Fraction(1, av.time_base)
    stored = [p for p in packets(container, stream, deadline) if p.pts is not None]
    times = sorted(p.pts * base for p in stored if p.pts is not None and not p.is_discard)
    gaps = [b - a for a, b in pairwise(times)]
    gap = (times[-1] - times[0]) / len(gaps) if gaps else Fraction(0)
    rotation_deg, mirrored = orientation(display_matrix(frame))
    audio = list(container.streams.audio)
    beside = beside_the_film(path)
    return Facts(
        container=_kind(container, fragmented=beside.fragmented),
        codec=stream.codec_context.name,
        profile=stream.codec_context.profile or "",
        pixel_format=frame.format.name,
        width_px=frame.width,
        height_px=frame.height,
        sar=Fraction(stream.sample_aspect_ratio or 1),
        rotation_deg=rotation_deg,
        mirrored=mirrored,
        matrix=int(frame.colorspace),
        full_range=int(frame.color_range) == 2,
        frames=len(times),
        fps=1 / gap if gap else Fraction(0),
        steady=all(abs(g - gap) <= _LATEST_TIME_ERROR for g in gaps),
        length_s=gap * len(times),
        audio=tuple(map(_codec_of, audio)),
        audio_s=max((_audio_s(s.duration, s.time_base) for s in audio), default=Fraction(0)),
        other_streams=len(container.streams) - len(audio) - 1,
        bytes=path.stat().st_size,
        faststart=_starts_fast(path),
        tags=(*_tags(container), *beside.boxes),
        hidden=len(stored) - len(times),
        interlaced=bool(frame.interlaced_frame),
        transfer=int(frame.color_trc or _UNSPECIFIED),
        primaries=int(frame.color_primaries or _UNSPECIFIED),
    )


def _codec_of(sound: AudioStream) -> str:
    # A track whose description is missing or of no known codec has no context, whatever PyAV declares.
    context: object = sound.codec_context
    return sound.codec_context.name if context is not None else "unknown"


def _kind(container: InputContainer, *, fragmented: bool) -> str:
    """What the file is by its own brand: FFmpeg calls QuickTime, 3GP and MP4 by one name."""
    if "mp4" not in container.format.name.split(","):
        return container.format.name
    brand = container.metadata.get("major_brand", _QUICKTIME).strip()
    if brand == _QUICKTIME:
        return "mov"
    kind = "3gp" if brand.startswith(("3gp", "3g2")) else "mp4"
    return f"fragmented {kind}" if fragmented else kind


def _audio_s(duration: int | None, base: Fraction | None) -> Fraction:
    return duration * base if duration and base else Fraction(0)


def _tags(container: InputContainer) -> tuple[str, ...]:
    """Names of metadata that tell something of the source."""
    names = [k for k in container.metadata if k not in _FORMAT_TAGS]
    for each in container.streams:
        names += [
            f"{each.type}:{key}"
            for key, value in each.metadata.items()
            if key != "encoder"
            and (key not in _STREAM_TAGS or value.strip("\0 ") not in _SAYING_NOTHING)
        ]
    chapters = ["chapters"] if container.chapters() else []
    return tuple(sorted(set(names))) + tuple(chapters)


def _starts_fast(path: Path) -> bool:
    """Whether an MP4's index comes before its pictures, so that a reader can start at once."""
    end = path.stat().st_size
    with path.open("rb") as file:
        while len(header := file.read(8)) == 8:
            size, kind = int.from_bytes(header[:4], "big"), header[4:]
            if kind == b"moov":
                return True
            if kind == b"mdat":
                return False
            if size == 1:
                size = int.from_bytes(file.read(8), "big") - 8
            if not 8 <= size <= end:
                return False
            file.seek(size - 8, os.SEEK_CUR)
    return False


def rules(facts: Facts, spec: ClipSpec) -> list[RuleResult]:
    """Every rule of a spec held against the facts. Pure."""
    rows: list[RuleResult] = []

    def row(rule: str, found: str, wanted: str, ok: bool) -> None:
        rows.append(RuleResult(rule, found, wanted, ok, spec.source_of(rule)))

    row("container", facts.container, "mp4", "mp4" in facts.container.split(","))
    row("length", _seconds(facts.length_s), _between_s(spec), _length_fits(facts, spec))
    _shape_rules(facts, spec, row)
    row("square pixels", str(facts.sar), "1", facts.sar == 1)
    turned = f"{facts.rotation_deg}°{', mirrored' if facts.mirrored else ''}"
    row("upright", turned, "0°", not facts.rotation_deg and not facts.mirrored)
    row("codec", f"{facts.codec} {facts.profile}".strip(), "h264", facts.codec == "h264")
    row("pixels", facts.pixel_format, "yuv420p", facts.pixel_format == "yuv420p")
    extent = "full range" if facts.full_range else "limited range"
    row("range", extent, "limited range", not facts.full_range)
    colour = _colour(facts)
    row("colour", colour, "BT.709", colour in (_MATRIX_NAMES[_BT709], _MATRIX_NAMES[_UNSPECIFIED]))
    row(
        "fields",
        "interlaced" if facts.interlaced else "progressive",
        "progressive",
        not facts.interlaced,
    )
    row("edits", f"{facts.hidden} hidden frames", "0 hidden frames", facts.hidden == 0)
    in_rate = facts.steady and spec.min_fps <= facts.fps <= spec.max_fps
    rate = f"{float(facts.fps):.3f} fps, {'constant' if facts.steady else 'varying'}"
    wanted = f"{float(spec.min_fps):g}-{float(spec.max_fps):g} fps, constant"
    row("rate", rate, wanted, in_rate)
    sound = ", ".join(facts.audio) or "none"
    row("audio", sound, "none or one AAC track", facts.audio in ((), ("aac",)))
    fits = facts.audio_s <= spec.max_length_s
    row("audio length", _seconds(facts.audio_s), f"at most {float(spec.max_length_s):g} s", fits)
    row("streams", f"{facts.other_streams} more", "0 more", facts.other_streams == 0)
    row("faststart", _yes(facts.faststart), "yes", facts.faststart)
    row("metadata", ", ".join(facts.tags) or "none", "none", not facts.tags)
    size = f"{facts.bytes / 1e6:.1f} MB"
    row("size", size, f"at most {spec.max_bytes / 1e6:g} MB", facts.bytes <= spec.max_bytes)
    return rows


def _colour(facts: Facts) -> str:
    """What the samples mean, by the tag that differs most from BT.709."""
    if facts.transfer in _HDR_TRANSFERS:
        return _HDR_TRANSFERS[facts.transfer]
    if facts.matrix in (_BT709, _UNSPECIFIED) and facts.primaries in _WIDE_PRIMARIES:
        return f"{_WIDE_PRIMARIES[facts.primaries]} primaries"
    return _MATRIX_NAMES.get(facts.matrix, "another matrix")


def _shape_rules(facts: Facts, spec: ClipSpec, row: object) -> None:
    assert callable(row)  # noqa: S101
    ratio = Fraction(facts.width_px, facts.height_px)
    name = f"{spec.aspect.numerator}:{spec.aspect.denominator}"
    tall = f"{spec.aspect.denominator}:{spec.aspect.numerator}"
    exact = ratio in (spec.aspect, 1 / spec.aspect)
    row("aspect", f"{ratio.numerator}:{ratio.denominator}", f"{name} or {tall}", exact)
    short = min(facts.width_px, facts.height_px)
    wanted = (
        f"{spec.min_short_px} lines"
        if spec.min_short_px == spec.max_short_px
        else f"{spec.min_short_px}-{spec.max_short_px} lines"
    )
    inside = spec.min_short_px <= short <= spec.max_short_px
    row("resolution", f"{facts.width_px}x{facts.height_px}", wanted, inside)
    even = facts.width_px % 2 == 0 and facts.height_px % 2 == 0
    row("even sides", _yes(even), "yes", even)


def _length_fits(facts: Facts, spec: ClipSpec) -> bool:
    return spec.min_length_s <= facts.length_s <= spec.max_length_s


def _between_s(spec: ClipSpec) -> str:
    return f"{float(spec.min_length_s):g}-{float(spec.max_length_s):g} s"


def _seconds(value: Fraction) -> str:
    return f"{float(value):.3f} s"


def _yes(value: bool) -> str:
    return "yes" if value else "no"
