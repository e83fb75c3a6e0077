"""ClipSpec: a model's rules for a reference clip, as data with source and date.

A spec is a frozen value. Another model is another value and no code: everything that picks, conforms
or checks reads its limits from here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

Orientation = Literal["landscape", "portrait"]
# How footage comes to the canvas: all of it, head and shoulders, or whichever shows the face better.
Fit = Literal["pad", "crop", "auto"]
Audio = Literal["keep", "remove"]


@dataclass(frozen=True, slots=True)
class ClipSpec:
    """What a service accepts as a reference clip, untouched.

    ``min_length_s``/``max_length_s``: bounds of the clip; ``target_length_s``: what is cut where the
    footage has it. ``aspect``: the landscape ratio, portrait being its inverse. ``min_short_px`` and
    ``max_short_px``: bounds of the shorter side. ``min_fps``/``max_fps``: bounds of the constant
    rate. ``max_bytes``: size of the file. ``sources``: rule name -> where the rule comes from, ending
    in the date it was read; "assumed" where the service documents nothing.
    """

    model: str
    min_length_s: Fraction
    max_length_s: Fraction
    target_length_s: Fraction
    aspect: Fraction
    min_short_px: int
    max_short_px: int
    min_fps: Fraction
    max_fps: Fraction
    max_bytes: int
    sources: tuple[tuple[str, str], ...]

    def source_of(self, rule: str) -> str:
        """Where a rule comes from, "assumed" where it is not documented."""
        return dict(self.sources).get(rule, "assumed: a safe target, the service documents nothing")


_ALMOST = Fraction(2, 1000)

_SORA_PAGE = "WaveSpeed model page openai/sora-2/characters, 2026"
_KLING_PAGE = "Kling's own page on elements, 2026"
_WAN_PAGE = "WaveSpeed model page alibaba/wan-3.0/reference-to-video, 2026"

SORA_2 = ClipSpec(
    model="openai/sora-2/characters",
    min_length_s=Fraction(2),
    max_length_s=Fraction(4),
    target_length_s=Fraction(4),
    aspect=Fraction(16, 9),
    min_short_px=720,
    max_short_px=1080,
    min_fps=Fraction(24),
    max_fps=Fraction(30),
    max_bytes=25_000_000,
    sources=(
        ("container", f"{_SORA_PAGE}: URL of an MP4"),
        ("length", f"{_SORA_PAGE}: 2-4 s recommended, only the first 4 s are kept"),
        ("aspect", f"{_SORA_PAGE}: other aspects are padded to 16:9 or 9:16 by the service"),
        ("resolution", f"{_SORA_PAGE}: at least 720p, scaled down above 1080p"),
    ),
)

KLING_ELEMENTS = ClipSpec(
    model="kwaivgi/kling-elements-advanced",
    min_length_s=Fraction(3),
    max_length_s=Fraction(8),
    target_length_s=Fraction(8),
    aspect=Fraction(16, 9),
    min_short_px=1080,
    max_short_px=1080,
    min_fps=Fraction(24),
    max_fps=Fraction(30),
    max_bytes=200_000_000,
    sources=(
        ("container", f"{_KLING_PAGE}: one video, MP4 or MOV"),
        ("length", f"{_KLING_PAGE}: 3-8 s"),
        ("aspect", f"{_KLING_PAGE}: 16:9 or 9:16"),
        ("resolution", f"{_KLING_PAGE}: 1080p"),
        ("size", f"{_KLING_PAGE}: at most 200 MB"),
    ),
)

WAN_3 = ClipSpec(
    model="alibaba/wan-3.0/reference-to-video",
    min_length_s=Fraction(1),
    max_length_s=Fraction(15),
    # Each of its seconds is billed with each video: as short as shows who it is.
    target_length_s=Fraction(4),
    aspect=Fraction(16, 9),
    min_short_px=720,
    max_short_px=1080,
    min_fps=Fraction(24),
    max_fps=Fraction(30),
    max_bytes=100_000_000,
    sources=(
        ("container", f"{_WAN_PAGE}: MP4 or MOV"),
        ("length", f"{_WAN_PAGE}: 1-15 s each, 15 s together"),
        ("size", f"{_WAN_PAGE}: at most 100 MB"),
    ),
)
"""Narrower than the service, which takes 240-4096 px a side and ratios up to 8:1: other clips are
stretched or padded by it, as nobody documents."""


def output_rate(fps: Fraction, spec: ClipSpec) -> Fraction:
    """The clip's constant rate for footage of a nominal rate.

    The footage's own where the model takes it; half of one up to twice as fast, so that every second
    frame is kept; else the smallest whole multiple in range, so that every frame is kept; else the
    highest the model takes. A rate a thousandth below the lowest (23.976) becomes the lowest: over a
    few seconds no frame is lost or shown twice, where 30 would stutter.
    """
    if 0 <= spec.min_fps - fps <= spec.min_fps * _ALMOST:
        return spec.min_fps
    if spec.min_fps <= fps <= spec.max_fps:
        return fps
    if spec.min_fps <= fps / 2 <= spec.max_fps:
        return fps / 2
    if 0 < fps < spec.min_fps:
        multiple = fps * -(-spec.min_fps // fps)
        if multiple <= spec.max_fps:
            return multiple
    return spec.max_fps


def frames_within(length_s: Fraction, rate: Fraction) -> int:
    """The most whole frames that last no longer than ``length_s``."""
    return int(length_s * rate)


def frames_for_at_least(length_s: Fraction, rate: Fraction) -> int:
    """The fewest whole frames that last at least ``length_s``."""
    return -int(-length_s * rate // 1)


SPECS: dict[str, ClipSpec] = {spec.model: spec for spec in (SORA_2, KLING_ELEMENTS, WAN_3)}


Format = Literal["jpg", "png"]


@dataclass(frozen=True, slots=True)
class StillSpec:
    """What a service accepts as stills of one character, untouched.

    ``least``/``most``: how many, the first one included. ``frontal``: the first is sent as the frontal
    one, the others show clearly different angles. ``formats``: of the files, by their endings.
    ``min_side_px``/``max_side_px``: bounds of either side, None where there is none. ``max_ratio``: the
    longer side by the shorter. ``max_bytes``: of each file. ``sources``: as in ``ClipSpec``.
    """

    model: str
    least: int
    most: int
    frontal: bool
    formats: tuple[Format, ...]
    min_side_px: int
    max_side_px: int | None
    max_ratio: Fraction
    max_bytes: int
    sources: tuple[tuple[str, str], ...]


# The only model that documents its stills; the others' rules are not known to be stricter.
KLING_STILLS = StillSpec(
    model="kwaivgi/kling-elements-advanced",
    least=2,
    most=4,
    frontal=True,
    formats=("jpg", "png"),
    min_side_px=300,
    max_side_px=None,
    max_ratio=Fraction(5, 2),
    max_bytes=10_000_000,
    sources=(
        ("format", f"{_KLING_PAGE}: jpg or png"),
        ("resolution", f"{_KLING_PAGE}: each side at least 300 px"),
        ("aspect", f"{_KLING_PAGE}: 1:2.5 to 2.5:1"),
        ("bytes", f"{_KLING_PAGE}: at most 10 MB"),
    ),
)

WAN_STILLS = replace(
    KLING_STILLS,
    model="alibaba/wan-3.0/reference-to-video",
    least=1,
    most=10,
    frontal=False,
    sources=(),
)
"""How many is documented, size and format are not: those that Kling takes are safe targets."""
