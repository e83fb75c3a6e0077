"""One run at a time works on a character, whichever of several files of one person it is made of."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from screentest.client.characters.choosing import several
from screentest.client.characters.known import Meant
from screentest.client.registry.locks import locked

if TYPE_CHECKING:
    from screentest.client.characters.choosing.several import Contender
    from screentest.client.config import Settings
    from screentest.client.registry.records import Registration
    from screentest.client.registry.registry import Registry
    from screentest.client.tasks.session import Clocks
    from screentest.prep.core.progress import Watcher
    from screentest.prep.core.values import Source


@dataclass(frozen=True, slots=True)
class Held:
    """``asked``: what is to be made. ``is_other``: it is of another file than what was asked for, as
    another run ordered that. ``made_meanwhile``: another run made it while this one waited.
    """

    asked: Meant
    is_other: bool = False
    made_meanwhile: bool = False


@contextmanager
def held(
    asked: Meant,
    registry: Registry,
    settings: Settings,
    *,
    beside: Sequence[Source] = (),
    watcher: Watcher,
    clocks: Clocks,
) -> Iterator[Held]:
    """What is asked for, while nobody else works on it.

    ``beside``: the files of one person, of which it is one. Another run may have chosen another of
    them, as something else was decided by then; so they are held too, and what was ordered of one is
    what is asked for. Raises HeldElsewhere after the settings' time.
    """
    before = _recorded(asked, beside, registry)
    with ExitStack() as stack:
        # In one order, or two runs would wait for each other.
        locks = [
            locked(
                settings.home / "locks",
                identity,
                what=repr(asked.order.name),
                wait_s=settings.wait_s if asked.order.wait else 0.0,
                told=watcher.warned,
                clock=clocks.clock,
                sleep=clocks.sleep,
            )
            for identity in sorted(before)
        ]
        for lock in locks:
            stack.enter_context(lock)
        after = _recorded(asked, beside, registry)
        made = [identity for identity in after if after[identity] != before.get(identity)]
        yield _chosen(asked, beside, registry, made)


def _recorded(
    asked: Meant, beside: Sequence[Source], registry: Registry
) -> Mapping[str, Registration | None]:
    """What is registered of it and of each file beside it, by identity."""
    wishes = [asked.wish, *(one.wish for one in _files(asked, beside, registry))]
    return {wish.identity: several.recorded(wish, registry) for wish in wishes}


def _chosen(asked: Meant, beside: Sequence[Source], registry: Registry, made: Collection[str]) -> Held:
    if asked.wish.identity in made:
        return Held(asked, made_meanwhile=True)
    files = _files(asked, beside, registry)
    ordered = [one for one in files if one.wish.identity in made or one.is_ordered]
    if not ordered or asked.wish.identity in {one.wish.identity for one in ordered}:
        return Held(asked)
    one = min(ordered, key=lambda one: one.wish.identity not in made)
    other = Meant(one.order, one.source, one.wish, one.decision)
    return Held(other, is_other=True, made_meanwhile=one.wish.identity in made)


def _files(asked: Meant, beside: Sequence[Source], registry: Registry) -> Sequence[Contender]:
    plain = asked.order.undecided or asked.order
    wish = asked.wish
    return several.each_of(
        replace(plain, others=()), beside, registry, service=wish.service, account=wish.account
    )
