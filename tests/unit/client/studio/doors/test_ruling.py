"""Who comes in: each reason for which a request is turned away, alone."""

from __future__ import annotations

from typing import Any

import pytest

from screentest.client.studio.doors.ruling import (
    CROOKED,
    FOREIGN,
    NAMELESS,
    NO_METHOD,
    TOO_LARGE,
    TOO_LONG,
    TOO_MANY_HEADERS,
    TWICE,
    UNKNOWN,
    Admitted,
    LetIn,
    ruling,
)
from screentest.client.studio.doors.visit import LONGEST_TARGET, MOST_HEADER_BYTES, MOST_HEADERS
from tests.unit.client.studio.parts import (
    COOKIE,
    COOKIE_NAME,
    HOST,
    ORIGIN,
    PORT,
    TOKEN,
    WITH_COOKIE,
    threshold,
    visit,
)

TAB: dict[str, Any] = {"sec_fetch_mode": "navigate", "sec_fetch_dest": "document"}


@pytest.mark.parametrize("host", [HOST, f"localhost:{PORT}", f"[::1]:{PORT}"])
def test_a_browser_with_the_cookie_comes_in_by_each_name_of_this_machine(host: str) -> None:
    assert ruling(visit(host=host, **WITH_COOKIE), threshold()) == Admitted()


@pytest.mark.parametrize(
    "host",
    [
        None,
        "",
        "127.0.0.1",
        "localhost",
        f"127.0.0.1:{PORT + 1}",
        f"127.0.0.1:0{PORT}",
        f"LOCALHOST:{PORT}",
        f"localhost.:{PORT}",
        f"127.0.0.2:{PORT}",
        f"127.1:{PORT}",
        f"2130706433:{PORT}",
        f"0.0.0.0:{PORT}",
        f"::1:{PORT}",
        f"[::ffff:127.0.0.1]:{PORT}",
        f"user@127.0.0.1:{PORT}",
        f"127.0.0.1:{PORT}@evil.example",
        f"evil.example:{PORT}",
        f"127.0.0.1.evil.example:{PORT}",
        f"127.0.0.1:{PORT}.evil.example",
        f"evil.example/127.0.0.1:{PORT}",
        f"127.0.0.1:{PORT}, evil.example",
        f" 127.0.0.1:{PORT}",
        f"127.0.0.1:{PORT}\t",
    ],
)
@pytest.mark.parametrize("target", ["/", f"/?token={TOKEN}", "/../secret"])
def test_another_name_is_turned_away_before_anything_else_is_said(
    host: str | None, target: str
) -> None:
    """A page that rebound its name learns neither of pages nor whether a token is right."""
    assert ruling(visit(target, host=host, **WITH_COOKIE), threshold()) == NAMELESS


def test_two_hosts_are_turned_away_even_if_both_are_ours() -> None:
    assert ruling(visit(more=(("host", HOST),), **WITH_COOKIE), threshold()) == NAMELESS


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("site", [None, "none", "same-origin"])
def test_what_no_other_page_asked_for_is_read(method: str, site: str | None) -> None:
    assert ruling(visit(method=method, sec_fetch_site=site, **WITH_COOKIE), threshold()) == Admitted()


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE"])
@pytest.mark.parametrize("site", ["cross-site", "same-site", "nonsense", "none, same-origin"])
def test_what_another_page_asked_for_is_turned_away_even_with_the_cookie(
    method: str, site: str
) -> None:
    """Another server of this machine is same-site: a strict cookie is sent with what its pages ask."""
    asked = visit(method=method, sec_fetch_site=site, origin=ORIGIN, **WITH_COOKIE, **TAB)
    assert ruling(asked, threshold()) == FOREIGN


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE"])
@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "http://evil.example",
        f"http://evil.example:{PORT}",
        "http://127.0.0.1",
        f"http://127.0.0.1:{PORT + 1}",
        f"https://{HOST}",
        f"{ORIGIN}.evil.example",
        f"{ORIGIN}/",
        f"http://user@{HOST}",
        HOST,
        # A page of the same studio by its other name has cookies of its own.
        f"http://localhost:{PORT}",
    ],
)
def test_another_origin_is_turned_away_even_with_the_cookie(method: str, origin: str) -> None:
    asked = visit(method=method, origin=origin, sec_fetch_site="same-origin", **WITH_COOKIE)
    assert ruling(asked, threshold()) == FOREIGN


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_change_proves_that_our_page_asked_for_it(method: str) -> None:
    by_origin = visit(method=method, origin=ORIGIN, **WITH_COOKIE)
    by_site = visit(method=method, sec_fetch_site="same-origin", **WITH_COOKIE)
    for asked in (by_origin, by_site):
        assert ruling(asked, threshold()) == Admitted()


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
@pytest.mark.parametrize("site", [None, "none"])
def test_a_change_without_proof_is_turned_away(method: str, site: str | None) -> None:
    assert ruling(visit(method=method, sec_fetch_site=site, **WITH_COOKIE), threshold()) == FOREIGN


