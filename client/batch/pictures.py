"""The strip of an outcome: a worker's, else one that is made here of the clip that is kept."""

from __future__ import annotations

from screentest.client.batch.outcome import Outcome
from screentest.client.worker.job import ClipMade, Result
from screentest.prep.report.batch.strip import film_strip, is_strip


def strip_for(outcome: Outcome, result: Result | None) -> bytes:
    """A JPEG, or b"" where there is no clip to see. Never raises.

    ``result``: what a worker gave for it, whose clip the driver does not decode: it holds the key.
    """
    if isinstance(result, ClipMade):
        return result.strip if is_strip(result.strip) else b""
    return film_strip(outcome.clip) if outcome.clip else b""
