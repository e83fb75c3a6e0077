"""The one step that costs money.

The row says ``submitting`` before the request leaves, and what the row says afterwards depends only
on whether a task can exist: never "try again" where one might.
"""

from __future__ import annotations

from contextlib import suppress

from screentest.client.characters.order import Order
from screentest.client.errors import (
    NoBalance,
    RateLimited,
    RegistryError,
    Rejected,
    ReplyLost,
    ServiceUnreachable,
    Unauthorized,
)
from screentest.client.registry.characters import Registry
from screentest.client.registry.records import CharacterRecord
from screentest.client.remote.character_models import CharacterModel
from screentest.client.remote.storage import Upload
from screentest.client.remote.wavespeed import WaveSpeed
from screentest.prep.core.remedy import Remedy

NOT_ABOUT_THE_CLIP = (ServiceUnreachable, Unauthorized, NoBalance, RateLimited)
"""Nothing was accepted, and the same row may be submitted once the cause is gone."""


def submit(
    record: CharacterRecord,
    *,
    model: CharacterModel,
    upload: Upload,
    order: Order,
    price_usd: float,
    registry: Registry,
    service: WaveSpeed,
) -> CharacterRecord:
    """The row at ``submitted``, with its task id and cost.

    Raises what the service said. The row is then back at ``uploaded`` (nothing sent, key, balance,
    tier), ``failed`` (rejected), or ``unknown`` (anything that leaves open whether a task exists).
    """
    record = registry.submitting(record)
    try:
        task = service.create_character(
            model,
            video=upload.url,
            name=record.name,
            description=order.description,
            webhook=order.webhook,
        )
    except NOT_ABOUT_THE_CLIP as error:
        registry.returned(record, "uploaded", note=str(error), error=error)
        raise
    except Rejected as error:
        registry.failed(record, error)
        raise
    except ReplyLost as error:
        _mark_unknown(record, error, registry=registry)
        raise _with_way_out(error, record.name) from error
    except BaseException:
        lost = ReplyLost("The run was interrupted while it submitted.")
        _mark_unknown(record, lost, registry=registry)
        raise
    return registry.submitted(record, task_id=task.task_id, cost_usd=price_usd)


def _mark_unknown(record: CharacterRecord, error: Exception, *, registry: Registry) -> None:
    # A row left at "submitting" is read the same way, so a full disk here loses nothing.
    with suppress(RegistryError):
        registry.unknown(record, error)


def _with_way_out(error: ReplyLost, name: str) -> ReplyLost:
    return ReplyLost(
        f"{error.message.rstrip('.')}: {name!r} may or may not have been accepted.",
        Remedy("retry"),
        "It looks for the task in the service's list before anything else and never submits twice "
        "blindly.",
        status=error.status,
        code=error.code,
    )
