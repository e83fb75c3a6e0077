"""The work behind the tasks: fetch, judge, identify; or fetch, draw. One thread per slot."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from screentest.client.sandbox.account import Folder
from screentest.client.sandbox.settings import Settings
from screentest.client.sandbox.work.models import MODELS
from screentest.client.sandbox.work.tasks import StoredCharacter, Task, TaskStore

if TYPE_CHECKING:
    from screentest.client.sandbox.work.render import Order, Panel

_LOOK_AGAIN_S = 0.5

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Site:
    """What a task's work needs. ``base_url``: the origin under which the sandbox is reached."""

    folder: Folder
    settings: Settings
    store: TaskStore
    base_url: str
    webhook_secret: str = field(default="", repr=False)


class Workers:
    """Threads that take due tasks, oldest first, until they are stopped."""

    def __init__(self, site: Site, *, now: Callable[[], float] = time.time) -> None:
        self._site = site
        self._now = now
        self._taken: set[str] = set()
        self._changed = threading.Condition()
        self._stopping = False
        self._threads = [
            threading.Thread(target=self._run, name=f"sandbox-{slot}", daemon=True)
            for slot in range(site.settings.at_once)
        ]

    def start(self) -> None:
        """Begin; unfinished tasks of an earlier run come first."""
        with self._changed:
            if self._stopping:
                return
            for thread in self._threads:
                thread.start()

    def wake(self) -> None:
        """Say that a task was added."""
        with self._changed:
            self._changed.notify_all()

    def stop(self, *, wait_s: float) -> bool:
        """Take no more tasks; whether all work under way ended within ``wait_s``."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        deadline = time.monotonic() + wait_s
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _run(self) -> None:
        bench = Bench(self._site, now=self._now)
        while (task := self._next()) is not None:
            try:
                bench.work(task)
            finally:
                with self._changed:
                    self._taken.discard(task.id)

    def _next(self) -> Task | None:
        """The next due task, waited for; None when stopping."""
        with self._changed:
            while not self._stopping:
                open_tasks = [t for t in self._site.store.unfinished() if t.id not in self._taken]
                now = self._now()
                if open_tasks and open_tasks[0].starts_at <= now:
                    self._taken.add(open_tasks[0].id)
                    return open_tasks[0]
                due_s = open_tasks[0].starts_at - now if open_tasks else _LOOK_AGAIN_S
                self._changed.wait(min(max(due_s, 0.001), _LOOK_AGAIN_S))
        return None


class Bench:
    """Does tasks, one after the other."""

    def __init__(self, site: Site, *, now: Callable[[], float]) -> None:
        self._site = site
        self._now = now

    def work(self, task: Task) -> None:
        """Do a task and record how it ended; what goes wrong ends the task, never the thread."""
        from screentest.client.sandbox.work.validation import EXECUTION_FAILED, INTERNAL, Refused

        started = time.monotonic()
        character: StoredCharacter | None = None
        outputs: list[Any] = []
        code, error = 0, ""
        try:
            if MODELS[task.model].kind == "character":
                character = self._character(task)
                outputs = shaped(character, self._site.settings.outputs)
            else:
                outputs = [self._video(task)]
        except Refused as refusal:
            code, error = refusal.code, refusal.message
        except OSError as problem:
            logger.exception("task %s", task.id)
            code, error = EXECUTION_FAILED, f"The task could not be completed: {problem.strerror}."
        except Exception as problem:
            logger.exception("task %s", task.id)
            code, error = INTERNAL, f"An internal error occurred: {type(problem).__name__}."
        inference_ms = round((time.monotonic() - started) * 1000)
        store, at = self._site.store, self._ends_at(task)
        if code:
            store.fail(task, code, error, at=at, inference_ms=inference_ms)
        else:
            store.complete(task, outputs, at=at, inference_ms=inference_ms, character=character)
        if webhook := store.webhook(task.id):
            call = threading.Timer(max(0.0, at - self._now()), self._call, (webhook, task.id))
            call.daemon = True
            call.start()

    def _call(self, webhook: str, task_id: str) -> None:
        from screentest.client.sandbox.api.replies import prediction
        from screentest.client.sandbox.api.webhooks import deliver

        task = self._site.store.get(task_id, since=0.0)
        if task is not None:
            shown = prediction(task, now=self._now(), base_url=self._site.base_url)
            shown["input"] = task.inputs
            deliver(webhook, shown, secret=self._site.webhook_secret)

    def _ends_at(self, task: Task) -> float:
        settings = self._site.settings
        is_character = MODELS[task.model].kind == "character"
        shortest = settings.character_s if is_character else settings.video_s
        return max(self._now(), task.created_at + shortest)

    @contextmanager
    def _fetched(self, url: str, task: Task) -> Iterator[Path]:
        """The URL's bytes in a file that is gone afterwards, unless it was moved."""
        from screentest.client.sandbox.work.validation import fetch

        settings = self._site.settings
        draft = self._site.folder.clips / f"{task.id}.part"
        try:
            fetch(url, draft, wait_s=settings.fetch_wait_s, max_bytes=settings.fetch_max_bytes)
            yield draft
        finally:
            draft.unlink(missing_ok=True)

    def _character(self, task: Task) -> StoredCharacter:
        from screentest.client.sandbox.work.identity import character_id, identity_of
        from screentest.client.sandbox.work.validation import MODERATION, Refused, judge

        model = MODELS[task.model]
        with self._fetched(task.inputs[model.clip_field], task) as draft:
            footage = judge(draft, model.clip)
            identity = identity_of(footage.samples)
            if identity.kind == "face" and self._site.settings.reject_human_faces:
                raise Refused(MODERATION, "The content shows a human likeness, which is blocked.")
            name = task.inputs["name"]
            made = character_id(identity, name=name, task_id=task.id, prefix=model.id_prefix)
            clip = draft.replace(self._site.folder.clips / f"{made}.mp4")
        return StoredCharacter(made, name, task.id, identity.kind, clip.name)

    def _video(self, task: Task) -> str:
        from screentest.client.sandbox.work.render import Panel, render

        out = self._site.folder.outputs / f"{task.id}.mp4"
        if "image" in task.inputs:
            with self._fetched(task.inputs["image"], task) as image:
                panel = Panel(image, "image")
                render(_order(task.inputs, (panel,), size=_image_size(task.inputs, image)), out)
        else:
            panels, notes = self._cast(task.inputs)
            render(_order(task.inputs, panels, size=task.inputs["size"], notes=notes), out)
        return f"{self._site.base_url}/files/outputs/{out.name}"

    def _cast(self, inputs: dict[str, Any]) -> tuple[tuple[Panel, ...], tuple[str, ...]]:
        """The characters the video shows: those whose names stand in the prompt verbatim."""
        from screentest.client.sandbox.work.render import Panel
        from screentest.client.sandbox.work.validation import INVALID_PARAMETER, Refused

        panels, notes = [], []
        for wanted in inputs.get("characters", []):
            found = self._site.store.character(wanted)
            if found is None:
                raise Refused(INVALID_PARAMETER, f"Invalid characters: {wanted} does not exist.")
            if found.name in inputs["prompt"]:
                panels.append(Panel(self._site.folder.clips / found.clip, found.name))
            else:
                notes.append(f"absent: {found.name} (not named in the prompt)")
        return tuple(panels), tuple(notes)


