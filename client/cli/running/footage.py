"""The footage that a command was given, as files of this machine."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING

from screentest.client.cli.output.progress import watching
from screentest.client.cli.running.call import Call
from screentest.client.cli.running.services import services
from screentest.client.fetching.elsewhere import is_elsewhere, shown_address
from screentest.prep.core.progress import stage

if TYPE_CHECKING:
    from screentest.client.characters.order import Order
    from screentest.client.config import S3Access
    from screentest.client.fetching.fetch import Fetching
    from screentest.prep.core.progress import Watcher
    from screentest.prep.core.values import Source


@contextmanager
def local(
    call: Call,
    raws: Sequence[str],
    *,
    s3: S3Access | None = None,
    watcher: Watcher | None = None,
) -> Iterator[list[str]]:
    """A path for each of them; what lies elsewhere is fetched, and stays until the block ends.

    ``s3``: how buckets are reached; None for boto3's own chain, as for a command without services.
    ``watcher``: None for one of its own. What is printed afterwards names addresses, not where the
    files were fetched to.
    """
    if not any(map(is_elsewhere, raws)):
        yield list(raws)
        return
    with ExitStack() as stack:
        fetching = stack.enter_context(fetching_for(call, s3))
        with nullcontext(watcher) if watcher is not None else watching(call) as hears:
            paths = [
                _local(call, raw, fetching, stack, hears) if is_elsewhere(raw) else raw for raw in raws
            ]
        yield paths


@contextmanager
def local_one(call: Call, raw: str) -> Iterator[str]:
    """The same of one file."""
    with local(call, [raw]) as (path,):
        yield path


@contextmanager
def sourced(
    call: Call, order: Order, *, watcher: Watcher, s3: S3Access | None
) -> Iterator[tuple[Order, Source | None]]:
    """The order as it is recorded, and what was probed of footage that was fetched for it.

    None for footage of this machine, which whoever gets the order looks at.
    """
    if not is_elsewhere(order.footage):
        yield order, None
        return
    from screentest.prep.pipeline import probed

    with local(call, [order.footage], s3=s3, watcher=watcher) as (path,):
        source = probed(path, rotate_deg=order.wishes.rotate_deg, watcher=watcher)
        yield replace(order, footage=shown_address(order.footage)), source


@contextmanager
def own_s3(call: Call, footage: str, *, watcher: Watcher) -> Iterator[S3Access | None]:
    """How a command that needs no services reaches buckets: the sandbox's where it is asked for."""
    if not (call.service_options.sandbox and footage[:5].lower() == "s3://"):
        yield None
        return
    with services(call, watcher=watcher) as settings:
        yield settings.s3


def fetching_for(call: Call, s3: S3Access | None = None) -> Fetching:
    """What fetches for a command, as its options say."""
    from screentest.client.config import boto3_chain
    from screentest.client.fetching.fetch import Fetching, FetchPlan

    options = call.fetch_options
    return Fetching(
        FetchPlan(
            call.home,
            s3=s3 or boto3_chain(os.environ),
            allow_private=options.allow_private,
            most_bytes=_bytes_of(options.limit_gb),
            kept_bytes=_bytes_of(options.cache_gb),
        )
    )


def _local(call: Call, raw: str, fetching: Fetching, stack: ExitStack, watcher: Watcher) -> str:
    with stage(watcher, "fetch") as under_way:
        found = stack.enter_context(fetching.fetched(raw, progress=under_way.advance))
        size = f"{found.bytes / 1e6:,.1f} MB"
        under_way.summary = f"{found.path.name}, {size}{'' if found.is_new else ', kept from before'}"
    call.addresses[str(found.path)] = found.shown
    return str(found.path)


def _bytes_of(gb: float) -> int:
    return int(min(gb, 1e9) * 1e9)
