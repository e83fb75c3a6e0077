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
from screentest.client.sandbox.settings import SandboxSettings
from screentest.client.sandbox.work.tasks import StoredCharacter, Task, TaskStore
from screentest.client.sandbox.work.validation import TaskRefused
from screentest.client.sandbox.work.worker import (
    Backend,
    TaskRunner,
    TaskWorkers,
    image_size,
    outputs_as,
)

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
    assert outputs_as(JOE, shape) == outputs


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


def test_an_image_that_is_none_fails_with_1401(backend: Backend, tmp_path: Path) -> None:
    (tmp_path / "image").write_bytes(b"not an image")
    with pytest.raises(TaskRefused) as refusal:
        image_size({}, tmp_path / "image")
    assert refusal.value.code == 1401


@pytest.mark.parametrize(
    ("shape", "inputs", "size"),
    [
        ((90, 160), {}, "1280*720"),
        ((160, 90), {}, "720*1280"),
        ((160, 90), {"resolution": "1080p"}, "1080*1920"),
        ((90, 160), {"size": "720*1280", "resolution": "1080p"}, "720*1280"),
    ],
)
def test_a_video_of_an_image_has_its_orientation_unless_a_size_is_asked_for(
    tmp_path: Path, shape: tuple[int, int], inputs: dict[str, object], size: str
) -> None:
    image = tmp_path / "image.png"
    cv2.imwrite(str(image), np.zeros((*shape, 3), np.uint8))
    assert image_size(inputs, image) == size


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
