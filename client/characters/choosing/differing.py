"""What is recorded, beside what is decided about its footage now: pure.

A decision orders nothing again. Who made one after a registration is told where the two differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from screentest.client.registry.identity import one_form
from screentest.prep.core.remedy import Remedy
from screentest.prep.core.text import lasting, timecode

if TYPE_CHECKING:
    from screentest.client.registry.identity import Wish
    from screentest.client.registry.records import Registration
    from screentest.prep.core.values import Segment


@dataclass(frozen=True, slots=True)
class Difference:
    """A sentence about a registration that is not as it is decided now, and what can be done."""

    said: str
    remedies: tuple[Remedy, ...] = ()


def difference(row: Registration, wish: Wish, *, skip: bool = False) -> Difference | None:
    """How a registration differs from a wish for the same thing; None where it does not.

    ``skip``: whether the footage is not to be registered any more.
    """
    both = [*_about_name(row, wish), *_about_window(row, wish), *_about_words(row, wish)]
    stands = "is registered" if row.state == "done" else "is under way"
    if skip:
        return Difference(f"{row.called} {stands}; its footage is decided to be skipped since.")
    if not both:
        return None
    made, wanted = (" and ".join(some) for some in zip(*both, strict=True))
    if wish.asked is None:
        said = f"{row.called} {stands} with {made}; that is not decided any more."
    else:
        said = f"{row.called} {stands} with {made}; decided since: {wanted}."
    return Difference(said, (Remedy("again"),))


def _about_name(row: Registration, wish: Wish) -> Iterator[tuple[str, str]]:
    if one_form(row.name) != one_form(wish.name):
        yield f"the name {row.name!r}", f"the name {wish.name!r}"


def _about_window(row: Registration, wish: Wish) -> Iterator[tuple[str, str]]:
    before, now = _window_in(row.overrides), _window_in(wish.overrides)
    if before == now or _is_window(row.segment, *now):
        return
    start_s, length_s = now
    if start_s is None:
        wanted = f"a window of {lasting(length_s)}" if length_s else "the best window"
    else:
        wanted = _span(start_s, length_s or (row.segment.length_s if row.segment else 0.0))
    segment = row.segment
    yield (_span(segment.start_s, segment.length_s) if segment else "another window"), wanted


def _about_words(row: Registration, wish: Wish) -> Iterator[tuple[str, str]]:
    has_window = wish.overrides.get("start_s") is not None
    for name, worded in _WORDED.items():
        before, now = row.overrides.get(name), wish.overrides.get(name)
        if before != now and not (name in ("person", "subject") and has_window):
            yield worded(before), worded(now)


def _window_in(overrides: Mapping[str, object]) -> tuple[float | None, float | None]:
    start_s, length_s = (overrides.get(name) for name in ("start_s", "length_s"))
    return (
        None if start_s is None else float(str(start_s)),
        None if length_s is None else float(str(length_s)),
    )


def _is_window(segment: Segment | None, start_s: float | None, length_s: float | None) -> bool:
    """Whether a clip's window is the one that is wanted, whoever chose it."""
    if segment is None or start_s is None:
        return False
    is_length = length_s is None or abs(segment.length_s - length_s) < _SAME_LENGTH_S
    return is_length and abs(segment.start_s - start_s) < _SAME_START_S


def _span(start_s: float, length_s: float) -> str:
    return f"{timecode(start_s)} to {timecode(start_s + length_s)}"


_WORDED: Mapping[str, Callable[[object], str]] = {
    "person": lambda number: f"person {float(str(number)):g}" if number else "whoever is best",
    "subject": lambda word: f"the subject {word}" if word else "any subject",
    "fit": lambda word: f"the fit {word or 'pad'}",
    "orientation": lambda word: f"{word} orientation" if word else "the footage's orientation",
    "audio": lambda word: {"keep": "its sound kept", "remove": "no sound"}.get(
        str(word), "its sound as by default"
    ),
    "description": lambda text: f"the description {text!r}" if text else "no description",
}
_SAME_START_S = 0.002
_SAME_LENGTH_S = 0.05
"""A clip holds whole frames: it may be so much longer or shorter than was asked for."""
