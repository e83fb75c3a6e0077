"""Coming in to the studio, over a real socket: with the token, with the cookie, and otherwise not."""

from __future__ import annotations

from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest

from tests.integration.client.studio.doors.doors_parts import House, Reply, open_house

FIXED = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
        "media-src 'self' blob:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("studio") / "home") as opened:
        yield opened


@pytest.fixture(autouse=True)
def asked(house: House) -> list[str]:
    """What reached the application in this test."""
    house.behind.asked.clear()
    return house.behind.asked


def let_in(house: House, reply: Reply) -> str:
    """The Cookie header of a browser that got this reply."""
    (morsel,) = SimpleCookie(reply.headers["set-cookie"]).values()
    assert (morsel["path"], morsel["samesite"], morsel["httponly"]) == ("/", "Strict", True)
    assert not morsel["domain"]
    return f"{morsel.key}={morsel.value}"


def test_the_printed_address_leads_in_and_the_token_is_gone(house: House, asked: list[str]) -> None:
    reply = house.ask(f"/?token={house.secret.token}&state=picked", cookie="", sec_fetch_site="none")
    assert (reply.status, reply.headers["location"]) == (303, "/?state=picked")
    cookie = let_in(house, reply)
    assert house.ask(reply.headers["location"], cookie=cookie).body == "the page"
    assert asked == [f"{house.origin}/?state=picked"]
    assert house.secret.token not in str(reply)


def test_whoever_has_no_token_reads_where_it_was_printed_and_a_script_one_sentence(
    house: House, asked: list[str]
) -> None:
    page = house.ask("/", cookie="", accept="text/html,*/*;q=0.8")
    assert (page.status, page.headers["content-type"]) == (403, "text/html; charset=utf-8")
    assert "in the terminal where" in page.body
    assert "style=" not in page.body, "the policy would refuse it"
    said = house.ask("/", cookie="", accept="*/*")
    assert (said.status, said.headers["content-type"]) == (403, "text/plain; charset=utf-8")
    assert asked == []


def test_a_link_on_another_page_leads_in_by_a_page_of_ours(house: House, asked: list[str]) -> None:
    """A browser would not send a strict cookie with a redirect."""
    reply = house.ask(
        f"/?token={house.secret.token}&a=%22%3E%3Cscript%3E&b=%26",
        cookie="",
        sec_fetch_site="cross-site",
        sec_fetch_mode="navigate",
        sec_fetch_dest="document",
    )
    assert reply.status == 200
    assert let_in(house, reply) == house.cookie
    assert 'content="0;url=/?a=%22%3E%3Cscript%3E&amp;b=%26"' in reply.body
    assert reply.headers["referrer-policy"] == "no-referrer"
    assert house.secret.token not in str(reply)
    assert not asked


def test_what_a_browser_is_started_with_lets_in_once(house: House) -> None:
    """Other users of the machine see the command lines of programs."""
    ticket, other = house.doors.ticket(), house.doors.ticket()
    assert house.secret.token not in (ticket, other)
    reply = house.ask(f"/?token={ticket}", cookie="")
    assert (reply.status, let_in(house, reply)) == (303, house.cookie)
    assert house.ask(f"/?token={ticket}", cookie="").status == 403
    turned_away = house.ask(f"/?token={other}", cookie="", sec_fetch_site="cross-site")
    assert turned_away.status == 403
    assert house.ask(f"/?token={other}", cookie="").status == 303
    assert house.ask(f"/?token={house.secret.token}", cookie="").status == 303


def test_a_page_survives_a_restart(tmp_path: Path) -> None:
    with open_house(tmp_path) as before:
        cookie, port = before.cookie, before.port
    with open_house(tmp_path, port=port) as after:
        assert after.ask(cookie=cookie).status == 200


def test_two_studios_of_one_home_share_the_way_in(house: House, tmp_path: Path) -> None:
    with open_house(tmp_path) as one, open_house(tmp_path) as two:
        both = f"{one.cookie}; {house.cookie}"
        assert [each.ask(cookie=both).status for each in (one, two, house)] == [200, 200, 200]


