"""The films of a studio: found, counted, sorted, and what changed of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from screentest.client.batch.outcome import Reason
from screentest.client.registry.decisions import Decision
from screentest.client.studio.server.events import RUN, changes, version_after
from screentest.client.studio.shelf.dropping import dropped, safe_name
from screentest.client.studio.shelf.film import Film, Registering, key_of
from screentest.client.studio.shelf.listing import Filters, listing
from screentest.client.studio.shelf.shelf import Shelf
from screentest.prep.core.errors import ConfigError, NotAVideo

FAULT = Reason("NotAVideo", "It is no video.")


def film(title: str, number: int = 1, **more: object) -> Film:
    return Film(key_of(title), f"/footage/{title}", number, **more)  # type: ignore[arg-type]


def test_a_film_says_how_far_it_is_in_one_word() -> None:
    assert film("a.mp4").state == "waiting"
    assert film("a.mp4", is_looking=True).state == "looking"
    assert film("a.mp4", fault=FAULT).state == "failed"
    assert film("a.mp4", fault=FAULT, decision=Decision(skip=True)).state == "skipped"
    assert film("a.mp4", fault=FAULT, decision=Decision(approved=True)).state == "failed"
    assert film("a.mp4", refusal=FAULT).state == "failed"


def test_a_name_that_was_decided_beats_the_file_s() -> None:
    assert film("joe.take 2.mp4", called="joe.take 2").name == "joe.take 2"
    assert film("joe.mp4", decision=Decision(name="Joe")).name == "Joe"


def test_addresses_tell_nothing_of_a_path_and_stay_the_same() -> None:
    assert key_of("/secret/joe.mp4") == key_of("/secret/joe.mp4")
    assert key_of("/secret/joe.mp4") != key_of("/secret/joe.mov")
    assert key_of("/not-utf8-\udcff.mp4").isalnum()


def test_a_film_is_added_once_and_a_page_hears_what_changed_since_it_looked() -> None:
    shelf = Shelf()
    (one, two) = shelf.add(["/a.mp4", "/b.mp4", "/a.mp4"], model="m")
    assert shelf.add(["/a.mp4"], model="m") == ()
    seen = shelf.version
    shelf.change(two.key, is_looking=True)
    shelf.change(one.key, is_looking=True)
    shelf.change(two.key, fault=FAULT)
    version, keys = shelf.changed_since(seen)
    assert keys == (one.key, two.key)
    assert shelf.changed_since(version) == (version, ())
    assert shelf.changed_since(0)[1] == (one.key, two.key)


def test_an_address_with_a_new_signature_is_the_same_film_and_its_query_is_not_shown() -> None:
    shelf = Shelf()
    url = "https://host/takes/joe%20smith.mp4?take=1"
    (one, other) = shelf.add([f"{url}&X-Amz-Signature=abc", f"{url[:-1]}2"], model="m")
    assert (one.title, one.address) == ("joe smith.mp4", "https://host/takes/joe%20smith.mp4")
    assert "abc" not in repr(one)
    assert one.key != other.key
    assert shelf.add([f"{url}&X-Amz-Signature=def"], model="m") == ()
    known = shelf.film(one.key)
    assert known is not None
    assert known.given.endswith("def"), "the older one may be over"
    assert (shelf.add(["s3://rushes/a%20b.mp4"], model="m")[0].title) == "a%20b.mp4"


def test_only_one_registration_of_a_film_begins() -> None:
    shelf = Shelf()
    (one,) = shelf.add(["/a.mp4"], model="m")
    assert shelf.begin(one.key, registering=Registering("starting"))
    assert not shelf.begin(one.key, registering=Registering("starting"))
    shelf.change(one.key, registering=None)
    assert shelf.begin(one.key, registering=Registering("starting"))


def test_films_are_found_by_words_and_state_and_counted_by_state() -> None:
    films = [
        film("Joe one.mp4", 1, fault=FAULT),
        film("joe two.mp4", 2),
        film("ann.mp4", 3, decision=Decision(name="Joe")),
    ]
    found = listing(films, Filters(search="JOE"))
    assert [one.number for one in found.films] == [1, 2, 3]
    assert found.counts == {"failed": 1, "waiting": 2}
    found = listing(films, Filters(state="failed", search="joe"))
    assert ([one.number for one in found.films], found.counts["waiting"]) == ([1], 2)
    assert listing(films, Filters(state="no such", order="no such")).found == 3
    assert [one.number for one in listing(films, Filters(order="name")).films] == [3, 1, 2]
    assert next(one.number for one in listing(films, Filters(order="worst")).films) == 1


def test_thousands_of_films_are_shown_a_page_at_a_time() -> None:
    films = [film(f"{number}.mp4", number) for number in range(2_501)]
    pages, page = [], 0
    while True:
        found = listing(films, Filters(), page=page, size=500)
        pages.append(len(found.films))
        if found.following is None:
            break
        page = found.following
    assert pages == [500, 500, 500, 500, 500, 1]
    assert listing(films, Filters(), page=-3, size=500).films[0].number == 0


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Joe take 2.MP4", "Joe take 2.MP4"),
        ("../../etc/joe.mp4", "joe.mp4"),
        ("C:\\films\\joe.mov", "joe.mov"),
        (".hidden.mp4", "hidden.mp4"),
        ("a\x00\x1b[2Jb\n.mp4", "a__[2Jb_.mp4"),
        ("Zoë – prise.mkv", "Zoë _ prise.mkv"),
    ],
)
def test_a_dropped_file_gets_a_name_that_leads_nowhere(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@pytest.mark.parametrize("name", ["", "joe", "joe.exe", ".mp4", "/", "..", "joe.mp4/"])
def test_what_is_not_called_as_a_video_is_not_taken(name: str) -> None:
    if name == "joe.mp4/":
        assert safe_name(name) == "joe.mp4"
        return
    with pytest.raises(NotAVideo):
        safe_name(name)


def test_long_names_stay_whole_letters() -> None:
    name = safe_name("é" * 300 + ".mp4")
    assert len(name.encode()) <= 125
    assert name.endswith("é.mp4")


async def _in_blocks(*blocks: bytes) -> AsyncIterator[bytes]:
    for block in blocks:
        yield block


def _dropped(folder: Path, name: str, *blocks: bytes, most_bytes: int = 100) -> Path:
    return asyncio.run(dropped(_in_blocks(*blocks), name, folder=folder, most_bytes=most_bytes))


def test_a_dropped_file_is_copied_once_and_never_over_another(tmp_path: Path) -> None:
    one = _dropped(tmp_path, "joe.mp4", b"abc", b"def")
    assert one.read_bytes() == b"abcdef"
    assert one.stat().st_mode & 0o777 == 0o600
    assert _dropped(tmp_path, "joe.mp4", b"abcdef") == one
    other = _dropped(tmp_path, "joe.mp4", b"other")
    assert (other.name, one.read_bytes()) == ("joe 2.mp4", b"abcdef")
    assert _dropped(tmp_path, "joe.mp4", b"other") == other


def test_a_file_that_is_too_large_or_empty_leaves_nothing(tmp_path: Path) -> None:
    for blocks in ((b"a" * 60, b"b" * 60), ()):
        with pytest.raises(ConfigError):
            _dropped(tmp_path, "joe.mp4", *blocks)
    assert list(tmp_path.iterdir()) == []


def test_a_page_that_comes_back_hears_what_it_missed() -> None:
    assert version_after(f"{RUN}.7") == 7
    assert [version_after(heard) for heard in ("", "7", "other.7", f"{RUN}.x", f"{RUN}.-1")] == [0] * 5

    async def heard() -> list[str]:
        shelf = Shelf()
        shelf.add(["/a.mp4"], model="m")
        told = changes(shelf, 0, is_over=lambda: False, every_s=0.0)
        return [await anext(told), await anext(told)]

    first, second = asyncio.run(heard())
    assert first == "retry: 1000\n\n"
    assert second == f'id: {RUN}.1\nevent: films\ndata: ["{key_of("/a.mp4")}"]\n\n'
