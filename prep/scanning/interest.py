"""What footage is scanned for, given to a scan, which so knows neither weights nor models."""

from __future__ import annotations

from typing import Protocol

from screentest.prep.core.values import Face, FrameSignal, Scan, Source, Span


class Interest(Protocol):
    """Decides where to look closely and when to stop. Called from several threads at once.

    Scores lie in [0, 1]. It decides how much is looked at, never what is measured, so kept scans stay
    valid when it changes.
    """

    @property
    def window_s(self) -> float:
        """How long a window is wanted."""

    def of_face(self, face: Face, source: Source) -> float:
        """How good a face promises to be that a coarse sample shows."""

    def of_fitted(self, faces: tuple[Face, ...], source: Source) -> float:
        """How good a coarse sample promises to be whose faces the mesh was fitted to."""

    def of_moment(self, signal: FrameSignal) -> float:
        """How good a moment is, faces aside."""

    def best_so_far(self, scan: Scan) -> float:
        """The score of the best window with a person in what was looked at closely, 0 for none."""

    def best_window(self, scan: Scan) -> Span | None:
        """That window."""
