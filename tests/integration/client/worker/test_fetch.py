"""Footage fetched over real sockets, from hosts that behave as hosts do."""

from __future__ import annotations

import hashlib
import itertools
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from screentest.client.worker.fetch import fetched
from screentest.client.worker.job import Place
from screentest.client.worker.line import Reach
from screentest.client.worker.not_fetched import FetchBroken, NotFetched
from screentest.client.worker.receive import Bounds, Part, received
from screentest.client.worker.web import BLOCK_BYTES, opened
from screentest.prep.core.errors import Cancelled, NotFound
from tests.integration.hosts.web_host import File, Host, hosted, made_certificate

CONTENT = bytes(range(256)) * 4096 * 3
FILE = File(CONTENT, etag='"v1"')
SECRET = "X-Amz-Signature=0123456789abcdef"
NEAR = Reach(allow_private=True)


@pytest.fixture
def host() -> Iterator[Host]:
    with hosted() as host:
        yield host


def place(url: str, **more: object) -> Place:
    given = {"allow_private": True, **more}
    return Place(url.partition("?")[0], url=url, **given)  # type: ignore[arg-type]


def receive(url: str, part: Path, *, reach: Reach = NEAR, **bounds: object) -> None:
    given = {"sleep": lambda _: None, **bounds}
    received(partial(opened, url, reach=reach), Part(part), Bounds(**given))  # type: ignore[arg-type]


def test_a_file_comes_whole_and_is_fetched_once(host: Host, tmp_path: Path) -> None:
    url = host.put("/joe.MP4", FILE)
    path = fetched(place(f"{url}?{SECRET}", tag='"v1"'), tmp_path)
    assert path.read_bytes() == CONTENT
    assert (path.suffix, path.parent) == (".mp4", tmp_path)
    assert fetched(place(f"{url}?other", tag='"v1"'), tmp_path) == path
    assert len(host.asked) == 1
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_footage_on_a_shared_path_is_taken_as_it_lies(tmp_path: Path) -> None:
    file = tmp_path / "joe.mp4"
    file.write_bytes(b"joe")
    assert fetched(Place("joe.mp4", path=str(file)), tmp_path / "scratch") == file
    with pytest.raises(NotFound, match="gone"):
        fetched(Place("gone.mp4", path=str(tmp_path / "gone.mp4")), tmp_path)


def test_a_file_that_changed_since_it_was_listed_is_not_taken(host: Host, tmp_path: Path) -> None:
    url = host.put("/joe.mp4", FILE)
    with pytest.raises(FetchBroken, match="changed since"):
        fetched(place(url, tag='"v0"'), tmp_path)
    assert not [file for file in tmp_path.iterdir() if file.suffix == ".mp4"]


def test_what_came_is_not_asked_for_again(host: Host, tmp_path: Path) -> None:
    cut = replace(FILE, ends_after=BLOCK_BYTES * 2)
    url = host.put("/joe.mp4", cut, cut, FILE)
    receive(url, tmp_path / "part")
    assert (tmp_path / "part").read_bytes() == CONTENT
    assert host.ranges == [None, f"bytes={BLOCK_BYTES * 2}-", f"bytes={BLOCK_BYTES * 4}-"]
    assert {headers.get("if-range") for _, headers in host.asked[1:]} == {'"v1"'}


def test_a_stopped_run_goes_on_where_it_was(host: Host, tmp_path: Path) -> None:
    url = host.put("/joe.mp4", FILE)

    def stop(share: float) -> None:
        if share > 0.2:
            raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        receive(url, tmp_path / "part", progress=stop)
    came = (tmp_path / "part").stat().st_size
    assert 0 < came < len(CONTENT)
    receive(url, tmp_path / "part")
    assert (tmp_path / "part").read_bytes() == CONTENT
    assert host.ranges[-1] == f"bytes={came}-"


@pytest.mark.parametrize("heeds_if_range", [True, False])
def test_halves_of_two_versions_are_never_joined(
    host: Host, tmp_path: Path, heeds_if_range: bool
) -> None:
    other = File(b"other" * 200_000, etag='"v2"', heeds_if_range=heeds_if_range)
    url = host.put("/joe.mp4", replace(FILE, ends_after=BLOCK_BYTES), other)
    receive(url, tmp_path / "part")
    assert (tmp_path / "part").read_bytes() == other.content


