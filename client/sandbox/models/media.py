"""What a model wants of the files that its fields link to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ClipRules:
    """What a model wants of a clip, by default as ``openai/sora-2/characters`` does.

    ``min_short_px``: least of the shorter side. ``max_side_px``: most of either. ``max_aspect``: longer
    by shorter side; ``exact_aspect``: it must be that. ``kept_s``: how much of it counts, from its
    start. ``min_s``/``max_s``: None where any length is taken. ``takes_mov``: a QuickTime file too.
    ``people_only``: refuse one in which no human face is found.
    """

    min_short_px: int = 720
    max_side_px: int | None = None
    max_aspect: float = 2.67
    exact_aspect: float | None = None
    kept_s: float = 4.0
    min_s: float | None = None
    max_s: float | None = None
    max_bytes: int = 200_000_000
    takes_mov: bool = False
    people_only: bool = False


SORA_2 = ClipRules()
"""An MP4 of at least 720p, aspect at most about 2.67:1; only the first 4 s count (model page, 2026)."""


@dataclass(frozen=True, slots=True)
class ImageRules:
    """What a model wants of an image."""

    formats: tuple[str, ...] = ("jpg", "png")
    min_side_px: int = 1
    max_aspect: float = 1000.0
    max_bytes: int = 200_000_000


@dataclass(frozen=True, slots=True)
class Media:
    """A field that holds the URL of a file, or a list of them.

    ``form``: how a prompt names each, {place} counting from 1; "" where it is shown unnamed.
    ``total_s``: most of all its clips together.
    """

    field: str
    rules: ClipRules | ImageRules
    form: str = ""
    total_s: float | None = None


@dataclass(frozen=True, slots=True)
class CastField:
    """A field that holds ids of characters.

    ``item_key``: each is an object with its id under this key. ``pattern``: of the ids. ``forms``: a
    prompt shows one where any of these stands in it.
    """

    field: str
    pattern: str
    forms: tuple[str, ...]
    item_key: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """A finished character as the service tells it.

    ``id_prefix``: of its id; "" for 18 digits, told as a number. ``extras``: key -> the input, or the
    word in quotes, that it holds.
    """

    id_key: str = "id"
    name_key: str = "name"
    id_prefix: str = "char_"
    extras: tuple[tuple[str, str], ...] = ()


CHARACTER = Result()