def test_the_origin_is_that_of_tls_where_the_studio_speaks_it() -> None:
    tls = threshold(scheme="https")
    ours = visit(method="POST", origin=f"https://{HOST}", **WITH_COOKIE)
    plain = visit(method="POST", origin=ORIGIN, **WITH_COOKIE)
    assert (ruling(ours, tls), ruling(plain, tls)) == (Admitted(), FOREIGN)


@pytest.mark.parametrize(
    "cookie",
    [
        None,
        "",
        COOKIE,
        f"{COOKIE_NAME}=",
        f"{COOKIE_NAME}={COOKIE[:-1]}",
        f"{COOKIE_NAME}={COOKIE}x",
        f"{COOKIE_NAME}={TOKEN}",
        f"{COOKIE_NAME}=\xe9",
        f"screentest-other={COOKIE}",
        f"x{COOKIE_NAME}={COOKIE}",
        f"other={COOKIE_NAME}={COOKIE}",
    ],
)
@pytest.mark.parametrize("target", ["/", "/static/studio.css", "/no/such/page"])
def test_no_page_is_shown_without_the_cookie_nor_is_said_which_there_are(
    cookie: str | None, target: str
) -> None:
    assert ruling(visit(target, cookie=cookie), threshold()) == UNKNOWN


@pytest.mark.parametrize(
    "cookie",
    [
        f"a=b; {COOKIE_NAME}={COOKIE}; c=d",
        f"{COOKIE_NAME}=tossed; {COOKIE_NAME}={COOKIE}",
        f"{COOKIE_NAME}={COOKIE};{COOKIE_NAME}=tossed",
    ],
)
def test_cookies_of_other_servers_of_this_machine_lock_nobody_out(cookie: str) -> None:
    assert ruling(visit(cookie=cookie), threshold()) == Admitted()


