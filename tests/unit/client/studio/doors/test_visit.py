"""The shape of an address: what every reader of it takes for the same."""

from __future__ import annotations

from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screentest.client.studio.doors.names import names_served
from screentest.client.studio.doors.visit import is_plain_path
from tests.unit.client.studio.parts import visit


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/film/0123456789abcdef",
        "/film/1/",
        "/static/film/timeline.js",
        "/a.b/..c/d..",
        "/%C3%A9t%C3%A9%20a",
        "/a;b,c@d:e!$&'()*+=~_-",
        "/50%25",
    ],
)
def test_a_plain_path_is_taken(path: str) -> None:
    assert is_plain_path(path)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "*",
        "film",
        "http://127.0.0.1/",
        "//evil.example",
        "//evil.example/..",
        "/\\evil.example",
        "/a//b",
        "/a//",
        "/.",
        "/..",
        "/./a",
        "/a/..",
        "/a/../b",
        "/a/./b",
        "/%2e%2e/secret",
        "/%2E./secret",
        "/.%2e/secret",
        "/a/%2e",
        "/%2fetc",
        "/a%2Fb",
        "/a%2f..%2fb",
        "/a\\b",
        "/a%5cb",
        "/a%5C..%5Cb",
        "/%00",
        "/a%00.html",
        "/a%0d%0aX: y",
        "/a%7f",
        "/a\x00",
        "/a b",
        "/a\r\n",
        "/\xe9",
        "/%ff",
        "/%c0%ae%c0%ae/",
        "/%c2%85",
        "/%252e%252e/secret",
        "/%25%32%65",
    ],
)
def test_a_crooked_path_is_not_taken(path: str) -> None:
    assert not is_plain_path(path)


@given(st.text(alphabet=st.sampled_from("/.%25eEfFcC0\\ab\x00"), max_size=12))
def test_no_path_that_is_taken_leaves_its_folder_however_often_it_is_decoded(rest: str) -> None:
    path = f"/{rest}"
    if is_plain_path(path):
        for _ in range(3):
            assert not {"..", "."} & set(path.split("/"))
            assert not path.startswith("//")
            assert not {"\\", "\x00"} & set(path)
            path = unquote(path)


@given(st.text(alphabet=st.characters(exclude_categories=["C"], exclude_characters="/\\%"), min_size=1))
def test_every_name_that_is_encoded_once_is_taken(name: str) -> None:
    plain = is_plain_path(f"/film/{quote(name, safe='')}")
    assert plain == (name not in (".", "..") and "\ufffd" not in name)


@given(st.text(max_size=30), st.integers(1, 65535))
def test_no_host_but_ours_is_answered(host: str, port: int) -> None:
    names = names_served("127.0.0.1", port, scheme="http")
    ours = {f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]")}
    assert names - {"127.0.0.1", "localhost", "[::1]"} == ours
    assert (host in names) == (
        host in ours or (port == 80 and host in ("127.0.0.1", "localhost", "[::1]"))
    )


@pytest.mark.parametrize(
    ("host", "port", "scheme", "names"),
    [
        ("localhost", 9, "http", {"127.0.0.1:9", "localhost:9", "[::1]:9"}),
        ("::1", 9, "http", {"127.0.0.1:9", "localhost:9", "[::1]:9"}),
        ("127.0.0.5", 9, "http", {"127.0.0.5:9", "127.0.0.1:9", "localhost:9", "[::1]:9"}),
        ("192.168.1.7", 8443, "https", {"192.168.1.7:8443"}),
        ("Cutting.Room", 443, "https", {"cutting.room:443", "cutting.room"}),
        ("cutting.room", 80, "https", {"cutting.room:80"}),
        ("fd00::1", 443, "https", {"[fd00::1]:443", "[fd00::1]"}),
    ],
)
def test_the_names_that_are_answered(host: str, port: int, scheme: str, names: set[str]) -> None:
    assert names_served(host, port, scheme=scheme) == names


@given(
    st.lists(
        st.text(alphabet="abtoken=%64+&", max_size=12)
        | st.sampled_from(["token=x", "%74oken=y", "token"])
    )
)
def test_no_token_stays_in_an_address(parts: list[str]) -> None:
    asked = visit(f"/film?{'&'.join(parts)}")
    assert not visit(asked.without_token).tokens
