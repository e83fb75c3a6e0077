"""Uploads and downloads at the stand-in's file servers, over a real socket."""

from __future__ import annotations

import httpx
import pytest

from tests.integration.sandbox_parts import Service

pytest_plugins = ["tests.integration.sandbox_fixtures"]


def test_an_upload_needs_exactly_its_own_headers(service: Service, stranger: httpx.Client) -> None:
    announced = {"filename": "a.mp4", "size": 3, "content_type": "video/mp4"}
    data = service.http.post("/api/v3/media/uploads", json=announced).json()["data"]
    url = data["upload"]["url"]
    assert stranger.put(url, content=b"abc", headers={"Content-Type": "text/x"}).status_code == 403
    assert stranger.get(data["download_url"]).status_code == 404
    assert stranger.put(url, content=b"abc", headers=data["upload"]["headers"]).status_code == 200
    assert stranger.get(data["download_url"]).content == b"abc"


@pytest.mark.parametrize("name", ["../../etc/passwd", ".part", ".type", "a b?c#d.mp4", "%2e%2e"])
def test_an_uploads_name_never_leads_out_of_its_folder(
    service: Service, name: str, stranger: httpx.Client
) -> None:
    announced = {"filename": name, "size": 3}
    data = service.http.post("/api/v3/media/uploads", json=announced).json()["data"]
    upload = data["upload"]
    assert stranger.put(upload["url"], content=b"abc", headers=upload["headers"]).status_code == 200
    assert stranger.get(data["download_url"]).content == b"abc"
    assert len(list(service.folder.uploads.glob("*/[!.]*"))) == 1


def test_an_upload_larger_than_the_service_takes_is_refused(service: Service) -> None:
    announced = {"filename": "a.mp4", "size": 200_000_001}
    assert service.http.post("/api/v3/media/uploads", json=announced).status_code == 400
