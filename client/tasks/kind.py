"""What differs between a character and a video as paid tasks; all else is done once for both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic

from screentest.client.registry.ledger import Ledger, T
from screentest.client.registry.registry import Registry
from screentest.client.remote.models.polling import Polled
from screentest.client.remote.replies import Prediction
from screentest.client.tasks.session import Session
from screentest.prep.core.remedy import Remedy


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """One kind of paid task.

    ``ledger``: its rows in a registry. ``model``: how a row's task is polled. ``price_usd``: what a
    row's task costs that is found again. ``kept_days``: how long the service answers for it, None
    where that is not known. ``tells_name``: whether a finished task tells the name it was asked for.
    ``label``: what its owner calls a row by. ``matches``: whether the inputs that the service shows of
    a task are a row's; None: cannot tell. ``keep``: the row at ``done``, from one at ``submitted`` and
    its completed task; still at ``submitted`` where the result is left at the service. ``see``,
    ``decide``, ``go_on``: where its rows are seen, where their owner decides about one, and what goes
    on with one.
    """

    ledger: Callable[[Registry], Ledger[T]]
    model: Callable[[T], Polled]
    price_usd: Callable[[T], float]
    kept_days: Callable[[T], int | None]
    tells_name: bool
    label: Callable[[T], str]
    matches: Callable[[T, Mapping[str, object]], bool | None]
    keep: Callable[[T, Prediction, Session], T]
    see: Remedy
    decide: Remedy
    go_on: Remedy
