"""One round: clients are started and killed, while others act on the same account and home."""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.torture.books import Need, needs, wrongly_deleted
from tests.torture.clients import SETTLE_AFTER_S, Client, Env, Process, Screentest
from tests.torture.kinds import Order, new_order, next_of
from tests.torture.lives import Life, Submits, moment_of
from tests.torture.place import Place
from tests.torture.strangers import Strangers

AT_ONCE = 3
"""Client processes that live at the same time; now and then two of them on one order."""
AHEAD_S = (0.0, 0.0, 0.0, 0.0, -90.0, 90.0, -1200.0, 11_000.0, -200_000.0, 800_000.0)
"""Clients' clocks less the service's."""
LONG_AFTER_S = 2_000_000.0
"""How far ahead the clock of a clean-up is: what is that old and not needed goes."""
STRANGERS_ACT = 2
"""How often, for each client that is started."""
DELETED, AGAIN, RECONCILED, CLEANED = 0.1, 0.1, 0.1, 0.15
"""How often, for each client that is started: a character deleted, a video ordered once more, all that
is unfinished settled, the bucket cleaned up."""
RECOVERED = 0.2
"""How often an order that was begun before is not repeated, but recovered."""


@dataclass(slots=True)
class Tally:
    """What happened so far.

    ``orders``: by label, in order; ``times``: how often each was ordered; ``open``: those not yet done.
    ``deciding``: whose owner is deciding. ``lost_since_s``: a lost submit -> since when it is known.
    ``kills``: where they fell -> how many. ``deleted``: how often a character was; ``cleaned``: how
    many objects were; ``by_owner``: how many orders only their owner could settle. ``taken``: keys that
    were deleted from the bucket while a row needed them.
    """

    orders: dict[str, Order] = field(default_factory=dict)
    times: Counter[str] = field(default_factory=Counter)
    open: list[Order] = field(default_factory=list)
    deciding: set[str] = field(default_factory=set)
    lost_since_s: dict[tuple[str, str], float] = field(default_factory=dict)
    kills: Counter[str] = field(default_factory=Counter)
    deleted: int = 0
    cleaned: int = 0
    by_owner: int = 0
    taken: list[str] = field(default_factory=list)

    def add(self, order: Order) -> None:
        """It is ordered, for the first time or again."""
        self.orders[order.label] = order
        self.times[order.label] += 1
        if order not in self.open:
            self.open.append(order)

    def settle(self, order: Order, client: Client) -> None:
        """Strike it off where its owner has it."""
        if order in self.open and client.is_done(order):
            self.open.remove(order)


@dataclass(frozen=True, slots=True)
class Act:
    """Something besides the orders. ``follows``: what is done once it has ended well."""

    process: Process
    follows: Callable[[], None]
    ends: Callable[[], None] = lambda: None


