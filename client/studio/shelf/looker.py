"""Looks at the films of a studio in the background, by the workers that a batch has.

One thread feeds them and takes their answers: what a person opens comes first, then what was added
first.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from screentest.client.batch.driver.handing import in_home
from screentest.client.batch.driver.jobs import are_sound, place_of, preparing
from screentest.client.batch.engine.engine import Done, Engine
from screentest.client.batch.outcome import Reason, reason_of
from screentest.client.errors import WorkerFailed
from screentest.client.fetching.fetch import Fetching
from screentest.client.studio.shelf.aim import ClipAim
from screentest.client.studio.shelf.arriving import Arrivals
from screentest.client.studio.shelf.film import Film
from screentest.client.studio.shelf.kept import keep, kept_at, read_kept, stills_in
from screentest.client.studio.shelf.shelf import Shelf
from screentest.client.worker.job import ClipMade, Failure, Inspect, Inspected, Job, Place
from screentest.prep.core.errors import ScreentestError
from screentest.prep.core.values import Source

AHEAD: Final = 2
"""Jobs per worker that are submitted, so that none waits for the thread."""
TRIES: Final = 3
"""How often workers are started anew whose scheduler is gone."""
_TURN_S: Final = 0.2


AimOf = Callable[[Film], ClipAim]
"""What is to be made of a film as it is decided now. Raises ScreentestError for what cannot be."""
Known = Callable[[Film, Source], Film]
"""The film with what the registry tells of its footage."""


class Looker:
    """``opened``: opens the engine, in the thread that uses it. ``known``: called once a film's footage
    is probed. ``fetching``: brings footage that lies elsewhere. Start it, and close it; closing gives
    up what is under way.
    """

    def __init__(
        self,
        shelf: Shelf,
        home: Path,
        *,
        opened: Callable[[], AbstractContextManager[Engine]],
        aim_of: AimOf,
        known: Known,
        fetching: Fetching,
    ) -> None:
        self._shelf, self._home = shelf, home
        self._opened, self._aim_of, self._known = opened, aim_of, known
        self.arrivals = Arrivals(
            fetching, told=self._coming, ended=self._come, is_needed=self._is_under_way
        )
        self._wanted: OrderedDict[str, None] = OrderedDict()
        self._at_worker: dict[int, tuple[str, ClipAim | None, Path | None]] = {}
        self._begun = 0
        self._turn = threading.Condition()
        self._is_closed = False
        self._thread = threading.Thread(target=self._run, name="looker", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        with self._turn:
            self._is_closed = True
            self._turn.notify()
        self._thread.join(15.0)
        self.arrivals.close()

    def look(self, key: str, *, first: bool = False) -> None:
        """Have a film looked at, anew where it was before. ``first``: before all others."""
        with self._turn:
            self._wanted[key] = None
            self._wanted.move_to_end(key, last=not first)
            self._turn.notify()

    def line(self) -> tuple[str, ...]:
        """The films that wait for their look, the next one first."""
        with self._turn:
            return tuple(self._wanted)

    def _run(self) -> None:
        tries = TRIES
        while self._is_wanted():
            try:
                with self._opened() as engine:
                    while not self._is_closed:
                        self._step(engine)
                        tries = TRIES if not self._at_worker else tries
            except Exception as error:  # this thread is the only one that looks at films
                tries -= 1
                self._again()
                if not tries:
                    known = error if isinstance(error, ScreentestError) else None
                    self._give_up(known or WorkerFailed("The workers are gone."))
                    tries = TRIES

    def _is_wanted(self) -> bool:
        """Waits until there is something to look at; False where the studio closes."""
        with self._turn:
            while not self._wanted and not self._is_closed:
                self._turn.wait()
        return not self._is_closed

    def _again(self) -> None:
        """What the workers had under way is wanted once more."""
        for key, _, _ in self._at_worker.values():
            self.look(key, first=True)
        self._at_worker.clear()

    def _give_up(self, error: ScreentestError) -> None:
        """Nothing that is waiting is looked at any more, until somebody asks again."""
        self._wanted.clear()
        for film in self._shelf.films():
            if film.is_looking or (film.made is None and film.fault is None):
                self._failed(film.key, reason_of(error))

    def _step(self, engine: Engine) -> None:
        while len(self._at_worker) < AHEAD * max(1, engine.workers):
            key = self._next()
            if key is None:
                break
            self._begin(key, engine)
        if self._at_worker:
            done = engine.next_done(_TURN_S)
            if done is not None:
                self._advance(done, engine)
            return
        with self._turn:
            if not self._is_closed and self._choose(set()) is None:
                self._turn.wait(_TURN_S if self._wanted else None)

    def _next(self) -> str | None:
        """The next film wanted of which no worker has a job: what comes back is never out of date for
        one that was decided later, and a window that is moved ten times is made once or twice.
        """
        busy = {key for key, *_ in self._at_worker.values()}
        with self._turn:
            key = self._choose(busy)
            if key is not None:
                del self._wanted[key]
        return key

    def _choose(self, busy: set[str]) -> str | None:
        """Of what is wanted the first that can begin: nothing waits for what has yet to be fetched."""
        for key in self._wanted:
            film = self._shelf.film(key)
            if key not in busy and (film is None or self.arrivals.may_begin(film)):
                return key
        return None

    def _begin(self, key: str, engine: Engine) -> None:
        film = self._shelf.film(key)
        if film is None:
            return
        self._shelf.change(key, is_looking=True)
        path = self.arrivals.path(film)
        if path is None:
            self.arrivals.ask(film)
        elif film.source is None:
            self._submit(key, Inspect((_place(film, path),)), engine=engine)
        else:
            self._make(film, film.source, engine)

    def _submit(
        self,
        key: str,
        job: Job,
        aim: ClipAim | None = None,
        keep_at: Path | None = None,
        *,
        engine: Engine,
    ) -> None:
        self._begun += 1
        self._at_worker[self._begun] = (key, aim, keep_at)
        engine.submit(self._begun, job)

    def _advance(self, done: Done, engine: Engine) -> None:
        key, aim, keep_at = self._at_worker.pop(done.number, ("", None, None))
        film = self._shelf.film(key)
        if film is None:
            return
        match done.result:
            case Inspected(sources=sources) if are_sound(sources, 1):
                self._make(film, sources[0], engine)
            case ClipMade() as made if aim is not None and keep_at is not None:
                self._arrived(film, made, aim, keep_at)
            case Failure() as failure:
                self._failed(key, _reason(failure, film))
            case _:
                self._failed(key, Reason("WorkerFailed", "A worker answered another question."))

    def _arrived(self, film: Film, made: ClipMade, aim: ClipAim, keep_at: Path) -> None:
        """Shows a worker's clip; one of another file than was looked at has all begin anew."""
        if film.source is None or made.source.fingerprint != film.source.fingerprint:
            self._shelf.change(film.key, source=None, made=None, aim=None, row=None, decision=None)
            self.look(film.key, first=True)
            return
        with self._telling(film.key):
            made = replace(made, clip=in_home(made.clip, self._home))
            with suppress(ScreentestError):  # a full disk costs the next start some time
                keep(made, keep_at)
            self._made(film, made, aim)

    def _make(self, film: Film, source: Source, engine: Engine) -> None:
        wanted = None
        with self._telling(film.key):
            wanted = self._wanted_of(film, source)
        if wanted is not None:
            self._submit(film.key, *wanted, engine=engine)

    def _wanted_of(self, film: Film, source: Source) -> tuple[Job, ClipAim, Path] | None:
        """What a worker is to make, for which aim, and where that is kept; None where it is there."""
        film = self._known(replace(film, source=source), source)
        film = self._shelf.change(
            film.key, source=source, decision=film.decision, row=film.row, is_looking=True
        )
        aim = self._aim_of(film)
        job = preparing([source.path], aim.spec, aim.wishes, home=self._home, pictured=False)
        stills = str(stills_in(self._home))
        job = replace(job, footage=(_place(film, source.path),), stills=stills)
        file = kept_at(self._home, source, aim.spec, aim.wishes)
        kept = read_kept(file)
        if kept is None:
            return job, aim, file
        self._made(film, kept, aim)
        return None

    @contextmanager
    def _telling(self, key: str) -> Iterator[None]:
        """Whatever ends the block is told by the film, and costs no other one its look."""
        try:
            yield
        except ScreentestError as error:
            self._failed(key, reason_of(error))
        except Exception as error:
            self._failed(key, Reason(type(error).__name__, "Something went wrong inside the studio."))

    def _made(self, film: Film, made: ClipMade, aim: ClipAim) -> None:
        is_wanted = film.key in self._wanted  # what was decided meanwhile is looked at next
        self._shelf.change(film.key, made=made, aim=aim, fault=None, is_looking=is_wanted)

    def _failed(self, key: str, reason: Reason) -> None:
        self._shelf.change(key, made=None, fault=reason, is_looking=key in self._wanted, coming=None)

    # What is fetched: called from its threads

    def _coming(self, key: str, share: float) -> None:
        self._shelf.change(key, coming=share)

    def _come(self, key: str, found: str | Reason) -> None:
        film = self._shelf.change(key, coming=None)
        if isinstance(found, Reason):
            if film.is_looking or film.made is None:
                with self._turn:
                    self._wanted.pop(key, None)
                self._failed(key, found)
            return
        if film.source is not None and film.source.path != found:  # its host has another version
            self._shelf.change(key, source=None, made=None, aim=None, row=None, decision=None)
            self.look(key, first=True)
        elif film.is_looking:
            self.look(key, first=True)

    def _is_under_way(self, key: str) -> bool:
        film = self._shelf.film(key)
        return film is not None and (film.is_looking or film.registering is not None)


def _place(film: Film, path: str) -> Place:
    """Where a worker finds a film that is here."""
    return replace(place_of(path), shown=film.address)


def _reason(failure: Failure, film: Film) -> Reason:
    """Why a worker made nothing, by the address of what was fetched."""
    message = failure.message
    if film.url and film.source is not None:
        message = message.replace(film.source.path, film.address)
    return Reason(failure.error_type, message, failure.hint)
