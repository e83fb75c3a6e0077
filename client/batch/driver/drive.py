"""The driver's loop: items in, jobs out to workers, clips in, registrations, outcomes out.

Streamed: an item is known from when its turn comes until its outcome is told, and no longer, so that
memory does not grow with their number. What costs money happens in ``register`` alone, in a few
threads of this process.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass, field, replace
from functools import partial

from screentest.client.batch.driver.handing import error_of
from screentest.client.batch.driver.jobs import are_sound, place_of, preparing
from screentest.client.batch.driver.lending import OpenRegistries
from screentest.client.batch.driver.plan import BatchPlan as BatchPlan
from screentest.client.batch.driver.registering import ItemRegistering, UnderWay
from screentest.client.batch.driver.standing import ItemStanding
from screentest.client.batch.driver.telling import (
    failed,
    failed_before,
    recorded,
    rehearsed,
    skipped,
    unapproved,
)
from screentest.client.batch.engine.engine import Done, Engine
from screentest.client.batch.item import Item
from screentest.client.batch.outcome import Outcome
from screentest.client.characters.cautions import sound_for
from screentest.client.characters.order import model_for
from screentest.client.characters.way import said_subject, way_before_a_look
from screentest.client.registry.states import MAY_BE_PAID
from screentest.client.worker.job import (
    ClipMade,
    Failure,
    Inspect,
    Inspected,
    Prepare,
    Result,
)
from screentest.prep.core.errors import FootageError, ScreentestError

TURN_S = 0.05
"""How long the loop waits for the next job before it looks at what the threads did."""
AHEAD = 2
"""Jobs per worker that are submitted, so that none waits for the driver."""


def drive(items: Iterable[Item], engine: Engine, plan: BatchPlan) -> Generator[Outcome, None, None]:
    """The outcome of each item, in the order in which they end.

    Raises what ends the whole batch: an engine that is gone, a registry that cannot be read. What was
    done stays done, and the same call goes on.
    """
    with _clients_kept(plan), closing(OpenRegistries(plan.settings.home)) as registries:
        registers = ItemRegistering(plan, registries, threading.Event())
        yield from _Drive(engine, plan, registers).over(items)


def _clients_kept(plan: BatchPlan) -> AbstractContextManager[None]:
    if plan.prepares_only or plan.rehearses:
        return nullcontext()
    from screentest.client.remote.s3_clients import CLIENTS

    return CLIENTS.wanted()


@dataclass(slots=True)
class _Drive:
    engine: Engine
    plan: BatchPlan
    registers: ItemRegistering
    at_worker: dict[int, UnderWay] = field(default_factory=dict)
    registering: int = 0
    ended: queue.SimpleQueue[Outcome | UnderWay | BaseException] = field(
        default_factory=queue.SimpleQueue
    )
    has_news: threading.Event = field(default_factory=threading.Event)

    def over(self, items: Iterable[Item]) -> Iterator[Outcome]:
        coming = enumerate(items, start=1)
        is_over = False
        with ThreadPoolExecutor(self.plan.threads, thread_name_prefix="register") as pool:
            try:
                while True:
                    while not is_over and self._has_room():
                        following = next(coming, None)
                        is_over = following is None
                        if following is not None:
                            yield from self._begun(*following)
                    yield from self._ended_now(pool)
                    if is_over and not self.at_worker and not self.registering:
                        return
                    done = self._next_job()
                    if done is not None:
                        yield from self._advanced(done, pool)
            finally:
                self.registers.stopping.set()
                pool.shutdown(wait=True, cancel_futures=True)

    def _has_room(self) -> bool:
        waits = self.registering >= 2 * self.plan.threads
        return not waits and len(self.at_worker) < AHEAD * max(1, self.engine.workers)

    def _next_job(self) -> Done | None:
        if self.at_worker:
            return self.engine.next_done(TURN_S if self.registering else 1.0)
        self.has_news.wait(TURN_S)
        return None

    def _ended_now(self, pool: ThreadPoolExecutor) -> Iterator[Outcome]:
        self.has_news.clear()
        while not self.ended.empty():
            ended = self.ended.get()
            self.registering -= 1
            if isinstance(ended, BaseException):
                raise ended
            if isinstance(ended, UnderWay):  # something else was decided meanwhile
                yield from self._looked_up(ended, pool, at="")
            else:
                yield ended

    def _begun(self, number: int, item: Item) -> Iterator[Outcome]:
        try:
            model = model_for(item.order)
        except ScreentestError as error:
            yield failed(number, item, error)
            return
        self.at_worker[number] = UnderWay(number, item, model)
        places = tuple(map(place_of, item.footage))
        self.engine.submit(number, Inspect(places, item.order.wishes.rotate_deg))

    def _advanced(self, done: Done, pool: ThreadPoolExecutor) -> Iterator[Outcome]:
        under_way = self.at_worker.pop(done.number, None)
        if under_way is None:
            return  # of an earlier run, or told twice
        match done.result:
            case Inspected(sources=sources) if are_sound(sources, len(under_way.item.footage)):
                under_way.sources = sources
                under_way.item = under_way.item.probed_as(sources)
                yield from self._looked_up(under_way, pool, at=done.at)
            case ClipMade() as made if under_way.stands is not None:
                self._to_register(under_way, made, pool)
            case Failure() as failure if under_way.stands is None:
                yield failed(under_way.number, under_way.item, error_of(failure))
            case Failure() as failure:
                self._to_register(under_way, failure, pool)
            case _:
                failure = Failure("worker", "WorkerFailed", "A worker answered another question.")
                yield failed(under_way.number, under_way.item, error_of(failure))

    def _looked_up(
        self, under_way: UnderWay, pool: ThreadPoolExecutor, *, at: str
    ) -> Iterator[Outcome]:
        item, number = under_way.item, under_way.number
        try:
            stands = self.registers.stands(under_way)
        except FootageError as error:  # the photo of the person is gone since
            yield failed(number, item, error)
            return
        under_way.stands = stands
        under_way.looks += 1
        row = stands.row
        if row is not None and stands.is_done and self.plan.pictured:
            outcome = recorded(number, item, row, under_way.model, stands.differs)
            self._in_a_thread(partial(self.registers.pictured, outcome, None), pool)
        elif row is not None and stands.is_done:
            yield recorded(number, item, row, under_way.model, stands.differs)
        elif stands.skipped is not None:
            yield skipped(number, item, stands.skipped)
        elif self.plan.approved_only and not stands.is_approved:
            yield unapproved(number, item, row, is_changed=stands.has_lost_approval)
        elif row is not None and stands.has_failed and not self._looks_again(item):
            yield failed_before(number, item, row)
        elif refused := _refused(stands):
            yield failed(number, item, refused)
        elif self.plan.rehearses:
            yield rehearsed(number, item, row, under_way.model, stands.differs)
        elif self._is_made_here(under_way):
            self._to_register(under_way, None, pool)
        else:
            try:
                job = self._prepare(under_way)
            except FootageError as error:
                yield failed(number, item, error)
                return
            self.at_worker[number] = under_way
            self.engine.submit(number, job, at=at)

    def _looks_again(self, item: Item) -> bool:
        """Whether what failed before is tried: of several files another one may do now."""
        return self.plan.tries_failed or len(item.footage) > 1

    def _is_made_here(self, under_way: UnderWay) -> bool:
        """Whether there is nothing for a worker: the clip is there, or the model gets stills."""
        stands = under_way.stands
        if stands is None or stands.only is None:
            return False
        order = stands.only.order
        subject = said_subject(order.wishes)
        way = way_before_a_look(under_way.model, asked=order.reference, subject=subject)
        return not stands.needs_clip or way == "images"

    def _prepare(self, under_way: UnderWay) -> Prepare:
        left = under_way.stands.left if under_way.stands else ()
        wishes = left[0].order.wishes
        return preparing(
            [under_way.item.footage[one.number] for one in left],
            under_way.model.clip,
            replace(wishes, audio=sound_for(wishes, under_way.model)),
            home=self.plan.settings.home,
            pictured=self.plan.pictured,
        )

    def _to_register(
        self, under_way: UnderWay, result: Result | None, pool: ThreadPoolExecutor
    ) -> None:
        self._in_a_thread(partial(self.registers.outcome, under_way, result), pool)

    def _in_a_thread(self, work: Callable[[], Outcome | UnderWay], pool: ThreadPoolExecutor) -> None:
        self.registering += 1
        pool.submit(self._end, work)

    def _end(self, work: Callable[[], Outcome | UnderWay]) -> None:
        """In a thread: the last of an item; every end of it is put among the ended."""
        try:
            self.ended.put(work())
        except BaseException as error:
            self.ended.put(error)
        self.has_news.set()


def _refused(stands: ItemStanding) -> ScreentestError | None:
    """Why the model does not take what is to be ordered, as it is decided now; None where it does, or
    where a task of it may exist.
    """
    if stands.row is not None and stands.row.state in MAY_BE_PAID:
        return None
    try:
        for one in stands.left:
            model_for(one.order)
    except ScreentestError as error:
        return error
    return None
