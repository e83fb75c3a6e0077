"""Where the studio listens: this machine, at the port that it had, unless somebody asks for more.

``listening`` decides, ``listener_at`` opens. The ports that a home used are kept in it, so that a
bookmark, and a page that is open, survive a restart.
"""

from __future__ import annotations

import errno
import ipaddress
import json
import random
import socket
import ssl
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from screentest.client.config import private_folder
from screentest.client.errors import ConfigError
from screentest.client.studio.doors.names import LOOPBACK, in_url, is_loopback
from screentest.client.studio.doors.secret import FOLDER
from screentest.prep.core.errors import ScreentestError
from screentest.prep.core.files import write_atomically
from screentest.prep.core.remedy import Remedy
from screentest.prep.core.text import shown

_FILE: Final = "ports"
_MOST_KEPT: Final = 8
_LOWEST, _HIGHEST = 10_240, 32_000
"""Below the ephemeral range, so that no outgoing connection takes a port between two runs."""
_FRESH: Final = 100


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """A certificate, with what leads to its root, and its key: PEM files."""

    certificate: Path
    key: Path


@dataclass(frozen=True, slots=True)
class Listening:
    """Where to listen. ``ports`` are tried in this order; 0 is any that the system gives.

    ``is_asked``: the port was asked for, and no other one does.
    """

    host: str
    ports: tuple[int, ...]
    is_asked: bool = False
    tls: TlsFiles | None = None

    def at(self, *, kept: Iterable[int], fresh: Iterable[int] = ()) -> Listening:
        """Without a port that was asked for, at one of the ``kept``, which this home had, else at one
        of the ``fresh``, else at any.
        """
        if self.is_asked:
            return self
        return replace(self, ports=tuple(dict.fromkeys((*kept, *fresh, *self.ports))))

    def origin(self, port: int) -> str:
        """Scheme, host and port, as a browser writes them."""
        return f"{'https' if self.tls else 'http'}://{in_url(self.host)}:{port}"


def listening(
    host: str = LOOPBACK,
    *,
    port: int | None = None,
    certificate: Path | None = None,
    key: Path | None = None,
    lets_others_reach_it: bool = False,
) -> Listening:
    """Where a studio listens that is asked to listen there: without a ``port`` at any.

    Raises ConfigError where others could reach it and that was not said, or not over TLS; for a
    certificate without its key; and for every address of this machine at once: the doors answer to
    names, and have to know which.
    """
    if not host or _is_every_address(host):
        raise ConfigError(f"The studio cannot answer at {host or 'no address'}.", _ONE_ADDRESS)
    if (certificate is None) != (key is None):
        raise ConfigError("A certificate and its key come together.", Remedy("tls"))
    tls = TlsFiles(certificate, key) if certificate and key else None
    if not is_loopback(host):
        _allowed(host, tls, lets_others_reach_it=lets_others_reach_it)
    address = LOOPBACK if host == "localhost" else host.lower()
    return Listening(address, (port or 0,), is_asked=port is not None, tls=tls)


_ONE_ADDRESS: Final = Remedy("host", words="name the one address at which others reach this machine")


def _allowed(host: str, tls: TlsFiles | None, *, lets_others_reach_it: bool) -> None:
    """Raises ConfigError where the studio may not listen for others."""
    if not lets_others_reach_it:
        raise ConfigError(
            f"At {shown(host)} others could reach the studio, and with it footage and money.",
            Remedy("this_machine"),
            Remedy("let_others_reach_it"),
        )
    if tls is None:
        raise ConfigError(
            f"At {shown(host)} others could read along, the token included.",
            Remedy("this_machine"),
            Remedy("tls"),
        )


def _is_every_address(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False


def listener_at(plan: Listening) -> socket.socket:
    """A socket that listens there. Raises ConfigError where none can."""
    family, host = _resolved(plan)
    for port in plan.ports:
        # With the protocol named, asyncio sends what it is given at once. Without, it takes the socket
        # for another kind, and each reply on a connection that is kept open waits 40 ms for its end.
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((host, port))
            listener.listen(128)
        except OSError as error:
            listener.close()
            if error.errno != errno.EADDRINUSE or plan.is_asked:
                raise _not_listening(plan, port, error) from error
        else:
            return listener
    raise ConfigError(f"No port of {shown(plan.host)} is free.", Remedy("port"))


def _resolved(plan: Listening) -> tuple[socket.AddressFamily, str]:
    try:
        family, _, _, _, address = socket.getaddrinfo(plan.host, None, type=socket.SOCK_STREAM)[0]
    except OSError as error:
        raise _not_listening(plan, 0, error) from error
    return family, str(address[0])


def _not_listening(plan: Listening, port: int, error: OSError) -> ConfigError:
    if error.errno == errno.EADDRINUSE:
        message = f"Port {port} of {shown(plan.host)} is taken by another program."
        return ConfigError(message, Remedy("port"))
    if error.errno == errno.EACCES:
        return ConfigError(f"Port {port} is for the system's own programs.", Remedy("port"))
    said = (error.strerror or str(error)).lower()
    return ConfigError(f"The studio cannot listen at {shown(plan.host)}: {said}.", Remedy("host"))


def usable(tls: TlsFiles) -> TlsFiles:
    """The files, which make a certificate with its key. Raises ConfigError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        # A key that needs a password would ask for it at the terminal.
        context.load_cert_chain(tls.certificate, tls.key, password=lambda: "")
    except OSError as error:  # an SSLError among them
        said = f"{shown(tls.certificate)} and {shown(tls.key)}"
        reason = getattr(error, "reason", None) or error.strerror or "no certificate and key"
        reason = str(reason).replace("_", " ").lower()
        raise ConfigError(f"{said} cannot be used for TLS: {reason}.", Remedy("tls")) from error
    return tls


def kept_ports(home: Path) -> tuple[int, ...]:
    """The ports at which studios of a home listened, in the order in which they are tried."""
    try:
        kept = json.loads((home / FOLDER / _FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return ()
    if not isinstance(kept, list):
        return ()
    return tuple(port for port in kept if type(port) is int and 0 < port < 65_536)[:_MOST_KEPT]


def with_port(kept: Sequence[int], port: int, *, is_asked: bool) -> tuple[int, ...]:
    """What is kept after a studio listened there.

    One that was asked for is tried first from then on. One that was found goes to the end: a second
    studio of the home does not take the first one's.
    """
    if not is_asked and port in kept:
        return tuple(kept)
    others = [one for one in kept if one != port]
    return tuple([port, *others] if is_asked else [*others[: _MOST_KEPT - 1], port])[:_MOST_KEPT]


def keep_port(home: Path, port: int, *, is_asked: bool) -> None:
    """Keeps a port in a home. Where that fails, the next studio has another one."""
    before = kept_ports(home)
    after = with_port(before, port, is_asked=is_asked)
    if after != before:
        with suppress(ScreentestError):
            write_atomically(private_folder(home / FOLDER) / _FILE, json.dumps(after).encode())


def fresh_ports() -> tuple[int, ...]:
    """Ports to try where none is kept."""
    return tuple(random.SystemRandom().sample(range(_LOWEST, _HIGHEST), _FRESH))
