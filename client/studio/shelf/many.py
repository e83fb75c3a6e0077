"""Many films at once: which of them can be registered together, and what that costs. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from screentest.client.remote.models.character import CharacterModel
from screentest.client.remote.models.inline import Registrable
from screentest.client.studio.shelf.film import Film
from screentest.prep.core.errors import ScreentestError


@dataclass(frozen=True, slots=True)
class Together:
    """``films``: those that one press registers; ``usd``: the sum of their list prices. ``left_out``:
    others that are approved, each with what it lacks.
    """

    films: tuple[Film, ...] = ()
    left_out: tuple[tuple[Film, str], ...] = ()
    usd: float = 0.0

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(film.key for film in self.films)


def together(
    films: Iterable[Film],
    *,
    model_of: Callable[[Film], Registrable],
    price_usd: Callable[[Film], float],
) -> Together:
    """The approved films that can be registered as they stand; of footage that lies there twice, one.

    What a person has to say of a film is never made up: one that lacks it is left out.
    """
    ready: dict[str, Film] = {}
    left_out = []
    for film in films:
        if film.state != "approved" or film.registering is not None or film.source is None:
            continue
        if why := lacks(film, model_of(film)):
            left_out.append((film, why))
        else:
            ready.setdefault(film.source.fingerprint, film)
    chosen = tuple(ready.values())
    return Together(chosen, tuple(left_out), math.fsum(price_usd(film) for film in chosen))


def lacks(film: Film, model: Registrable) -> str:
    """What stands against registering an approved film without a further word, "" for nothing."""
    if film.is_open:
        return "an earlier submit of it is open"
    decision = film.decision
    description = (decision.description if decision else None) or ""
    try:
        model.require_name(film.name)
    except ScreentestError as error:
        return error.message.rstrip(".")
    if isinstance(model, CharacterModel) and model.needs_description and not description.strip():
        return "no description"
    return "" if decision and decision.consent else "no consent note"
