"""What a person would not want to see in a window, and when: pure.

Only what was measured is told, and only of faces that are large enough to read eyes in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from screentest.prep.core.text import lasting, timecode
from screentest.prep.core.values import EyesTrace, Face, Scan, Source
from screentest.prep.picking.windows import Window
from screentest.prep.scoring.eyes import BLINK_S, shut_spans
from screentest.prep.scoring.gaze import looked_at_px
from screentest.prep.scoring.usual import Usual
from screentest.prep.vision.covers import EYES_HIDDEN
from screentest.prep.vision.facing import is_person

What = Literal["eyes", "turned", "hidden", "gone", "cut"]

_LEGIBLE_PX = 70.0
"""Of a smaller face, open and shut eyes are much the same (``prep.picking.reasons``)."""
_STEP_S = 0.5
MOST_TOLD = 3
"""Of each kind, so many moments are told in words; all of them are marked."""


@dataclass(frozen=True, slots=True)
class Mark:
    """``length_s``: for how long, as far as the samples tell; 0 where one sample alone shows it."""

    t_s: float
    length_s: float
    what: What

    @property
    def end_s(self) -> float:
        return self.t_s + self.length_s

    @property
    def words(self) -> str:
        """What is marked there, in a few words."""
        if self.what == "eyes":
            return "blink" if 0 < round(self.length_s, 1) <= BLINK_S else "eyes closed"
        return {
            "turned": "face turned away",
            "hidden": "something covers the eyes",
            "gone": "no face made out",
            "cut": "cut",
        }[self.what]


def moments_of(window: Window, looked: Scan) -> tuple[Mark, ...]:
    """The moments of a window that somebody should know of, in order of time."""
    cuts = [
        Mark(cut_s, 0.0, "cut")
        for cut_s in looked.cuts_s
        if window.start_s + 1e-3 < cut_s < window.start_s + window.length_s - 1e-3
    ]
    of_face = () if window.person is None else _of_face(window, looked)
    return tuple(sorted((*cuts, *of_face), key=lambda moment: moment.t_s))


def told(moments: Sequence[Mark]) -> tuple[str, ...]:
    """Sentences on the moments, one for each kind."""
    return tuple(
        line
        for what in ("eyes", "turned", "hidden", "gone")
        if (line := _sentence([moment for moment in moments if moment.what == what]))
    )


def _sentence(of_kind: Sequence[Mark]) -> str:
    if not of_kind:
        return ""
    shown = sorted(of_kind, key=lambda moment: -moment.length_s)[:MOST_TOLD]
    places = [_place(moment) for moment in sorted(shown, key=lambda moment: moment.t_s)]
    more = len(of_kind) - len(shown)
    if more:
        places.append(f"{more} more time{'s' if more > 1 else ''}")
    words = _heading(of_kind[0].what)
    return f"{words} {_listed(places)}."


def _heading(what: What) -> str:
    return {
        "eyes": "Eyes closed",
        "turned": "Face turned away",
        "hidden": "Something covers the eyes",
        "gone": "No face made out",
        "cut": "Cut",
    }[what]


def _place(moment: Mark) -> str:
    """From when to when; a short one by its beginning alone."""
    if round(moment.length_s, 1) <= BLINK_S:
        blink = " (a blink)" if moment.words == "blink" else ""
        return f"at {timecode(moment.t_s)}{blink}"
    return f"from {timecode(moment.t_s)} for about {lasting(round(moment.length_s, 1))}"


def _listed(places: Sequence[str]) -> str:
    return places[0] if len(places) == 1 else f"{', '.join(places[:-1])} and {places[-1]}"


def _of_face(window: Window, looked: Scan) -> Iterator[Mark]:
    person = window.person
    assert person is not None  # noqa: S101  (asked for windows of a face alone)
    faces = {id(signal): face for signal, face in window.moments}
    samples = [(signal.t_s, faces.get(id(signal))) for signal in window.signals]
    source = looked.source_of(window.signals[0])
    yield from _eyes(samples, person.trace, person.usual, window, source)
    end_s = window.start_s + window.length_s
    yield from _runs(samples, lambda face: face is None, "gone", end_s)
    yield from _runs(samples, lambda face: face is not None and not is_person(face), "turned", end_s)
    yield from _runs(
        samples,
        lambda face: face is not None and is_person(face) and face.covered >= EYES_HIDDEN,
        "hidden",
        end_s,
    )


def _eyes(
    samples: Sequence[tuple[float, Face | None]],
    trace: EyesTrace | None,
    usual: Usual,
    window: Window,
    source: Source,
) -> Iterator[Mark]:
    """When the eyes are shut: where they were measured often, by that; else in the samples."""
    bare = [
        (t_s, face)
        for t_s, face in samples
        if face is not None and is_person(face) and face.covered < EYES_HIDDEN
    ]
    if not bare or max(looked_at_px(face, source) for _, face in bare) < _LEGIBLE_PX:
        return
    end_s = window.start_s + window.length_s
    if trace is not None:
        pairs = [
            (t_s, value)
            for t_s, value in zip(trace.times_s, trace.eyes_open, strict=True)
            if window.start_s <= t_s < end_s and _is_bare_at(t_s, bare)
        ]
    else:
        pairs = [(t_s, face.eyes_open) for t_s, face in bare]
    if not pairs:
        return
    times_s, values = zip(*pairs, strict=True)
    for span in shut_spans(times_s, values, usual):
        # A sample alone shows that they were shut, and not for how long.
        shown_s = min(span.end_s, end_s) - span.start_s
        alone = trace is None and sum(span.start_s <= t < span.end_s for t in times_s) == 1
        yield Mark(span.start_s, 0.0 if alone else shown_s, "eyes")


def _is_bare_at(t_s: float, bare: Sequence[tuple[float, Face]]) -> bool:
    return any(abs(seen_s - t_s) <= _STEP_S for seen_s, _ in bare)


def _runs(
    samples: Sequence[tuple[float, Face | None]],
    is_so: Callable[[Face | None], bool],
    what: What,
    end_s: float,
) -> Iterator[Mark]:
    """Samples in a row of which something is so, each row a moment that ends with the next sample."""
    first_s: float | None = None
    for t_s, face in samples:
        if is_so(face) and first_s is None:
            first_s = t_s
        elif not is_so(face) and first_s is not None:
            yield Mark(first_s, t_s - first_s, what)
            first_s = None
    if first_s is not None:
        yield Mark(first_s, end_s - first_s, what)
