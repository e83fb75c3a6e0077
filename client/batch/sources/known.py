"""The names that footage goes by already: no manifest takes them from it, no model refuses others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from screentest.client.characters.choosing.decided import decided
from screentest.client.characters.order import Order, model_for
from screentest.client.fetching.elsewhere import is_elsewhere, shown_address
from screentest.client.registry.states import MAY_BE_PAID
from screentest.prep.core.errors import FootageError, ScreentestError
from screentest.prep.media.opening import regular_file
from screentest.prep.media.probe import fingerprint

if TYPE_CHECKING:
    from screentest.client.registry.records import Registration
    from screentest.client.registry.registry import Registry


class KnownNames:
    """What a registry knows of footage; each file is read once, by as much as tells it from others."""

    def __init__(self, registry: Registry, *, read: Callable[[Path], str] = fingerprint) -> None:
        self._registry, self._read = registry, read

    def of(self, footage: str, *, made: str) -> str | None:
        """The name that a row may give: the one decided, or None for the file's own, ``made``.

        "" where a name would order again what was ordered under another one: without one the footage
        goes on by that. What lies elsewhere is known by its address alone.
        """
        if is_elsewhere(footage):
            return "" if shown_address(footage) in self._addresses else None
        try:
            content = self._read(regular_file(footage))
        except (FootageError, OSError):  # told by the batch itself
            return None
        decision = self._registry.decisions.of(content)
        decided = decision.name if decision else None
        rows = self._registry.registrations.list_of_footage(content)
        ordered = {row.asked.name if row.asked else row.name for row in rows if not row.deleted_at}
        if not ordered:
            return decided
        return None if ordered | {decided or made} == {made} else ""

    def settles(self, order: Order, footage: Sequence[str]) -> bool:
        """Whether an order that its model refuses is taken with what is known of its footage, or no
        order at all comes of it.

        What was ordered goes on as it was called then. Footage that lies elsewhere is told by its
        address alone, so what is known of it is left to the batch.
        """
        if any(map(is_elsewhere, footage)):
            return any(shown_address(one) in self._addresses for one in footage)
        try:
            contents = [self._read(regular_file(one)) for one in footage]
        except (FootageError, OSError):  # told by the batch itself
            return False
        return any(self._is_taken(order, content) for content in contents)

    def _is_taken(self, order: Order, content: str) -> bool:
        rows = self._registry.registrations.list_of_footage(content)
        if any(_goes_on(row) for row in rows if row.model == order.model):
            return True
        decision = self._registry.decisions.of(content)
        if decision is not None and decision.skip and not order.even_skipped:
            return True
        try:
            model_for(decided(order, decision))
        except ScreentestError:
            return False
        return True

    @cached_property
    def _addresses(self) -> frozenset[str]:
        rows = self._registry.registrations.list_all()
        decided = (decision.footage for _, decision in self._registry.decisions.every())
        return frozenset((*decided, *(row.source_path for row in rows)))


def _goes_on(row: Registration) -> bool:
    """Whether a registration is done or may be paid for, so that nothing is ordered anew."""
    return row.deleted_at is None and (row.state == "done" or row.state in MAY_BE_PAID)