def test_a_host_without_ranges_or_versions_is_asked_for_all_of_it(host: Host, tmp_path: Path) -> None:
    plain = File(CONTENT, has_ranges=False)
    url = host.put("/joe.mp4", replace(plain, ends_after=BLOCK_BYTES), plain)
    receive(url, tmp_path / "part")
    assert (tmp_path / "part").read_bytes() == CONTENT
    assert host.ranges == [None, None]


def test_a_file_that_shrank_below_what_came_is_fetched_anew(host: Host, tmp_path: Path) -> None:
    small = File(b"small", etag='"v1"')
    url = host.put("/joe.mp4", replace(FILE, ends_after=BLOCK_BYTES), small)
    receive(url, tmp_path / "part")
    assert (tmp_path / "part").read_bytes() == b"small"


def test_a_truncated_answer_is_never_taken_for_the_file(host: Host, tmp_path: Path) -> None:
    pauses: list[float] = []
    url = host.put("/joe.mp4", replace(FILE, says_bytes=len(CONTENT) + 1))
    with pytest.raises(FetchBroken, match=r"ended after 3,145,728 of 3,145,729 bytes"):
        receive(url, tmp_path / "part", sleep=pauses.append)
    assert len(pauses) < 10


def test_a_file_with_another_hash_than_was_told_is_not_taken(host: Host, tmp_path: Path) -> None:
    told = b64encode(hashlib.sha256(CONTENT).digest()).decode()
    headers = (("Repr-Digest", f"sha-256=:{told}:"),)
    url = host.put("/joe.mp4", replace(FILE, headers=headers))
    receive(url, tmp_path / "part")
    host.put("/joe.mp4", replace(FILE, content=CONTENT[::-1], headers=headers))
    with pytest.raises(FetchBroken, match="SHA-256"):
        receive(url, tmp_path / "other")
    assert not (tmp_path / "other").exists()


def test_what_is_too_large_is_refused_before_and_while_it_comes(host: Host, tmp_path: Path) -> None:
    url = host.put("/joe.mp4", replace(FILE, says_bytes=50_000_000_000))
    with pytest.raises(NotFetched, match=r"more than 20 GB"):
        receive(url, tmp_path / "part")
    chunked = (("Transfer-Encoding", "chunked"),)  # no length is told then
    body = b"".join(b"%x\r\n%s\r\n" % (1000, bytes(1000)) for _ in range(1000))
    url = host.put("/endless.mp4", File(body, headers=chunked))
    with pytest.raises(NotFetched, match=r"more than 0.0005 GB"):
        receive(url, tmp_path / "part", most_bytes=500_000)
    assert not list(tmp_path.iterdir())
    host.put("/endless.mp4", File(body + b"0\r\n\r\n", headers=chunked))
    receive(url, tmp_path / "part")
    assert (tmp_path / "part").read_bytes() == bytes(1_000_000)


def test_a_host_that_drips_is_given_up(host: Host, tmp_path: Path) -> None:
    ticks = itertools.count()
    url = host.put("/joe.mp4", replace(FILE, drips=True))
    slow = partial(opened, url, reach=NEAR, clock=lambda: float(next(ticks)))
    with pytest.raises(FetchBroken, match="in time"):
        received(slow, Part(tmp_path / "part"), Bounds(sleep=lambda _: None))
    assert len(host.asked) == 5


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (File(b"<html>", kind="text/html; charset=utf-8"), "is a web page, not a video"),
        (File(b"\n<!DOCTYPE html><title>Sign in</title>"), "is a web page, not a video"),
        (File(b"no", status=404), r"nothing at .*404"),
        (File(b"no", status=403), r"may not be read \(403\)"),
        (File(b"<Message>Request has expired</Message>", status=403), "signature .* has expired"),
        (File(b"no", status=418), "answers 418 instead"),
        (replace(FILE, headers=(("Content-Encoding", "gzip"),)), "comes compressed"),
    ],
    ids=["page", "page-in-disguise", "404", "403", "expired", "418", "compressed"],
)
def test_what_is_not_the_file_is_told_as_what_it_is(
    host: Host, tmp_path: Path, file: File, said: str
) -> None:
    url = host.put("/joe.mp4", file)
    with pytest.raises(NotFetched, match=said) as refused:
        receive(f"{url}?{SECRET}", tmp_path / "part")
    assert not refused.value.retryable
    assert len(host.asked) == 1
    assert "Signature=" not in repr(refused.value) + refused.value.hint


