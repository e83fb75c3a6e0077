"""The service's official client, as it is published, works against the sandbox unchanged."""

from __future__ import annotations

from pathlib import Path

import pytest
import wavespeed

from tests.integration.sandbox_parts import MakeClip, Service

pytest_plugins = ["tests.integration.sandbox_fixtures"]


@pytest.fixture
def client(service: Service, monkeypatch: pytest.MonkeyPatch) -> wavespeed.Client:
    """The client. All it does unasked is to tell its name, its version and the system in headers."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("WAVESPEED_CLIENT_NAME", raising=False)
    key = service.http.headers["Authorization"].removeprefix("Bearer ")
    return wavespeed.Client(api_key=key, base_url=service.origin)


def test_it_makes_a_kling_element_and_a_video_that_shows_it(
    client: wavespeed.Client, make_clip: MakeClip, face_clip: Path
) -> None:
    wide = ("-aspect", "16:9")
    clip = make_clip(*wide, source=face_clip, size="1920x1080", seconds=3.0, name="large.mp4")
    made = client.run(
        "kwaivgi/kling-elements-advanced",
        {
            "name": "Joe",
            "description": "A man who nods.",
            "reference_type": "video_refer",
            "element_video_list": [client.upload(str(clip))],
        },
        poll_interval=0.05,
    )
    [element] = made["outputs"]
    assert element["element_id"] >= 10**17
    video = client.run(
        "kwaivgi/kling-video-o3-pro/reference-to-video",
        {
            "prompt": "<<<element_1>>> waves.",
            "element_list": [{"element_id": str(element["element_id"])}],
            "duration": 3,
        },
        poll_interval=0.05,
    )
    assert video["outputs"][0].endswith(".mp4")


def test_it_makes_a_wan_video_from_a_clip(
    client: wavespeed.Client, make_clip: MakeClip, face_clip: Path
) -> None:
    clip = make_clip(source=face_clip, seconds=2.0, name="small.mp4")
    video = client.run(
        "alibaba/wan-3.0/reference-to-video",
        {
            "prompt": "Video 1 waves.",
            "reference_videos": [client.upload(str(clip))],
            "resolution": "480p",
            "duration": 2,
        },
        poll_interval=0.05,
    )
    assert video["outputs"][0].endswith(".mp4")


def test_it_tells_a_refusal(client: wavespeed.Client) -> None:
    told = client.run_no_throw("alibaba/wan-3.0/reference-to-video", {"duration": 2})
    assert told["status"] == "failed"
    assert "prompt" in told["error"]
