"""The values that flow from stage to stage: frozen, slotted, picklable.

All times are seconds on the source's own clock, counted from the container's start time: what a
player shows as 0:00. All boxes are fractions of the displayed picture (upright, square pixels), with
0,0 at its top left.
"""

from __future__ import annotations

from screentest.prep.core.values.results import (
    Candidate,
    CheckReport,
    Choice,
    Clip,
    Heads,
    RuleResult,
    Segment,
    Subject,
)
from screentest.prep.core.values.signals import (
    Box,
    EyesTrace,
    Face,
    Figure,
    FrameSignal,
    IdentityCheck,
    Scan,
    Span,
    TrackKey,
    united,
)
from screentest.prep.core.values.source import (
    ALPHA_BESIDE,
    Source,
)

__all__ = [
    "ALPHA_BESIDE",
    "Box",
    "Candidate",
    "CheckReport",
    "Choice",
    "Clip",
    "EyesTrace",
    "Face",
    "Figure",
    "FrameSignal",
    "Heads",
    "IdentityCheck",
    "RuleResult",
    "Scan",
    "Segment",
    "Source",
    "Span",
    "Subject",
    "TrackKey",
    "require_kind",
    "united",
]


def require_kind(value: object, kind: type, *, hint: str) -> None:
    """Raises TypeError with ``hint`` unless ``value`` is of a kind, for callers that check no types."""
    if not isinstance(value, kind):
        raise TypeError(f"{type(value).__name__} instead of {kind.__name__}: {hint}")
