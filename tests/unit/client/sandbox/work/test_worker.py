"""The work behind a task: how it ends, whatever goes wrong, and who hears of it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import cv2
import numpy as np
import pytest

from screentest.client.sandbox.folder import DataFolder
from screentest.client.sandbox.models.media import ImageRules
from screentest.client.sandbox.settings import SandboxSettings
from screentest.client.sandbox.work.backend import Backend
from screentest.client.sandbox.work.making import frame_size, outputs_as
from screentest.client.sandbox.work.tasks import StoredCharacter, Task, TaskStore
from screentest.client.sandbox.work.validation import TaskRefused, validate_image
from screentest.client.sandbox.work.worker import TaskRunner, TaskWorkers

ELEMENTS = "kwaivgi/kling-elements-advanced"
VIDEO = "openai/sora-2/text-to-video"
TASK = Task(
    id="t1",
    model="openai/sora-2/characters",
    inputs={"video": "http://127.0.0.1:9/clip.mp4", "name": "Joe"},
    price_usd=0.001,
    created_at=100.0,
    starts_at=100.0,
    finished_at=None,
    outputs=(),
    code=0,
    error="",
    inference_ms=0,
)
JOE = StoredCharacter("char_1", "Joe", "t1", "face", "char_1.mp4")
NOBODY = {"prompt": "Nobody waves.", "size": "1280*720", "duration": 1}


@pytest.fixture
def backend(tmp_path: Path) -> Iterator[Backend]:
    folder = DataFolder(tmp_path / "data").create()
    store = TaskStore(folder.tasks)
    yield Backend(folder, SandboxSettings(), store, "http://127.0.0.1:9")
    store.close()


def ended(backend: Backend, task: Task) -> Task:
    """The task after its work."""
    assert backend.store.add(task, funds_usd=10.0)
    TaskRunner(backend, now=lambda: 100.0).run(task)
    found = backend.store.get(task.id, since=0.0)
    assert found is not None
    return found


def video(**inputs: object) -> Task:
    return replace(TASK, model=VIDEO, inputs={**NOBODY, **inputs})


@pytest.mark.parametrize(
    ("shape", "outputs"),
    [
        ("object", [{"id": "char_1", "name": "Joe"}]),
        ("string", ["char_1"]),
        ("json-string", [json.dumps({"id": "char_1", "name": "Joe"})]),
        ("list", [[{"id": "char_1", "name": "Joe"}]]),
    ],
)
def test_a_character_comes_in_every_shape_that_was_seen(shape: str, outputs: list[object]) -> None:
    assert outputs_as(JOE, TASK, shape) == outputs


@pytest.mark.parametrize("shape", ["object", "string", "json-string", "list"])
def test_an_element_has_an_id_of_18_digits_that_is_told_as_a_number(shape: str) -> None:
    element = replace(JOE, id="863121016086724692")
    made = {"reference_type": "video_refer", "description": "A man."}
    told = {
        "element_id": 863121016086724692,
        "element_name": "Joe",
        "element_type": "video_refer",
        "element_description": "A man.",
    }
    shapes = {"object": told, "string": element.id, "json-string": json.dumps(told), "list": [told]}
    task = replace(TASK, model=ELEMENTS, inputs=made)
    assert outputs_as(element, task, shape) == [shapes[shape]]


def test_a_clip_that_cannot_be_fetched_fails_with_1402_and_leaves_no_file(backend: Backend) -> None:
    task = ended(backend, TASK)
    assert (task.code, task.status(1000.0)) == (1402, "failed")
    assert list(backend.folder.clips.iterdir()) == []


class _NotAClip(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "4")
        self.end_headers()
        self.wfile.write(b"text")

    def log_message(self, *_: object) -> None: ...


def test_a_clip_that_is_refused_fails_with_1401_and_leaves_no_file(backend: Backend) -> None:
    with HTTPServer(("127.0.0.1", 0), _NotAClip) as server:
        thread = threading.Thread(target=server.handle_request, daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}/clip.mp4"
        task = ended(backend, replace(TASK, inputs={"video": url, "name": "Joe"}))
        thread.join()
    assert (task.code, task.error) == (1401, "Invalid video: it is not an MP4 file that can be read.")
    assert list(backend.folder.clips.iterdir()) == []


def test_a_character_that_does_not_exist_fails_with_1401(backend: Backend) -> None:
    task = ended(backend, video(characters=["char_nosuch"]))
    assert task.code == 1401
    assert "char_nosuch" in task.error


@pytest.mark.logs_errors
def test_an_error_of_the_stand_in_ends_the_task_with_5000_and_tells_only_its_type(
    backend: Backend,
) -> None:
    task = ended(backend, video(size="SECRET"))
    assert (task.code, task.error) == (5000, "An internal error occurred: ValueError.")


@pytest.mark.parametrize(
    ("model", "inputs", "ends_at"),
    [(TASK.model, TASK.inputs, 101.0), (VIDEO, NOBODY, 102.0)],
)
def test_a_task_ends_no_earlier_than_its_settings_say(
    backend: Backend, model: str, inputs: dict[str, object], ends_at: float
) -> None:
    assert ended(backend, replace(TASK, model=model, inputs=inputs)).finished_at == ends_at


def test_a_video_without_characters_is_rendered_under_its_tasks_id(backend: Backend) -> None:
    task = ended(backend, video())
    assert task.outputs == ("http://127.0.0.1:9/files/outputs/t1.mp4",)
    assert (backend.folder.outputs / "t1.mp4").stat().st_size > 1000


def image(path: Path, width: int, height: int) -> Path:
    cv2.imwrite(str(path), np.zeros((height, width, 3), np.uint8))
    return path


@pytest.mark.parametrize(
    ("name", "width", "height", "reason"),
    [
        ("a.png", 300, 300, ""),
        ("a.jpg", 750, 300, ""),
        ("a.png", 299, 300, "too small"),
        ("a.png", 300, 756, "aspect"),
        ("a.bmp", 300, 300, "not one of: jpg, png"),
    ],
)
def test_an_image_keeps_its_models_rules_or_fails_with_1401(
    tmp_path: Path, name: str, width: int, height: int, reason: str
) -> None:
    path, rules = image(tmp_path / name, width, height), ImageRules(min_side_px=300, max_aspect=2.5)
    if not reason:
        assert validate_image(path, rules).width_px == width
        return
    with pytest.raises(TaskRefused, match=reason) as refusal:
        validate_image(path, rules)
    assert refusal.value.code == 1401


def test_an_image_that_is_none_fails_with_1401(tmp_path: Path) -> None:
    (tmp_path / "image").write_bytes(b"not an image")
    for rules in (ImageRules(), ImageRules(formats=())):
        with pytest.raises(TaskRefused) as refusal:
            validate_image(tmp_path / "image", rules)
        assert refusal.value.code == 1401


@pytest.mark.parametrize(
    ("shape", "inputs", "size"),
    [
        ((160, 90), {}, (1280, 720)),
        ((90, 160), {}, (720, 1280)),
        ((90, 160), {"resolution": "1080p"}, (1080, 1920)),
        ((160, 90), {"size": "720*1280", "resolution": "1080p"}, (720, 1280)),
        (None, {"resolution": "480p", "aspect_ratio": "9:16"}, (480, 854)),
        ((90, 160), {"aspect_ratio": "1:1"}, (720, 720)),
    ],
)
def test_a_video_has_the_shape_asked_for_or_that_of_what_it_shows(
    shape: tuple[int, int] | None, inputs: dict[str, object], size: tuple[int, int]
) -> None:
    assert frame_size(inputs, shape) == size


def test_a_webhook_is_called_for_the_task_that_has_ended(backend: Backend) -> None:
    called = threading.Event()
    calls: list[tuple[str, int, str]] = []

    def send(task: Task, url: str) -> None:
        calls.append((task.id, task.code, url))
        called.set()

    backend.store.add(TASK, funds_usd=10.0, webhook="https://me.example/hook")
    TaskRunner(backend, now=lambda: 1000.0, send_webhook=send).run(TASK)
    assert called.wait(30)
    assert calls == [("t1", 1402, "https://me.example/hook")]


def test_workers_do_what_an_earlier_run_left_unfinished_and_stop_when_told(backend: Backend) -> None:
    done = threading.Event()
    backend.store.add(TASK, funds_usd=10.0, webhook="https://me.example/hook")
    workers = TaskWorkers(backend, send_webhook=lambda _task, _url: done.set(), now=lambda: 1000.0)
    workers.start()
    assert done.wait(30)
    assert workers.stop(wait_s=30)
    assert backend.store.unfinished() == []


def test_workers_that_were_stopped_before_they_began_never_begin(backend: Backend) -> None:
    backend.store.add(TASK, funds_usd=10.0)
    workers = TaskWorkers(backend, now=lambda: 1000.0)
    assert workers.stop(wait_s=0)
    workers.start()
    assert [task.id for task in backend.store.unfinished()] == ["t1"]


def test_a_task_waits_for_its_start(backend: Backend) -> None:
    backend.store.add(replace(TASK, starts_at=2000.0), funds_usd=10.0)
    workers = TaskWorkers(backend, now=lambda: 1000.0)
    workers.start()
    workers.wake()
    assert workers.stop(wait_s=30)
    assert [task.id for task in backend.store.unfinished()] == ["t1"]
