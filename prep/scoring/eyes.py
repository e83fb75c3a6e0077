"""Whether the eyes are open, moment by moment, as a factor, and what is told of them.

A blink is natural and proves that a face lives; eyes that stay shut are a flaw. People blink for 0.1
to 0.4 s, lids on their way included, and show no eyes for less than 0.3 s of it. Five samples a second
cannot tell the two apart: there, eyes that are shut in one sample alone are taken for a blink, and a
window that is about to be chosen is measured more often (``EyesTrace``).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean

from screentest.prep.core.values import EyesTrace, Face, Span
from screentest.prep.scoring.curves import rise
from screentest.prep.scoring.usual import Usual

# For how long before and after it a sample stands.
_AROUND_S = 0.1
# Below this factor eyes count as shut, which is less than six tenths as open as usual.
_SHUT = 0.5
# Lids of narrow eyes that look down read below that and above this share of the usual: no blink.
_LEFT_OPEN = 0.67
# What lasts no longer is a blink, which costs so little; what lasts half as long again costs in full.
BLINK_S = 0.3
_BLINKING, _NO_BLINK_S = 0.8, 0.45
# Blinks one after the other are none: where they fill so much of the time. Lively talk: 0.12.
_FLUTTER = (0.3, 0.4)
# Of two moments further apart, what was between them is not known: they are of two stretches.
_APART_S = 0.75
_LONGEST_STEP_S = 0.25


def eyes_factor(eyes_open: float, usual: Usual) -> float:
    """1 for eyes as open as this person's usually are; lids that read below 0.45 are shut."""
    of_usual = rise(eyes_open / max(0.7, min(0.95, usual.eyes_open)), 0.35, 0.85)
    # Not all is taken off: narrow eyes in a blurred picture read like shut ones.
    return max(0.05, min(of_usual, max(0.3, rise(eyes_open, 0.38, 0.52))))


def eyes_over(
    times_s: Sequence[float],
    faces: Sequence[Face | None],
    usual: Usual,
    trace: EyesTrace | None = None,
) -> tuple[float, ...]:
    """The factor of each sample of one person, 1 where there is no face.

    ``trace``: how open the eyes were in between, where that was measured.
    """
    shown = [(t_s, face.eyes_open) for t_s, face in zip(times_s, faces, strict=True) if face]
    sampled = _Eyes.of(*zip(*shown, strict=True), usual=usual).hoped() if shown else ()
    factors = iter(sampled)
    known = [1.0 if face is None else next(factors) for face in faces]
    if trace is None:
        return tuple(known)
    measured = _Eyes.of(trace.times_s, trace.eyes_open, usual=usual).judged()
    return tuple(
        value if face is None else _around(t_s, trace.times_s, measured, otherwise=value)
        for t_s, face, value in zip(times_s, faces, known, strict=True)
    )


@dataclass(frozen=True, slots=True)
class EyesSeen:
    """What the eyes did over a stretch.

    ``open_share``: of its frames. ``shut_s``: how long they were shut, each time they were; lids that
    are only lowered are neither.
    """

    open_share: float
    shut_s: tuple[float, ...]


def eyes_seen(trace: EyesTrace, usual: Usual, *, start_s: float, end_s: float) -> EyesSeen | None:
    """What was measured of the eyes from one time to another, None where nothing was."""
    first, past = (bisect_left(trace.times_s, t_s) for t_s in (start_s, end_s))
    if first == past:
        return None
    times_s, eyes_open = trace.times_s[first:past], trace.eyes_open[first:past]
    eyes = _Eyes.of(times_s, eyes_open, usual=usual)
    open_share = fmean(value >= _SHUT for value in eyes.factors)
    shut = shut_spans(times_s, eyes_open, usual)
    return EyesSeen(open_share, tuple(span.end_s - span.start_s for span in shut))


