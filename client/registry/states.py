"""The states of a registration and the moves between them: pure, and the only such table.

    planned -> clipped -> uploaded -> submitting -> submitted -> done
                              ^            |             |
                              |            +-> unknown   +-> failed -> tried again
                              +----------------+ (nothing was accepted)

``submitting`` is recorded before the request leaves: a crash there leaves a row that says so.
``unknown`` means that a task may or may not exist; only looking at the service's list leads out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, get_args

State = Literal[
    "planned", "clipped", "uploaded", "submitting", "submitted", "done", "failed", "unknown"
]
STATES: Final[tuple[State, ...]] = get_args(State)

MOVES: Final[Mapping[State, frozenset[State]]] = {
    "planned": frozenset({"clipped"}),
    # Back to planned: the clip's file is gone or changed.
    "clipped": frozenset({"uploaded", "planned"}),
    # Back to clipped: another bucket was chosen.
    "uploaded": frozenset({"submitting", "clipped", "planned"}),
    # Back to uploaded: nothing was sent, or a definite no that is not about this clip.
    "submitting": frozenset({"submitted", "uploaded", "failed", "unknown"}),
    "submitted": frozenset({"done", "failed"}),
    "unknown": frozenset({"submitted", "uploaded"}),
    "failed": frozenset({"planned", "clipped"}),
    "done": frozenset(),
}

UNSETTLED: Final[frozenset[State]] = frozenset({"submitting", "unknown"})
"""A task may exist that the registry does not know."""


def may_move(before: State, after: State) -> bool:
    """Whether a row may go from one state to another in one step."""
    return after in MOVES[before]


def as_state(value: str) -> State:
    """The state a stored word stands for; raises ValueError for any other word."""
    if value not in STATES:
        raise ValueError(f"no such state: {value!r}")
    return value
