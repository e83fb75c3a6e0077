"""The score over time as inline SVG: pure.

Positions across are percentages and labels are set in pixels, so the drawing stretches to any width
and its text stays readable; only the curve itself is stretched. A page of hours is drawn in as many
columns as a screen has, each with its best moment.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from screentest.prep.core.text import counted, timecode
from screentest.prep.core.values import Span
from screentest.prep.report.markup import escaped
from screentest.prep.report.story import Point, Story

COLUMNS = 480
_TOP_PX, _PLOT_PX, _AXIS_PX = 26, 132, 24
_HEIGHT_PX = _TOP_PX + _PLOT_PX + _AXIS_PX
_STEPS_S = (0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400)
_MOST_TICKS = 7
_LONGEST_COARSE_GAP_S = 12.0
# Beyond this many, cuts are ticks at the foot: lines from top to bottom would hide the curve.
_FEW_CUTS = 40
_TICK_PX = 12
_LABEL_SHARE = 0.08
_LEVELS = (0.0, 0.5, 1.0)


@dataclass(frozen=True, slots=True)
class _Axis:
    """A stretch of time across the drawing."""

    start_s: float
    end_s: float

    def share(self, t_s: float) -> float:
        return min(1.0, max(0.0, (t_s - self.start_s) / max(1e-6, self.end_s - self.start_s)))

    def x(self, t_s: float) -> str:
        return f"{100 * self.share(t_s):.3f}%"

    def width(self, span: Span) -> str:
        return f"{100 * (self.share(span.end_s) - self.share(span.start_s)):.3f}%"

    def holds(self, span: Span) -> bool:
        return span.end_s > self.start_s and span.start_s < self.end_s


def timeline(story: Story, *, shown: Span | None = None, name: str = "timeline") -> str:
    """The SVG of one stretch of the footage, all of it where ``shown`` is None.

    ``name``: its id in the page. The drawing's description says in words what it shows.
    """
    axis = _Axis(story.first_s, story.end_s) if shown is None else _Axis(shown.start_s, shown.end_s)
    parts = (
        *_looked_at(story, axis),
        *_levels(),
        _curves(story, axis),
        *_cuts(story, axis),
        *_runners_up(story, axis),
        *_chosen(story, axis),
        *_level_labels(),
        *_ticks(axis),
    )
    return (
        f'<svg class="timeline" width="100%" height="{_HEIGHT_PX}" role="img" '
        f'aria-labelledby="{name}-title"><title id="{name}-title">'
        f"{escaped(described(story, axis.start_s, axis.end_s))}</title>{''.join(parts)}</svg>"
    )


def described(story: Story, start_s: float, end_s: float) -> str:
    """What the drawing shows, in words, for screen readers."""
    chosen = story.segment
    others = [a for a in chosen.alternatives if start_s <= a.start_s < end_s]
    cuts = sum(start_s <= cut_s < end_s for cut_s in story.cuts_s)
    return (
        f"Score from {timecode(start_s)} to {timecode(end_s)}. "
        f"Chosen: {timecode(chosen.start_s)} to {timecode(chosen.end_s)}, score {chosen.score:.2f}. "
        f"Marked: {counted(len(others), 'runner-up', plural='runners-up')}, {counted(cuts, 'cut')}."
    )


def _looked_at(story: Story, axis: _Axis) -> Iterable[str]:
    for span in story.looked_at:
        if axis.holds(span):
            yield (
                f'<rect class="looked" x="{axis.x(span.start_s)}" y="{_TOP_PX}" '
                f'width="{axis.width(span)}" height="{_PLOT_PX}"/>'
            )


def _levels() -> Iterable[str]:
    for level in _LEVELS:
        y = _TOP_PX + _PLOT_PX * (1 - level)
        yield f'<line class="level" x1="0" x2="100%" y1="{y:g}" y2="{y:g}"/>'


def _level_labels() -> Iterable[str]:
    for level in _LEVELS:
        y = _TOP_PX + _PLOT_PX * (1 - level)
        below = y + 12 if level == 1 else y - 4
        yield f'<text class="level-label" x="100%" y="{below:g}" text-anchor="end">{level:g}</text>'


def _curves(story: Story, axis: _Axis) -> str:
    """Both curves, in a drawing of its own that is stretched to the width."""
    coarse = [run for run in _runs(story.curve.coarse) if len(run) > 1]
    areas = [_area(points, axis) for points in coarse]
    lines = [_line(points, axis) for points in story.curve.close]
    paths = [f'<path class="coarse" d="{d}"/>' for d in areas if d]
    paths += [f'<path class="close" d="{d}"/>' for d in lines if d]
    return (
        f'<svg x="0" y="{_TOP_PX}" width="100%" height="{_PLOT_PX}" viewBox="0 0 1000 100" '
        f'preserveAspectRatio="none" aria-hidden="true">{"".join(paths)}</svg>'
    )


def _runs(points: Sequence[Point]) -> Iterable[list[Point]]:
    """Coarse samples with no long gap between them."""
    run: list[Point] = []
    for point in points:
        if run and point.t_s - run[-1].t_s > _LONGEST_COARSE_GAP_S:
            yield run
            run = []
        run.append(point)
    yield run


def thinned(points: Sequence[Point], start_s: float, end_s: float) -> list[Point]:
    """The points of a stretch, at most one a column: the best there."""
    inside = [p for p in points if start_s <= p.t_s <= end_s]
    if len(inside) <= COLUMNS:
        return inside
    best: dict[int, Point] = {}
    for point in inside:
        column = int(COLUMNS * (point.t_s - start_s) / (end_s - start_s))
        if column not in best or point.score > best[column].score:
            best[column] = point
    return list(best.values())


def _line(points: Sequence[Point], axis: _Axis) -> str:
    xy = _xy(points, axis)
    return "M" + "L".join(xy) if len(xy) > 1 else ""


def _area(points: Sequence[Point], axis: _Axis) -> str:
    xy = _xy(points, axis)
    if len(xy) < 2:
        return ""
    first, last = xy[0].split()[0], xy[-1].split()[0]
    return f"M{first} 100L{'L'.join(xy)}L{last} 100Z"


def _xy(points: Sequence[Point], axis: _Axis) -> list[str]:
    kept = thinned(points, axis.start_s, axis.end_s)
    return [f"{1000 * axis.share(p.t_s):.1f} {100 * (1 - p.score):.1f}" for p in kept]


def _cuts(story: Story, axis: _Axis) -> Iterable[str]:
    inside = [c for c in story.cuts_s if axis.start_s < c < axis.end_s]
    columns = {int(COLUMNS * axis.share(cut_s)): cut_s for cut_s in inside}
    foot = _TOP_PX + _PLOT_PX
    head = _TOP_PX if len(columns) <= _FEW_CUTS else foot - _TICK_PX
    for cut_s in columns.values():
        x = axis.x(cut_s)
        yield f'<line class="cut" x1="{x}" x2="{x}" y1="{head}" y2="{foot}"/>'


def _runners_up(story: Story, axis: _Axis) -> Iterable[str]:
    chosen = _middle(Span(story.segment.start_s, story.segment.end_s), axis)
    for place, other in enumerate(story.segment.alternatives, start=2):
        span = Span(other.start_s, other.start_s + other.length_s)
        if axis.holds(span):
            yield _window("runner", span, axis)
            if abs(_middle(span, axis) - chosen) > _LABEL_SHARE:
                yield _label("runner-label", str(place), span, axis)


def _chosen(story: Story, axis: _Axis) -> Iterable[str]:
    segment = story.segment
    span = Span(segment.start_s, segment.end_s)
    yield _window("chosen", span, axis)
    yield _label("chosen-label", f"chosen {segment.score:.2f}", span, axis)


def _window(name: str, span: Span, axis: _Axis) -> str:
    """A framed window; its frame keeps it visible where hours leave it less than a pixel."""
    return (
        f'<rect class="{name}" x="{axis.x(span.start_s)}" y="{_TOP_PX}" '
        f'width="{axis.width(span)}" height="{_PLOT_PX}" rx="2"/>'
    )


def _label(name: str, text: str, span: Span, axis: _Axis) -> str:
    middle = _middle(span, axis)
    return (
        f'<text class="{name}" x="{100 * middle:.3f}%" y="{_TOP_PX - 8}" '
        f'text-anchor="{_anchor(middle)}">{escaped(text)}</text>'
    )


def _middle(span: Span, axis: _Axis) -> float:
    return (axis.share(span.start_s) + axis.share(span.end_s)) / 2


def _ticks(axis: _Axis) -> Iterable[str]:
    for t_s in ticks_s(axis.start_s, axis.end_s):
        share = axis.share(t_s)
        yield (
            f'<text class="tick" x="{axis.x(t_s)}" y="{_HEIGHT_PX - 6}" '
            f'text-anchor="{_anchor(share)}">{_tick(t_s, axis)}</text>'
        )


def ticks_s(start_s: float, end_s: float) -> tuple[float, ...]:
    """Round times inside a stretch, few enough to be read on a phone."""
    length_s = end_s - start_s
    step_s = next((s for s in _STEPS_S if length_s / s <= _MOST_TICKS), _STEPS_S[-1])
    first = -int(-start_s // step_s)
    return tuple(
        k * step_s for k in range(first, first + _MOST_TICKS + 2) if start_s <= k * step_s <= end_s
    )


def _tick(t_s: float, axis: _Axis) -> str:
    """A time without needless digits."""
    short = timecode(t_s).partition(".")
    return f"{short[0]}.{short[2][0]}" if axis.end_s - axis.start_s < 4 else short[0]


def _anchor(share: float) -> str:
    return "start" if share < 0.06 else "end" if share > 0.94 else "middle"
