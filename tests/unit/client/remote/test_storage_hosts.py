"""How each S3 server is spoken to: AWS by its regional names, others without AWS's additions."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from screentest.client.config import S3Access, Secret, Settings
from screentest.client.remote.storage import Bucket


def settings(endpoint: str | None, region: str, *, bucket: str = "clips") -> Settings:
    access = S3Access(endpoint, Secret("AKIDEXAMPLE"), Secret("hunter2"), region)
    base_url = "https://api.example/api/v3"
    return Settings(Path("/nowhere"), base_url, Secret("k"), bucket, sandbox=False, s3=access)


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1", "eu-south-2", "ap-east-1"])
def test_a_url_at_aws_names_its_region_so_that_nobody_is_sent_on(region: str) -> None:
    with Bucket(settings(None, region)) as bucket:
        url = bucket.present("k.mp4", expires_s=60).url
    assert urlsplit(url).hostname == f"clips.s3.{region}.amazonaws.com"


def test_a_bucket_with_dots_has_a_name_that_its_certificate_covers() -> None:
    with Bucket(settings(None, "eu-west-1", bucket="my.clips")) as bucket:
        url = urlsplit(bucket.present("k.mp4", expires_s=60).url)
    assert (url.hostname, url.path) == ("s3.eu-west-1.amazonaws.com", "/my.clips/k.mp4")


def test_another_server_is_spoken_to_by_its_own_name() -> None:
    with Bucket(settings("https://s3.example:9000", "eu-west-1")) as bucket:
        url = urlsplit(bucket.present("k.mp4", expires_s=60).url)
    assert (url.netloc, url.path) == ("s3.example:9000", "/clips/k.mp4")


@contextmanager
def other_server() -> Iterator[tuple[str, list[tuple[str, dict[str, str]]]]]:
    """An empty bucket, and each request: its method and target, and its headers in small letters."""
    asked: list[tuple[str, dict[str, str]]] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked.append((f"{self.command} {self.path}", headers))
            self.rfile.read(int(headers.get("content-length", 0)))
            self.send_response(404 if self.command == "HEAD" else 200)
            self.send_header("etag", '"x"')
            self.send_header("content-length", "0")
            self.end_headers()

        do_HEAD = do_PUT = do_POST = answer  # noqa: N815 - named by http.server

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_the_largest_clip_is_sent_in_one_request_without_what_only_aws_knows(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(bytes(25_000_000))
    with other_server() as (url, asked), Bucket(settings(url, "us-east-1")) as bucket:
        bucket.put(clip, sha256="ab", key="k.mp4")
    (_, _), (put, headers) = asked
    assert put == "PUT /clips/k.mp4"
    assert headers["content-length"] == "25000000"
    assert not [name for name in headers if "checksum" in name or "trailer" in name]
    assert headers.get("content-encoding", "") != "aws-chunked"
