"""Where footage may be fetched from."""

from __future__ import annotations

import pytest

from screentest.client.worker.address import is_private_address, is_public_address
from screentest.client.worker.line import Reach


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254"),
        *("0.0.0.0", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
        *("::1", "::", "fc00::1", "fe80::1%eth0", "fec0::1", "ff02::1", "fd00:ec2::254"),
        *("::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::7f00:1"),
        *("2002:7f00:1::", "2001:0:7f00:1::"),
    ],
)
def test_an_address_that_is_not_of_the_internet_is_refused(address: str) -> None:
    assert not is_public_address(address)
    assert not Reach().covers(address, is_secure=True)


@pytest.mark.parametrize(
    "address", ["169.254.169.254", "fe80::1", "fd00:ec2::254", "100.100.100.200", "0.0.0.0", "ff02::1"]
)
def test_where_clouds_hand_out_credentials_nobody_is_sent(address: str) -> None:
    assert not is_private_address(address)
    assert not Reach(allow_private=True).covers(address, is_secure=True)


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "::1", "fc00::1", "::ffff:192.168.0.1"])
def test_a_private_network_is_reached_where_it_is_allowed(address: str) -> None:
    assert Reach(allow_private=True).covers(address, is_secure=True)


def test_plain_http_is_for_this_machine_and_ones_own_bucket() -> None:
    allowed = Reach(allow_private=True)
    assert allowed.covers("127.0.0.1", is_secure=False)
    assert not allowed.covers("192.168.0.1", is_secure=False)
    assert not allowed.covers("8.8.8.8", is_secure=False)
    assert Reach(is_own=True).covers("192.168.0.1", is_secure=False)
    assert not Reach().covers("127.0.0.1", is_secure=False)


def test_a_host_of_the_internet_is_reached() -> None:
    assert Reach().covers("8.8.8.8", is_secure=True)
    assert Reach().covers("2606:4700:4700::1111", is_secure=True)
