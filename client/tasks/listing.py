"""The service's own list of tasks since a submit, as far as no row of the registry has them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from screentest.client.remote.wavespeed import Listing
from screentest.client.tasks.session import Session

FILTER_SLACK = timedelta(hours=1)
"""How much earlier than the first moment in question the service is asked to list from."""


def list_unowned(since: datetime, *, model_id: str, session: Session) -> Listing:
    """The model's tasks at the service since a moment that belong to no row, and never did."""
    listing = session.service.list_predictions(model_id=model_id, since=since - FILTER_SLACK)
    # Read after the list: what a row took meanwhile is in it.
    owned = session.registry.list_task_ids()
    return replace(listing, tasks=tuple(one for one in listing.tasks if one.task_id not in owned))
