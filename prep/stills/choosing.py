"""Which moments become the stills of a person, and which stills a model is given: pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from screentest.prep.core.errors import MissingAngle
from screentest.prep.core.remedy import Remedy
from screentest.prep.core.spec import StillSpec
from screentest.prep.core.text import counted
from screentest.prep.stills.roles import ANGLES, APART_DEG, apart_deg, nearness
from screentest.prep.stills.scored import Habits, habits_of, score
from screentest.prep.stills.values import Chosen, Role, Sight, Still

# Less is not worth a still: eyes shut, half covered, a smear.
_LEAST = 0.12
# A second still has to be at least so good compared with the first.
_LEAST_SHARE = 0.15
# What a model may be given as the frontal still: nothing tells which way an animal looks.
_FIRST: tuple[Role, ...] = ("frontal", "view")
ONE_ANGLE = "The footage shows one angle only, so there is one still"


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


def for_model(
    stills: Sequence[Still], spec: StillSpec, *, takes_video: bool = False
) -> tuple[Still, ...]:
    """The stills of one character that a model is given, the frontal one first.

    At most ``spec.most`` of those that keep its rules, and those that differ most: turned to the left
    and to the right before profile, up and down; of views the best. ``takes_video``: a clip would do
    instead. Raises MissingAngle where fewer are left than it wants, or none from the front.
    """
    fitting = [still for still in stills if keeps_rules(still, spec)]
    given = _of_each_side(fitting)[: spec.most]
    clip = [Remedy("reference", ("video",))] if takes_video else []
    instead = (*clip, Remedy("sheet"))
    if given and spec.frontal and given[0].role not in _FIRST:
        is_broken = any(still.role in _FIRST for still in stills)
        none = "none that it takes" if is_broken else "none"
        raise MissingAngle(
            f"{spec.model} wants a frontal still, and there is {none}.",
            Remedy("footage", words="use footage in which the face turns to the camera"),
            *instead,
        )
    if len(given) < max(1, spec.least):
        raise MissingAngle(
            f"{_how_many(stills, fitting)}; {spec.model} wants at least {spec.least}.",
            Remedy("footage", words="use footage that shows the character from more sides"),
            *instead,
        )
    return given


def keeps_rules(still: Still, spec: StillSpec) -> bool:
    """Whether a model takes a still as it is."""
    short_px, long_px = sorted((still.width_px, still.height_px))
    return (
        Path(still.path).suffix.removeprefix(".") in spec.formats
        and short_px >= spec.min_side_px
        and (spec.max_side_px is None or long_px <= spec.max_side_px)
        and long_px <= spec.max_ratio * short_px
        and still.bytes <= spec.max_bytes
    )


def _of_each_side(stills: Iterable[Still]) -> tuple[Still, ...]:
    """The best still of each angle, in the order of the angles; every view, the best first."""
    sides = (*ANGLES, "view")
    ranked = sorted(stills, key=lambda still: (sides.index(still.role), -still.score))
    firsts = {still.role: still for still in reversed(ranked)}
    return tuple(s for s in ranked if s.role == "view" or s is firsts[s.role])


def _how_many(stills: Sequence[Still], fitting: Sequence[Still]) -> str:
    if len(fitting) < len(stills):
        return f"{len(fitting)} of {counted(len(stills), 'still')} can be given as they are"
    return ONE_ANGLE if len(stills) == 1 else f"The footage gives {counted(len(stills), 'still')}"


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
