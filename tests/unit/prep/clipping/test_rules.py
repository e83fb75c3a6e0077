"""The rules of a clip, each broken alone: it is told, and nothing else is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import pytest

from screentest.prep.clipping.check import Facts, rules
from screentest.prep.core.spec import KLING_ELEMENTS, SORA_2, ClipSpec
from screentest.prep.core.values import CheckReport, RuleResult

GOOD = Facts(
    container="mov,mp4,m4a,3gp,3g2,mj2",
    codec="h264",
    profile="High",
    pixel_format="yuv420p",
    width_px=1280,
    height_px=720,
    sar=Fraction(1),
    rotation_deg=0,
    mirrored=False,
    matrix=1,
    full_range=False,
    frames=100,
    fps=Fraction(25),
    steady=True,
    length_s=Fraction(4),
    audio=("aac",),
    audio_s=Fraction(398, 100),
    other_streams=0,
    bytes=3_000_000,
    faststart=True,
    tags=(),
)


def broken(changes: Mapping[str, object], *, spec: ClipSpec = SORA_2) -> dict[str, RuleResult]:
    """The rules that a clip breaks which is good but for this."""
    facts = replace(GOOD, **changes)  # type: ignore[arg-type]
    return {row.rule: row for row in rules(facts, spec) if not row.ok}


def test_a_good_clip_breaks_none() -> None:
    assert broken({}) == {}


@pytest.mark.parametrize(
    ("rule", "changes", "found"),
    [
        ("container", {"container": "matroska,webm"}, "matroska,webm"),
        ("container", {"container": "mov"}, "mov"),
        ("container", {"container": "fragmented mp4"}, "fragmented mp4"),
        ("length", {"length_s": Fraction(199, 100)}, "1.990 s"),
        ("length", {"length_s": Fraction(4001, 1000)}, "4.001 s"),
        ("aspect", {"width_px": 1282}, "641:360"),
        ("aspect", {"width_px": 960}, "4:3"),
        ("resolution", {"width_px": 640, "height_px": 360}, "640x360"),
        ("resolution", {"width_px": 3840, "height_px": 2160}, "3840x2160"),
        ("even sides", {"width_px": 1296, "height_px": 729}, "no"),
        ("square pixels", {"sar": Fraction(16, 15)}, "16/15"),
        ("upright", {"rotation_deg": 90}, "90°"),
        ("upright", {"mirrored": True}, "0°, mirrored"),
        ("codec", {"codec": "hevc", "profile": "Main"}, "hevc Main"),
        ("codec", {"codec": "vp9", "profile": ""}, "vp9"),
        ("pixels", {"pixel_format": "yuv420p10le"}, "yuv420p10le"),
        ("range", {"full_range": True}, "full range"),
        ("colour", {"matrix": 9}, "BT.2020"),
        ("colour", {"matrix": 6}, "BT.601"),
        ("colour", {"matrix": 14}, "another matrix"),
        ("colour", {"transfer": 18}, "HLG"),
        ("colour", {"primaries": 12}, "P3 primaries"),
        ("fields", {"interlaced": True}, "interlaced"),
        ("edits", {"hidden": 12}, "12 hidden frames"),
        ("rate", {"fps": Fraction(24_000, 1001)}, "23.976 fps, constant"),
        ("rate", {"fps": Fraction(60)}, "60.000 fps, constant"),
        ("rate", {"steady": False}, "25.000 fps, varying"),
        ("audio", {"audio": ("mp3",)}, "mp3"),
        ("audio", {"audio": ("aac", "aac")}, "aac, aac"),
        ("audio length", {"audio_s": Fraction(402, 100)}, "4.020 s"),
        ("streams", {"other_streams": 1}, "1 more"),
        ("faststart", {"faststart": False}, "no"),
        ("metadata", {"tags": ("location", "video:creation_time")}, "location, video:creation_time"),
        ("size", {"bytes": 25_000_001}, "25.0 MB"),
    ],
)
def test_a_rule_broken_alone_is_told_alone_with_what_was_found(
    rule: str, changes: dict[str, object], found: str
) -> None:
    told = broken(changes)
    assert set(told) == {rule}
    assert told[rule].found == found
    assert told[rule].wanted
    assert told[rule].source


@pytest.mark.parametrize(
    "changes",
    [
        {"width_px": 720, "height_px": 1280},
        {"width_px": 1920, "height_px": 1080},
        {"length_s": Fraction(2)},
        {"fps": Fraction(24)},
        {"fps": Fraction(30)},
        {"fps": Fraction(30_000, 1001)},
        {"audio": (), "audio_s": Fraction(0)},
        {"audio_s": Fraction(4)},
        {"matrix": 2},
        {"transfer": 6, "primaries": 6},
        {"profile": ""},
        {"bytes": 25_000_000},
        {"container": "mp4"},
    ],
)
def test_what_lies_just_within_a_rule_is_taken(changes: dict[str, object]) -> None:
    assert broken(changes) == {}


def test_another_model_is_held_to_its_own_rules() -> None:
    told = broken({"length_s": Fraction(9)}, spec=KLING_ELEMENTS)
    assert set(told) == {"length", "resolution"}
    assert told["length"].wanted == "3-8 s"
    assert told["resolution"].wanted == "1080 lines", "one size is said as one"


def test_each_rule_is_there_once_whatever_is_found() -> None:
    names = [row.rule for row in rules(GOOD, SORA_2)]
    assert len(names) == len(set(names))
    assert names == [row.rule for row in rules(replace(GOOD, width_px=3, height_px=5), KLING_ELEMENTS)]


def test_a_clip_of_one_frame_has_neither_length_nor_rate() -> None:
    told = broken({"frames": 1, "fps": Fraction(0), "length_s": Fraction(0)})
    assert set(told) == {"length", "rate"}


def test_one_broken_rule_spoils_the_report() -> None:
    rows = tuple(rules(GOOD, SORA_2))
    assert CheckReport("/clip.mp4", SORA_2.model, rows).ok
    spoilt = (*rows[:-1], replace(rows[-1], ok=False))
    assert not CheckReport("/clip.mp4", SORA_2.model, spoilt).ok
