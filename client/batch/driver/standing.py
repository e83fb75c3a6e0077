"""How an item stands in the registry, before anything is made for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from screentest.client.batch.item import Item
from screentest.client.characters.choosing.differing import Difference, difference
from screentest.client.characters.choosing.several import Contender, candidates
from screentest.client.config import Settings
from screentest.client.registry.decisions import Decision
from screentest.client.registry.records import Registration, of_clip
from screentest.client.registry.registry import Registry
from screentest.prep.core import errors
from screentest.prep.core.values import Source

FOR_GOOD: Final = frozenset(
    {
        "SubjectRefused",
        *(
            name
            for name, kind in vars(errors).items()
            if isinstance(kind, type) and issubclass(kind, errors.FootageError | errors.PickError)
        ),
    }
)
"""The errors that the same footage meets again, whoever looks at it and when."""


@dataclass(frozen=True, slots=True)
class ItemStanding:
    """``left``: the files of an item that may be registered, with what is decided about them: the one
    that is registered or begun, or those that the best is to be found of.
    """

    left: tuple[Contender, ...]

    @property
    def only(self) -> Contender | None:
        """The file that is registered, None where the best is to be found."""
        return self.left[0] if len(self.left) == 1 else None

    @property
    def row(self) -> Registration | None:
        """The registration that is done or under way, None for a new one."""
        return next((one.row for one in self.left if one.row is not None), None)

    @property
    def skipped(self) -> Decision | None:
        """The decision that nothing is to be ordered, None where something is, or was."""
        only = self.only
        return only.decision if only and only.is_skipped and not only.is_ordered else None

    @property
    def is_approved(self) -> bool:
        """Whether somebody approved what may be registered, or it was ordered before."""
        return all(one.is_approved or one.is_ordered for one in self.left)

    @property
    def has_lost_approval(self) -> bool:
        """Whether something of it was changed since somebody approved it."""
        return any(one.decision and one.decision.approved is False for one in self.left)

    @property
    def differs(self) -> Difference | None:
        """How what is recorded is not as it is decided now."""
        only = self.only
        if only is None or only.row is None:
            return None
        return difference(only.row, only.wish, skip=only.is_skipped)

    @property
    def is_done(self) -> bool:
        return self.row is not None and self.row.state == "done"

    @property
    def has_failed(self) -> bool:
        """Whether its footage gave no clip before, for good, as it is decided now."""
        row, only = self.row, self.only
        failed = row is not None and row.state == "planned" and row.error_type in FOR_GOOD
        return failed and (only is None or row is None or row.is_as(only.wish))

    @property
    def needs_clip(self) -> bool:
        """Whether a clip has to be made; of what is further on, ``register`` sees to it."""
        row, only = self.row, self.only
        if row is None or only is None or row.state in ("planned", "failed"):
            return True
        is_other = of_clip(row.overrides) != of_clip(only.wish.overrides)
        return row.state in ("clipped", "uploaded") and is_other


def standing(
    item: Item,
    sources: Sequence[Source],
    registry: Registry,
    settings: Settings,
    *,
    approved_only: bool = False,
) -> ItemStanding:
    """How an item stands, whose footage was probed.

    Several files of one person are one registration: of whichever was the best when it was made.
    ``approved_only``: of those that somebody approved, where there are any.
    """
    left = candidates(
        item.order,
        sources,
        registry,
        service=settings.service,
        account=settings.account,
        approved_only=approved_only,
    )
    return ItemStanding(left)
