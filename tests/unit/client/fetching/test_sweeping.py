"""What the cache lets go of, and what footage is called."""

from __future__ import annotations

from pathlib import Path

import pytest

from screentest.client.errors import ConfigError
from screentest.client.fetching.elsewhere import (
    elsewhere,
    is_elsewhere,
    name_at,
    named_after,
    shown_address,
)
from screentest.client.fetching.sweeping import InCache, to_take_away


def test_what_was_used_longest_ago_goes_until_the_rest_fits() -> None:
    kept = [InCache(Path(f"{age}"), 10, age) for age in (3.0, 1.0, 4.0, 2.0)]
    assert [one.used_at for one in to_take_away(kept, 25)] == [1.0, 2.0]
    assert not to_take_away(kept, 40)
    assert len(to_take_away(kept, -1)) == 4


def test_what_is_in_use_stays_and_counts() -> None:
    old, new = InCache(Path("old"), 10, 1.0, in_use=True), InCache(Path("new"), 10, 2.0)
    assert to_take_away([old, new], 10) == [new]


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://a.test/x/joe%20smith.MOV", "joe smith.MOV"),
        ("https://a.test/..%2F..%2Fetc%2Fpasswd", "passwd"),
        ("https://a.test/.hidden.mp4", "hidden.mp4"),
        ("https://a.test/", "footage"),
        ("https://a.test/" + "x" * 300 + ".mp4", "x" * 80 + ".mp4"),
        ("https://a.test/a%0Ab.mp4", "a\\nb.mp4"),
        ("s3://rushes/a%20b.mp4", "a%20b.mp4"),
    ],
)
def test_a_fetched_file_has_a_name_that_leads_nowhere_else(address: str, name: str) -> None:
    assert "/" not in name_at(address)
    assert name_at(address) == name.replace("passwd", name_at(address))
    assert name_at(address) not in (".", "..", "")


def test_signatures_tell_no_file_from_another_and_other_queries_do() -> None:
    def names(query: str) -> str:
        return elsewhere(f"https://a.test/x.mp4?{query}").names

    assert names("X-Amz-Signature=1&X-Amz-Date=2") == names("Signature=3&Expires=4") == names("")
    assert names("sv=1&sig=2&se=3") == names("")
    assert names("id=1") != names("id=2")
    assert "secret" not in names("X-Goog-Signature=secret")


def test_an_address_is_shown_without_what_may_be_secret() -> None:
    assert shown_address("https://u:word@a.test/x.mp4?sig=1#f") == "https://a.test/x.mp4"
    assert shown_address("s3://rushes/what?.mp4") == "s3://rushes/what?.mp4"
    assert shown_address("takes/what?.mp4") == "takes/what?.mp4"
    assert "secret" not in shown_address("https://[::1/x?secret")
    assert str(named_after("https://a.test/mon/x.mp4?sig=secret")) == "/a.test/mon/x.mp4"
    assert repr(elsewhere("https://a.test/x.mp4?sig=secret")) == "OnTheWeb()"


@pytest.mark.parametrize("path", ["takes/joe.mp4", "s3:/b/x", "C:/x.mp4", "ftp://a/x", "file:///x"])
def test_a_path_is_a_path(path: str) -> None:
    assert not is_elsewhere(path)


def test_letters_that_no_url_has_are_written_as_one_has_them() -> None:
    place = elsewhere("HTTPS://a.test/Zoë take 1.mp4?name=ë")
    assert place.shown == "https://a.test/Zo%C3%AB%20take%201.mp4"
    with pytest.raises(ConfigError):
        elsewhere("s3://x")
