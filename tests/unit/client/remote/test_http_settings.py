"""A proxy or certificates that cannot be used: the error names the variable that says so."""

from __future__ import annotations

import pytest

from screentest.client.errors import ServiceUnreachable
from screentest.client.remote.http import Http, Request


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("ALL_PROXY", "socks5://127.0.0.1:9"),
        ("HTTPS_PROXY", "socks5h://127.0.0.1:9"),
        ("ALL_PROXY", "ftp://127.0.0.1:9"),
        ("https_proxy", "gopher://127.0.0.1:9"),
        ("SSL_CERT_FILE", "/nowhere/ca.pem"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_and_nothing_sent(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    for name in ("ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv(variable, value)
    request = Request("POST", "https://api.example/x", json={})
    for send in (Http(sleep=lambda _: None).submit, Http(sleep=lambda _: None).read):
        with pytest.raises(ServiceUnreachable, match=variable) as caught:
            send(request)
        assert caught.value.hint
        assert value not in caught.value.message
