"""Whether a task that the service lists is the one whose reply was lost: pure, and decided here only.

What stays ambiguous is left to its owner, never guessed.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from screentest.client.remote.replies import Prediction
from screentest.prep.core.remedy import Remedy


@dataclass(frozen=True, slots=True)
class Adopt:
    """This task is the lost one."""

    task_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Free:
    """Nothing was accepted: the row may be submitted."""

    reason: str


@dataclass(frozen=True, slots=True)
class Leave:
    """It cannot be told: ``reason`` is a sentence, ``remedy`` the way out."""

    reason: str
    remedy: Remedy


Decision = Adopt | Free | Leave


def same_name(one: str, other: str) -> bool:
    """Whether two names mean the same character."""
    return one == other


def carries(task: Prediction, name: str) -> bool | None:
    """Whether a task carries a name; None where it tells none."""
    return None if task.name is None else same_name(task.name, name)


def decide(
    name: str,
    *,
    candidates: Sequence[Prediction],
    rivals: Collection[str],
    waited_s: float,
    settle_after_s: float,
) -> Decision:
    """What becomes of a lost submit of ``name``.

    ``candidates``: tasks of its model, account and time that belong to no row. ``rivals``: names of
    other lost submits that may own one of them. ``waited_s``: how long after the submit the list was
    asked for.
    """
    ours = [task for task in candidates if carries(task, name)]
    nameless = [task for task in candidates if carries(task, name) is None]
    if len(ours) == 1 and not any(same_name(name, rival) for rival in rivals):
        return Adopt(ours[0].task_id, f"task {ours[0].task_id} carries its name")
    if not ours and len(nameless) == 1 and not rivals:
        return Adopt(nameless[0].task_id, f"task {nameless[0].task_id} is the only one since")
    if possible := ours + nameless:
        ids = ", ".join(task.task_id for task in possible)
        return Leave(
            f"several submits may own what the service lists since: {ids}.",
            Remedy(
                "by_hand",
                words="settle the others first by starting them again, or look the tasks up at the "
                "service",
            ),
        )
    if waited_s >= settle_after_s:
        return Free(f"the service lists no such task {waited_s:.0f} s after it")
    return Leave(
        "the service lists no such task, but it may not be listed yet.",
        Remedy("retry", at_least=settle_after_s - waited_s),
    )
