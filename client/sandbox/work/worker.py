"""The work behind a task: fetch, validate, identify a clip; or fetch and render a video."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from screentest.client.sandbox.folder import DataFolder
from screentest.client.sandbox.settings import SandboxSettings
from screentest.client.sandbox.work.models import MODELS
from screentest.client.sandbox.work.tasks import StoredCharacter, Task, TaskStore

if TYPE_CHECKING:
    from screentest.client.sandbox.work.render import Panel, VideoRequest

_POLL_S = 0.5

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Backend:
    """What the API and the workers share. ``base_url``: the origin of the sandbox's URLs."""

    folder: DataFolder
    settings: SandboxSettings
    store: TaskStore
    base_url: str


SendWebhook = Callable[[Task, str], None]
"""Delivers a task that has ended to a URL."""


class TaskWorkers:
    """Threads that run due tasks, oldest first, until they are stopped."""

    def __init__(
        self,
        backend: Backend,
        *,
        send_webhook: SendWebhook | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._backend = backend
        self._send_webhook = send_webhook
        self._now = now
        self._running: set[str] = set()
        self._changed = threading.Condition()
        self._stopping = False
        self._threads = [
            threading.Thread(target=self._run, name=f"sandbox-{slot}", daemon=True)
            for slot in range(backend.settings.at_once)
        ]

    def start(self) -> None:
        """Begin; unfinished tasks of an earlier run come first."""
        with self._changed:
            if self._stopping:
                return
            for thread in self._threads:
                thread.start()

    def wake(self) -> None:
        """Look for due tasks now: one was added."""
        with self._changed:
            self._changed.notify_all()

    def stop(self, *, wait_s: float) -> bool:
        """Take no more tasks; returns whether all running ones ended within ``wait_s``."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        deadline = time.monotonic() + wait_s
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _run(self) -> None:
        runner = TaskRunner(self._backend, now=self._now, send_webhook=self._send_webhook)
        while (task := self._next()) is not None:
            try:
                runner.run(task)
            finally:
                with self._changed:
                    self._running.discard(task.id)

    def _next(self) -> Task | None:
        """The next due task, after waiting for one; None when stopping."""
        with self._changed:
            while not self._stopping:
                open_tasks = [t for t in self._backend.store.unfinished() if t.id not in self._running]
                now = self._now()
                if open_tasks and open_tasks[0].starts_at <= now:
                    self._running.add(open_tasks[0].id)
                    return open_tasks[0]
                due_s = open_tasks[0].starts_at - now if open_tasks else _POLL_S
                self._changed.wait(min(max(due_s, 0.001), _POLL_S))
        return None


@dataclass(frozen=True, slots=True)
class _Outcome:
    """How a task ended. ``code`` is 0 unless it failed."""

    outputs: tuple[Any, ...] = ()
    character: StoredCharacter | None = None
    code: int = 0
    error: str = ""


class TaskRunner:
    """Runs tasks, one after the other."""

    def __init__(
        self, backend: Backend, *, now: Callable[[], float], send_webhook: SendWebhook | None = None
    ) -> None:
        self._backend = backend
        self._now = now
        self._send_webhook = send_webhook

    def run(self, task: Task) -> None:
        """Do a task's work and record how it ended. An error ends the task, never the thread."""
        started = time.monotonic()
        outcome = self._outcome(task)
        inference_ms = round((time.monotonic() - started) * 1000)
        store, at = self._backend.store, self._ends_at(task)
        if outcome.code:
            store.fail(task, outcome.code, outcome.error, at=at, inference_ms=inference_ms)
        else:
            outputs, character = list(outcome.outputs), outcome.character
            store.complete(task, outputs, at=at, inference_ms=inference_ms, character=character)
        if self._send_webhook is not None and (url := store.webhook(task.id)):
            call = threading.Timer(max(0.0, at - self._now()), self._call, (url, task.id))
            call.daemon = True
            call.start()

    def _outcome(self, task: Task) -> _Outcome:
        from screentest.client.sandbox.work.validation import EXECUTION_FAILED, INTERNAL, TaskRefused

        try:
            if MODELS[task.model].kind == "video":
                return _Outcome((self._video(task),))
            character = self._character(task)
            return _Outcome(tuple(outputs_as(character, self._backend.settings.outputs)), character)
        except TaskRefused as refusal:
            return _Outcome(code=refusal.code, error=refusal.message)
        except OSError as problem:
            logger.exception("task %s", task.id)
            error = f"The task could not be completed: {problem.strerror}."
            return _Outcome(code=EXECUTION_FAILED, error=error)
        except Exception as problem:
            logger.exception("task %s", task.id)
            error = f"An internal error occurred: {type(problem).__name__}."
            return _Outcome(code=INTERNAL, error=error)

    def _call(self, url: str, task_id: str) -> None:
        task = self._backend.store.get(task_id, since=0.0)
        if task is not None and self._send_webhook is not None:
            self._send_webhook(task, url)

    def _ends_at(self, task: Task) -> float:
        settings = self._backend.settings
        is_character = MODELS[task.model].kind == "character"
        shortest = settings.character_s if is_character else settings.video_s
        return max(self._now(), task.created_at + shortest)

    @contextmanager
    def _fetched(self, url: str, task: Task) -> Iterator[Path]:
        """A file with the URL's bytes, deleted after the block unless it was moved."""
        from screentest.client.sandbox.work.validation import fetch

        settings = self._backend.settings
        draft = self._backend.folder.clips / f"{task.id}.part"
        try:
            fetch(url, draft, wait_s=settings.fetch_wait_s, max_bytes=settings.fetch_max_bytes)
            yield draft
        finally:
            draft.unlink(missing_ok=True)

    def _character(self, task: Task) -> StoredCharacter:
        from screentest.client.sandbox.work.clip_identity import character_id, clip_identity
        from screentest.client.sandbox.work.validation import MODERATION, TaskRefused, validate

        model = MODELS[task.model]
        with self._fetched(task.inputs[model.clip_field], task) as draft:
            clip = validate(draft, model.clip)
            identity = clip_identity(clip.samples)
            if identity.kind == "face" and self._backend.settings.reject_human_faces:
                raise TaskRefused(MODERATION, "The content shows a human likeness, which is blocked.")
            name = task.inputs["name"]
            made = character_id(identity, name=name, task_id=task.id, prefix=model.id_prefix)
            kept = draft.replace(self._backend.folder.clips / f"{made}.mp4")
        return StoredCharacter(made, name, task.id, identity.kind, kept.name)

    def _video(self, task: Task) -> str:
        from screentest.client.sandbox.work.render import Panel, render

        out = self._backend.folder.outputs / f"{task.id}.mp4"
        if "image" in task.inputs:
            with self._fetched(task.inputs["image"], task) as image:
                panel = Panel(image, "image")
                render(_video_request(task.inputs, (panel,), size=image_size(task.inputs, image)), out)
        else:
            panels, notes = self._panels(task.inputs)
            render(_video_request(task.inputs, panels, size=task.inputs["size"], notes=notes), out)
        return f"{self._backend.base_url}/files/outputs/{out.name}"

    def _panels(self, inputs: dict[str, Any]) -> tuple[tuple[Panel, ...], tuple[str, ...]]:
        """The characters that the prompt names verbatim, and notes on the others."""
        from screentest.client.sandbox.work.render import Panel
        from screentest.client.sandbox.work.validation import INVALID_PARAMETER, TaskRefused

        panels, notes = [], []
        for wanted in inputs.get("characters", []):
            found = self._backend.store.character(wanted)
            if found is None:
                raise TaskRefused(INVALID_PARAMETER, f"Invalid characters: {wanted} does not exist.")
            if found.name in inputs["prompt"]:
                panels.append(Panel(self._backend.folder.clips / found.clip, found.name))
            else:
                notes.append(f"absent: {found.name} (not named in the prompt)")
        return tuple(panels), tuple(notes)


def outputs_as(character: StoredCharacter, shape: str) -> list[Any]:
    """A finished character task's outputs in one of the shapes seen (2026)."""
    entry = {"id": character.id, "name": character.name}
    shapes: dict[str, list[Any]] = {
        "object": [entry],
        "string": [character.id],
        "json-string": [json.dumps(entry)],
        "list": [[entry]],
    }
    return shapes[shape]


def _video_request(
    inputs: dict[str, Any], panels: tuple[Panel, ...], *, size: str, notes: tuple[str, ...] = ()
) -> VideoRequest:
    from screentest.client.sandbox.work.render import VideoRequest

    width, height = map(int, size.split("*"))
    return VideoRequest(inputs["prompt"], width, height, int(inputs["duration"]), panels, notes)


def image_size(inputs: dict[str, Any], image: Path) -> str:
    """The asked size, else the asked resolution (720p where none) in the image's orientation."""
    import cv2

    from screentest.client.sandbox.work.validation import INVALID_PARAMETER, TaskRefused

    picture = cv2.imread(str(image))
    if picture is None:
        raise TaskRefused(INVALID_PARAMETER, "Invalid image: it cannot be decoded.")
    if "size" in inputs:
        return str(inputs["size"])
    short, long = (1080, 1920) if inputs.get("resolution") == "1080p" else (720, 1280)
    height, width = picture.shape[:2]
    return f"{long}*{short}" if width >= height else f"{short}*{long}"