def shut_spans(times_s: Sequence[float], eyes_open: Sequence[float], usual: Usual) -> tuple[Span, ...]:
    """When the eyes were shut, each time from the first moment that shows it until one shows them open.

    Lids that are only lowered are not shut.
    """
    eyes = _Eyes.of(times_s, eyes_open, usual=usual)
    shut_below = _LEFT_OPEN * usual.eyes_open
    shut = [dip for dip in eyes.dips() if min(eyes_open[dip[0] : dip[1]]) < shut_below]
    return tuple(Span(times_s[d[0]], times_s[d[0]] + eyes.lasts_s(*d)) for d in shut)


@dataclass(frozen=True, slots=True)
class _Eyes:
    """The factors of one person's eyes at some moments, each by itself."""

    times_s: Sequence[float]
    factors: Sequence[float]

    @classmethod
    def of(cls, times_s: Sequence[float], eyes_open: Sequence[float], *, usual: Usual) -> _Eyes:
        return cls(times_s, [eyes_factor(value, usual) for value in eyes_open])

    def judged(self) -> tuple[float, ...]:
        """The factors, those of blinks raised."""
        return self._raised(self.lasts_s)

    def hoped(self) -> tuple[float, ...]:
        """The factors; what may be a blink is taken for one, as moments prove no more than they show.

        Too kind to some; but what is about to be chosen is measured, and what is judged too hard never.
        """

        def least_s(first: int, past: int) -> float:
            proven_s = self.times_s[past - 1] - self.times_s[first]
            return proven_s if proven_s <= BLINK_S else self.lasts_s(first, past)

        return self._raised(least_s)

    def _raised(self, lasts_s: Callable[[int, int], float]) -> tuple[float, ...]:
        found = list(self.factors)
        dips = tuple(self.dips())
        for first, past in dips:
            too_long = rise(lasts_s(first, past), BLINK_S, _NO_BLINK_S)
            too_often = rise(self._shut_share(dips, self.times_s[first]), *_FLUTTER)
            least = _BLINKING * (1 - too_long) * (1 - too_often)
            found[first:past] = [max(value, least) for value in found[first:past]]
        return tuple(found)

    def _shut_share(self, dips: Sequence[tuple[int, int]], t_s: float) -> float:
        """For how much of the two seconds around a time the eyes are shut."""
        near = [dip for dip in dips if abs(self.times_s[dip[0]] - t_s) <= 1.0]
        seen_s = min(self.times_s[-1], t_s + 1.0) - max(self.times_s[0], t_s - 1.0)
        return sum(self.lasts_s(*dip) for dip in near) / max(1.0, seen_s)

    def dips(self) -> Iterator[tuple[int, int]]:
        """(first, past last) moment of each time the eyes are shut."""
        first = None
        for index, value in enumerate(self.factors):
            if first is not None and (value >= _SHUT or self._is_apart_before(index)):
                yield first, index
                first = None
            if first is None and value < _SHUT:
                first = index
        if first is not None:
            yield first, len(self.factors)

    def lasts_s(self, first: int, past: int) -> float:
        """For how long the eyes are shut: until the moment that shows them open again."""
        if past < len(self.times_s) and not self._is_apart_before(past):
            return self.times_s[past] - self.times_s[first]
        step_s = self.times_s[first] - self.times_s[first - 1] if first else 0.0
        return self.times_s[past - 1] - self.times_s[first] + min(step_s, _LONGEST_STEP_S)

    def _is_apart_before(self, index: int) -> bool:
        return index > 0 and self.times_s[index] - self.times_s[index - 1] > _APART_S


def _around(
    t_s: float, times_s: Sequence[float], factors: Sequence[float], *, otherwise: float
) -> float:
    """The mean factor of what was measured around a moment."""
    first, past = (bisect_left(times_s, t_s + by_s) for by_s in (-_AROUND_S, _AROUND_S))
    return fmean(factors[first:past]) if first < past else otherwise
