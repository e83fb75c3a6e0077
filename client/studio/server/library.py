"""What the pages of characters share: sessions, drafts of videos, what is being settled."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from screentest.client.batch.outcome import Reason
from screentest.client.registry.registry import Registry
from screentest.client.studio.film.pictures import FilmPictures
from screentest.client.studio.library.drafts import Draft, Drafts
from screentest.client.studio.library.known import Known, everyone
from screentest.client.studio.library.settling import Act, Open, left_open, settled
from screentest.client.studio.library.telling import Telling
from screentest.client.studio.server.studio import Studio
from screentest.client.studio.shelf.film import Film, Registering
from screentest.client.tasks.recover import Settled
from screentest.client.tasks.session import Clocks, Session, opened
from screentest.prep.core.errors import NotFound, ScreentestError

OPEN, VIDEOS = "open", "videos"
"""What pages know the list of open submits by, and the videos of any character."""


@dataclass(frozen=True, slots=True)
class SettlingLook:
    """What is done about an open row: ``stage`` while it is under way, ``said`` once it is over."""

    stage: str = ""
    said: str = ""
    hint: str = ""
    is_bad: bool = False


class Library:
    """What is recorded of characters and videos in a studio's home, and what is done with it."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio
        self.folder = studio.home / "videos"
        self.pictures = FilmPictures(studio.home)
        self.drafts = Drafts(
            self.folder,
            opened=self.session,
            run=studio.in_background,
            pause=studio.pause,
            tell=self._tell_draft,
        )
        self.looks: dict[str, SettlingLook] = {}
        self._lock = threading.Lock()

    @contextmanager
    def session(self, watcher: Telling) -> Iterator[Session]:
        settings = self.studio.require_services()
        clocks = Clocks(sleep=self.studio.pause)
        with opened(settings, watcher=watcher, clocks=clocks) as session:
            yield session

    def _tell_draft(self, key: str) -> None:
        """The draft's part is fetched anew, and once it is made the videos of whom it shows."""
        self.studio.shelf.tell(key)
        draft = self.drafts.find(key)
        for shown in draft.video.shows if draft.video else ():
            self.studio.shelf.tell(shown.character)
        if draft.state == "refused":  # what failed or was left open is listed as well
            self.studio.shelf.tell(VIDEOS)
            self.studio.shelf.tell(OPEN)

    def tell_shown(self, draft: Draft) -> None:
        """The lists of videos of whom it shows are fetched anew."""
        for one in self.everyone():
            if one.asked_by in draft.order.characters:
                self.studio.shelf.tell(one.rows[0].character)

    # What is recorded

    def everyone(self) -> tuple[Known, ...]:
        with self.studio.registry() as registry:
            return _everyone(registry)

    def known(self, number: int) -> Known:
        """Raises NotFound."""
        found = [one for one in self.everyone() if one.number == number]
        if not found:
            raise NotFound("There is no such character here.", "Go back to the characters.")
        return found[0]

    def left_open(self) -> tuple[Open, ...]:
        with self.studio.registry() as registry:
            rows = registry.registrations.list_unfinished()
            return left_open(rows, registry.videos.list_unfinished())

    # Settling

    def settle(self, act: Act, *, film: Film | None = None) -> None:
        """Begins it, where nothing is done about the row yet. ``film``: whose page tells how far it is.

        Raises what forbids any.
        """
        self.studio.require_services()
        with self._lock:
            if self.looks.get(_key(act), SettlingLook()).stage:
                return
            begins = Registering("starting")
            if film and not self.studio.shelf.begin(film.key, registering=begins, refusal=None):
                return
            self.looks[_key(act)] = SettlingLook(stage=begins.stage)
        self._tell(film)
        self.studio.in_background(lambda: self._settle(act, film))

    def _settle(self, act: Act, film: Film | None) -> None:
        """In a thread."""

        def told(stage: str, fraction: float) -> None:
            self.looks[_key(act)] = SettlingLook(stage=stage)
            if film is not None:
                self.studio.shelf.change(film.key, registering=Registering(stage, fraction))
            self.studio.shelf.tell(OPEN)

        refusal: Reason | None = None
        try:
            with self.session(Telling(told, self.studio.pause)) as session:
                look = _told(settled(act, session, videos=self.folder))
        except ScreentestError as error:
            look = SettlingLook(said=error.message, hint=error.hint, is_bad=True)
        except Exception:  # a bug must not leave the row under way for ever
            look = SettlingLook(said="Something went wrong inside the studio.", is_bad=True)
        if look.is_bad:
            refusal = Reason("Unsettled", look.said, look.hint)
        self.looks[_key(act)] = look
        if film is not None:
            self.studio.ended(film.key, refusal)
        self._tell(film)

    def _tell(self, film: Film | None) -> None:
        self.studio.shelf.tell(OPEN)
        if film is not None:
            self.studio.shelf.tell(film.key)


def _everyone(registry: Registry) -> tuple[Known, ...]:
    rows = registry.registrations.list_all(deleted=True)
    return everyone(rows, registry.videos.list_all())


def _key(act: Act) -> str:
    return f"{act.kind}-{act.row_id}"


def _told(one: Settled[Any]) -> SettlingLook:
    """What became of a row, in words."""
    called = one.record.called
    if one.outcome == "done":
        return SettlingLook(said=f"{called} is done.")
    if one.outcome == "ready":
        return SettlingLook(said=f"{called}: {one.reason} It can be ordered again.")
    reason = one.reason or f"it is at {one.record.state}."
    said = reason if called in reason else f"{called}: {reason}"
    return SettlingLook(said=said, hint=one.hint, is_bad=one.outcome != "waiting")