def shaped(character: StoredCharacter, shape: str) -> list[Any]:
    """A finished character task's outputs in one of the shapes seen (2026)."""
    entry = {"id": character.id, "name": character.name}
    shapes: dict[str, list[Any]] = {
        "object": [entry],
        "string": [character.id],
        "json-string": [json.dumps(entry)],
        "list": [[entry]],
    }
    return shapes[shape]


def _order(
    inputs: dict[str, Any], panels: tuple[Panel, ...], *, size: str, notes: tuple[str, ...] = ()
) -> Order:
    from screentest.client.sandbox.work.render import Order

    width, height = map(int, size.split("*"))
    return Order(inputs["prompt"], width, height, int(inputs["duration"]), panels, notes)


def _image_size(inputs: dict[str, Any], image: Path) -> str:
    """The asked size, else the asked resolution (720p where none) in the image's orientation."""
    import cv2

    from screentest.client.sandbox.work.validation import INVALID_PARAMETER, Refused

    picture = cv2.imread(str(image))
    if picture is None:
        raise Refused(INVALID_PARAMETER, "Invalid image: it cannot be decoded.")
    if "size" in inputs:
        return str(inputs["size"])
    short, long = (1080, 1920) if inputs.get("resolution") == "1080p" else (720, 1280)
    height, width = picture.shape[:2]
    return f"{long}*{short}" if width >= height else f"{short}*{long}"
