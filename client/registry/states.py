"""The states of a paid task and the moves between them: pure, and the only such table.

Characters and videos take one course. They differ in how a task is prepared, and in whether one that
failed is tried again:

    planned [-> clipped -> uploaded] = ready -> submitting -> submitted -> done
                  |                      ^          |             |
                  +-> done (kept)        |          |             |
                                         |          +-> unknown   +-> failed [-> tried again]
                                         +----------+------+ (nothing was accepted)

``submitting`` is recorded before the request leaves: a crash there leaves a row that says so.
``unknown`` means that a task may or may not exist; only looking at the service's list leads out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

State = Literal[
    "planned", "clipped", "uploaded", "submitting", "submitted", "done", "failed", "unknown"
]
STATES: Final[tuple[State, ...]] = get_args(State)

UNSETTLED: Final[frozenset[State]] = frozenset({"submitting", "unknown"})
"""A task may exist that the registry does not know."""
MAY_BE_PAID: Final[frozenset[State]] = UNSETTLED | {"submitted"}
"""The states of a row under way whose task exists, or may."""
FINISHED: Final[frozenset[State]] = frozenset({"done", "failed"})
"""The service has said its last word on the task."""


@dataclass(frozen=True, slots=True)
class Course:
    """The way of one kind of task.

    ``preparing``: its states before the submit, in order; from the last one a submit leaves, and a
    submit that was not accepted leads back to it. ``tried_again_at``: where a failed one may go on.
    ``kept_at``: where one ends that is sent with every video and never submitted by itself.
    """

    preparing: tuple[State, ...]
    tried_again_at: frozenset[State] = frozenset()
    kept_at: State | None = None

    @property
    def ready(self) -> State:
        """The state that a submit leaves from."""
        return self.preparing[-1]

    @property
    def moves(self) -> Mapping[State, frozenset[State]]:
        """Every state with those that may follow it in one step."""
        return self._preparing_moves() | {
            # Back to ready: nothing was sent, or a definite no that is not about this very task.
            "submitting": frozenset({"submitted", self.ready, "failed", "unknown"}),
            "submitted": frozenset({"done", "failed"}),
            "unknown": frozenset({"submitted", self.ready}),
            "failed": self.tried_again_at,
            "done": frozenset(),
        }

    @property
    def ends(self) -> frozenset[State]:
        """The states that nothing follows: the same order is then a new task."""
        return frozenset(state for state, after in self.moves.items() if not after)

    def may_move(self, before: State, after: State) -> bool:
        """Whether a row may go from one state to another in one step."""
        return after in self.moves.get(before, ())

    def _preparing_moves(self) -> dict[State, frozenset[State]]:
        """One step on, or back to any earlier one: a file is gone, another bucket was chosen."""
        following: tuple[State, ...] = (*self.preparing[1:], "submitting")
        return {
            state: frozenset({after, *self.preparing[:index], *self._ends_at(state)})
            for index, (state, after) in enumerate(zip(self.preparing, following, strict=True))
        }

    def _ends_at(self, state: State) -> tuple[State, ...]:
        return ("done",) if state == self.kept_at else ()


CHARACTER_COURSE: Final = Course(
    ("planned", "clipped", "uploaded"),
    tried_again_at=frozenset({"planned", "clipped"}),
    kept_at="clipped",
)
VIDEO_COURSE: Final = Course(("planned",))


def as_state(value: str, course: Course = CHARACTER_COURSE) -> State:
    """The state that a stored word stands for; raises ValueError for one not of the course."""
    for state in course.moves:
        if state == value:
            return state
    raise ValueError(f"not a state: {value!r}")
