"""Values as JSON: the keys that scripts and registries read, in their order, rounded or exact."""

import json
from dataclasses import replace
from fractions import Fraction

import pytest

from screentest.prep.core.encoding import (
    CLIP_KEPT,
    CLIP_MADE,
    box_json,
    check_json,
    clip_json,
    scan_json,
    segment_json,
    source_json,
    window_json,
)
from screentest.prep.core.values import (
    Box,
    Candidate,
    CheckReport,
    Clip,
    Figure,
    RuleResult,
    Scan,
    Segment,
    Span,
)
from tests.made_up import face, signal, source

SEGMENT = Segment(
    start_s=8.123456789,
    length_s=4.0,
    score=0.912345,
    subject="face",
    reasons=("Best.", "Eyes open."),
    alternatives=(Candidate(1.0000001, 4.0, 0.55555), Candidate(12.5, 2.0, 0.25)),
)
CLIP = Clip(
    path="/clips/ab.mp4",
    sha256="abab",
    bytes=10,
    segment=SEGMENT,
    model="openai/sora-2/characters",
    width_px=1280,
    height_px=720,
    fps=Fraction(30000, 1001),
    frames=119,
    has_audio=True,
    upscaled=False,
    warnings=("careful",),
    face_height_px=200,
)


def line(value: object) -> str:
    return json.dumps(value)


def test_a_window_is_rounded_for_people_to_read() -> None:
    assert line(window_json(SEGMENT)) == (
        '{"start_s": 8.123457, "length_s": 4.0, "score": 0.9123, "subject": "face"}'
    )


def test_a_window_to_be_read_back_loses_nothing() -> None:
    assert line(window_json(SEGMENT, exact=True)) == (
        '{"start_s": 8.123456789, "length_s": 4.0, "score": 0.912345, "subject": "face"}'
    )


def test_a_segment_tells_what_speaks_for_it() -> None:
    assert line(segment_json(SEGMENT)) == (
        '{"start_s": 8.123457, "length_s": 4.0, "score": 0.9123, "subject": "face", '
        '"reasons": ["Best.", "Eyes open."], '
        '"alternatives": [{"start_s": 1.0, "length_s": 4.0, "score": 0.5555}, '
        '{"start_s": 12.5, "length_s": 2.0, "score": 0.25}], "face_seen": false}'
    )


def test_a_segment_to_be_read_back_loses_nothing() -> None:
    assert line(segment_json(SEGMENT, exact=True)) == (
        '{"start_s": 8.123456789, "length_s": 4.0, "score": 0.912345, "subject": "face", '
        '"reasons": ["Best.", "Eyes open."], '
        '"alternatives": [{"start_s": 1.0000001, "length_s": 4.0, "score": 0.55555}, '
        '{"start_s": 12.5, "length_s": 2.0, "score": 0.25}], "face_seen": false}'
    )


def test_whole_seconds_are_numbers_with_a_fraction() -> None:
    whole = replace(SEGMENT, start_s=8, score=1)
    assert line(window_json(whole)).startswith('{"start_s": 8.0, "length_s": 4.0, "score": 1.0')


def test_a_clip_just_made_names_its_picture_and_its_warnings() -> None:
    assert line(clip_json(CLIP, CLIP_MADE)) == (
        '{"width_px": 1280, "height_px": 720, "fps": 29.97002997002997, "has_audio": true, '
        '"upscaled": false, "warnings": ["careful"]}'
    )


def test_a_clip_in_a_registry_names_its_bytes_and_length_too() -> None:
    assert line(clip_json(CLIP, CLIP_KEPT)) == (
        '{"bytes": 10, "width_px": 1280, "height_px": 720, "fps": 29.97002997002997, "frames": 119, '
        '"length_s": 3.9706333333333332, "has_audio": true, "upscaled": false, "warnings": ["careful"]}'
    )


def test_a_box_is_four_shares_of_the_picture() -> None:
    assert line(box_json(Box(0.123456, 0.2, 1 / 3, 0.5))) == (
        '{"x": 0.1235, "y": 0.2, "width": 0.3333, "height": 0.5}'
    )


