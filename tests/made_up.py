"""Made-up values for pure tests: sources, faces and scans with exactly what a test says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

from screentest.prep.core.values import Box, Face, FrameSignal, Scan, Source, Span

SOURCE = Source(
    path="/footage/raw.mp4",
    fingerprint="f" * 64,
    bytes=1_000_000,
    container="mov,mp4,m4a,3gp,3g2,mj2",
    codec="h264",
    pixel_format="yuv420p",
    start_s=0.0,
    video_start_s=0.0,
    duration_s=20.0,
    width_px=1280,
    height_px=720,
    coded_width_px=1280,
    coded_height_px=720,
    rotation_deg=0,
    mirrored=False,
    sar=Fraction(1),
    fps=Fraction(25),
    is_vfr=False,
    is_hdr=False,
    is_interlaced=False,
    transfer="bt709",
    matrix="bt709",
    primaries="bt709",
    full_range=False,
    video_index=0,
    audio_index=1,
    keyframes_s=(0.0,),
)

FACE = Face(
    box=Box(0.4, 0.3, 0.15, 0.35),
    presence=0.99,
    yaw_deg=2.0,
    pitch_deg=3.0,
    roll_deg=1.0,
    eyes_open=0.9,
    sharpness=120.0,
    exposure=0.45,
    nose_offset=0.03,
)

FaceAt = Callable[[float], Face | None]


def source(**changes: Any) -> Source:
    """SOURCE with some fields changed."""
    return replace(SOURCE, **changes)


def face(**changes: Any) -> Face:
    """FACE with some fields changed."""
    return replace(FACE, **changes)


def signal(t_s: float, *faces: Face, **changes: Any) -> FrameSignal:
    """A well-lit, detailed moment with these faces, looked at closely."""
    moment = FrameSignal(
        t_s=t_s, faces=faces, sharpness=200.0, exposure=0.5, detail=0.5, motion=0.02, fine=True
    )
    return replace(moment, **changes)


def scan_of(
    face_at: FaceAt, *, length_s: float = 20.0, cuts_s: tuple[float, ...] = (), per_s: int = 5
) -> Scan:
    """A scan looked at closely from end to end, with the face that ``face_at`` gives each time."""
    signals = []
    for index in range(int(length_s * per_s)):
        t_s = index / per_s
        found = face_at(t_s)
        signals.append(signal(t_s, *([found] if found else [])))
    return Scan(
        source=source(duration_s=length_s),
        signals=tuple(signals),
        cuts_s=cuts_s,
        refined=(Span(0.0, length_s),),
        end_s=length_s,
    )
