"""The people found: appearances in several shots, told to be one person by their faces. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from prep.report.story import Appearance

Identity = NDArray[np.float32]

# SFace: one person across clips reads 0.69 on average, strangers 0.39 at most.
SAME_PERSON = 0.42


@dataclass(frozen=True, slots=True)
class Person:
    """One person over the footage, as far as it was looked at closely.

    ``best``: the appearance whose portrait is shown. ``largest_share``: face height over the picture's.
    """

    best: Appearance
    seen_s: float
    first_s: float
    last_s: float
    largest_share: float
    shots: int
    chosen: bool


def people_of(
    appearances: Sequence[Appearance], identities: Sequence[Identity | None]
) -> tuple[Person, ...]:
    """The people behind the appearances, the chosen one first, then by how long they are seen.

    ``identities``: a unit vector for each appearance, None where the face is too small to tell; such
    an appearance stays alone. Two faces in the picture at the same time are two people.
    """
    groups: list[list[int]] = []
    for index in range(len(appearances)):
        home = next((g for g in groups if _joins(index, g, appearances, identities)), None)
        if home is None:
            groups.append([index])
        else:
            home.append(index)
    people = [_person([appearances[i] for i in group]) for group in groups]
    return tuple(sorted(people, key=lambda p: (not p.chosen, -p.seen_s, p.first_s)))


def _joins(
    index: int,
    group: Sequence[int],
    appearances: Sequence[Appearance],
    identities: Sequence[Identity | None],
) -> bool:
    own = identities[index]
    known = [i for i in (identities[g] for g in group) if i is not None]
    if own is None or not known:
        return False
    if any(_together(appearances[index], appearances[g]) for g in group):
        return False
    return max(float(own @ other) for other in known) >= SAME_PERSON


def _together(a: Appearance, b: Appearance) -> bool:
    return a.shot == b.shot and a.first_s <= b.last_s and b.first_s <= a.last_s


def _person(appearances: Sequence[Appearance]) -> Person:
    return Person(
        best=max(appearances, key=lambda a: (a.chosen, a.seen_s)),
        seen_s=sum(a.seen_s for a in appearances),
        first_s=min(a.first_s for a in appearances),
        last_s=max(a.last_s for a in appearances),
        largest_share=max(a.largest_share for a in appearances),
        shots=len({a.shot for a in appearances}),
        chosen=any(a.chosen for a in appearances),
    )
