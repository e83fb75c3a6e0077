"""The last step of an item, in a thread: its registration, as its footage is decided by then."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

from screentest.client.batch.driver.handing import failing, fetching_first, file_changed, handing
from screentest.client.batch.driver.heard import ItemWatcher
from screentest.client.batch.driver.lending import OpenRegistries
from screentest.client.batch.driver.plan import BatchPlan
from screentest.client.batch.driver.standing import ItemStanding, standing
from screentest.client.batch.driver.telling import failed, of_registered, told
from screentest.client.batch.item import Item
from screentest.client.batch.outcome import Outcome
from screentest.client.batch.pictures import strip_for
from screentest.client.characters.choosing.several import Contender
from screentest.client.characters.preparing import Making, ready
from screentest.client.characters.register import register
from screentest.client.errors import HeldElsewhere
from screentest.client.fetching.elsewhere import is_elsewhere
from screentest.client.remote.living import ServedModels
from screentest.client.remote.models.inline import Registrable
from screentest.client.worker.job import ClipMade, Failure, Inspected, Result, Sent
from screentest.prep.core.errors import ScreentestError
from screentest.prep.core.remedy import Remedy
from screentest.prep.core.values import Source


@dataclass(slots=True)
class UnderWay:
    """An item between its first job and its outcome. ``looks``: how often it was begun with."""

    number: int
    item: Item
    model: Registrable
    stands: ItemStanding | None = None
    sources: tuple[Source, ...] = ()
    looks: int = 0


@dataclass(frozen=True, slots=True)
class ItemRegistering:
    """Registers items; threads share it, and ``stopping`` ends them between two steps."""

    plan: BatchPlan
    registries: OpenRegistries
    stopping: threading.Event
    known: ServedModels = field(default_factory=ServedModels)

    def stands(self, under_way: UnderWay) -> ItemStanding:
        plan = self.plan
        with self.registries.lent() as registry:
            return standing(
                under_way.item,
                under_way.sources,
                registry,
                plan.settings,
                approved_only=plan.approved_only,
            )

    def outcome(self, under_way: UnderWay, result: Result | None) -> Outcome | UnderWay:
        """The outcome; the item itself where its clip is not what is decided by now."""
        try:
            chosen = self._still_chosen(under_way, result)
        except ScreentestError as error:
            return failed(under_way.number, under_way.item, error)
        if chosen is None and under_way.looks < _MOST_LOOKS:
            return under_way
        if chosen is None:
            return failed(under_way.number, under_way.item, _KEEPS_CHANGING)
        return self.pictured(self._made(under_way, chosen, result), result)

    def _still_chosen(self, under_way: UnderWay, result: Result | None) -> Contender | None:
        """The file that is registered, as it is decided now; None where that wants another look.

        Between the first look and here lie minutes: its clip was made, and others had their turn.
        """
        now = self.stands(under_way)
        before = under_way.stands.left if under_way.stands else ()
        if [(one.number, one.order.wishes) for one in now.left] != [
            (one.number, one.order.wishes) for one in before
        ]:
            return None
        if now.skipped is not None or (self.plan.approved_only and not now.is_approved):
            return None
        return _chosen(now, result)

    def pictured(self, outcome: Outcome, result: Result | None) -> Outcome:
        return replace(outcome, strip=strip_for(outcome, result)) if self.plan.pictured else outcome

    def _here(self, under_way: UnderWay, chosen: Contender) -> Making | None:
        if self.plan.fetched is None or not is_elsewhere(chosen.source.path):
            return None
        return fetching_first(under_way.item.footage[chosen.number], self.plan.fetched)

    def _made(self, under_way: UnderWay, chosen: Contender, result: Result | None) -> Outcome:
        number, item, plan = under_way.number, under_way.item, self.plan
        watcher = ItemWatcher(partial(plan.wait, self.stopping))
        if isinstance(result, ClipMade) and result.source.fingerprint != chosen.source.fingerprint:
            return failed(number, item, file_changed())
        before = under_way.stands.row if under_way.stands else None
        call = partial(
            register,
            chosen.order,
            plan.settings,
            watcher=watcher,
            sleep=watcher.sleep,
            source=chosen.source,
            beside=under_way.sources if len(under_way.sources) > 1 else (),
            making=_making(result, self._here(under_way, chosen)),
            pace=plan.pace,
            known=self.known,
            prepares_only=plan.prepares_only or isinstance(result, Failure),
        )
        try:
            with self.registries.lent() as registry:
                made = call(registry=registry)
        except ScreentestError as error:
            return replace(failed(number, item, error), warnings=tuple(watcher.said))
        except Exception as error:  # what a worker tells may be wrong in ways that nobody foresaw
            bug = ScreentestError(
                f"Its registration met a bug: {type(error).__name__}.",
                "Please report it; the same command goes on with the item.",
            )
            return replace(failed(number, item, bug), warnings=tuple(watcher.said))
        said = (*made.warnings, *watcher.said, *told(made.differs), *filter(None, (chosen.said,)))
        return replace(
            of_registered(number, item, made, was_begun=before),
            warnings=tuple(dict.fromkeys(said)),
        )


def _making(result: Result | None, here: Making | None) -> Making | None:
    """``here``: how a clip or stills are made by the driver itself, None for as ever."""
    match result:
        case ClipMade():
            return handing(result, here=here or ready)
        case Failure():
            return failing(result)
        case None | Inspected() | Sent():
            return here


def _chosen(stands: ItemStanding, result: Result | None) -> Contender:
    """The file that is registered: the one chosen, else the one begun with, else the first."""
    left = stands.left
    if isinstance(result, ClipMade) and 0 <= result.chosen < len(left):
        return left[result.chosen]
    return next((one for one in left if one.row is not None), left[0])


_MOST_LOOKS: Final = 5
"""How often an item is begun with whose decisions change while its clip is made."""
_KEEPS_CHANGING: Final = HeldElsewhere(
    "Something else was decided about it each time that its clip was made.", Remedy("retry")
)
