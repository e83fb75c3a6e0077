"""Results as JSON objects with stable keys. Units are in the names; times are seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screentest.prep.pipeline import own_warnings

if TYPE_CHECKING:
    from screentest.client.characters.register import Forecast, Registration
    from screentest.prep.core.values import (
        Box,
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


def source_result(source: Source) -> Json:
    """``probe --json``."""
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
        "mirrored": source.mirrored,
        "sar": f"{source.sar.numerator}:{source.sar.denominator}",
        "is_vfr": source.is_vfr,
        "is_hdr": source.is_hdr,
        "is_interlaced": source.is_interlaced,
        "has_audio": source.has_audio,
        "keyframes_s": [_time(t_s) for t_s in source.keyframes_s],
    }


def scan_result(scan: Scan) -> Json:
    """``scan --json``: everything measured, in order of time."""
    return {
        "source": scan.source.path,
        "fingerprint": scan.source.fingerprint,
        "duration_s": _time(scan.source.duration_s),
        "end_s": _time(scan.end_s),
        "cuts_s": [_time(t_s) for t_s in scan.cuts_s],
        "refined": [
            {"start_s": _time(span.start_s), "end_s": _time(span.end_s)} for span in scan.refined
        ],
        "signals": [_signal(signal) for signal in scan.signals],
    }


def pick_result(source: Source, segment: Segment) -> Json:
    """``pick --json``."""
    return {
        "source": source.path,
        **_window(segment),
        "reasons": list(segment.reasons),
        "alternatives": [
            {
                "start_s": _time(other.start_s),
                "length_s": _time(other.length_s),
                "score": _share(other.score),
            }
            for other in segment.alternatives
        ],
    }


def clip_result(clip: Clip) -> Json:
    """``clip --json``."""
    return {
        "clip": clip.path,
        "sha256": clip.sha256,
        "segment": _window(clip.segment),
        "width_px": clip.width_px,
        "height_px": clip.height_px,
        "fps": float(clip.fps),
        "has_audio": clip.has_audio,
        "upscaled": clip.upscaled,
        "warnings": list(own_warnings(clip)),
    }


def check_result(report: CheckReport) -> Json:
    """``check --json``."""
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


def registration_result(done: Registration) -> Json:
    """``register --json``."""
    return {
        "name": done.name,
        "character_id": done.character_id,
        "model": done.model,
        "clip": done.clip,
        "clip_sha256": done.clip_sha256,
        "segment": _window(done.segment),
        "submitted": done.submitted,
        "cost_usd": done.cost_usd,
        **({} if done.character_id else {"task_id": done.task_id}),
    }


def forecast_result(forecast: Forecast) -> Json:
    """``register --dry-run --json``: the keys of a registration, and what would happen."""
    return {
        "name": forecast.name,
        "character_id": None,
        "model": forecast.model,
        "clip": None,
        "clip_sha256": forecast.clip.sha256,
        "segment": _window(forecast.segment),
        "submitted": False,
        "cost_usd": forecast.cost_usd,
        "dry_run": True,
        "steps": list(forecast.steps),
        "warnings": list(forecast.warnings),
    }


def _window(segment: Segment) -> Json:
    return {
        "start_s": _time(segment.start_s),
        "length_s": _time(segment.length_s),
        "score": _share(segment.score),
        "subject": segment.subject,
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
        "box": _box(figure.box),
        "sureness": _share(figure.sureness),
        "sharpness": round(figure.sharpness, 2),
        "others": figure.others,
        "sizes_per_s": round(figure.sizes_per_s, 3),
    }


def _box(box: Box) -> Json:
    return {
        "x": _share(box.x),
        "y": _share(box.y),
        "width": _share(box.width),
        "height": _share(box.height),
    }


def _face(face: Face) -> Json:
    return {
        "box": _box(face.box),
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