def test_the_cookie_of_another_home_opens_nothing(house: House, tmp_path: Path) -> None:
    with open_house(tmp_path) as other:
        assert house.ask(cookie=other.cookie).status == 403
        named_as_ours = f"{house.cookie.partition('=')[0]}={other.cookie.partition('=')[2]}"
        assert house.ask(cookie=named_as_ours).status == 403
        assert house.ask(f"/?token={other.secret.token}", cookie="").status == 403


@pytest.mark.parametrize("target", ["/", "/?token=wrong", "/?token=", "/static/page.css", "/none"])
def test_without_the_token_there_are_plain_words_and_no_page(
    house: House, asked: list[str], target: str
) -> None:
    reply = house.ask(target, cookie="")
    assert reply.status == 403
    assert reply.headers["content-type"] == "text/plain; charset=utf-8"
    assert "token" in reply.body
    assert "set-cookie" not in reply.headers
    assert not asked


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"host": "evil.example:{port}"},
        {"host": "127.0.0.1.evil.example:{port}"},
        {"host": "LOCALHOST:{port}"},
        {"host": "localhost.:{port}"},
        {"host": "joe@127.0.0.1:{port}"},
        {"host": "127.0.0.1"},
        {"origin": "http://evil.example"},
        {"origin": "http://127.0.0.1:1"},
        {"origin": "null"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site", "sec_fetch_mode": "navigate", "sec_fetch_dest": "document"},
    ],
    ids=str,
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_another_page_is_turned_away_even_with_the_cookie(
    house: House, asked: list[str], headers: dict[str, str], method: str
) -> None:
    told: dict[str, Any] = {name: value.format(port=house.port) for name, value in headers.items()}
    if method == "POST":
        told = {"origin": house.origin, **told}
    assert house.ask("/", method=method, **told).status == 403
    assert not asked


def test_a_rebound_name_learns_nothing_of_a_right_token(house: House) -> None:
    evil = f"evil.example:{house.port}"
    replies = [house.ask(f"/?token={token}", host=evil) for token in (house.secret.token, "wrong")]
    assert replies[0].body == replies[1].body
    assert all("set-cookie" not in reply.headers for reply in replies)


def test_a_form_of_another_page_changes_nothing(house: House, asked: list[str]) -> None:
    none: dict[str, Any] = {}
    for proof in (none, {"sec_fetch_site": "none"}, {"sec_fetch_site": "cross-site"}):
        assert house.ask("/", method="POST", body=b"a=1", **proof).status == 403
    assert not asked
    for proof in (none | {"origin": house.origin}, {"sec_fetch_site": "same-origin"}):
        assert house.ask("/", method="POST", body=b"a=1", **proof).status == 200


def test_the_application_sees_neither_token_nor_cookie(house: House) -> None:
    """So it cannot log or show them."""
    read = house.ask("/seen?a=1")
    assert "cookie" not in read.body
    assert house.secret.cookie("http") not in read.body
    ordered = house.ask(f"/?token={house.secret.token}&a=2", method="POST", origin=house.origin)
    assert ordered.status == 200
    assert house.behind.asked == [f"{house.origin}/?a=2"]


@pytest.mark.parametrize(
    "target", ["/", "/static/page.css", "/none", "/weak", "/media", "//", "/?token=x"]
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_every_reply_has_the_headers_that_keep_other_pages_out(
    house: House, target: str, method: str
) -> None:
    reply = house.ask(target, method=method)
    assert {name: reply.headers[name] for name in FIXED} == FIXED
    assert reply.headers["referrer-policy"] in ("same-origin", "no-referrer")
    assert "camera=()" in reply.headers["permissions-policy"]
    assert "public" not in reply.headers["cache-control"]
    assert "access-control-allow-origin" not in reply.headers
    assert not (method == "HEAD" and reply.body)


@pytest.mark.parametrize(
    ("target", "kept"),
    [
        ("/", "no-store"),
        ("/static/page.css", "private, no-cache"),
        ("/media", "private, max-age=60"),
        ("/weak", "no-store"),
        ("/none", "no-store"),
    ],
)
def test_pages_are_kept_nowhere_and_nothing_by_a_shared_cache(
    house: House, target: str, kept: str
) -> None:
    assert house.ask(target).headers["cache-control"] == kept
