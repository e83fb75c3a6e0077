"""The one step that costs money, and the only one that sends it.

The row says ``submitting`` before the request leaves, and what the row says afterwards depends only
on whether a task can exist: never "try again" where one might.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

from screentest.client.errors import (
    NoBalance,
    RateLimited,
    RegistryError,
    Rejected,
    ReplyLost,
    ServiceError,
    ServiceUnreachable,
    Unauthorized,
)
from screentest.client.registry.ledger import Ledger, T
from screentest.client.remote.wavespeed import WaveSpeed
from screentest.prep.core.remedy import Remedy

NOT_ABOUT_THE_TASK = (ServiceUnreachable, Unauthorized, NoBalance, RateLimited)
"""Nothing was accepted, and the same row may be submitted once the cause is gone."""


def submit(
    row: T,
    *,
    body: Mapping[str, object],
    cost_usd: float,
    ledger: Ledger[T],
    service: WaveSpeed,
    webhook: str = "",
    key_hash: str | None = None,
) -> T:
    """The row at ``submitted``, with its task id and cost.

    ``body``: the submit's JSON. ``key_hash``: what the service's key is known by. The service is asked
    for its time first. Raises what the service said. The row is then ready again (nothing sent, key,
    balance, tier), ``failed`` (rejected), or ``unknown`` (anything that leaves open whether a task
    exists).
    """
    row = ledger.mark_submitting(row, served_at=_served_at(service), key_hash=key_hash)
    try:
        task = service.submit(row.model, body, webhook=webhook)
    except NOT_ABOUT_THE_TASK as error:
        ledger.mark_ready(row, note=str(error), error=error)
        raise
    except Rejected as error:
        ledger.mark_failed(row, error)
        raise
    except ReplyLost as error:
        _mark_unknown(row, error, ledger)
        raise _with_way_out(error, row.called) from error
    except BaseException:
        _mark_unknown(row, ReplyLost("The run was interrupted while it submitted."), ledger)
        raise
    return ledger.mark_submitted(row, task_id=task.task_id, cost_usd=cost_usd)


def _served_at(service: WaveSpeed) -> datetime | None:
    """The service's clock now: ours may be wrong, and may be set before the next run looks."""
    try:
        return service.served_at()
    except ServiceUnreachable:
        raise
    except ServiceError:
        return None


def _mark_unknown(row: T, error: Exception, ledger: Ledger[T]) -> None:
    # A row left at "submitting" is read the same way, so a full disk here loses nothing.
    with suppress(RegistryError):
        ledger.mark_unknown(row, error)


def _with_way_out(error: ReplyLost, called: str) -> ReplyLost:
    return ReplyLost(
        f"{error.message.rstrip('.')}: {called} may or may not have been accepted.",
        Remedy("retry"),
        "It looks for the task in the service's list before anything else and never submits twice "
        "blindly.",
        status=error.status,
        code=error.code,
    )
