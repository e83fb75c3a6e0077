"""boto3's sessions and clients: how one is made, and how it is used again."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import boto3
import botocore.session
from botocore.config import Config

from screentest.client.config import S3Access
from screentest.client.errors import StorageError
from screentest.client.remote.http import is_loopback
from screentest.client.remote.storage_errors import certificates_problem

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

KEPT_S: Final = 60.0
# Keys said aloud come with no profile: one named by the caller's environment may not even exist.
_NOBODYS_FILES = {
    "profile": (None, None, None, None),
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
}


@dataclass(slots=True)
class Connected:
    """A client and its session, which several threads may use. ``users``: buckets that have it now."""

    session: boto3.Session
    client: S3Client
    at_s: float
    users: int = 1


class SharedClients:
    """One client for all buckets of the same access and environment, in a block that wants that: to
    make one has boto3 read megabytes of its own descriptions, a fifth of a second each time.

    It is used for a minute, and not again after an error: boto3 reads credentials that were renewed in
    a file for a new one alone.
    """

    def __init__(self) -> None:
        self._lock, self._blocks = threading.Lock(), 0
        self._shared: dict[object, Connected] = {}

    @contextmanager
    def wanted(self) -> Iterator[None]:
        with self._lock:
            self._blocks += 1
        try:
            yield
        finally:
            with self._lock:
                self._blocks -= 1
                if not self._blocks:
                    self._end(*self._shared)

    def taken(self, access: S3Access) -> Connected:
        """The client, made where there is none. Raises what ``connected`` raises."""
        of = (access, frozenset(os.environ.items()))
        with self._lock:
            if not self._blocks:
                return connected(access)
            made = self._shared.get(of)
            if made is not None and time.monotonic() - made.at_s < KEPT_S:
                made.users += 1
                return made
            self._end(of)
            self._shared[of] = made = connected(access)
            return made

    def given_back(self, made: Connected, *, is_well: bool) -> None:
        """Whoever had it has it no more; the last one closes what is not shared any longer."""
        with self._lock:
            made.users -= 1
            shared = [of for of, one in self._shared.items() if one is made]
            if shared and not is_well:
                self._end(*shared)
            elif not shared and made.users == 0:
                made.client.close()

    def _end(self, *whom: object) -> None:
        gone = [self._shared.pop(of) for of in whom if of in self._shared]
        for made in gone:
            if made.users == 0:
                made.client.close()


CLIENTS: Final = SharedClients()


def connected(access: S3Access) -> Connected:
    """A session and a client that nothing was sent by; whoever asks closes the client.

    Raises StorageError where the environment names certificates that cannot be used, and errors of
    botocore, for ``mapped``.
    """
    session = _session(access)
    client = _client(session, access)
    is_secure = client.meta.endpoint_url.startswith("https:")
    if is_secure and (problem := certificates_problem(os.environ)):
        client.close()
        raise StorageError(*problem)
    return Connected(session, client, time.monotonic())


def _session(access: S3Access) -> boto3.Session:
    if access.access_key and access.secret_key:
        return boto3.Session(
            aws_access_key_id=access.access_key.reveal(),
            aws_secret_access_key=access.secret_key.reveal(),
            region_name=access.region,
            botocore_session=botocore.session.Session(session_vars=_NOBODYS_FILES),
        )
    session = boto3.Session()
    if session.region_name is None and access.region:
        return boto3.Session(region_name=access.region)
    return session


def _client(session: boto3.Session, access: S3Access) -> S3Client:
    # boto3 presigns with SigV2 by default, and only it knows which endpoint its chain names. AWS gets
    # bucket.s3.region names: the name without a region sends new buckets' URLs elsewhere by 307, and
    # knows no region that has to be opted into. A server that is not AWS seldom answers to such names,
    # may not know the checksums that boto3 adds of its own accord, and one on this computer is not
    # behind the proxy of the environment.
    config = Config(
        signature_version="s3v4",
        connect_timeout=10,
        read_timeout=60,
        retries={"mode": "standard", "total_max_attempts": 4},
        s3={"addressing_style": "virtual", "us_east_1_regional_endpoint": "regional"},
    )
    client = session.client("s3", endpoint_url=access.endpoint_url, config=config)
    endpoint = client.meta.endpoint_url
    if is_aws(endpoint):
        return client
    client.close()
    custom = Config(
        s3={"addressing_style": "path"},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        proxies={} if is_loopback(endpoint) else None,
    )
    return session.client("s3", endpoint_url=access.endpoint_url, config=config.merge(custom))


def is_aws(endpoint: str) -> bool:
    return (urlsplit(endpoint).hostname or "").endswith((".amazonaws.com", ".amazonaws.com.cn"))
