"""The service's own list of tasks since a submit, as far as no row of the registry has them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from screentest.client.remote.replies import Prediction
from screentest.client.remote.wavespeed import Listing, WaveSpeed
from screentest.client.tasks.session import Session

CLOCK_SLACK = timedelta(seconds=1)
"""How far the service's machines may disagree about the time (assumed)."""
NO_CLOCK_SLACK = timedelta(seconds=10)
"""How far its clock may be behind ours when it does not tell its own (assumed)."""
FILTER_SLACK = timedelta(hours=1)
"""How much earlier than the submit the service is asked to list from."""


def list_unowned(since: datetime, *, model_id: str, session: Session) -> list[Prediction]:
    """The model's tasks at the service since a submit that belong to no row, and never did."""
    owned = session.registry.list_task_ids()
    listed = _listed(since, model_id=model_id, service=session.service, now=session.clocks.now)
    return [task for task in listed if task.task_id not in owned]


def _listed(
    submitted_at: datetime,
    *,
    model_id: str,
    service: WaveSpeed,
    now: Callable[[], datetime],
) -> list[Prediction]:
    """The model's tasks since the submit, judged by the service's clock and not by ours."""
    since = submitted_at - FILTER_SLACK
    listing = service.list_predictions(model_id=model_id, since=since)
    ahead = _ahead(listing, now())
    if ahead < -FILTER_SLACK / 2:
        listing = service.list_predictions(model_id=model_id, since=since + ahead)
    earliest = submitted_at + ahead
    # A task without a time cannot be ruled out.
    return [task for task in listing.tasks if task.created_at is None or task.created_at >= earliest]


def _ahead(listing: Listing, now: datetime) -> timedelta:
    """How far the service's clock is ahead of ours, rather less than more.

    Its date is cut to whole seconds and was true before it arrived, so that the difference can only
    be too small: a task is looked at in vain, never missed.
    """
    if listing.served_at is None:
        return -NO_CLOCK_SLACK
    return listing.served_at - now - CLOCK_SLACK
