"""Addresses: how those of files are shown, and which ones of the network may be fetched from. Pure."""

from __future__ import annotations

import ipaddress
from typing import Final
from urllib.parse import SplitResult, urlsplit

from screentest.prep.core.text import printable

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
_LOCAL_NAT64: Final = ipaddress.ip_network("64:ff9b:1::/48")
_PRIVATE: Final = tuple(
    map(
        ipaddress.ip_network,
        (
            *("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"),
            *("::1/128", "fc00::/7"),
        ),
    )
)
# Where clouds answer with a machine's credentials, outside of link-local: Alibaba's, AWS's over IPv6.
_METADATA: Final = tuple(map(ipaddress.ip_network, ("100.100.100.200/32", "fd00:ec2::/32")))


def address_of(url: str) -> str:
    """A URL as it may be shown and kept: scheme, host and path, without user, query and fragment."""
    parts = urlsplit(url)
    return printable(f"{parts.scheme}://{host_of(parts)}{parts.path}")


def host_of(parts: SplitResult) -> str:
    """Host and port as a message shows them."""
    return printable(parts.netloc.rpartition("@")[2])[:200]


def is_public_address(address: str) -> bool:
    """Whether an IP address, zone or not, is one host of the internet. Raises ValueError for a name.

    One of IPv6 that stands for one of IPv4 (mapped, compatible, 6to4, Teredo, NAT64) is as public as
    that.
    """
    found = ipaddress.ip_address(address.partition("%")[0])
    meant: list[Ip] = [found]
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return is_public_address(str(found.ipv4_mapped))
        if found.is_site_local or found in _LOCAL_NAT64:  # to Python 3.11 parts of the internet
            return False
        meant += [one for one in (found.sixtofour, *(found.teredo or ())) if one]
        if found in _NAT64 or int(found) >> 32 == 0:
            meant.append(ipaddress.IPv4Address(int(found) & 0xFFFFFFFF))
    return all(one.is_global and not one.is_multicast for one in meant)


def is_private_address(address: str) -> bool:
    """Whether an IP address is of this machine or of a private network that may hold footage.

    Not link-local ones and others where clouds hand out credentials: nobody may be sent there, whatever
    was allowed.
    """
    found: Ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return _is_in(found, _PRIVATE) and not _is_in(found, _METADATA)


def is_loopback_address(address: str) -> bool:
    """Whether an IP address is of this machine."""
    return ipaddress.ip_address(address.partition("%")[0]).is_loopback


def _is_in(found: Ip, networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]) -> bool:
    return any(found.version == network.version and found in network for network in networks)
