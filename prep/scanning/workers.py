"""A few threads that look at one source together, each with its own decoder and face models, or one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import TypeVar

from screentest.prep.core.process import pool_of
from screentest.prep.core.progress import Progress
from screentest.prep.core.values import Source, Span
from screentest.prep.media.frames import FrameReader, reading
from screentest.prep.vision.mesh import FaceStack

Result = TypeVar("Result")

_REPORT_EVERY_S = 0.2


@dataclass(frozen=True, slots=True)
class Worker:
    """What one thread works with: its own reader of the file, its own face models."""

    reader: FrameReader
    faces: FaceStack


class _Stopped(Exception):
    """The workers stop: the work at hand is dropped."""


class Workers:
    """Look at spans of one source, several at once. Use as a context manager.

    ``quick``: of the readers, see ``prep.media.frames.reading``. The first worker is made at once, so
    that a file which cannot be opened is refused here.
    """

    def __init__(self, source: Source, *, count: int, quick: bool = False) -> None:
        self._source = source
        self._quick = quick
        self._files = ExitStack()
        self._free: list[Worker] = []
        self._busy = 0
        self._changed = threading.Condition()
        self._stop = threading.Event()
        self._pool = pool_of(count, name="scan")

    def __enter__(self) -> Workers:
        self._free.append(self._new_worker())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool | None:
        self._stop.set()
        interrupt = self._stopped()
        # The error passes through each file's own boundary, which maps the decoder's.
        handled = self._files.__exit__(kind, error, trace)
        if interrupt is not None and kind is None:
            raise interrupt
        return handled

    def _stopped(self) -> KeyboardInterrupt | None:
        """Waits for every thread; gives a Ctrl-C that came meanwhile.

        It does not break this off: a decoder whose file is closed under it takes the whole process
        down. Threads end at their next picture.
        """
        interrupt = None
        while True:
            try:
                self._pool.shutdown(wait=True, cancel_futures=True)
                self._wait_until_idle()
            except KeyboardInterrupt as error:
                interrupt = error
            else:
                return interrupt

    def _wait_until_idle(self) -> None:
        """The pool forgets a thread that it was starting when Ctrl-C came; this does not."""
        with self._changed:
            self._changed.wait_for(lambda: self._busy == 0)

    def each(
        self,
        work: Callable[[Worker, Span, Progress], Result],
        spans: Sequence[Span],
        progress: Progress,
    ) -> list[Result]:
        """What ``work`` gives for each span, in their order.

        ``progress`` is called in this thread with the share of all of it that is done. An error in one
        span, or Ctrl-C here, stops the others.
        """
        shares, here = [0.0] * len(spans), threading.get_ident()

        def report() -> None:
            progress(sum(shares) / max(1, len(shares)))

        def one(index: int, span: Span) -> Result:
            def progress_of_span(share: float) -> None:
                if self._stop.is_set():
                    raise _Stopped
                shares[index] = share
                if threading.get_ident() == here:
                    report()

            try:
                with self._lent() as worker:
                    return work(worker, span, progress_of_span)
            except Exception:
                self._stop.set()
                raise

        futures = [self._pool.submit(one, i, span) for i, span in enumerate(spans)]
        _watch(futures, report)
        _raise_first(futures)
        return [future.result() for future in futures]

    @contextmanager
    def _lent(self) -> Iterator[Worker]:
        with self._changed:
            if self._stop.is_set():
                raise _Stopped
            worker = self._free.pop() if self._free else self._new_worker()
            self._busy += 1
        try:
            yield worker
        finally:
            with self._changed:
                self._free.append(worker)
                self._busy -= 1
                self._changed.notify_all()

    def _new_worker(self) -> Worker:
        reader = self._files.enter_context(reading(self._source, quick=self._quick))
        return Worker(reader, FaceStack())


def _watch(futures: Sequence[Future[Result]], report: Callable[[], None]) -> None:
    waiting = set(futures)
    while waiting:
        _, waiting = wait(waiting, timeout=_REPORT_EVERY_S)
        report()


def _raise_first(futures: Sequence[Future[Result]]) -> None:
    """Raises what stopped the work, not that it was stopped."""
    errors = [error for future in futures if (error := future.exception()) is not None]
    for error in sorted(errors, key=lambda e: isinstance(e, _Stopped)):
        raise error
