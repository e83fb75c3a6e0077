"""Which moments become the stills of a person: pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from screentest.prep.stills.roles import ANGLES, APART_DEG, apart_deg, nearness
from screentest.prep.stills.scored import Habits, habits_of, score
from screentest.prep.stills.values import Chosen, Role, Sight

# Less is not worth a still: eyes shut, half covered, a smear.
_LEAST = 0.12
# A second still has to be at least so good compared with the first.
_LEAST_SHARE = 0.15


def chosen_of(sights: Sequence[Sight]) -> tuple[Chosen, ...]:
    """The best sight for each angle that one person shows, the frontal one first.

    ``sights``: of one person alone. No two stills show nearly the same angle. Where no sight fills a
    role well, the best of all is the only one; () where there is no sight.
    """
    habits = habits_of(sights)
    found: list[tuple[Chosen, Sight]] = []
    for role in ANGLES:
        best = _best(role, sights, [sight for _, sight in found], habits)
        if best is None:
            continue
        value, sight = best
        if value >= (_LEAST_SHARE * found[0][0].score if found else _LEAST):
            found.append((_chosen(role, value, sight), sight))
    return tuple(one for one, _ in found) or _anyone(sights, habits)


def best_sights(role: Role, sights: Iterable[Sight], habits: Habits, *, most: int) -> tuple[Sight, ...]:
    """The sights that fill a role best, best first."""
    rated = [(score(role, sight, habits), n, sight) for n, sight in enumerate(sights)]
    rated.sort(key=lambda one: (-one[0], one[1]))
    return tuple(sight for value, _, sight in rated[:most] if value > 0)


def _best(
    role: Role, sights: Sequence[Sight], before: Sequence[Sight], habits: Habits
) -> tuple[float, Sight] | None:
    def is_new(sight: Sight) -> bool:
        return all(
            apart_deg(sight.turn, other.turn, level_deg=habits.level_deg) >= APART_DEG
            for other in before
        )

    rated = [(score(role, sight, habits), sight) for sight in sights if is_new(sight)]
    best = max(rated, key=lambda one: (one[0], -one[1].raw, -one[1].t_s), default=None)
    return best if best is not None and best[0] >= _LEAST else None


def _anyone(sights: Sequence[Sight], habits: Habits) -> tuple[Chosen, ...]:
    """The best there is, where nothing is good: by the role it is nearest to."""
    rated = [
        (
            score(role, sight, habits),
            nearness(role, sight.turn, level_deg=habits.level_deg),
            role,
            sight,
        )
        for role in ANGLES
        for sight in sights
    ]
    if not rated:
        return ()
    value, _, role, sight = max(rated, key=lambda one: one[:2])
    return (_chosen(role, value, sight),)


def _chosen(role: Role, value: float, sight: Sight) -> Chosen:
    return Chosen(role, sight.raw, sight.t_s, value, sight.face.box, sight.turn, sight.others)
