"""Connections to a scheduler of Dask: which are safe, and a client that reads no pickles."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from screentest.client.config import is_loopback_host
from screentest.client.errors import ConfigError
from screentest.prep.core.errors import NotFound, SetupError
from screentest.prep.core.remedy import Remedy
from screentest.prep.core.text import printable

if TYPE_CHECKING:
    from distributed import Client
    from distributed.security import Security

START_S: Final = 60.0
_STOP_S: Final = 5.0
_ADDRESS = re.compile(r"(tcp|tls)://(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+):([0-9]{1,5})")
_MOST_BYTES = 1_000_000


def scheduler_at(cluster: str, *, insecure: bool = False) -> str:
    """The address of the scheduler that a user named, by an address or a scheduler file.

    Raises ConfigError for what is not one, and for one by plain TCP beyond this machine unless
    ``insecure``; NotFound for a file that is not there.
    """
    address = cluster if "://" in cluster else address_in(Path(cluster))
    parts = _ADDRESS.fullmatch(address)
    if parts is None:
        raise ConfigError(
            f"{printable(address)[:200]} is not the address of a scheduler.",
            "Write it as tls://host:port or tcp://host:port, or name a scheduler file.",
        )
    if parts[1] == "tcp" and not insecure and not is_loopback_host(parts[2].strip("[]")):
        raise ConfigError(
            f"{address} is not encrypted, and anyone who reaches it may run programs on the workers.",
            Remedy("insecure_cluster", words="use tls, or agree to that"),
        )
    return address


def address_in(file: Path) -> str:
    """The address that a scheduler wrote to its file. Raises NotFound, ConfigError."""
    try:
        with file.open("rb") as opened:
            told = json.loads(opened.read(_MOST_BYTES))
    except FileNotFoundError:
        raise NotFound(f"There is no scheduler file {printable(str(file))}.") from None
    except (OSError, ValueError):
        told = None
    address = told.get("address") if isinstance(told, dict) else None
    if not isinstance(address, str):
        raise ConfigError(f"{printable(str(file))} is not a scheduler file.")
    return address


def require_dask() -> None:
    """Raises SetupError where Dask is not installed."""
    try:
        import cryptography  # noqa: F401
        import distributed
    except ModuleNotFoundError as error:
        raise SetupError(
            f"Several workers need {error.name}, which is not installed.",
            "Run: pip install 'screentest[cluster]'",
            Remedy("by_hand", words="work with one worker"),
        ) from None
    for name in (distributed.__name__, "distributed.client"):  # what matters is told as a Failure
        logging.getLogger(name).handlers[:] = [logging.NullHandler()]


@contextmanager
def connected(address: str, *, security: Security | None = None) -> Iterator[Client]:
    """A client of the scheduler at that address, which reads no pickles while the block runs.

    ``security``: the certificates; None for those that Dask's own settings name. Raises SetupError
    where nobody answers, ConfigError where there are no certificates for ``tls``.
    """
    from screentest.client.batch.engine.reading import ReadingClient, no_pickles

    with no_pickles():
        try:
            client: Client = ReadingClient(  # type: ignore[no-untyped-call]
                address,
                security=security or _security(address),
                deserializers=["msgpack"],
                direct_to_workers=False,
                set_as_default=False,
                timeout=START_S,
            )
        except (OSError, TimeoutError, ImportError) as error:
            raise SetupError(
                f"The scheduler at {address} does not answer.", "Check that it runs.", Remedy("retry")
            ) from error
        try:
            yield client
        finally:
            client.close(timeout=_STOP_S)


def _security(address: str) -> Security:
    """The certificates that Dask's own settings name. Raises ConfigError where they name none."""
    from distributed.security import Security

    is_secure = address.startswith("tls://")
    found = Security(require_encryption=is_secure)
    own = found.get_tls_config_for_role("client")
    if is_secure and not (own["ca_file"] and own["cert"]):
        raise ConfigError(
            f"{address} wants certificates, and Dask's settings name none for its client.",
            "Set DASK_DISTRIBUTED__COMM__TLS__CA_FILE, DASK_DISTRIBUTED__COMM__TLS__CLIENT__CERT and "
            "DASK_DISTRIBUTED__COMM__TLS__CLIENT__KEY.",
        )
    return found
