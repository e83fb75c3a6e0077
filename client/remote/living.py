"""Which of the known models the service still serves, and a stop where the chosen one is gone."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Final

from screentest.client.errors import (
    ConfigError,
    RateLimited,
    ServiceError,
    ServiceUnreachable,
    Unauthorized,
)
from screentest.client.remote.models.reference import WAYS, Subject
from screentest.client.remote.video_models import VideoModel, every_model
from screentest.prep.core.remedy import Remedy, remedies_of

if TYPE_CHECKING:
    from screentest.client.remote.character_models import CharacterModel
    from screentest.client.remote.wavespeed import WaveSpeed


KEPT_S: Final = 600.0
"""How long a list of models is taken for true: a model that goes meanwhile refuses the submit."""


def living_beside(model_id: str, served: Collection[str]) -> tuple[str, ...]:
    """The served models that do what this one does, those that give ids first.

    Models that take a character inline stand in for one that makes characters, and no model whose
    fields nobody has seen stands in for any.
    """
    known = {model.model_id: model for model in every_model()}
    gone = known.get(model_id)
    kind = gone.kind if gone else "character"
    alive = [one for one in known.values() if one.model_id in served and _is_seen(one)]
    same = [one for one in alive if one.kind == kind]
    inline = [one for one in alive if kind == "character" and one.delivery == "inline"]
    return tuple(one.model_id for one in (*same, *inline) if one.model_id != model_id)


def that_take(subject: Subject, *, besides: str = "", served: Collection[str] = ()) -> tuple[str, ...]:
    """The models that take a subject for sure, by a clip or by stills; not the one of that id.

    ``served``: those that count, () for all that are known. No model whose fields nobody has seen does.
    """
    return tuple(
        one.model_id
        for one in every_model()
        if one.model_id != besides
        and (not served or one.model_id in served)
        and _is_seen(one)
        and one.takes is not None
        and any(one.takes.reception(subject, way=way) == "taken" for way in WAYS)
    )


class ServedModels:
    """What a service lists, asked once for all who want to know within some minutes; threads share it.

    The list has megabytes. One that cannot be had, or is empty, is not kept. For one service and one
    account.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._ids: frozenset[str] = frozenset()
        self._asked_s = 0.0

    def ids(self, service: WaveSpeed) -> frozenset[str]:
        """The ids of all models that are served. Raises what asking raises."""
        with self._lock:  # who comes meanwhile waits for this answer
            if not self._ids or self._clock() - self._asked_s >= KEPT_S:
                self._ids = frozenset(one.model_id for one in service.models())
                self._asked_s = self._clock()
            return self._ids


def require_served(
    service: WaveSpeed, model_id: str, *, known: ServedModels | None = None
) -> frozenset[str]:
    """The ids that the service lists, this one among them; none where it tells nothing.

    A list that cannot be had, or is empty, proves nothing. ``known``: what it listed a moment ago.
    Raises ConfigError, with the living models, where the list lacks this one; ServiceUnreachable,
    Unauthorized or RateLimited.
    """
    try:
        served = (known or ServedModels()).ids(service)
    except (ServiceUnreachable, Unauthorized, RateLimited):
        raise
    except ServiceError:
        return frozenset()
    if served and model_id not in served:
        raise ConfigError(
            f"{model_id} is no longer served; nothing was spent.", *ways_out(model_id, served)
        )
    return served


def ways_out(model_id: str, served: Collection[str]) -> tuple[Remedy, ...]:
    """What to choose instead of a model that is gone."""
    others = living_beside(model_id, served)
    if not others:
        return (Remedy("list_models"),)
    return remedies_of(f"Served now: {', '.join(others)}.", Remedy("model", others[:1]))


def _is_seen(model: CharacterModel | VideoModel) -> bool:
    return model.source_of("body").mark != "assumed"
