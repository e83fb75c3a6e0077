"""Which films a page shows, and in which order: pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

from screentest.client.studio.shelf.film import STATES, Film, State

Order = Literal["added", "name", "worst", "best", "longest"]
ORDERS: Final[tuple[Order, ...]] = get_args(Order)
PAGE: Final = 60
"""Cards that are sent at once; more come as they are scrolled to."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which films are meant. ``state``: "" for any. ``search``: words that are all in their names."""

    state: str = ""
    search: str = ""
    order: str = "added"


@dataclass(frozen=True, slots=True)
class FilmList:
    """``films``: those of one page. ``counts``: how many of each state the search found, whatever
    state is shown; ``found``: how many of them are shown; ``following``: the number of the next page,
    None after the last.
    """

    films: tuple[Film, ...]
    counts: Mapping[State, int]
    found: int
    following: int | None


def listing(films: Sequence[Film], asked: Filters, *, page: int = 0, size: int = PAGE) -> FilmList:
    """The films of a page. An unknown state, order or page shows as if none were asked for."""
    words = asked.search.casefold().split()
    meant = [film for film in films if _says(film, words)]
    counts = Counter(film.state for film in meant)
    shown = [film for film in meant if film.state == asked.state] if asked.state in STATES else meant
    by = _BY.get(asked.order)
    ordered = sorted(shown, key=by) if by is not None else shown
    first = max(0, page) * size
    following = page + 1 if first + size < len(ordered) else None
    return FilmList(tuple(ordered[first : first + size]), counts, len(ordered), following)


def _says(film: Film, words: Sequence[str]) -> bool:
    text = f"{film.title} {film.name} {film.row.character_id or '' if film.row else ''}".casefold()
    return all(word in text for word in words)


def _score(film: Film) -> float:
    return film.segment.score if film.segment else -1.0


_BY: Final[Mapping[str, Callable[[Film], tuple[object, ...]]]] = {
    "name": lambda film: (film.title.casefold(), film.number),
    "worst": lambda film: (film.made is None and film.fault is None, _score(film), film.number),
    "best": lambda film: (-_score(film), film.number),
    "longest": lambda film: (-(film.source.duration_s if film.source else 0.0), film.number),
}
