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
from typing import Final

from screentest.client.batch.driver.handing import error_of, failing, handing
from screentest.client.batch.driver.jobs import are_sound, place_of, preparing
from screentest.client.batch.driver.lending import OpenRegistries
from screentest.client.batch.driver.standing import ItemStanding, standing
from screentest.client.batch.driver.telling import (
    failed,
    failed_before,
    of_registered,
    recorded,
    rehearsed,
    skipped,
    told,
)
from screentest.client.batch.engine.engine import Done, Engine
from screentest.client.batch.item import Item
from screentest.client.batch.outcome import Outcome
from screentest.client.batch.pictures import strip_for
from screentest.client.characters.cautions import sound_for
from screentest.client.characters.choosing.several import Contender
from screentest.client.characters.order import model_for
from screentest.client.characters.preparing import Making
from screentest.client.characters.register import register
from screentest.client.characters.way import said_subject, way_before_a_look
from screentest.client.config import Settings
from screentest.client.errors import WorkerFailed
from screentest.client.remote.models.inline import Registrable
from screentest.client.tasks.pace import UNPACED, Pace
from screentest.client.worker.job import (
    ClipMade,
    Failure,
    Inspect,
    Inspected,
    Prepare,
    Result,
    Sent,
)
from screentest.prep.core.errors import Cancelled, FootageError, ScreentestError
from screentest.prep.core.values import Source

TURN_S = 0.05
"""How long the loop waits for the next job before it looks at what the threads did."""
AHEAD = 2
"""Jobs per worker that are submitted, so that none waits for the driver."""


@dataclass(frozen=True, slots=True)
class BatchPlan:
    """What a run of a batch is to do.

    ``prepares_only``: stop before anything is sent. ``rehearses``: make nothing, say what would be done
    and cost. ``tries_failed``: look again at what failed for good before. ``threads``: registrations
    at once. ``pictured``: whether outcomes bring a strip of pictures. ``wait``: how a thread sleeps so
    many seconds unless it is stopped; tells whether it was.
    """

    settings: Settings
    prepares_only: bool = False
    rehearses: bool = False
    tries_failed: bool = False
    threads: int = 8
    pictured: bool = False
    pace: Pace = UNPACED
    wait: Callable[[threading.Event, float], bool] = threading.Event.wait


def drive(items: Iterable[Item], engine: Engine, plan: BatchPlan) -> Generator[Outcome, None, None]:
    """The outcome of each item, in the order in which they end.

    Raises what ends the whole batch: an engine that is gone, a registry that cannot be read. What was
    done stays done, and the same call goes on.
    """
    with _clients_kept(plan), closing(OpenRegistries(plan.settings.home)) as registries:
        yield from _Drive(engine, plan, registries).over(items)


def _clients_kept(plan: BatchPlan) -> AbstractContextManager[None]:
    if plan.prepares_only or plan.rehearses:
        return nullcontext()
    from screentest.client.remote.s3_clients import CLIENTS

    return CLIENTS.wanted()


@dataclass(slots=True)
class _UnderWay:
    """An item between its first job and its outcome."""

    number: int
    item: Item
    model: Registrable
    stands: ItemStanding | None = None
    sources: tuple[Source, ...] = ()


