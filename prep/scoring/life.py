"""Whether a face moves by itself, moment by moment, as a factor.

Two ways not to: a picture of a face never moves by itself, however long one looks; a stretch that is
frozen does not change at all, though the same person moves before or after it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from screentest.prep.core.values import Face
from screentest.prep.scoring.curves import rise

# People blink every few seconds, and who waits for a question may do nothing else.
_AROUND_S = 4.0
# ``Face.own_motion`` within that time: a picture of a face stays below the first, also where the camera
# shakes; a living one exceeds the second (``prep.vision.life``).
_STILL, _MOVES = 0.45, 0.9
# Who is seen for less has not been seen long enough to be called a picture.
_LEAST_S = 2.0
# From sample to sample: a frozen picture stays below, compressed or not; living ones hardly ever for so
# long.
_FROZEN, _FROZEN_S = 0.035, 1.0
_LEAST = 0.1
# A factor at which more is said against than for life.
_DEAD = 0.5

_Known = tuple[float, float]


def alive_over(times_s: Sequence[float], faces: Sequence[Face | None]) -> tuple[float, ...]:
    """The factor of each sample of one person: 1 for a face that lives, less for a picture of one.

    1 where nothing is known.
    """
    known = _known(times_s, faces)
    frozen = tuple(_frozen(known))
    return tuple(
        _LEAST if any(a <= t_s <= b for a, b in frozen) else max(_LEAST, _moves_around(t_s, known))
        for t_s in times_s
    )


def is_picture(times_s: Sequence[float], faces: Sequence[Face | None]) -> bool:
    """Whether one person's face was seen for long enough and never moved by itself."""
    known = _known(times_s, faces)
    return bool(known) and _moves(known) < _DEAD


def is_dead(alive: float) -> bool:
    """Whether a factor of ``alive_over`` says that a face does not move by itself."""
    return alive < _DEAD


def _known(times_s: Sequence[float], faces: Sequence[Face | None]) -> list[_Known]:
    """When it is known how much a face moved, and how much.

    The first sample tells nothing: where a cut was found by identity, it was held against another face.
    """
    seen = [(t_s, face) for t_s, face in zip(times_s, faces, strict=True) if face is not None]
    return [(t_s, face.own_motion) for t_s, face in seen[1:] if face.own_motion is not None]


def _moves_around(t_s: float, known: Sequence[_Known]) -> float:
    first = bisect_left(known, t_s - _AROUND_S, key=lambda one: one[0])
    return _moves(known[first : bisect_right(known, t_s + _AROUND_S, key=lambda one: one[0])])


def _moves(known: Sequence[_Known]) -> float:
    """1 for one that moves by itself in some samples; 1 too for too few samples."""
    if not known or known[-1][0] - known[0][0] < _LEAST_S:
        return 1.0
    return rise(max(moved for _, moved in known), _STILL, _MOVES)


def _frozen(known: Sequence[_Known]) -> Iterator[tuple[float, float]]:
    """From when to when nothing of the face changed, for each time that lasts."""
    start_s: float | None = None
    for index, (t_s, moved) in enumerate((*known, (float("inf"), _FROZEN))):
        if moved < _FROZEN:
            start_s = t_s if start_s is None else start_s
        elif start_s is not None:
            end_s = known[index - 1][0]
            if end_s - start_s >= _FROZEN_S:
                yield start_s, end_s
            start_s = None
