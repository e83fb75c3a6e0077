"""All films of a studio, and what changed since anybody last asked."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from screentest.client.studio.shelf.film import Film, film_at


class Shelf:
    """The films by their keys, in the order in which they came. Every method may be called from any
    thread; what it gives is a value that does not change.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._films: dict[str, Film] = {}
        self._versions: dict[str, int] = {}  # in the order of the changes, the latest last
        self._version = 0

    def __len__(self) -> int:
        return len(self._films)

    def film(self, key: str) -> Film | None:
        return self._films.get(key)

    def films(self) -> tuple[Film, ...]:
        with self._lock:
            return tuple(self._films.values())

    def of_footage(self, fingerprint: str) -> tuple[Film, ...]:
        """The films whose files hold this very footage."""
        return tuple(
            film for film in self.films() if film.source and film.source.fingerprint == fingerprint
        )

    def add(self, addresses: Iterable[str], *, model: str) -> tuple[Film, ...]:
        """The films of these footages that were not there yet."""
        added = []
        with self._lock:
            for address in addresses:
                film = film_at(address, number=len(self._films) + 1, model=model)
                before = self._films.get(film.key)
                if before is None:
                    self._films[film.key] = film
                    self._mark(film.key)
                    added.append(film)
                elif before.url != film.url:  # by a new signature
                    self._films[film.key] = replace(before, url=film.url)
        return tuple(added)

    def call(self, names: Mapping[str, str]) -> None:
        """Gives films the names that a batch of the same files gives them. ``names``: by ``given``."""
        with self._lock:
            for key, film in self._films.items():
                name = names.get(film.given, film.called)
                if name != film.called:
                    self._films[key] = replace(film, called=name)
                    self._mark(key)

    def change(self, key: str, **changes: Any) -> Film:
        """The film as it is from now on. Raises KeyError for one that is not there."""
        with self._lock:
            film = self._films[key] = replace(self._films[key], **changes)
            self._mark(key)
            return film

    def remove(self, key: str) -> bool:
        """Whether the film, one that failed, was taken off the shelf. Its file stays where it is."""
        with self._lock:
            film = self._films[key]
            if film.fault is None or film.is_looking or film.registering is not None:
                return False
            del self._films[key]
            self._mark(key)
            return True

    def begin(self, key: str, **changes: Any) -> bool:
        """Whether a registration begins now; False where one is under way."""
        with self._lock:
            if self._films[key].registering is not None:
                return False
            self._films[key] = replace(self._films[key], **changes)
            self._mark(key)
            return True

    def tell(self, key: str) -> None:
        """Pages hear that something else changed, which they know by a key of its own."""
        with self._lock:
            self._mark(key)

    @property
    def version(self) -> int:
        """Grows with each change."""
        return self._version

    def changed_since(self, version: int) -> tuple[int, tuple[str, ...]]:
        """The version now, and the keys of what changed after another one."""
        with self._lock:
            keys = []
            for key in reversed(self._versions):
                if self._versions[key] <= version:
                    break
                keys.append(key)
            return self._version, tuple(reversed(keys))

    def _mark(self, key: str) -> None:
        self._version += 1
        self._versions.pop(key, None)
        self._versions[key] = self._version
