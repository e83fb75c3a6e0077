"""Workers of a Dask cluster that somebody else started."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from screentest.client.batch.engine.admission import refusal
from screentest.client.batch.engine.connect import connected, require_dask
from screentest.client.batch.engine.dispatch import DEADLINE_S, DaskEngine
from screentest.client.worker.facts import WorkerFacts, own_facts
from screentest.client.worker.job import Job
from screentest.client.worker.work import answered


@contextmanager
def opened_at(
    address: str,
    *,
    told: Callable[[str], None],
    deadline_s: float = DEADLINE_S,
    work: Callable[[Job], bytes] = answered,
) -> Iterator[DaskEngine]:
    """An engine over the workers of the scheduler at that address, once one of them may get jobs.

    ``told`` hears a sentence for each worker that is refused. Raises SetupError where Dask is not
    installed, nobody answers, or no worker may be used; ConfigError for a lack of certificates.
    """
    require_dask()
    refuses = partial(_refusal, own_facts(looks=False))
    with connected(address) as client:
        engine = DaskEngine(client, deadline_s=deadline_s, work=work, refuses=refuses, told=told)
        try:
            engine.await_worker()
            yield engine
        finally:
            engine.close()


def _refusal(own: WorkerFacts, told: WorkerFacts | None, threads: int) -> str:
    return refusal(told, own=own, threads=threads)
