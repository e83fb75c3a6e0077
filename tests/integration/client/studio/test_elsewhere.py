"""Footage that lies elsewhere, in the studio: fetched, shown, and registered as any other."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from uuid import uuid4

import boto3
import pytest

from screentest.client.characters.order import Order
from screentest.client.characters.register import register
from screentest.client.config import Settings
from screentest.client.fetching.cache import FOLDER
from screentest.client.fetching.fetch import Fetching, FetchPlan
from screentest.client.registry.registry import FILE_NAME, Registry
from screentest.client.studio.server.studio import Studio
from screentest.client.worker.web import BLOCK_BYTES
from tests import waiting
from tests.integration.batch_parts import DirectEngine
from tests.integration.client.studio.studio_parts import (
    looked,
    page_of,
    registered,
    studio_over,
    tasks,
    until,
)
from tests.integration.hosts.web_host import File, Host, hosted
from tests.integration.sandbox_parts import Sandbox

pytest_plugins = ["tests.integration.register_fixtures"]
pytestmark = pytest.mark.usefixtures("scanned")

SIGNATURE = "X-Amz-Signature=5ec7e70123456789"


@pytest.fixture
def host() -> Iterator[Host]:
    with hosted() as host:
        yield host


@pytest.fixture
def url(host: Host, face_clip: Path) -> str:
    return host.put(f"/takes/joe%20{uuid4().hex[:8]}.mp4", File(face_clip.read_bytes(), etag='"1"'))


@contextmanager
def reaching(
    settings: Settings, *, engine: DirectEngine | None = None, **plan: object
) -> Iterator[Studio]:
    """A studio that may fetch from this machine."""
    said = {"s3": settings.s3, "allow_private": True, **plan}
    fetching = Fetching(FetchPlan(settings.home, **said))  # type: ignore[arg-type]
    with studio_over(settings.home, settings, engine=engine, fetching=fetching) as studio:
        yield studio


@pytest.fixture
def s3_put(sandbox: Sandbox) -> Iterator[Callable[[str, bytes], str]]:
    """Puts an object below a folder of the test's own, and tells its address."""
    bucket, folder = sandbox.env["SCREENTEST_BUCKET"], uuid4().hex
    client = boto3.client(
        "s3",
        endpoint_url=sandbox.env["AWS_ENDPOINT_URL_S3"],
        aws_access_key_id=sandbox.env["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=sandbox.env["AWS_SECRET_ACCESS_KEY"],
        region_name="us-east-1",
    )

    def put(key: str, content: bytes) -> str:
        client.put_object(Bucket=bucket, Key=f"{folder}/{key}", Body=content)
        return f"s3://{bucket}/{folder}/{key}"

    with closing(client):
        yield put


def texts_below(folder: Path) -> str:
    files = [file for file in folder.rglob("*") if file.is_file()]
    return "".join(f"{file}\n{file.read_bytes()!r}" for file in files)


def test_a_web_film_is_fetched_once_played_registered_and_known_by_a_new_signature(
    settings: Settings, host: Host, url: str, face_clip: Path
) -> None:
    with reaching(settings) as studio, page_of(studio) as client:
        reply = client.post("/footage/add", data={"path": f"{url}?{SIGNATURE}"})
        (film,) = studio.shelf.films()
        film = looked(studio, film.key)
        assert (film.state, film.address) == ("picked", url)
        assert film.title.startswith("joe ")
        played = client.get(f"/film/{film.key}/footage")
        assert played.content == face_clip.read_bytes()
        assert client.get(f"/film/{film.key}/at/1000.jpg").status_code == 200
        studio.decide(film, note="the good one")
        shown = reply.text + client.get("/").text + client.get(f"/film/{film.key}").text
        studio.register(film)
        done = registered(studio, film.key)
        assert (done.state, done.refusal) == ("registered", None)
    with Registry(settings.home / FILE_NAME) as registry:
        (row,) = registry.registrations.list_all()
    assert row.source_path == url
    assert "5ec7e7" not in shown + repr(done) + texts_below(settings.home)

    asked, engine = len(host.asked), DirectEngine()
    with reaching(settings, engine=engine) as later:
        (again,) = later.add([f"{url}?{SIGNATURE}0"])
        assert again.key == film.key
        assert looked(later, again.key).state == "registered"
        assert len(host.asked) > asked, "it is asked whether it is still that file"
    assert engine.clips_asked_for == 0
    assert tasks(settings) == 1


def test_what_cannot_be_fetched_is_a_failed_card_with_its_way_out(
    settings: Settings, host: Host, url: str, face_clip: Path
) -> None:
    gone = f"{host.url}/gone.mp4"
    with reaching(settings, most_bytes=1_000) as studio, page_of(studio) as client:
        for address in (f"{url}?{SIGNATURE}", gone):
            client.post("/footage/add", data={"path": address})
        big, missing = (looked(studio, film.key) for film in studio.shelf.films())
        assert {big.state, missing.state} == {"failed"}
        page = client.get("/").text
        assert "Allow a larger file." in page
        assert "5ec7e7" not in page
        told = client.get(f"/film/{missing.key}/playing.json").json()
        assert told["fault"]
        # Its way out: it is put there, and the film opened.
        host.put("/gone.mp4", File(face_clip.read_bytes()[:900], etag='"1"'))
        client.get(f"/film/{missing.key}")
        until(studio, missing.key, lambda one: bool(one.fault and one.fault.error_type != "NotFetched"))


def test_a_studio_ends_while_a_host_stalls_and_what_came_is_gone_on_with(
    settings: Settings, host: Host
) -> None:
    content = bytes(range(256)) * 4096
    url = host.put(
        "/joe.mp4", File(content, etag='"1"', stalls_after=600_000), File(content, etag='"1"')
    )
    with ExitStack() as stack:
        studio = stack.enter_context(reaching(settings))
        studio.add([url])
        assert host.stalled.wait(waiting.HANG_S)
        ending = threading.Thread(target=stack.pop_all().close, daemon=True)
        ending.start()
        assert waiting.until(lambda: not ending.is_alive())
    (part,) = (settings.home / FOLDER).glob("*.part")
    assert part.stat().st_size >= BLOCK_BYTES
    host.lets_go.set()  # another process would have no such thread left, and its locks be gone
    with (
        Fetching(FetchPlan(settings.home, allow_private=True)) as fetching,
        fetching.fetched(url) as here,
    ):
        assert here.path.read_bytes() == content
    assert host.ranges[-1] != host.ranges[0]


def test_an_address_in_a_private_network_fails_with_the_way_out(settings: Settings, url: str) -> None:
    with reaching(settings, allow_private=False) as studio, page_of(studio) as client:
        (film,) = studio.add([url.replace("http:", "https:")])
        failed = looked(studio, film.key)
        assert failed.fault is not None
        assert failed.fault.error_type == "NotFetched"
        assert "private network" in client.get("/").text
        assert failed.fault.hint


def test_a_prefix_becomes_cards_that_register_as_the_command_line_does(
    settings: Settings, face_clip: Path, s3_put: Callable[[str, bytes], str]
) -> None:
    name = f"joe {uuid4().hex[:8]}"
    address = s3_put(f"monday/{name}.mp4", face_clip.read_bytes())
    s3_put("monday/notes.txt", b"no video")
    prefix = address.rpartition("/")[0]
    with reaching(settings) as studio:
        (film,) = studio.add([prefix])
        film = looked(studio, film.key)
        assert (film.state, film.address, film.name) == ("picked", address, name)
        studio.register(film)
        done = registered(studio, film.key)
        assert done.state == "registered", done.refusal
        assert done.row is not None
        first = done.row.character_id
    with (
        Fetching(FetchPlan(settings.home, s3=settings.s3)) as fetching,
        fetching.fetched(address) as here,
    ):
        order = Order(str(here.path), name, addresses=((str(here.path), address),))
        again = register(order, settings)
    assert (again.character_id, again.submitted) == (first, False)
    assert tasks(settings) == 1


def test_a_file_that_was_replaced_is_not_registered_before_it_was_looked_at(
    settings: Settings, host: Host, url: str, face_clip: Path
) -> None:
    with reaching(settings) as studio:
        (film,) = studio.add([url])
        picked = looked(studio, film.key)
        other = face_clip.read_bytes() + b"\0" * 8
        host.put(url.removeprefix(host.url), File(other, etag='"2"'))
        studio.register(picked)
        refused = registered(studio, film.key)
        assert refused.refusal is not None
        assert "Another file" in refused.refusal.message
        before = picked.source
        assert before is not None
        waiting.until(lambda: studio.film(film.key).made)
        after = studio.film(film.key).source
        assert after is not None
        assert after.fingerprint != before.fingerprint
        assert tasks(settings) == 0
