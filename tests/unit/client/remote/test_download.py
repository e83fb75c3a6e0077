"""Where a download may be sent on to, and how a file begins that is what its name says."""

from __future__ import annotations

from pathlib import Path

import pytest

from screentest.client.remote.download import begins_as_wanted, sent_on_to
from screentest.client.worker.address import is_public_address


@pytest.mark.parametrize(
    ("url", "location", "target"),
    [
        ("https://a.example/v", "https://cdn.example/v.mp4", "https://cdn.example/v.mp4"),
        ("https://a.example/v", "/w.mp4", "https://a.example/w.mp4"),
        ("http://127.0.0.1:1/v", "http://127.0.0.1:2/w", "http://127.0.0.1:2/w"),
        ("https://a.example/v", "http://cdn.example/v.mp4", None),
        ("https://a.example/v", "file:///etc/passwd", None),
        ("https://a.example/v", "https://169.254.169.254/latest", None),
        ("https://a.example/v", "https://[::1]/latest", None),
        ("http://8.8.8.8/v", "http://10.0.0.1/", None),
        ("http://8.8.8.8/v", "http://localhost:80/", None),
        ("https://a.example/v", "https://[broken/", None),
    ],
)
def test_a_download_is_sent_on_within_the_internet_alone(
    url: str, location: str, target: str | None
) -> None:
    assert sent_on_to(url, location) == target


@pytest.mark.parametrize(
    ("start", "name", "wanted"),
    [
        (b"\0\0\0\x20ftyp", "v.mp4", True),
        (b"\0\0\0\x20ftyp", "v.MOV", True),
        (b"<html><b", "v.mp4", False),
        (b"", "v.mp4", False),
        (b"<html><b", "v.html", True),
    ],
)
def test_a_file_is_held_against_its_ending(start: bytes, name: str, wanted: bool) -> None:
    assert begins_as_wanted(start, Path(name)) is wanted


@pytest.mark.parametrize(
    ("address", "is_public"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        ("::ffff:8.8.8.8", True),
        ("64:ff9b::808:808", True),
        ("127.0.0.1", False),
        ("0.0.0.0", False),
        ("10.1.2.3", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:a9fe:a9fe", False),
        ("64:ff9b::a9fe:a9fe", False),
        ("2002:a9fe:a9fe::1", False),
        ("2002:7f00:1::1", False),
    ],
)
def test_an_address_in_any_disguise_is_as_public_as_what_it_stands_for(
    address: str, is_public: bool
) -> None:
    assert is_public_address(address) is is_public
