"""The thread that looks at films: what goes wrong with one costs no other its look."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from screentest.client.batch.engine.engine import Done
from screentest.client.fetching.fetch import Fetching, FetchPlan
from screentest.client.remote.character_models import DEFAULT_MODEL
from screentest.client.remote.video_models import registrable_model_of
from screentest.client.studio.shelf.aim import ClipAim
from screentest.client.studio.shelf.film import Film
from screentest.client.studio.shelf.looker import Looker
from screentest.client.studio.shelf.shelf import Shelf
from screentest.client.worker.job import Failure, Inspect, Inspected, Job
from screentest.prep.core.values import Source
from screentest.prep.core.wishes import Wishes
from tests.made_up import SOURCE
from tests.waiting import until

LOOKED = "It was looked at."
AIM = ClipAim(registrable_model_of(DEFAULT_MODEL).clip, Wishes())


class Engine:
    """Answers each job at once; ``faults``: how many calls fail first, as nobody foresaw."""

    workers = 1

    def __init__(self, *, faults: int = 0) -> None:
        self.faults = faults
        self._waiting: deque[tuple[int, Job]] = deque()

    def submit(self, number: int, job: Job, *, at: str = "") -> None:
        self._waiting.append((number, job))

    def next_done(self, timeout_s: float) -> Done | None:
        if self.faults:
            self.faults -= 1
            raise RuntimeError("nobody foresaw this")
        if not self._waiting:
            return None
        number, job = self._waiting.popleft()
        if isinstance(job, Inspect):
            path = job.footage[0].path or ""
            fingerprint = sha256(path.encode()).hexdigest()
            return Done(number, Inspected((replace(SOURCE, path=path, fingerprint=fingerprint),)))
        return Done(number, Failure("pick", "NoFace", LOOKED))

    def close(self) -> None: ...


@contextmanager
def looking(
    home: Path, engine: Engine, *, known: Callable[[Film, Source], Film] = lambda film, _: film
) -> Iterator[Callable[[str], str]]:
    """Looks at films, and says by which fault each look ended."""
    shelf = Shelf()
    looker = Looker(
        shelf,
        home,
        opened=lambda: nullcontext(engine),
        aim_of=lambda _: AIM,
        known=known,
        fetching=Fetching(FetchPlan(home)),
    )
    looker.start()

    def look(address: str) -> str:
        shelf.add([address], model=DEFAULT_MODEL)
        (film,) = (one for one in shelf.films() if one.address == address)
        looker.look(film.key)

        def over() -> Film | None:
            now = shelf.film(film.key)
            return now if now and now.fault and not now.is_looking else None

        found = until(over)
        assert found is not None
        assert found.fault is not None
        return found.fault.message

    yield look
    looker.close()


@pytest.mark.parametrize("faults", [1, 2])
def test_an_error_that_nobody_foresaw_costs_no_film_its_look(tmp_path: Path, faults: int) -> None:
    with looking(tmp_path, Engine(faults=faults)) as look:
        assert look("/a.mp4") == LOOKED
        assert look("/b.mp4") == LOOKED


def test_after_workers_that_never_came_back_the_next_film_is_looked_at(tmp_path: Path) -> None:
    with looking(tmp_path, Engine(faults=3)) as look:
        assert look("/a.mp4") == "The workers are gone."
        assert look("/b.mp4") == LOOKED


def test_a_film_that_trips_the_studio_fails_alone(tmp_path: Path) -> None:
    def known(film: Film, source: Source) -> Film:
        if film.address == "/a.mp4":
            raise ValueError("nobody foresaw this")
        return film

    with looking(tmp_path, Engine(), known=known) as look:
        assert look("/a.mp4") == "Something went wrong inside the studio."
        assert look("/b.mp4") == LOOKED
