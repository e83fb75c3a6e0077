"""Stretches without a cut, each with the samples of its close looks: pure."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from screentest.prep.core.values import FrameSignal, Scan, Source, Span

# Times nearer than this are the same.
EDGE_S = 1e-3


@dataclass(frozen=True, slots=True)
class Shot:
    """A stretch without a cut, and its fine samples in order of time.

    ``source``: shaped as it is there.
    """

    span: Span
    signals: tuple[FrameSignal, ...]
    source: Source

    @property
    def aspect(self) -> float:
        """Width by height of the displayed picture."""
        return self.source.width_px / self.source.height_px


def shots_of(scan: Scan) -> tuple[Shot, ...]:
    """Cut-free stretches of what was looked at closely, in order of time."""
    fine = sorted((s for s in scan.signals if s.fine), key=lambda s: s.t_s)
    shots: list[Shot] = []
    for span in scan.looked_at:
        inner = sorted(c for c in scan.cuts_s if span.start_s < c < span.end_s)
        edges = [span.start_s, *inner, span.end_s]
        for start_s, end_s in pairwise(edges):
            inside = tuple(s for s in fine if start_s - EDGE_S <= s.t_s < end_s - EDGE_S)
            if inside:
                shots.append(Shot(Span(start_s, end_s), inside, scan.source_of(inside[0])))
    return tuple(shots)
