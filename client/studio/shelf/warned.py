"""What a card and a film's page warn of alike: pure, as thousands of cards are drawn at once."""

from __future__ import annotations

from screentest.prep.clipping.warnings import own_warnings
from screentest.prep.core.values import Clip, Segment
from screentest.prep.scoring.faces import POOR

_CUT = "There is a cut in it"


def warnings_of(clip: Clip) -> tuple[str, ...]:
    """A sentence for each thing to know of a clip; the page says of a cut where it is, too."""
    segment = clip.segment
    cut = tuple(reason for reason in segment.reasons if is_on_cut(reason))
    return tuple(dict.fromkeys((*cut, *poor(segment), *own_warnings(clip))))


def is_on_cut(reason: str) -> bool:
    """Whether one of a segment's reasons is that there is a cut in it."""
    return reason.startswith(_CUT)


def poor(segment: Segment) -> tuple[str, ...]:
    """That a window of a face scores too little to be used unseen."""
    if segment.subject == "face" and segment.score < POOR:
        return (f"A score of {segment.score:.2f} is poor: look whether another window is better.",)
    return ()