def test_a_busy_host_is_asked_again(host: Host, tmp_path: Path) -> None:
    url = host.put("/joe.mp4", File(b"", status=503), File(b"", status=429), FILE)
    receive(url, tmp_path / "part")
    assert (tmp_path / "part").read_bytes() == CONTENT


def test_nothing_is_fetched_from_this_machine_unless_it_is_allowed(host: Host, tmp_path: Path) -> None:
    url = host.put("/joe.mp4", FILE)
    for near in (url.replace("http:", "https:"), url.replace("localhost", "0x7f.1")):
        with pytest.raises(NotFetched):
            receive(near, tmp_path / "part", reach=Reach())
    assert not host.asked
    receive(url, tmp_path / "part", reach=Reach(is_own=True))


@pytest.mark.parametrize(
    "target",
    [
        "http://169.254.169.254/latest/meta-data",
        "https://169.254.169.254/latest/meta-data",
        "https://[::ffff:169.254.169.254]/",
        "http://example.com/joe.mp4",
        "file:///etc/passwd",
        "https://user:word@localhost/",
    ],
)
def test_a_redirect_leads_nowhere_that_an_address_may_not(
    host: Host, tmp_path: Path, target: str
) -> None:
    url = host.put("/joe.mp4", File(status=302, headers=(("Location", target),)))
    with pytest.raises(NotFetched) as refused:
        receive(url, tmp_path / "part")
    assert not refused.value.retryable
    assert len(host.asked) == 1


def test_the_buckets_own_host_vouches_for_no_other(host: Host, tmp_path: Path) -> None:
    with hosted() as other:
        elsewhere = other.put("/joe.mp4", FILE)
        url = host.put("/joe.mp4", File(status=307, headers=(("Location", elsewhere),)))
        with pytest.raises(NotFetched):
            receive(url, tmp_path / "part", reach=Reach(is_own=True))
        assert not other.asked


def test_a_redirect_is_followed_and_a_loop_is_not(host: Host, tmp_path: Path) -> None:
    host.put("/there.mp4", FILE)
    url = host.put("/here.mp4", File(status=302, headers=(("Location", "/there.mp4"),)))
    receive(url, tmp_path / "part")
    assert (tmp_path / "part").read_bytes() == CONTENT
    loop = host.put("/loop.mp4", File(status=302, headers=(("Location", "/loop.mp4"),)))
    with pytest.raises(NotFetched, match="without end"):
        receive(loop, tmp_path / "other")


def test_a_name_that_changes_its_address_leads_nowhere_else(
    host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # DNS rebinding: public to whoever checks, this machine to whoever connects.
    url = host.put("/joe.mp4", FILE)
    turns = iter(["203.0.114.1", "127.0.0.1"])
    asked: list[str] = []

    def resolved(name: str, port: int, **_: object) -> list[object]:
        asked.append(name)
        return [(2, 1, 6, "", (next(turns), port))]

    def no_way(_: object, address: tuple[str, int]) -> None:
        assert address[0] == "203.0.114.1"
        raise OSError(113, "No route to host")

    monkeypatch.setattr("socket.getaddrinfo", resolved)
    monkeypatch.setattr("socket.socket.connect", no_way)
    with (
        pytest.raises(FetchBroken, match="no route"),
        opened(url.replace("http:", "https:"), reach=Reach()),
    ):
        pass
    assert asked == ["localhost"]


def test_https_is_held_to_its_certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from screentest.client.worker import line

    certificate = made_certificate(tmp_path)
    with hosted(certificate) as host:
        url = host.put("/joe.mp4", FILE)
        line._tls.cache_clear()
        with pytest.raises(NotFetched, match="certificate of localhost is not trusted"):
            receive(url, tmp_path / "part")
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        line._tls.cache_clear()
        receive(url, tmp_path / "part")
        line._tls.cache_clear()
    assert (tmp_path / "part").read_bytes() == CONTENT