@dataclass(slots=True)
class Round:
    """Kills until there were ``most`` in all."""

    client: Client
    env: Env
    tally: Tally
    most: int
    place: Place
    chance: random.Random
    strangers: Strangers
    living: list[Life] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)

    def run(self) -> None:
        """Start clients and kill them at random moments of their lives."""
        submits = Submits(self.place.journal)
        submits.read()
        while self.tally.kills.total() < self.most:
            while len(self.living) < AT_ONCE and (order := self._next_order()):
                self.living.append(self._begun(order, submits))
                self._act_besides()
            time.sleep(0.02)
            submits.read()
            self._look_at_living()
            self._look_at_acts()
        for life in self.living:
            life.end()
        for act in self.acts:
            act.process.wait(120)
        self._look_at_acts()

    def _next_order(self) -> Order | None:
        """One that is open, twice as often as a new one; None while only owners have a say."""
        tally = self.tally
        is_room = len(tally.open) < 2 * AT_ONCE + len(tally.deciding)
        free = [one for one in tally.open if one.label not in tally.deciding]
        if is_room and (not free or self.chance.random() < 1 / 3):
            known = {one.kind for one in tally.orders.values()}
            kind = next_of(self.client.kinds, known, self.chance)
            tally.add(order := new_order(len(tally.orders) + 1, kind))
            return order
        return self.chance.choice(free) if free else None

    def _begun(self, order: Order, submits: Submits) -> Life:
        client, chance = self.client, self.chance
        ahead_s, dies = chance.choice(AHEAD_S), ""
        if isinstance(client, Screentest):
            dies = moment_of(order.kind, chance)
        is_new = not submits.counts[order.label]
        if isinstance(client, Screentest) and not is_new and chance.random() < RECOVERED:
            process = client.recover(order, self.env, ahead_s=ahead_s, dies=dies)
        else:
            process = client.begin(order, self.env, ahead_s=ahead_s, dies=dies)
        return Life(process, order, dies, submits, chance)

    def _look_at_living(self) -> None:
        for life in list(self.living):
            if life.has_ended:
                self.living.remove(life)
                if life.was_killed:
                    self._count(life)
                else:
                    self.tally.settle(life.order, self.client)
            elif life.is_over():
                life.end()
                self.living.remove(life)
                self._count(life)

    def _count(self, life: Life) -> None:
        self.tally.kills[f"{life.order.kind.makes} {life.moment}"] += 1

    # What else happens

    def _act_besides(self) -> None:
        for _ in range(STRANGERS_ACT):
            self.strangers.act(self.tally.open)
        if isinstance(self.client, Screentest):
            self._maybe_delete(self.client)
            self._maybe_order_again()
            self._maybe_reconcile(self.client)
            self._maybe_clean(self.client)
            self._maybe_decide(self.client)

    def _maybe_delete(self, client: Screentest) -> None:
        tally = self.tally
        known = [one for one in tally.orders.values() if one.label.startswith("Joe ")]
        if known and self.chance.random() < DELETED:
            order = self.chance.choice(known)
            self.acts.append(Act(client.delete(order, self.env), lambda: self._deleted(order)))

    def _deleted(self, order: Order) -> None:
        """What was deleted is ordered anew."""
        self.tally.deleted += 1
        self.tally.add(order)

    def _maybe_order_again(self) -> None:
        """A further video of what was done."""
        tally = self.tally
        labels = {one.label for one in tally.open}
        # One that goes to a file of its own name is given as it is.
        videos = [one for one in tally.orders.values() if one.kind.makes == "video" and one.is_placed]
        done = [one for one in videos if one.label not in labels]
        if done and self.chance.random() < AGAIN:
            order = self.chance.choice(done)
            tally.add(replace(order, copy=order.copy + 1))

    def _maybe_reconcile(self, client: Screentest) -> None:
        if self.chance.random() < RECONCILED:
            self.acts.append(Act(client.reconcile(self.env), lambda: None))

    def _maybe_clean(self, client: Screentest) -> None:
        if self.chance.random() >= CLEANED:
            return
        before = needs(self.place.home)
        into = self.place.folder / f"cleaned-{self.chance.getrandbits(64):x}.json"
        process = client.clean(self.env, into, ahead_s=self.chance.choice((0.0, LONG_AFTER_S)))
        self.acts.append(Act(process, lambda: self._cleaned(into, before)))

    def _cleaned(self, into: Path, before: frozenset[Need]) -> None:
        deleted = json.loads(into.read_text())["deleted"]
        self.tally.cleaned += len(deleted)
        self.tally.taken += wrongly_deleted(deleted, before, needs(self.place.home))

    def _maybe_decide(self, client: Screentest) -> None:
        busy = {life.order.label for life in self.living}
        for order in overdue(client, self.tally):
            if order.label not in busy:
                self._decide(order, client)

    def _decide(self, order: Order, client: Screentest) -> None:
        tally = self.tally
        tally.deciding.add(order.label)
        tally.by_owner += 1
        process = client.decide(order, self.env)
        self.acts.append(
            Act(
                process,
                lambda: tally.settle(order, client),
                ends=lambda: tally.deciding.discard(order.label),
            )
        )

    def _look_at_acts(self) -> None:
        for act in [one for one in self.acts if one.process.poll() is not None]:
            self.acts.remove(act)
            act.ends()
            if act.process.returncode == 0:
                act.follows()


def overdue(client: Screentest, tally: Tally) -> list[Order]:
    """What its owner may decide: lost submits that are known for longer than one can be under way."""
    found, now_s = [], time.monotonic()
    for order, submitted in client.unsettled(tally.open).items():
        since_s = tally.lost_since_s.setdefault((order.label, submitted), now_s)
        if now_s - since_s > SETTLE_AFTER_S and order.label not in tally.deciding:
            found.append(order)
    return found
