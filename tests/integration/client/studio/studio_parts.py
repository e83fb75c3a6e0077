"""Parts of tests of the studio: one over real services, its looking done by the thread itself."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import httpx

from screentest.client.batch.engine.engine import Done, Engine
from screentest.client.config import Settings
from screentest.client.fetching.fetch import Fetching
from screentest.client.registry.registry import FILE_NAME, Registry
from screentest.client.serving import served
from screentest.client.studio.server.app import build_app
from screentest.client.studio.server.film_routes import film_routes
from screentest.client.studio.server.studio import Studio, Terms
from screentest.client.studio.shelf.film import Film
from screentest.client.worker.job import Job
from tests import waiting
from tests.integration.batch_parts import DirectEngine
from tests.waiting import HANG_S


@contextmanager
def studio_over(
    home: Path,
    settings: Settings | None,
    *,
    engine: Engine | None = None,
    terms: Terms | None = None,
    fetching: Fetching | None = None,
) -> Iterator[Studio]:
    """A studio whose films are looked at by an engine of this process."""
    opened = lambda: nullcontext(engine or DirectEngine())  # noqa: E731
    with Studio(home, settings=settings, opened=opened, terms=terms, fetching=fetching) as made:
        yield made


@contextmanager
def page_of(studio: Studio) -> Iterator[httpx.Client]:
    """A client of the studio's pages, behind no doors, over a real socket."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with (
            served(build_app(studio, more=film_routes(studio)), listener, name="studio"),
            httpx.Client(base_url=url, timeout=HANG_S) as client,
        ):
            yield client


class GatedEngine(DirectEngine):
    """Makes no clip while its gate is shut."""

    def __init__(self) -> None:
        super().__init__()
        self.begun: list[Job] = []
        self.opens = threading.Event()
        self.opens.set()

    def submit(self, number: int, job: Job, *, at: str = "") -> None:
        super().submit(number, job, at=at)
        self.begun.append(job)

    def next_done(self, timeout_s: float) -> Done | None:
        return super().next_done(timeout_s) if self.opens.is_set() else None


def until(studio: Studio, key: str, is_so: Callable[[Film], bool]) -> Film:
    """The film once it is so."""

    def found() -> Film | None:
        film = studio.film(key)
        return film if is_so(film) else None

    film = waiting.until(found)
    assert film is not None, studio.film(key)
    return film


def looked(studio: Studio, key: str) -> Film:
    return until(studio, key, lambda film: film.state in ("picked", "approved", "failed", "registered"))


def registered(studio: Studio, key: str) -> Film:
    return until(studio, key, lambda film: film.registering is None)


def as_picked(studio: Studio) -> Film:
    """Its only film as it was picked, with nothing decided."""
    (one,) = studio.shelf.films()
    while one.decision is not None:
        one = studio.undo(one)
    return looked(studio, one.key)


def tasks(settings: Settings) -> int:
    """How many registrations have a task at the service."""
    with Registry(settings.home / FILE_NAME) as registry:
        return sum(row.task_id is not None for row in registry.registrations.list_all())
