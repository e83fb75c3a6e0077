"""The books compared: what the service billed, and what a client recorded. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong with the books: labels of orders, where nothing else is said; empty if nothing is.

    ``billed_twice``: billed more often than ordered, or than something is recorded of it. ``lost``:
    billed, but nothing was recorded. ``made_up``: recorded with what the service did not make for it.
    ``unsettled``: neither billed nor recorded in the end, though it was ordered. ``astray``: paid tasks
    that are not in exactly one row. ``broken``: a video's file is not what the service made.
    ``left``: paths of drafts. ``taken``: what was deleted from the bucket while a row needed it, by its
    key, or by the label of a task that looked for it in vain.
    """

    billed_twice: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    made_up: tuple[str, ...] = ()
    unsettled: tuple[str, ...] = ()
    astray: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()

    @property
    def clean(self) -> bool:
        return not any(getattr(self, one.name) for one in fields(self))

    @property
    def counts(self) -> dict[str, int]:
        """How much of each is wrong."""
        return {one.name: len(getattr(self, one.name)) for one in fields(self)}

    def about(self, is_meant: Callable[[str], bool]) -> Verdict:
        """The part of it that names some of the orders; what names none is left out."""
        meant = {one.name: tuple(filter(is_meant, getattr(self, one.name))) for one in fields(self)}
        return Verdict(**meant)


def audit(
    ordered: Mapping[str, int],
    *,
    billed: Mapping[str, int],
    made: Mapping[str, str],
    recorded: Mapping[str, Collection[str]],
) -> Verdict:
    """The verdict on what was ordered.

    ``ordered``: label -> how often: once more each time that a character was deleted, or a video wanted
    again.
    ``billed``: label -> accepted submits whose task did not fail. ``made``: what the service made ->
    the label it was made for. ``recorded``: label -> what the client keeps of it, characters that were
    deleted included.
    """
    labels = sorted(set(ordered) | set(billed) | set(recorded))
    kept = {label: len(recorded.get(label, ())) for label in labels}
    most = {label: min(ordered.get(label, 0), max(1, kept[label])) for label in labels}
    return Verdict(
        billed_twice=tuple(one for one in labels if billed.get(one, 0) > most[one]),
        lost=tuple(one for one in labels if billed.get(one) and not kept[one]),
        made_up=tuple(
            one
            for one in labels
            if any(made.get(made_id) != one for made_id in recorded.get(one, ()))
            or kept[one] > billed.get(one, 0) > 0
        ),
        unsettled=tuple(one for one in labels if not billed.get(one) and not kept[one]),
    )


def astray(paid: Mapping[str, str], owners: Mapping[str, int]) -> tuple[str, ...]:
    """Labels of the paid tasks that are not in exactly one row. ``owners``: task -> how many rows."""
    return tuple(label for task_id, label in paid.items() if owners.get(task_id, 0) != 1)
