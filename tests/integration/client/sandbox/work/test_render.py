"""The stand-in's videos: what they show, their size, length and price."""

from __future__ import annotations

from pathlib import Path

import av
import httpx
import pytest

from tests.integration.sandbox_parts import TEXT_TO_VIDEO, MakeClip, Service
from tests.waiting import HANG_S

pytest_plugins = ["tests.integration.sandbox_fixtures"]


def _shown(service: Service, url: str, path: Path) -> av.container.InputContainer:
    path.write_bytes(httpx.get(url, timeout=HANG_S).content)
    container = av.open(str(path))
    assert isinstance(container, av.container.InputContainer)
    return container


@pytest.mark.parametrize(("size", "shape"), [("720*1280", (720, 1280)), ("1280*720", (1280, 720))])
def test_a_video_has_the_size_and_length_asked_for(
    service: Service, make_clip: MakeClip, tmp_path: Path, size: str, shape: tuple[int, int]
) -> None:
    joe = service.character(make_clip(), "Joe")
    body = {"prompt": "Joe waves.", "size": size, "duration": 4, "characters": [joe]}
    done = service.ended(service.submit(TEXT_TO_VIDEO, **body)["id"])
    assert done["status"] == "completed", done["error"]
    with _shown(service, done["outputs"][0], tmp_path / "out.mp4") as container:
        [stream] = container.streams.video
        assert (stream.width, stream.height) == shape
        assert stream.frames == 96
        assert container.duration == 4_000_000


def test_a_video_shows_a_character_only_if_the_prompt_names_it(
    service: Service, make_clip: MakeClip, tmp_path: Path
) -> None:
    joe = service.character(make_clip(), "Joe")
    colours = []
    for prompt in ("Joe waves.", "Somebody waves."):
        task = service.submit(TEXT_TO_VIDEO, prompt=prompt, characters=[joe], duration=4)
        done = service.ended(task["id"])
        with _shown(service, done["outputs"][0], tmp_path / "out.mp4") as container:
            picture = next(container.decode(video=0)).to_ndarray(format="bgr24")
        colours.append(picture[picture.shape[0] // 2 :].std())
    assert colours[0] > 4 * colours[1]


def test_a_video_of_a_character_that_does_not_exist_fails_with_1401(service: Service) -> None:
    body = {"prompt": "Joe waves.", "characters": ["char_nosuch"]}
    done = service.ended(service.submit(TEXT_TO_VIDEO, **body)["id"])
    assert (done["status"], done["code"]) == ("failed", 1401)
    assert "char_nosuch" in done["error"]


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"size": "1280x720"}, "size"),
        ({"duration": 5}, "duration"),
        ({"characters": ["a", "b", "c"]}, "characters"),
        ({"characters": "char_x"}, "characters"),
        ({"prompt": ""}, "prompt"),
    ],
)
def test_a_video_request_outside_the_documented_values_is_refused(
    service: Service, change: dict[str, object], word: str
) -> None:
    reply = service.http.post(f"/api/v3/{TEXT_TO_VIDEO}", json={"prompt": "x", **change})
    assert reply.status_code == 400
    assert word in reply.json()["error"]


def test_an_image_to_video_task_takes_the_images_orientation(
    service: Service, tmp_path: Path, make_clip: MakeClip
) -> None:
    image = make_clip("-frames:v", "1", "-c:v", "mjpeg", "-pix_fmt", "yuvj420p", name="image.jpg")
    url = service.uploaded(image)
    task = service.submit("openai/sora-2/image-to-video", image=url, prompt="It moves.")
    done = service.ended(task["id"])
    assert done["status"] == "completed", done["error"]
    with _shown(service, done["outputs"][0], tmp_path / "out.mp4") as container:
        assert container.streams.video[0].width == 1280


def test_a_video_costs_its_seconds(service: Service) -> None:
    service.ended(service.submit(TEXT_TO_VIDEO, prompt="Nobody.", duration=4)["id"])
    assert service.http.get("/api/v3/balance").json()["data"] == {"balance": 9.6}
