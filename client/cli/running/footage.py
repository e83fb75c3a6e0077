"""The footage that a command was given, as files of this machine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING

from screentest.client.cli.output.progress import watching
from screentest.client.cli.running.call import Call
from screentest.client.cli.running.services import environment_of, services
from screentest.client.fetching.elsewhere import is_elsewhere, is_in_bucket
from screentest.prep.core.progress import stage

if TYPE_CHECKING:
    from screentest.client.characters.order import Order
    from screentest.client.config import S3Access
    from screentest.client.fetching.fetch import Fetching
    from screentest.prep.core.progress import Watcher


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
def ordered(call: Call, order: Order, *, watcher: Watcher, s3: S3Access | None) -> Iterator[Order]:
    """The order for files of this machine, with the addresses of those that were fetched for it."""
    with local(call, (order.footage, *order.others), s3=s3, watcher=watcher) as (first, *others):
        addresses = tuple(call.addresses.items())
        yield replace(order, footage=first, others=tuple(others), addresses=addresses)


@contextmanager
def own_s3(call: Call, footage: Iterable[str], *, watcher: Watcher) -> Iterator[S3Access | None]:
    """How a command that needs no services reaches buckets: the sandbox's where it is asked for.

    None for boto3's own chain, and where no footage lies in a bucket.
    """
    if not (call.service_options.sandbox and any(map(is_in_bucket, footage))):
        yield None
        return
    with services(call, watcher=watcher) as settings:
        yield settings.s3


@contextmanager
def buckets_for(call: Call, footage: Iterable[str]) -> Iterator[S3Access | None]:
    """The same for a command that is watched otherwise."""
    with ExitStack() as stack:
        with watching(call) as watcher:  # its bar must be gone before the block draws its own
            s3 = stack.enter_context(own_s3(call, footage, watcher=watcher))
        yield s3


def fetching_for(call: Call, s3: S3Access | None = None) -> Fetching:
    """What fetches for a command, as its options say."""
    from screentest.client.config import boto3_chain
    from screentest.client.fetching.fetch import Fetching, FetchPlan

    options = call.fetch_options
    return Fetching(
        FetchPlan(
            call.home,
            s3=s3 or boto3_chain(environment_of(call.service_options)),
            allow_private=options.allow_private,
            most_bytes=bytes_of(options.limit_gb),
            kept_bytes=bytes_of(options.cache_gb),
        )
    )


def _local(call: Call, raw: str, fetching: Fetching, stack: ExitStack, watcher: Watcher) -> str:
    with stage(watcher, "fetch") as under_way:
        found = stack.enter_context(fetching.fetched(raw, progress=under_way.advance))
        size = f"{found.bytes / 1e6:,.1f} MB"
        under_way.summary = f"{found.path.name}, {size}{'' if found.is_new else ', kept from before'}"
    call.addresses[str(found.path)] = found.shown
    return str(found.path)


def bytes_of(gb: float) -> int:
    """An option's gigabytes in bytes; of more than any disk holds, that."""
    return int(min(gb, 1e9) * 1e9)
