"""HTTP rules that need no socket: who is local, how long to pause, what a repr shows."""

from __future__ import annotations

import logging

import pytest

from screentest.client.remote.http import Request, Retry, is_loopback, new_client, retry_after_s


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://127.0.0.1:80/x", True),
        ("http://127.9.9.9", True),
        ("http://[::1]:80", True),
        ("http://localhost:3000/a", True),
        ("https://api.wavespeed.ai/api/v3", False),
        ("http://127.0.0.1.example.com", False),
        ("http://10.0.0.1", False),
    ],
)
def test_only_this_computer_is_local(url: str, local: bool) -> None:
    assert is_loopback(url) is local


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "Thu, 29 Jan 2026 10:00:09 GMT", "date": "Thu, 29 Jan 2026 10:00:00 GMT"}, 9),
        ({"retry-after": "Thu, 29 Jan 2026 10:00:09 GMT"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-3"}, None),
        ({}, None),
    ],
)
def test_retry_after_is_read_in_both_forms(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after_s(headers) == seconds


def test_a_server_cannot_make_a_read_wait_for_ever() -> None:
    assert Retry(most_asked_s=30.0).pause_s(0, asked_s=86_400.0) == 30.0


def test_pauses_grow_with_jitter_up_to_a_cap() -> None:
    retry = Retry(first_s=1.0, most_s=8.0)
    for tried, most in enumerate((1.0, 2.0, 4.0, 8.0, 8.0)):
        assert most / 2 <= retry.pause_s(tried, asked_s=None) <= most


def test_a_request_shows_neither_url_nor_headers() -> None:
    request = Request("GET", "https://b/k?X-Amz-Signature=abc", headers={"Authorization": "Bearer k"})
    assert "abc" not in repr(request)
    assert "Bearer" not in repr(request)


def test_this_computer_is_never_asked_for_through_a_proxy() -> None:
    with new_client("http://127.0.0.1:1") as local, new_client("https://far.example") as far:
        assert not local.trust_env
        assert far.trust_env


@pytest.mark.parametrize("name", ["httpx", "httpcore"])
def test_urls_are_not_logged_at_info(name: str) -> None:
    assert not logging.getLogger(name).isEnabledFor(logging.INFO)
