"""Footage fetched for commands: once, whole, and no more of it kept than is wanted."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from screentest.client.errors import ConfigError, FetchBroken, NotFetched
from screentest.client.fetching.cache import Cache
from screentest.client.fetching.fetch import Fetching, FetchPlan
from screentest.client.worker.line import Reach
from screentest.client.worker.receive import Bounds
from screentest.client.worker.web import opened
from screentest.prep.core.errors import DiskFull
from tests.integration.hosts.web_host import File, Host, hosted

FILE = File(b"joe" * 400_000, etag='"v1"')
SIZE = len(FILE.content)


@pytest.fixture
def host() -> Iterator[Host]:
    with hosted() as host:
        yield host


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def fetching(home: Path, *, kept_bytes: int = 10**9, most_bytes: int = 10**9) -> Fetching:
    return Fetching(FetchPlan(home, allow_private=True, kept_bytes=kept_bytes, most_bytes=most_bytes))


def fetched(home: Path, url: str, **bounds: int) -> bytes:
    with fetching(home, **bounds) as source, source.fetched(url) as found:
        return found.path.read_bytes()


def names_in(home: Path) -> list[str]:
    return sorted(file.name for file in (home / "fetched").rglob("*") if file.is_file())


def test_a_file_comes_once_for_all_commands(host: Host, home: Path) -> None:
    url = host.put("/takes/joe%20smith.mov", FILE)
    with fetching(home) as source:
        with source.fetched(f"{url}?X-Amz-Signature=one") as first:
            assert (first.path.name, first.is_new, first.bytes) == ("joe smith.mov", True, SIZE)
            assert first.shown == url
        with source.fetched(f"{url}?X-Amz-Signature=two&X-Amz-Date=3") as second:
            assert (second.path, second.is_new) == (first.path, False)
    assert [path.partition("?")[0] for path, _ in host.asked] == ["/takes/joe%20smith.mov"] * 2
    assert first.path.read_bytes() == FILE.content
    assert first.path.stat().st_mode & 0o077 == 0


def test_other_queries_are_other_files(host: Host, home: Path) -> None:
    url = host.put("/download", replace(FILE, etag="", last_modified="Mon, 02 Nov 2026 10:00:00 GMT"))
    assert fetched(home, f"{url}?id=1") == FILE.content
    host.put("/download", File(b"other", last_modified="Mon, 02 Nov 2026 10:00:00 GMT"))
    assert fetched(home, f"{url}?id=2") == b"other"


def test_a_file_that_changed_comes_again_and_the_old_one_stays_for_its_reader(
    host: Host, home: Path
) -> None:
    url = host.put("/joe.mp4", FILE)
    with fetching(home) as source, source.fetched(url) as old:
        host.put("/joe.mp4", File(b"new", etag='"v2"'))
        with source.fetched(url) as new:
            assert new.path.read_bytes() == b"new"
            assert old.path.read_bytes() == FILE.content


def test_of_what_no_version_is_told_none_is_taken_for_the_same(host: Host, home: Path) -> None:
    url = host.put("/joe.mp4", File(b"one"))
    assert fetched(home, url) == b"one"
    host.put("/joe.mp4", File(b"two"))
    assert fetched(home, url) == b"two"


def test_two_commands_at_once_fetch_once(host: Host, home: Path) -> None:
    url = host.put("/joe.mp4", FILE)
    found: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: found.append(fetched(home, url)), daemon=True) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [FILE.content] * 4
    assert len(names_in(home)) == 2  # the file and its lock: no part, no address' lock


def test_what_was_used_longest_ago_goes_first_and_what_is_in_use_stays(host: Host, home: Path) -> None:
    urls = [host.put(f"/{name}.mp4", FILE) for name in "abcd"]
    with fetching(home, kept_bytes=SIZE * 3 + 100) as source, source.fetched(urls[0]) as first:
        for age, url in enumerate(urls[1:]):
            with source.fetched(url) as found:
                pass
            os.utime(found.path.parent, (age, age))
        assert first.path.exists()
        assert [name for name in names_in(home) if name.endswith("mp4")] == ["a.mp4", "d.mp4"]


def test_a_cache_of_nothing_keeps_nothing(host: Host, home: Path) -> None:
    url = host.put("/joe.mp4", FILE)
    assert fetched(home, url, kept_bytes=0) == FILE.content
    assert names_in(home) == []


def test_a_part_is_swept_unless_somebody_adds_to_it(host: Host, home: Path) -> None:
    cut = replace(FILE, ends_after=300_000)
    url = host.put("/joe.mp4", cut)
    broken = Bounds(sleep=lambda _: None)
    cache = Cache(home / "fetched", most_bytes=10**9)
    opener = partial(opened, url, reach=Reach(allow_private=True))
    host.put("/joe.mp4", cut, replace(FILE, status=503))
    with pytest.raises(FetchBroken), cache.fetched("joe", url, opener, broken):
        pass
    assert [name.partition(".")[2] for name in names_in(home)] == ["part", "part.json"]
    Cache(home / "fetched", most_bytes=0).sweep()
    assert names_in(home) == []


def test_a_file_larger_than_allowed_never_comes(host: Host, home: Path) -> None:
    url = host.put("/joe.mp4", FILE)
    with pytest.raises(NotFetched, match=r"more than 0\.001 GB"):
        fetched(home, url, most_bytes=1_000_000)
    assert names_in(home) == []


def test_a_full_disk_is_told_before_a_byte_comes(
    host: Host, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = host.put("/joe.mp4", FILE)
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 400_000_000})())
    with pytest.raises(DiskFull, match=r"too full for http://localhost:\d+/joe.mp4: it lacks 0.1 GB"):
        fetched(home, url)


@pytest.mark.parametrize("address", ["s3://", "s3:///key", "s3://bad bucket/x", "https://[::1/x"])
def test_an_address_that_cannot_be_is_told_as_that(home: Path, address: str) -> None:
    with pytest.raises(ConfigError):
        fetched(home, address)
