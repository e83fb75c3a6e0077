"""What a scan looks for when a clip of one model is to be picked from it: pure."""

from __future__ import annotations

from dataclasses import dataclass

from screentest.prep.core.spec import ClipSpec, frames_within, output_rate
from screentest.prep.core.values import Face, FrameSignal, Scan, Source, Span
from screentest.prep.picking.scored import scored_shots
from screentest.prep.picking.windows import POLICY, Window, ranked
from screentest.prep.scoring.faceless import faceless_score
from screentest.prep.scoring.faces import coarse_score, glimpse_score


@dataclass(frozen=True, slots=True)
class PickInterest:
    """The ``prep.scanning.interest.Interest`` of picking. ``window_s``: a whole number of frames."""

    window_s: float

    def of_face(self, face: Face, source: Source) -> float:
        return coarse_score(face, source)

    def of_fitted(self, faces: tuple[Face, ...], source: Source) -> float:
        return glimpse_score(faces, source)

    def of_moment(self, signal: FrameSignal) -> float:
        return faceless_score(signal)

    def best_so_far(self, scan: Scan) -> float:
        best = self._best(scan)
        return best.score if best else 0.0

    def best_window(self, scan: Scan) -> Span | None:
        best = self._best(scan)
        return Span(best.start_s, best.start_s + self.window_s) if best else None

    def _best(self, scan: Scan) -> Window | None:
        return next(iter(ranked(scored_shots(scan), self.window_s, "face", POLICY)), None)


def interest_in(source: Source, spec: ClipSpec) -> PickInterest:
    """The interest in a window of the length that a model's clip of this footage has."""
    rate = output_rate(source.fps, spec)
    return PickInterest(float(frames_within(spec.target_length_s, rate) / rate))
