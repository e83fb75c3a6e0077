"""What the driver asks of whoever does its jobs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from screentest.client.worker.job import Job, Result


@dataclass(frozen=True, slots=True)
class Done:
    """A job that came to an end. ``number``: what it was submitted as. ``at``: the worker that did it,
    "" where there is no telling one from another.
    """

    number: int
    result: Result
    at: str = ""


class Engine(Protocol):
    """Does jobs, several at once. A context manager: leaving it ends what it started, and what was
    submitted and is not done yet is given up.
    """

    @property
    def workers(self) -> int:
        """How many jobs are worked on at once; it may change."""

    def submit(self, number: int, job: Job, *, at: str = "") -> None:
        """Take a job. ``at``: the worker that has what it is about; any other one where that is gone.

        Jobs wait their turn; to keep few of them waiting is the caller's.
        """

    def next_done(self, timeout_s: float) -> Done | None:
        """The next job that ended, whichever it is; None where none does in time.

        A job never raises: a worker's death, a hang past its deadline and a refused worker's answer are
        Failures. Raises what ends the whole batch, such as a scheduler that is gone.
        """

    def close(self) -> None: ...