@dataclass(slots=True)
class _Drive:
    engine: Engine
    plan: BatchPlan
    registries: OpenRegistries
    at_worker: dict[int, _UnderWay] = field(default_factory=dict)
    registering: int = 0
    ended: queue.SimpleQueue[Outcome | BaseException] = field(default_factory=queue.SimpleQueue)
    has_news: threading.Event = field(default_factory=threading.Event)
    stopping: threading.Event = field(default_factory=threading.Event)

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
                    yield from self._ended_now()
                    if is_over and not self.at_worker and not self.registering:
                        return
                    done = self._next_job()
                    if done is not None:
                        yield from self._advanced(done, pool)
            finally:
                self.stopping.set()
                pool.shutdown(wait=True, cancel_futures=True)

    def _has_room(self) -> bool:
        waits = self.registering >= 2 * self.plan.threads
        return not waits and len(self.at_worker) < AHEAD * max(1, self.engine.workers)

    def _next_job(self) -> Done | None:
        if self.at_worker:
            return self.engine.next_done(TURN_S if self.registering else 1.0)
        self.has_news.wait(TURN_S)
        return None

    def _ended_now(self) -> Iterator[Outcome]:
        self.has_news.clear()
        while not self.ended.empty():
            ended = self.ended.get()
            self.registering -= 1
            if isinstance(ended, BaseException):
                raise ended
            yield ended

    def _begun(self, number: int, item: Item) -> Iterator[Outcome]:
        try:
            model = model_for(item.order)
        except ScreentestError as error:
            yield failed(number, item, error)
            return
        self.at_worker[number] = _UnderWay(number, item, model)
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
        self, under_way: _UnderWay, pool: ThreadPoolExecutor, *, at: str
    ) -> Iterator[Outcome]:
        item, number = under_way.item, under_way.number
        try:
            with self.registries.lent() as registry:
                stands = standing(item, under_way.sources, registry, self.plan.settings)
        except FootageError as error:  # the photo of the person is gone since
            yield failed(number, item, error)
            return
        under_way.stands = stands
        row = stands.row
        if row is not None and stands.is_done and self.plan.pictured:
            outcome = recorded(number, item, row, under_way.model, stands.differs)
            self._in_a_thread(partial(self._pictured, outcome, None), pool)
        elif row is not None and stands.is_done:
            yield recorded(number, item, row, under_way.model, stands.differs)
        elif stands.skipped is not None:
            yield skipped(number, item, stands.skipped)
        elif row is not None and stands.has_failed and not self._looks_again(item):
            yield failed_before(number, item, row)
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

    def _is_made_here(self, under_way: _UnderWay) -> bool:
        """Whether there is nothing for a worker: the clip is there, or the model gets stills."""
        stands = under_way.stands
        if stands is None or stands.only is None:
            return False
        order = stands.only.order
        subject = said_subject(order.wishes)
        way = way_before_a_look(under_way.model, asked=order.reference, subject=subject)
        return not stands.needs_clip or way == "images"

    def _prepare(self, under_way: _UnderWay) -> Prepare:
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
        self, under_way: _UnderWay, result: Result | None, pool: ThreadPoolExecutor
    ) -> None:
        self._in_a_thread(partial(self._registered, under_way, result), pool)

    def _in_a_thread(self, work: Callable[[], Outcome], pool: ThreadPoolExecutor) -> None:
        self.registering += 1
        pool.submit(self._end, work)

    def _end(self, work: Callable[[], Outcome]) -> None:
        """In a thread: the last of an item; every end of it is put among the ended."""
        try:
            self.ended.put(work())
        except BaseException as error:
            self.ended.put(error)
        self.has_news.set()

    def _registered(self, under_way: _UnderWay, result: Result | None) -> Outcome:
        return self._pictured(self._outcome(under_way, result), result)

    def _pictured(self, outcome: Outcome, result: Result | None) -> Outcome:
        return replace(outcome, strip=strip_for(outcome, result)) if self.plan.pictured else outcome

    def _outcome(self, under_way: _UnderWay, result: Result | None) -> Outcome:
        number, item, plan = under_way.number, under_way.item, self.plan
        watcher = _Heard(partial(plan.wait, self.stopping))
        chosen = _chosen(under_way, result)
        if isinstance(result, ClipMade) and result.source.fingerprint != chosen.source.fingerprint:
            return failed(number, item, _FILE_CHANGED)
        before = under_way.stands.row if under_way.stands else None
        call = partial(
            register,
            chosen.order,
            plan.settings,
            watcher=watcher,
            sleep=watcher.sleep,
            source=chosen.source,
            making=_making(result),
            pace=plan.pace,
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


class _Heard:
    """A watcher that keeps what was warned of, and stops its thread between steps once that is asked.

    Nothing is stopped between a submit and what is recorded of its reply.
    """

    def __init__(self, stopped_in: Callable[[float], bool]) -> None:
        self.said: list[str] = []
        self._stopped_in = stopped_in

    def started(self, stage: str) -> None:  # noqa: ARG002
        self.sleep(0.0)

    def advanced(self, stage: str, fraction: float) -> None:  # noqa: ARG002
        self.sleep(0.0)

    def sleep(self, pause_s: float) -> None:
        if self._stopped_in(pause_s):
            raise Cancelled("The batch was stopped.", "The same command goes on.")

    def ended(self, stage: str, summary: str) -> None: ...

    def warned(self, message: str) -> None:
        self.said.append(message)


def _making(result: Result | None) -> Making | None:
    match result:
        case ClipMade():
            return handing(result)
        case Failure():
            return failing(result)
        case None | Inspected() | Sent():
            return None


def _chosen(under_way: _UnderWay, result: Result | None) -> Contender:
    """The file that is registered: the one chosen, else the one begun with, else the first."""
    left = under_way.stands.left if under_way.stands else ()
    if isinstance(result, ClipMade) and 0 <= result.chosen < len(left):
        return left[result.chosen]
    return next((one for one in left if one.row is not None), left[0])


_FILE_CHANGED: Final = WorkerFailed(
    "Its file changed while it was looked at.", "Run the same batch again, which takes it as it is now."
)
