"""The threads that do the work behind tasks, and how each task ends."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from screentest.client.sandbox.models.known import MODELS
from screentest.client.sandbox.work.backend import Backend
from screentest.client.sandbox.work.tasks import StoredCharacter, Task

_POLL_S = 0.5

logger = logging.getLogger(__name__)


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
        from screentest.client.sandbox.work.making import character_of, outputs_as, video_of
        from screentest.client.sandbox.work.validation import EXECUTION_FAILED, INTERNAL, TaskRefused

        try:
            if MODELS[task.model].kind == "video":
                return _Outcome((video_of(task, self._backend),))
            character = character_of(task, self._backend)
            return _Outcome(
                tuple(outputs_as(character, task, self._backend.settings.outputs)), character
            )
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
