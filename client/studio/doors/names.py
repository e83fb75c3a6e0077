"""The names that the studio answers to, and the name of its cookie: pure."""

from __future__ import annotations

import ipaddress
from typing import Final

LOOPBACK: Final = "127.0.0.1"
_OF_THIS_MACHINE: Final = (LOOPBACK, "localhost", "[::1]")
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches what listens there."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def in_url(host: str) -> str:
    """The host as a URL writes it."""
    return f"[{host}]" if ":" in host else host


def names_served(host: str, port: int, *, scheme: str) -> frozenset[str]:
    """Each Host header that is answered, in the one spelling in which browsers send it.

    A page whose own name was made to lead here (DNS rebinding) has that name in its Host. A browser
    leaves the scheme's own port out.
    """
    hosts = {in_url(host).lower(), *(_OF_THIS_MACHINE if is_loopback(host) else ())}
    names = {f"{name}:{port}" for name in hosts}
    return frozenset(names | hosts if port == _DEFAULT_PORTS[scheme] else names)


def cookie_name(secret_name: str, *, scheme: str) -> str:
    """What the cookie of a home is called.

    A browser sends a cookie to every port of a host. So its name is the home's, without a port: two
    studios of one home share it, those of two homes do not take each other's away, and a studio that
    comes back at another port still knows its pages. With ``__Host-`` no page of plain HTTP can set it
    (RFC 6265bis, 4.1.3.2).
    """
    return f"{'__Host-' if scheme == 'https' else ''}screentest-{secret_name}"
