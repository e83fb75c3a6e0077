"""How an item stands in the registry, before anything is made for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from screentest.client.batch.item import Item
from screentest.client.characters.order import wish_of
from screentest.client.config import Settings
from screentest.client.registry.records import Registration
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
    """``row``: the registration that is done or under way, None for a new one. ``source``: the footage
    that it is of; of one that is new, the only footage, or None where the best is to be found.
    """

    row: Registration | None
    source: Source | None

    @property
    def is_done(self) -> bool:
        return self.row is not None and self.row.state == "done"

    @property
    def has_failed(self) -> bool:
        """Whether its footage gave no clip before, for good."""
        row = self.row
        return row is not None and row.state == "planned" and row.error_type in FOR_GOOD

    @property
    def needs_clip(self) -> bool:
        """Whether a clip has to be made; of what is further on, ``register`` sees to it."""
        return self.row is None or self.row.state in ("planned", "failed")


def standing(
    item: Item, sources: Sequence[Source], registry: Registry, settings: Settings
) -> ItemStanding:
    """How an item stands, whose footage was probed.

    Several files of one person are one registration: of whichever was the best when it was made. What
    is done counts first, then what is under way, then what failed.
    """
    begun = [(row, source) for source in sources if (row := _row_of(item, source, registry, settings))]
    if begun:
        row, source = min(begun, key=lambda one: _ORDER.get(one[0].state, 1))
        return ItemStanding(row, source)
    return ItemStanding(None, sources[0] if len(sources) == 1 else None)


_ORDER = {"done": 0, "failed": 2, "planned": 3}


def _row_of(item: Item, source: Source, registry: Registry, settings: Settings) -> Registration | None:
    identity = wish_of(item.order, settings, source).identity
    done = None if item.order.again else registry.registrations.find_done(identity)
    return done or registry.registrations.find_under_way(identity)
