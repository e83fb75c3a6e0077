"""What a curve of similarities says about whether a video shows somebody: pure.

Measured with these very functions (docs/compare.md has the table): a video of the same person comes to
0.67 or more, one of a stranger to 0.39 at most, single faces of strangers to 0.45.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["same", "unsure", "other", "no face"]

SAME = 0.5
"""A video's similarity from which it shows the same person."""
OTHER = 0.40
"""Below this it shows somebody else."""
MATCHES = 0.42
"""A moment's similarity from which it counts into the share: ``prep.people.likeness.SAME_PERSON``."""
_LEAST_SHARE = 0.5
_WORST = 3
_APART_S = 1.0


@dataclass(frozen=True, slots=True)
class Resemblance:
    """A sampled moment that shows a face. ``similarity``: of the face most like the reference."""

    t_s: float
    similarity: float


@dataclass(frozen=True, slots=True)
class Likeness:
    """Whether a video shows who the reference shows.

    ``similarity``: the mean of the better half of the moments, as a head turned away says little;
    None where none shows a face. ``share``: of the moments that show a face, those that match.
    ``worst``: the moments least alike, worst first, at least a second apart. ``reason``: why, in a
    sentence. ``moments``: the whole curve, in order of time.
    """

    verdict: Verdict
    reason: str
    similarity: float | None = None
    share: float | None = None
    worst: tuple[Resemblance, ...] = ()
    best: Resemblance | None = None
    moments: tuple[Resemblance, ...] = ()


def judged(moments: Sequence[Resemblance]) -> Likeness:
    """The likeness of a video by its sampled moments that show a face."""
    if not moments:
        return Likeness("no face", "No face large enough to compare shows in the video.")
    better = sorted((one.similarity for one in moments), reverse=True)[: (len(moments) + 1) // 2]
    similarity = sum(better) / len(better)
    share = sum(one.similarity >= MATCHES for one in moments) / len(moments)
    verdict, reason = _verdict(similarity, share)
    return Likeness(
        verdict,
        reason,
        similarity=similarity,
        share=share,
        worst=_worst(moments),
        best=max(moments, key=lambda one: one.similarity),
        moments=tuple(moments),
    )


def cannot_tell(reason: str) -> Likeness:
    """The likeness where there is nothing to hold the video against."""
    return Likeness("unsure", reason)


def _verdict(similarity: float, share: float) -> tuple[Verdict, str]:
    shown = f"The face matches in {100 * share:.0f} % of the sampled moments that show one"
    if similarity >= SAME and share >= _LEAST_SHARE:
        return "same", f"{shown}."
    if similarity < OTHER:
        return "other", f"{shown}: it is somebody else's."
    if similarity >= SAME:
        return "unsure", f"{shown}: somebody else shows for most of the video, or it drifts away."
    return "unsure", f"{shown}, and none of them clearly."


def _worst(moments: Sequence[Resemblance]) -> tuple[Resemblance, ...]:
    found: list[Resemblance] = []
    for one in sorted(moments, key=lambda moment: moment.similarity):
        if len(found) < _WORST and all(abs(one.t_s - other.t_s) >= _APART_S for other in found):
            found.append(one)
    return tuple(found)
