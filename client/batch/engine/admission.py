"""Whether a worker gets jobs: of this version, with all that they need. Pure."""

from __future__ import annotations

from screentest.client.worker.facts import WorkerFacts
from screentest.prep.core.text import printable


def refusal(told: WorkerFacts | None, *, own: WorkerFacts, threads: int) -> str:
    """Why a worker gets no job, as what may follow its address; "" for one that gets some.

    ``told``: what it said of itself, None where it said nothing that can be read. ``own``: the driver's
    facts. ``threads``: how many jobs it would do at once: OpenCV and FFmpeg take the cores of a machine
    for one, and a death is to be blamed on one.
    """
    if told is None:
        return f"cannot run Screentest {own.screentest}: is this version installed there?"
    if told.screentest != own.screentest:
        return f"has Screentest {printable(told.screentest)}, and this is {own.screentest}"
    if (told.wire, told.scanner) != (own.wire, own.scanner):
        return f"has other code of Screentest {own.screentest} than this machine"
    if threads != 1:
        return f"does {threads} jobs at once: start it with one thread"
    return printable(" ".join(told.lacks)).strip()
