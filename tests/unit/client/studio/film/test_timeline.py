"""The timeline's drawing: true to the scan, plain JSON, and no heavier for a film of hours."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from typing import Any

from screentest.client.studio.film.timeline import MOST_COLUMNS, timeline_of
from screentest.prep.core.spec import SORA_2
from screentest.prep.core.values import Scan, Segment, Span
from screentest.prep.picking.pick import pick
from tests.made_up import face, scan_of, signal, source

SCAN = scan_of(lambda t: None if 8.0 <= t < 12.0 else face(), cuts_s=(10.0,))


def drawn(scan: Scan, segment: Segment | None, *, picked: Segment | None = None) -> dict[str, Any]:
    """What a page gets, after its way there as JSON."""
    made = json.dumps(timeline_of(scan, segment, spec=SORA_2, picked=picked))
    return dict(json.loads(made))


def of_hours(hours: int) -> Scan:
    """A film that was glimpsed at every two seconds, with cuts in it, and looked at closely twice."""
    end_s = hours * 3600.0
    coarse = tuple(
        signal(t, face(exposure=0.1), fine=False) for t in map(float, range(20, int(end_s), 2))
    )
    near = tuple(signal(n / 5, face()) for n in range(100))
    return replace(
        SCAN,
        source=source(duration_s=end_s),
        signals=(*near, *coarse),
        cuts_s=tuple(5.0 * n for n in range(1, int(end_s / 5))),
        refined=(Span(0.0, 20.0),),
        end_s=end_s,
    )


def test_everything_that_was_measured_is_told_in_seconds_of_the_footage() -> None:
    segment = pick(SCAN)
    told = drawn(SCAN, segment)
    assert (told["first_s"], told["end_s"], told["fps"]) == (0.0, 20.0, 25.0)
    assert told["cuts_s"] == [10.0]
    assert told["looked_at"] == [[0.0, 20.0]]
    assert told["window"] == {
        "start_s": segment.start_s,
        "length_s": segment.length_s,
        "score": round(segment.score, 4),
    }
    assert told["runners_up"][0]["start_s"] == segment.alternatives[0].start_s
    assert told["faces"] == [{"person": None, "spans": [[0.0, 8.0], [12.0, 20.0]]}]
    assert max(score for run in told["close"] for _, score in run) > 0.5
    assert told["lengths"] == {"shortest_s": 2.0, "longest_s": 4.0, "target_s": 4.0, "frame_s": 0.04}


def test_lengths_are_whole_frames_of_the_clip() -> None:
    scan = replace(SCAN, source=source(fps=Fraction(30000, 1001)))
    lengths = drawn(scan, None)["lengths"]
    assert round(lengths["shortest_s"], 6) == 2.002
    assert round(lengths["longest_s"], 6) == 3.970633


def test_a_film_of_hours_has_no_more_points_than_a_screen_and_loses_no_best_moment() -> None:
    scan = of_hours(6)
    best = signal(7200.0, face(sharpness=900.0), fine=False)
    scan = replace(scan, signals=tuple(best if s.t_s == best.t_s else s for s in scan.signals))
    told = drawn(scan, None)
    assert len(told["coarse"]) <= MOST_COLUMNS + 1
    assert len(told["cuts_s"]) <= MOST_COLUMNS + 1
    assert sum(map(len, told["close"])) <= MOST_COLUMNS
    assert 7200.0 in [t_s for t_s, _ in told["coarse"]]
    assert len(json.dumps(told)) < 100_000


def test_before_there_is_a_clip_the_pick_is_shown_without_a_window() -> None:
    told = drawn(SCAN, None, picked=pick(SCAN))
    assert told["window"] is None
    assert told["picked"]["start_s"] == pick(SCAN).start_s
