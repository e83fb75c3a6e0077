"""One registration, whichever of several files of one person it is of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from screentest.client.characters.choosing.called import as_called_before
from screentest.client.characters.choosing.decided import decided
from screentest.client.characters.order import Order, model_for, wish_at
from screentest.client.registry.states import MAY_BE_PAID
from screentest.prep.core.errors import FootageError
from screentest.prep.core.text import shown_name
from screentest.prep.pipeline import probed
from screentest.prep.several import choose_best

if TYPE_CHECKING:
    from screentest.client.registry.decisions import Decision
    from screentest.client.registry.identity import Wish
    from screentest.client.registry.records import Registration
    from screentest.client.registry.registry import Registry
    from screentest.prep.core.progress import Watcher
    from screentest.prep.core.spec import ClipSpec
    from screentest.prep.core.values import Source
    from screentest.prep.core.wishes import Wishes


@dataclass(frozen=True, slots=True)
class Contender:
    """A file that may be registered. ``number``: its place among the order's, from 0 on.

    ``order`` and ``wish``: with what is decided about it. ``row``: its registration that is done or
    under way, None for none. ``said``: what its owner has to know, "" for nothing. ``beside``: all
    files of the order. ``window_since``: when its window was decided; sorts, "" and 0 for never.
    """

    number: int
    source: Source
    order: Order
    wish: Wish
    decision: Decision | None
    row: Registration | None
    said: str = ""
    beside: tuple[Source, ...] = ()
    window_since: tuple[str, int] = ("", 0)

    @property
    def is_skipped(self) -> bool:
        return self.decision is not None and bool(self.decision.skip)

    @property
    def is_approved(self) -> bool:
        return self.decision is not None and bool(self.decision.approved)

    @property
    def decides_window(self) -> bool:
        return self.decision is not None and self.decision.start_s is not None

    @property
    def is_ordered(self) -> bool:
        """Whether its registration is done, or its task exists or may."""
        return self.row is not None and self.row.state in MAY_BE_PAID | {"done"}


def candidates(
    order: Order,
    sources: Sequence[Source],
    registry: Registry,
    *,
    service: str,
    account: str,
    approved_only: bool = False,
) -> tuple[Contender, ...]:
    """The files that an order may be registered from; the one alone that was registered or is begun.

    What is done counts first, then what is under way, then what failed. Of what is new, a file that is
    skipped is left out unless all are, and a window that was decided takes its file: of two the one
    decided last. What else is decided about pictures and sound counts where one file is left.
    ``approved_only``: nor is a file left that nobody approved, unless nobody approved any.
    """
    found = each_of(order, sources, registry, service=service, account=account)
    if ordered := [one for one in found if one.is_ordered]:
        return (min(ordered, key=_is_open),)
    wanted = [one for one in found if not one.is_skipped or order.even_skipped] or found[:1]
    if approved_only:
        wanted = [one for one in wanted if one.is_approved] or wanted
    if len(wanted) > 1 and (windows := [one for one in wanted if one.decides_window]):
        return (max(windows, key=lambda one: one.window_since),)
    if begun := [one for one in wanted if one.row is not None and one.row.state not in _AFRESH]:
        return (begun[0],)
    return tuple(wanted if len(wanted) == 1 else map(_without_wishes, wanted))


def each_of(
    order: Order, sources: Sequence[Source], registry: Registry, *, service: str, account: str
) -> list[Contender]:
    """Each of an order's files by itself, as it is recorded and decided now."""
    return [
        _candidate(number, order, source, registry, service=service, account=account)
        for number, source in enumerate(sources)
    ]


def _is_open(one: Contender) -> bool:
    return one.row is not None and one.row.state != "done"


_AFRESH: Final = ("planned", "failed")
"""Nothing is kept of what was made: another file may do better now."""


def best_of(
    order: Order,
    registry: Registry,
    spec: ClipSpec,
    service: str,
    account: str,
    *,
    scans: Path,
    watcher: Watcher,
) -> Contender:
    """The file of an order for several that is registered: known already, or with the best window.

    Raises what probing and picking raise of the first where none can be used, and what ``model_for``
    raises of what is decided.
    """
    sources = _usable((order.footage, *order.others), order.wishes, watcher)
    left = candidates(order, sources, registry, service=service, account=account)
    for one in left:
        model_for(one.order)
        if one.said:
            watcher.warned(one.said)
    if len(left) == 1:
        return replace(left[0], beside=tuple(sources))
    chosen, _ = choose_best(
        [one.source for one in left], left[0].order.wishes, spec, scans=scans, watcher=watcher
    )
    return replace(left[chosen], beside=tuple(sources))


def _usable(files: Sequence[str], wishes: Wishes, watcher: Watcher) -> list[Source]:
    found: dict[str, Source] = {}
    faults: list[FootageError] = []
    for file in files:
        try:
            source = probed(file, rotate_deg=wishes.rotate_deg, watcher=watcher)
        except FootageError as error:
            faults.append(error)
            watcher.warned(f"{shown_name(file)} is passed over: {error.message}")
        else:
            found.setdefault(source.fingerprint, source)
    if not found:
        raise faults[0]
    return list(found.values())


def recorded(wish: Wish, registry: Registry) -> Registration | None:
    """The finished registration of this very thing.

    Where nothing was ordered under a decision, one counts too whose order said the same by itself.
    """
    ledger = registry.registrations
    if (done := ledger.find_done(wish.identity)) or wish.asked is None:
        return done
    if ledger.find_under_way(wish.identity):
        return None
    return ledger.find_done(replace(wish, asked=None).identity)


def _candidate(
    number: int, order: Order, source: Source, registry: Registry, *, service: str, account: str
) -> Contender:
    decision = registry.decisions.of(source.fingerprint)
    order = as_called_before(order, source, registry, service=service, account=account)
    mine = decided(replace(order, footage=source.path, others=()), decision)
    wish = wish_at(service, account, mine, source)
    done = None if order.again else recorded(wish, registry)
    row = done or registry.registrations.find_under_way(wish.identity)
    since = ("", 0)
    if decision is not None and decision.start_s is not None:
        since = registry.decisions.find_window_since(source.fingerprint)
    return Contender(number, source, mine, wish, decision, row, window_since=since)


def _without_wishes(one: Contender) -> Contender:
    """A candidate beside others, each looked at with the same wishes."""
    plain = one.order.undecided or one.order
    if one.order.wishes == plain.wishes:
        return one
    order = replace(one.order, wishes=plain.wishes)
    wish = wish_at(one.wish.service, one.wish.account, order, one.source)
    said = (
        f"What is decided about {shown_name(one.source.path)} is left aside, as other files show the "
        "same person: only a window or a skip would count."
    )
    return replace(one, order=order, wish=wish, said=said)
