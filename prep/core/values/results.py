"""What is chosen and made: windows, clips, and their checks."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from screentest.prep.core.values.signals import Box, Scan

Subject = Literal["face", "other"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A window that could have been chosen."""

    start_s: float
    length_s: float
    score: float


@dataclass(frozen=True, slots=True)
class Heads:
    """Where faces are during a window.

    ``person``: wherever the chosen person's face is, in one box. ``face_height``: its middle height,
    as a share of the picture's. ``others``: one box for each
    cluster of other people's faces, () without any.
    """

    person: Box
    face_height: float
    others: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class Segment:
    """The chosen window.

    ``score`` in [0, 1]. ``reasons``: sentences with numbers. ``alternatives``: runners-up, best
    first, none overlapping the choice or one another. ``heads``: None where no face shows itself.
    ``face_seen``: whether a human face shows at all, turned to the camera or not.
    """

    start_s: float
    length_s: float
    score: float
    subject: Subject
    reasons: tuple[str, ...]
    alternatives: tuple[Candidate, ...] = ()
    heads: Heads | None = None
    face_seen: bool = False

    @property
    def end_s(self) -> float:
        return self.start_s + self.length_s

    @property
    def shows_face(self) -> bool:
        """Whether a human face shows, as the subject or not."""
        return self.subject == "face" or self.face_seen


@dataclass(frozen=True, slots=True)
class Choice:
    """A window and the scan it was picked from; ``warnings``: what is wrong with the footage."""

    scan: Scan
    segment: Segment
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Clip:
    """A conforming clip on disk.

    ``sha256``: of its bytes. ``upscaled``: of fewer lines than it has. ``face_height_px``: the face's
    middle height in the clip, None where no face shows or none was looked for.
    """

    path: str
    sha256: str
    bytes: int
    segment: Segment
    model: str
    width_px: int
    height_px: int
    fps: Fraction
    frames: int
    has_audio: bool
    upscaled: bool
    warnings: tuple[str, ...] = ()
    face_height_px: int | None = None

    @property
    def length_s(self) -> Fraction:
        return self.frames / self.fps

    @property
    def face_share(self) -> float | None:
        """The face's height as a share of the clip's."""
        return self.face_height_px / self.height_px if self.face_height_px else None


@dataclass(frozen=True, slots=True)
class RuleResult:
    """One rule of a ClipSpec against one clip."""

    rule: str
    found: str
    wanted: str
    ok: bool
    source: str


@dataclass(frozen=True, slots=True)
class CheckReport:
    """A clip against every rule of its model."""

    clip: str
    model: str
    rules: tuple[RuleResult, ...]

    @property
    def ok(self) -> bool:
        return all(rule.ok for rule in self.rules)
