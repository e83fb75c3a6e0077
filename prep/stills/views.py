"""Which moments become the views of a character without a human face: pure.

Nothing tells which way an animal or a drawing looks, and nobody tells one dog from another for sure. So
views are sharp, whole and differ from one another; what is not coloured like the best one is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from screentest.prep.core.values import Box, FrameSignal, Scan, Span
from screentest.prep.scoring.faceless import faceless_score
from screentest.prep.stills.values import Chosen

MOST_VIEWS = 6
MOST_MOMENTS = 30
# Shares of the colours of two figures that agree: one in other light keeps a half.
_LEAST_ALIKE = 0.5
_LEAST_DIFFERENT = 0.25
_APART_S = 0.4
_LEAST_SHARE = 0.6
# Below this nothing is to be seen: black, blank, out of focus.
_LEAST = 0.12


@dataclass(frozen=True, slots=True)
class View:
    """A moment without a face. ``figure``: None where none was made out.

    ``colours``: how often each of some colours shows in the figure, in shares of 1. ``layout``: its
    light, as a small normalised picture. ``sharpness``: variance of the Laplacian in the figure.
    """

    raw: int
    t_s: float
    score: float
    figure: Box | None
    colours: tuple[float, ...]
    layout: tuple[float, ...]
    sharpness: float = 100.0


def moments_for_views(scan: Scan, within: Span, *, most: int = MOST_MOMENTS) -> tuple[float, ...]:
    """The clearest moments of a scan, spread over it, in order of time."""
    inside = [s for s in scan.signals if within.start_s <= s.t_s < within.end_s]
    if not inside:
        return ()
    apart_s = max(_APART_S, (inside[-1].t_s - inside[0].t_s) / (2 * most))
    found: list[FrameSignal] = []
    for signal in sorted(inside, key=lambda s: (-faceless_score(s), s.t_s)):
        if len(found) < most and all(abs(signal.t_s - o.t_s) >= apart_s for o in found):
            found.append(signal)
    return tuple(sorted(s.t_s for s in found))


def chosen_views(views: Sequence[View], *, most: int = MOST_VIEWS) -> tuple[Chosen, ...]:
    """The best view, and others as good that differ from it and from one another."""
    likeliest = max(views, key=_rank, default=None)
    if likeliest is None:
        return ()
    # Grass is sharper than fur: only what may be one character tells how sharp that can be.
    views = _sharpest_first([v for v in views if _same_kind(v, likeliest)])
    best = max(views, key=_rank)
    if best.score < _LEAST:
        return ()
    found = [best]
    left = [v for v in views if v.score >= _LEAST_SHARE * best.score]
    while len(found) < most:
        rated = [(v.score * min(1.0, news), v) for v in left if (news := _news(v, found)) > 0]
        if not rated:
            break
        found.append(max(rated, key=lambda one: (one[0], -one[1].t_s))[1])
    return tuple(Chosen("view", v.raw, v.t_s, v.score, v.figure) for v in found)


def _rank(view: View) -> tuple[bool, float, float]:
    return view.figure is not None, view.score, -view.t_s


def _sharpest_first(views: Sequence[View]) -> list[View]:
    """The views, worth less the less sharp their figure is beside the sharpest one's."""
    most = max((v.sharpness for v in views if v.figure is not None), default=0.0)

    def worth(view: View) -> float:
        less = view.sharpness / most if view.figure is not None and most else 1.0
        return float(view.score * min(1.0, less) ** 0.7)

    return [replace(view, score=worth(view)) for view in views]


def _same_kind(view: View, best: View) -> bool:
    """Whether two views may show one character: each a figure of like colours, or neither a figure."""
    if (view.figure is None) != (best.figure is None):
        return False
    return sum(map(min, view.colours, best.colours)) >= _LEAST_ALIKE


def _news(view: View, found: Sequence[View]) -> float:
    """How different a view is from all that are found; 0 where it is too like one of them."""
    if any(v.raw == view.raw and abs(v.t_s - view.t_s) < _APART_S for v in found):
        return 0.0
    least = min(_difference(view, other) for other in found)
    return least if least >= _LEAST_DIFFERENT else 0.0


def _difference(one: View, other: View) -> float:
    """1 less the correlation of two layouts, which have a mean of 0 and a length of 1."""
    return 1 - sum(a * b for a, b in zip(one.layout, other.layout, strict=True))