@pytest.mark.parametrize(
    ("target", "location"),
    [
        (f"/?token={TOKEN}", "/"),
        (f"/film/1?a=1&token={TOKEN}&b=%2f", "/film/1?a=1&b=%2f"),
        (f"/?token=old&token={TOKEN}", "/"),
        (f"/?%74oken={TOKEN}&", "/"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_the_token_lets_in_and_is_gone_from_the_address(
    target: str, location: str, method: str
) -> None:
    assert ruling(visit(target, method=method), threshold()) == LetIn(location, by_page=False)


def test_a_ticket_lets_in_beside_the_token_and_is_gone_from_the_address() -> None:
    doors = threshold(tickets=frozenset({"one", "two"}))
    for token in ("one", "two", TOKEN):
        assert ruling(visit(f"/?token={token}"), doors) == LetIn("/", by_page=False)
    assert ruling(visit("/?token=three"), doors) == UNKNOWN


@pytest.mark.parametrize("target", ["/?token=", "/?token=x", f"/?token={TOKEN}x", f"/?token={COOKIE}"])
def test_a_wrong_token_does_not_let_in(target: str) -> None:
    assert ruling(visit(target), threshold()) == UNKNOWN


def test_an_old_address_still_leads_in_whoever_has_the_cookie() -> None:
    assert ruling(visit("/?token=old", **WITH_COOKIE), threshold()) == LetIn("/", by_page=False)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_the_token_changes_nothing_by_itself(method: str) -> None:
    asked = visit(f"/?token={TOKEN}", method=method, origin=ORIGIN)
    assert ruling(asked, threshold()) == UNKNOWN


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_link_with_the_token_on_another_page_leads_in_by_a_page(site: str) -> None:
    asked = visit(f"/?token={TOKEN}", sec_fetch_site=site, **TAB)
    assert ruling(asked, threshold()) == LetIn("/", by_page=True)


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize(
    ("mode", "dest"),
    [
        ("navigate", "iframe"),
        ("no-cors", "image"),
        ("cors", "empty"),
        ("cors", "document"),
        (None, None),
    ],
)
def test_the_token_in_a_frame_or_picture_of_another_page_does_not_let_in(
    site: str, mode: str | None, dest: str | None
) -> None:
    asked = visit(f"/?token={TOKEN}", sec_fetch_site=site, sec_fetch_mode=mode, sec_fetch_dest=dest)
    assert ruling(asked, threshold()) == FOREIGN


def test_the_token_with_another_origin_does_not_let_in() -> None:
    asked = visit(f"/?token={TOKEN}", origin="null", sec_fetch_site="cross-site", **TAB)
    assert ruling(asked, threshold()) == FOREIGN


def test_a_wrong_token_on_another_page_is_turned_away_even_with_the_cookie() -> None:
    asked = visit("/?token=x", sec_fetch_site="same-site", **TAB, **WITH_COOKIE)
    assert ruling(asked, threshold()) == UNKNOWN


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "CONNECT", "PATCH", "get", ""])
def test_no_other_method_is_served(method: str) -> None:
    assert ruling(visit(method=method, origin=ORIGIN, **WITH_COOKIE), threshold()) == NO_METHOD


@pytest.mark.parametrize(
    "name", ["origin", "sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest", "content-length"]
)
def test_a_header_that_decides_comes_once(name: str) -> None:
    """Whoever reads the first and whoever reads the last would judge differently."""
    value = {"origin": ORIGIN, "content-length": "0"}.get(name, "same-origin")
    asked = visit(more=((name, value), (name, value)), **WITH_COOKIE)
    assert ruling(asked, threshold()) == TWICE


def test_headers_have_a_limit_in_number_and_in_size() -> None:
    many = tuple(("x", "y") for _ in range(MOST_HEADERS))
    large = (("x", "y" * MOST_HEADER_BYTES),)
    for more in (many, large):
        assert ruling(visit(more=more, **WITH_COOKIE), threshold()) == TOO_MANY_HEADERS


@pytest.mark.parametrize("target", [f"/{'a' * LONGEST_TARGET}", f"/?{'a' * LONGEST_TARGET}"])
def test_an_address_has_a_limit(target: str) -> None:
    assert ruling(visit(target, **WITH_COOKIE), threshold()) == TOO_LONG


@pytest.mark.parametrize("target", ["/../secret", "/?a=\x00", f"/?token={TOKEN}&a=\r\nSet-Cookie:x"])
def test_a_crooked_address_is_turned_away(target: str) -> None:
    assert ruling(visit(target, **WITH_COOKIE), threshold()) == CROOKED


@pytest.mark.parametrize(
    ("path", "length", "fits"),
    [
        ("/film/1", "1000", True),
        ("/film/1", "1001", False),
        ("/footage/drop", "5000", True),
        ("/footage/drop", "5001", False),
        ("/footage/drop/x", "1001", False),
        ("/film/1", "1" + "0" * 18, False),
        ("/film/1", "9" * 5000, False),
    ],
    ids=lambda value: str(value)[:24],
)
def test_a_body_that_says_it_is_too_large_is_turned_away(path: str, length: str, fits: bool) -> None:
    asked = visit(path, method="POST", origin=ORIGIN, content_length=length, **WITH_COOKIE)
    assert ruling(asked, threshold()) == (Admitted() if fits else TOO_LARGE)
