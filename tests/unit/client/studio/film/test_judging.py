"""A window that somebody moves: judged at once by what is known, and never by more than that."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from screentest.client.studio.film.judging import (
    Judged,
    closely,
    in_whole_frames,
    judged,
    of_segment,
    with_known_eyes,
)
from screentest.client.studio.film.moments import told
from screentest.prep.core.spec import SORA_2
from screentest.prep.core.values import EyesTrace, Scan, Span
from screentest.prep.picking.pick import pick
from tests.made_up import SOURCE, face, scan_of, signal, source

SHUT = face(eyes_open=0.1)
SCAN = scan_of(lambda t: SHUT if 6.0 <= t < 6.5 else face(), cuts_s=(10.0,))


def at(start_s: float, length_s: float = 3.0, *, kept: Scan | None = SCAN) -> Judged:
    return judged(SOURCE, start_s=start_s, length_s=length_s, spec=SORA_2, kept=kept)


def test_reasons_follow_a_window_and_tell_when_eyes_are_closed() -> None:
    with_eyes_shut, without = at(5.0), at(1.0)
    assert with_eyes_shut.reasons[0] == "Eyes closed from 0:06.00 for about 0.6 s."
    assert not any("closed" in reason for reason in without.reasons)
    assert without.score is not None
    assert with_eyes_shut.score is not None
    assert with_eyes_shut.score < without.score
    assert (without.looked, without.refusal) == ("samples", None)


def test_a_cut_in_the_window_is_a_warning_and_a_near_edge_is_told() -> None:
    inside, near = at(8.0), at(7.12)
    assert inside.warnings == ("There is a cut in the window, at 0:10.00.",)
    assert "only 0.12 s from the out point" in near.warnings[0]
    assert [moment.what for moment in inside.moments] == ["cut"]
    assert at(7.0).warnings == ()


@pytest.mark.parametrize(
    ("start_s", "length_s", "said"),
    [(18.5, 3.0, "Only 1.5 s"), (1.0, 9.0, "does not accept"), (-1.0, 3.0, "out of range")],
)
def test_a_window_of_which_no_clip_can_be_made_says_so_and_what_helps(
    start_s: float, length_s: float, said: str
) -> None:
    found = at(start_s, length_s)
    assert found.refusal is not None
    assert said in found.refusal.message
    assert found.refusal.hint
    assert found.score is None


def test_what_was_only_glimpsed_at_is_not_sold_as_looked_at() -> None:
    glimpses = tuple(signal(float(t), face(), fine=False) for t in range(10, 20))
    kept = replace(
        SCAN,
        signals=(*(s for s in SCAN.signals if s.t_s < 10), *glimpses),
        refined=(Span(0.0, 10.0),),
        cuts_s=(),
    )
    far, across = at(14.0, kept=kept), at(8.0, kept=kept)
    assert (far.looked, across.looked) == ("glimpses", "glimpses")
    assert "A face shows in 3 of 3 glimpses." in far.reasons
    assert at(14.0, kept=None).looked == "nothing"
    assert at(14.0, kept=None).score is None


def test_eyes_that_were_measured_count_wherever_the_window_begins() -> None:
    """They are known by where a person's shot begins, and every window begins elsewhere."""
    times_s = tuple(n / 15 for n in range(150))
    blink = tuple(0.1 if 4.0 <= t < 4.15 else 0.9 for t in times_s)
    kept = replace(SCAN, traced=(EyesTrace((0.0, face().box), times_s, blink),))
    found = at(2.0, kept=kept)
    assert found.reasons[0] == "Eyes closed at 0:04.00 (a blink)."
    assert not any("five samples a second" in reason for reason in found.reasons)
    # Half of this window was never measured: what is not known is not taken from the other half.
    assert with_known_eyes(kept, 8.5, 3.0).eyes == ()
    assert any("five samples a second" in reason for reason in at(2.0).reasons)


def test_a_length_that_is_written_and_read_again_loses_no_frame() -> None:
    film = source(fps=Fraction(30000, 1001))
    for frames in range(60, 120):
        exact_s = float(frames * Fraction(1001, 30000))
        assert in_whole_frames(round(exact_s, 3), film, SORA_2) == exact_s
    assert in_whole_frames(2.5, film, SORA_2) == 2.5


def test_a_close_look_is_taken_of_the_window_as_a_clip_has_it() -> None:
    asked: list[tuple[float, float]] = []

    def look(start_s: float, length_s: float) -> Scan:
        asked.append((start_s, length_s))
        return SCAN

    found = closely(SOURCE, start_s=5.0, length_s=3.01, spec=SORA_2, look=look)
    assert asked == [(5.0, 3.0)]
    assert (found.looked, found.length_s) == ("closely", 3.0)
    refused = closely(SOURCE, start_s=19.0, length_s=3.0, spec=SORA_2, look=look)
    assert refused.refusal is not None
    assert len(asked) == 1


def test_a_judged_window_is_plain_json_that_marks_each_moment() -> None:
    told = at(5.0).json()
    assert told["moments"] == [{"t_s": 6.0, "length_s": 0.6, "what": "eyes", "words": "eyes closed"}]
    assert told["refusal"] is None
    assert told["start_s"] == 5.0


def test_why_a_clip_is_shorter_than_wanted_is_the_first_that_is_read() -> None:
    briefly = scan_of(lambda t: face() if t < 2.6 else None)
    segment = pick(briefly, spec=SORA_2)
    assert segment.length_s < 3.0
    shown = of_segment(segment, briefly, looked_at="closely")
    first = next(one for one in shown.reasons if one not in told(shown.moments))
    assert first.startswith("No 4 s with the face were good enough")
    assert sorted(shown.reasons) == sorted((*told(shown.moments), *segment.reasons))
