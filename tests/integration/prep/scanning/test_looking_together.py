"""Several threads over one file: results in order, errors raised, no thread left."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from screentest import probe
from screentest.prep.core.errors import FootageError
from screentest.prep.core.values import Span
from screentest.prep.scanning.workers import Workers
from tests.conftest import Footage

SPANS = [Span(0.0, 0.5), Span(0.5, 1.0), Span(1.0, 1.5), Span(1.5, 2.0)]


Progress = Callable[[float], None]


def test_results_come_in_the_order_of_the_spans_whichever_ends_first(footage: Footage) -> None:
    last_is_done = threading.Event()

    def work(_worker: object, span: Span, _progress: Progress) -> float:
        if span == SPANS[0]:
            last_is_done.wait(60)
        if span == SPANS[-1]:
            last_is_done.set()
        return span.start_s

    with Workers(probe(footage("quadrants")), count=2) as workers:
        assert workers.each(work, SPANS, lambda _: None) == [0.0, 0.5, 1.0, 1.5]


def test_each_span_is_decoded_as_if_it_were_alone(footage: Footage) -> None:
    def times_s(worker: object, span: Span, _progress: Progress) -> list[float]:
        reader = worker.reader  # type: ignore[attr-defined]
        return [round(frame.t_s, 3) for frame in reader.span(span.start_s, span.end_s)]

    source = probe(footage("quadrants"))
    with Workers(source, count=3) as workers:
        together = workers.each(times_s, SPANS, lambda _: None)
    with Workers(source, count=1) as workers:
        alone = workers.each(times_s, SPANS, lambda _: None)
    assert together == alone
    assert [t_s for part in together for t_s in part] == pytest.approx([n / 25 for n in range(50)])


def test_progress_only_grows_and_is_reported_in_the_thread_that_waits(footage: Footage) -> None:
    told: list[float] = []
    here = threading.get_ident()

    def work(_worker: object, _span: Span, progress: Progress) -> None:
        for share in (0.25, 0.5, 1.0):
            progress(share)

    def report(share: float) -> None:
        assert threading.get_ident() == here
        told.append(share)

    with Workers(probe(footage("quadrants")), count=2) as workers:
        workers.each(work, SPANS, report)
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_no_spans_are_no_work_and_not_an_error(footage: Footage) -> None:
    with Workers(probe(footage("quadrants")), count=2) as workers:
        assert workers.each(lambda *_: 1, [], lambda _: None) == []


def test_a_missing_file_is_reported_before_any_work(footage: Footage) -> None:
    gone = replace(probe(footage("quadrants")), path="/nowhere/raw.mp4")
    with pytest.raises(FootageError), Workers(gone, count=2):
        pytest.fail("there is nothing to look at")


def test_after_an_error_no_thread_is_left(footage: Footage) -> None:
    def work(_worker: object, span: Span, progress: Progress) -> None:
        if span == SPANS[1]:
            raise ValueError("a broken look")
        progress(0.5)

    def looked() -> None:
        with Workers(probe(footage("quadrants")), count=2) as workers:
            workers.each(work, SPANS, lambda _: None)

    with pytest.raises(ValueError, match="a broken look"):
        looked()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("scan")]
