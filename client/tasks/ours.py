"""Whether a task that the service lists is the one whose reply was lost: pure, and decided here only.

What stays ambiguous is left to its owner, never guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from screentest.client.registry.identity import folded
from screentest.client.remote.replies import Prediction
from screentest.prep.core.remedy import Remedy

SURELY_LISTED_FOR = timedelta(days=6)
"""How long a task is surely in the service's list, which covers its last 7 days (documented)."""
CLOCK_SLACK = timedelta(seconds=10)
"""How far the service's machines may disagree about the time (assumed)."""
SUBMIT_AT_MOST = timedelta(minutes=15)
"""How long after the service told its time a submit may arrive (assumed; a request ends sooner)."""
UNCERTAINTY = timedelta(days=1)
"""How wrong our own clock may be, or may have been."""
FAILED = "failed"
"""The documented end without a result. What else ends a task may come after it was billed."""


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

Proof = Literal["inputs", "name", "none", "another"]
"""What makes a task ours: its inputs, its name, nothing that it tells; or it tells of another."""


@dataclass(frozen=True, slots=True)
class Lost:
    """A submit whose reply was lost.

    ``name``: what its task's outputs are called, None where they tell no name. ``matches``: whether
    listed inputs are its own; None where they cannot tell. ``at``: when it was submitted, by the
    service's clock if ``is_served``, else by ours.
    """

    name: str | None
    matches: Callable[[Mapping[str, object]], bool | None]
    at: datetime
    is_served: bool

    @property
    def earliest(self) -> datetime:
        """No task of it was made before, by the service's clock."""
        return self.at - (CLOCK_SLACK if self.is_served else UNCERTAINTY)

    @property
    def latest(self) -> datetime:
        """Its task was made before this, unless its run slept while it submitted."""
        return self.at + SUBMIT_AT_MOST + (CLOCK_SLACK if self.is_served else UNCERTAINTY)

    def may_be(self, task: Prediction) -> bool:
        """Whether a task was made in the time of the submit; one without a time may be."""
        return task.created_at is None or self.earliest <= task.created_at <= self.latest


def same_name(one: str, other: str) -> bool:
    """Whether two names mean the same character, however they are typed."""
    return folded(one) == folded(other)


def carries(task: Prediction, name: str) -> bool | None:
    """Whether a task carries a name; None where it tells none."""
    return None if task.name is None else same_name(task.name, name)


def proof(task: Prediction, lost: Lost) -> Proof:
    """What a task tells about being the lost one, apart from its time."""
    told = None if lost.name is None else carries(task, lost.name)
    matches = None if task.inputs is None else lost.matches(task.inputs)
    if told is False or matches is False:
        return "another"
    if matches:
        return "inputs"
    return "name" if told else "none"


def decide(
    lost: Lost,
    *,
    candidates: Sequence[Prediction],
    rivals: Collection[str],
    asked_at: datetime,
    is_served: bool,
    settle_after_s: float,
) -> Decision:
    """What becomes of a lost submit.

    ``candidates``: tasks of its model and account that belong to no row. ``rivals``: names of other
    lost submits that may own one of them. ``asked_at``: when the list was asked for, by the service's
    clock if ``is_served``, else by ours.
    """
    since = [task for task in candidates if not _is_before(task, lost)]
    proven = [task for task in since if proof(task, lost) == "inputs"]
    named = [task for task in since if proof(task, lost) == "name"]
    if len(proven) == 1 and _is_in_time(proven[0], lost):
        return Adopt(proven[0].task_id, f"task {proven[0].task_id} carries its inputs")
    is_alone = not any(same_name(lost.name or "", rival) for rival in rivals)
    if not proven and len(named) == 1 and is_alone and lost.is_served and _is_in_time(named[0], lost):
        return Adopt(named[0].task_id, f"task {named[0].task_id} carries its name")
    if possible := [task for task in since if _is_possible(task, lost)]:
        ids = ", ".join(task.task_id for task in possible)
        return Leave(f"the service lists what may be its task: {ids}.", _BY_ITS_OWNER)
    return _by_time(
        asked_at - lost.at,
        uncertainty=timedelta(0) if is_served and lost.is_served else UNCERTAINTY,
        settle_after=timedelta(seconds=settle_after_s),
        failed=any(_is_failed_in_time(task, lost) for task in since),
    )


def _by_time(
    waited: timedelta, *, uncertainty: timedelta, settle_after: timedelta, failed: bool
) -> Decision:
    """What a list proves that holds nothing of ours, unless it ``failed``."""
    if waited + uncertainty > SURELY_LISTED_FOR:
        return Leave(
            "the service lists no such task, but it lists only the last 7 days.", _BY_ITS_OWNER
        )
    to_wait = settle_after + uncertainty - waited
    if to_wait <= timedelta(0):
        but = " that did not fail" if failed else ""
        return Free(f"the service lists no such task{but} {waited.total_seconds():.0f} s after it")
    return Leave(
        "the service lists no such task, but it may not be listed yet.",
        Remedy("retry", at_least=to_wait.total_seconds()),
    )


def _is_before(task: Prediction, lost: Lost) -> bool:
    return task.created_at is not None and task.created_at < lost.earliest


def _is_in_time(task: Prediction, lost: Lost) -> bool:
    return task.created_at is not None and lost.may_be(task)


def _is_possible(task: Prediction, lost: Lost) -> bool:
    """Whether a task keeps the submit open: by what it tells at any time, else only by its time.

    One that failed made nothing and is not billed (assumed): whosever it is, it keeps nobody waiting.
    """
    if task.status == FAILED:
        return False
    told = proof(task, lost)
    return told in ("inputs", "name") or (told == "none" and lost.may_be(task))


def _is_failed_in_time(task: Prediction, lost: Lost) -> bool:
    return task.status == FAILED and proof(task, lost) != "another" and lost.may_be(task)


_BY_ITS_OWNER = Remedy("decide")