def test_a_check_shows_every_rule_with_its_source() -> None:
    rules = (
        RuleResult("length", "4.00 s", "2 to 4 s", ok=True, source="docs"),
        RuleResult("codec", "hevc", "h264", ok=False, source="docs"),
    )
    assert line(check_json(CheckReport("/c.mp4", "m", rules))) == (
        '{"clip": "/c.mp4", "ok": false, "rules": [{"rule": "length", "found": "4.00 s", '
        '"wanted": "2 to 4 s", "ok": true, "source": "docs"}, {"rule": "codec", "found": "hevc", '
        '"wanted": "h264", "ok": false, "source": "docs"}]}'
    )


def test_a_source_has_its_keys_in_the_order_that_probe_has() -> None:
    odd = source(sar=Fraction(4, 3), keyframes_s=(0.0, 0.1234567), audio_index=None, start_s=1)
    assert line(source_json(odd)) == (
        '{"source": "/footage/raw.mp4", "fingerprint": "' + "f" * 64 + '", "bytes": 1000000, '
        '"container": "mov,mp4,m4a,3gp,3g2,mj2", "codec": "h264", "pixel_format": "yuv420p", '
        '"duration_s": 20.0, "start_s": 1.0, "width_px": 1280, "height_px": 720, '
        '"coded_width_px": 1280, "coded_height_px": 720, "fps": 25.0, "rotation_deg": 0, '
        '"turned_deg": 0, "mirrored": false, "sar": "4:3", "is_vfr": false, "is_hdr": false, '
        '"is_interlaced": false, '
        '"has_audio": false, "audio_tracks": [], "keyframes_s": [0.0, 0.123457], "joints_s": []}'
    )


SCAN = Scan(
    source=source(),
    signals=(
        signal(0.04, face(gaze=0.12345, yaw_deg=2.06), sharpness=200.123),
        signal(
            0.2,
            figure=Figure(
                Box(0.1, 0.2, 0.3, 0.4), 0.87654, 12.345, 2, 0.12345, Box(0.2, 0.2, 0.1, 0.1), 0.45678
            ),
            fine=False,
        ),
    ),
    cuts_s=(0.2,),
    refined=(Span(0.0, 0.2000001),),
    end_s=20,
)


def test_a_scan_holds_everything_measured() -> None:
    assert line(scan_json(SCAN)) == (
        '{"source": "/footage/raw.mp4", "fingerprint": "' + "f" * 64 + '", "turned_deg": 0, '
        '"duration_s": 20.0, "end_s": 20.0, "cuts_s": [0.2], '
        '"refined": [{"start_s": 0.0, "end_s": 0.2}], "signals": ['
        '{"t_s": 0.04, "fine": true, "sharpness": 200.12, "exposure": 0.5, "detail": 0.5, '
        '"motion": 0.02, "faces": [{"box": {"x": 0.4, "y": 0.3, "width": 0.15, "height": 0.35}, '
        '"presence": 0.99, "yaw_deg": 2.1, "pitch_deg": 3.0, "roll_deg": 1.0, "eyes_open": 0.9, '
        '"gaze": 0.1235, "mouth_open": 0.0, "sharpness": 120.0, "exposure": 0.45}], "figure": null}, '
        '{"t_s": 0.2, "fine": false, "sharpness": 200.0, "exposure": 0.5, "detail": 0.5, '
        '"motion": 0.02, "faces": [], "figure": {"box": {"x": 0.1, "y": 0.2, "width": 0.3, '
        '"height": 0.4}, "sureness": 0.8765, "sharpness": 12.35, "others": 2, "sizes_per_s": 0.123, '
        '"head": {"x": 0.2, "y": 0.2, "width": 0.1, "height": 0.1}, "front": 0.4568}}]}'
    )


@pytest.mark.parametrize("names", [CLIP_MADE, CLIP_KEPT])
def test_no_fact_of_a_clip_is_named_twice(names: tuple[str, ...]) -> None:
    assert len(set(names)) == len(names)
