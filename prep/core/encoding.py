"""The values of footage as JSON objects with stable keys: one encoder for printing and for keeping.

Units are in the names; times are seconds. Times are rounded to a microsecond and shares to four
digits, which is finer than they are measured, unless ``exact`` asks for what can be read back.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from screentest.prep.core.values import (
    Box,
    Candidate,
    CheckReport,
    Clip,
    Face,
    Figure,
    FrameSignal,
    Scan,
    Segment,
    Source,
)

Json = dict[str, object]

ClipFact = Literal[
    "bytes",
    "model",
    "width_px",
    "height_px",
    "fps",
    "frames",
    "length_s",
    "has_audio",
    "upscaled",
    "warnings",
]

CLIP_MADE: tuple[ClipFact, ...] = (
    "width_px",
    "height_px",
    "fps",
    "has_audio",
    "upscaled",
    "warnings",
)
"""What is reported of a clip that was just made."""

CLIP_KEPT: tuple[ClipFact, ...] = (
    "bytes",
    "width_px",
    "height_px",
    "fps",
    "frames",
    "length_s",
    "has_audio",
    "upscaled",
    "warnings",
)
"""What a registry keeps of a clip."""


def source_json(source: Source) -> Json:
    """A raw file as probed."""
    return {
        "source": source.path,
        "fingerprint": source.fingerprint,
        "bytes": source.bytes,
        "container": source.container,
        "codec": source.codec,
        "pixel_format": source.pixel_format,
        "duration_s": _time(source.duration_s),
        "start_s": _time(source.start_s),
        "width_px": source.width_px,
        "height_px": source.height_px,
        "coded_width_px": source.coded_width_px,
        "coded_height_px": source.coded_height_px,
        "fps": float(source.fps),
        "rotation_deg": source.rotation_deg,
        "turned_deg": source.turned_deg,
        "mirrored": source.mirrored,
        "sar": f"{source.sar.numerator}:{source.sar.denominator}",
        "is_vfr": source.is_vfr,
        "is_hdr": source.is_hdr,
        "is_interlaced": source.is_interlaced,
        "has_audio": source.has_audio,
        "audio_tracks": [
            {"track": number, "default": index == source.audio_index}
            for number, index in enumerate(source.audio_tracks, 1)
        ],
        "keyframes_s": [_time(t_s) for t_s in source.keyframes_s],
        "joints_s": [_time(t_s) for t_s in source.joints_s],
    }


def scan_json(scan: Scan) -> Json:
    """Everything measured, in order of time."""
    return {
        "source": scan.source.path,
        "fingerprint": scan.source.fingerprint,
        "turned_deg": scan.source.turned_deg,
        "duration_s": _time(scan.source.duration_s),
        "end_s": _time(scan.end_s),
        "cuts_s": [_time(t_s) for t_s in scan.cuts_s],
        "refined": [
            {"start_s": _time(span.start_s), "end_s": _time(span.end_s)} for span in scan.refined
        ],
        "signals": [_signal(signal) for signal in scan.signals],
    }


def window_json(segment: Segment, *, exact: bool = False) -> Json:
    """Where a segment lies, how good it is, and whether it shows a face."""
    return {**_scored_span(segment, exact=exact), "subject": segment.subject}


def segment_json(segment: Segment, *, exact: bool = False) -> Json:
    """A window with its reasons and runners-up."""
    return {
        **window_json(segment, exact=exact),
        "reasons": list(segment.reasons),
        "alternatives": [_scored_span(other, exact=exact) for other in segment.alternatives],
        "face_seen": segment.face_seen,
    }


def clip_json(clip: Clip, names: Sequence[ClipFact]) -> Json:
    """The named facts of a clip, in that order, without its path and its segment."""
    known: dict[ClipFact, object] = {
        "bytes": clip.bytes,
        "model": clip.model,
        "width_px": clip.width_px,
        "height_px": clip.height_px,
        "fps": float(clip.fps),
        "frames": clip.frames,
        "length_s": float(clip.length_s),
        "has_audio": clip.has_audio,
        "upscaled": clip.upscaled,
        "warnings": list(clip.warnings),
    }
    return {name: known[name] for name in names}


def check_json(report: CheckReport) -> Json:
    """A clip against every rule of its model."""
    return {
        "clip": report.clip,
        "ok": report.ok,
        "rules": [
            {
                "rule": rule.rule,
                "found": rule.found,
                "wanted": rule.wanted,
                "ok": rule.ok,
                "source": rule.source,
            }
            for rule in report.rules
        ],
    }


def box_json(box: Box) -> Json:
    """A rectangle in fractions of the displayed picture."""
    return {
        "x": _share(box.x),
        "y": _share(box.y),
        "width": _share(box.width),
        "height": _share(box.height),
    }


def _scored_span(found: Segment | Candidate, *, exact: bool) -> Json:
    if exact:
        return {"start_s": found.start_s, "length_s": found.length_s, "score": found.score}
    return {
        "start_s": _time(found.start_s),
        "length_s": _time(found.length_s),
        "score": _share(found.score),
    }


def _signal(signal: FrameSignal) -> Json:
    return {
        "t_s": _time(signal.t_s),
        "fine": signal.fine,
        "sharpness": round(signal.sharpness, 2),
        "exposure": _share(signal.exposure),
        "detail": _share(signal.detail),
        "motion": _share(signal.motion),
        "faces": [_face(face) for face in signal.faces],
        "figure": _figure(signal.figure) if signal.figure is not None else None,
    }


def _figure(figure: Figure) -> Json:
    return {
        "box": box_json(figure.box),
        "sureness": _share(figure.sureness),
        "sharpness": round(figure.sharpness, 2),
        "others": figure.others,
        "sizes_per_s": round(figure.sizes_per_s, 3),
        "head": box_json(figure.head) if figure.head is not None else None,
        "front": _share(figure.front),
    }


def _face(face: Face) -> Json:
    return {
        "box": box_json(face.box),
        "presence": _share(face.presence),
        "yaw_deg": round(face.yaw_deg, 1),
        "pitch_deg": round(face.pitch_deg, 1),
        "roll_deg": round(face.roll_deg, 1),
        "eyes_open": _share(face.eyes_open),
        "gaze": _share(face.gaze),
        "mouth_open": _share(face.mouth_open),
        "sharpness": round(face.sharpness, 2),
        "exposure": _share(face.exposure),
    }


def _time(seconds: float) -> float:
    return round(float(seconds), 6)


def _share(value: float) -> float:
    return round(float(value), 4)
