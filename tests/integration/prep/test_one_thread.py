"""Work on one thread: it takes no second one, finds the same, and can be watched and stopped."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from screentest import probe
from screentest.client.worker.job import ClipMade, Place, Prepare
from screentest.client.worker.work import done
from screentest.prep.core.process import on_one_thread
from screentest.prep.core.progress import Progress
from screentest.prep.core.spec import SORA_2
from screentest.prep.core.values import Span
from screentest.prep.media.deadline import Deadline
from screentest.prep.media.opening import opened
from screentest.prep.pipeline import choose
from screentest.prep.scanning.workers import Workers
from tests.conftest import Footage

SPANS = [Span(0.0, 1.0), Span(1.0, 2.0)]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the threads that are started, each of them started all the same."""
    names: list[str] = []
    start = threading.Thread.start

    def noted(thread: threading.Thread) -> None:
        names.append(thread.name)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", noted)
    return names


def test_a_worker_makes_a_clip_on_one_thread(
    face_clip: Path, tmp_path: Path, started: list[str]
) -> None:
    job = Prepare((Place("face", path=str(face_clip)),), SORA_2, clips=str(tmp_path / "clips"))
    assert isinstance(done(job), ClipMade)
    assert started == []


def test_one_thread_picks_what_several_pick(face_clip: Path, started: list[str]) -> None:
    several = choose(face_clip)
    assert started, "there are several where nobody says otherwise"
    with on_one_thread():
        assert choose(face_clip) == several


def test_a_decoder_takes_no_thread_of_its_own(face_clip: Path) -> None:
    assert _threads_of_decoder(face_clip) > 0, "it does where nobody says otherwise"
    with on_one_thread():
        assert _threads_of_decoder(face_clip) == 0


def _threads_of_decoder(path: Path) -> int:
    before = _threads()
    with opened(path, Deadline(path, 60.0)) as container:
        next(container.decode(video=0))
        return _threads() - before


def _threads() -> int:
    """How many this process has, those of libraries among them."""
    return len(list(Path("/proc/self/task").iterdir()))


@contextmanager
def one_worker(footage: Footage) -> Iterator[Workers]:
    source = probe(footage("face-short"))
    with on_one_thread(), Workers(source, count=2) as workers:
        yield workers


def test_progress_is_told_while_a_span_is_looked_at(footage: Footage) -> None:
    told: list[float] = []
    seen: list[int] = []

    def work(_worker: object, _span: Span, progress: Progress) -> None:
        progress(0.5)
        seen.append(len(told))

    with one_worker(footage) as workers:
        workers.each(work, SPANS, told.append)
    assert seen == [1, 2]
    assert told == sorted(told)


def test_an_error_in_one_span_spares_the_others(footage: Footage) -> None:
    seen: list[Span] = []

    def work(_worker: object, span: Span, _progress: Progress) -> None:
        seen.append(span)
        raise ValueError("a broken look")

    with pytest.raises(ValueError, match="a broken look"), one_worker(footage) as workers:
        workers.each(work, SPANS, lambda _: None)
    assert seen == SPANS[:1]


def test_ctrl_c_goes_through_at_once(footage: Footage) -> None:
    seen: list[Span] = []

    def work(_worker: object, span: Span, _progress: Progress) -> None:
        seen.append(span)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), one_worker(footage) as workers:
        workers.each(work, SPANS, lambda _: None)
    assert seen == SPANS[:1]
