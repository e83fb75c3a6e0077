"""Whatever was seen, a window lies inside one shot and its reasons say its own numbers."""

from __future__ import annotations

import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from screentest.prep.core.values import Face, Scan, Subject
from screentest.prep.picking.reasons import reasons_for
from screentest.prep.picking.scored import scored_shots
from screentest.prep.picking.windows import POLICY, Window, heads_of, ranked
from screentest.prep.vision.facing import is_person
from tests.made_up import face, scan_of

moods = st.lists(
    st.one_of(
        st.none(),
        st.builds(
            lambda yaw, eyes, nose, gaze: face(
                yaw_deg=yaw, eyes_open=eyes, nose_offset=nose, gaze=gaze
            ),
            st.floats(-45, 45),
            st.floats(0, 1),
            st.floats(-0.6, 0.6),
            st.floats(-1, 1),
        ),
    ),
    min_size=3,
    max_size=8,
)
cuts = st.lists(st.floats(0.5, 15.5), max_size=3).map(lambda c: tuple(sorted(set(c))))
subjects = st.sampled_from(["face", "other"])
lengths_s = st.sampled_from([2.0, 3.0, 4.0])


def scanned(seconds: list[Face | None], cuts_s: tuple[float, ...]) -> Scan:
    return scan_of(lambda t: seconds[int(t / 2)], length_s=2.0 * len(seconds), cuts_s=cuts_s)


def windows(scan: Scan, length_s: float, subject: Subject) -> list[Window]:
    return ranked(scored_shots(scan), length_s, subject, POLICY)


@given(moods, cuts, lengths_s, subjects)
def test_every_window_lies_in_one_shot_and_they_come_best_first(
    seconds: list[Face | None], cuts_s: tuple[float, ...], length_s: float, subject: Subject
) -> None:
    scan = scanned(seconds, cuts_s)
    found = windows(scan, length_s, subject)
    for each in found:
        assert each.start_s >= 0
        assert each.start_s + each.length_s <= scan.end_s + 2e-3
        assert not any(each.start_s + 2e-3 < c < each.start_s + length_s - 2e-3 for c in cuts_s)
        assert 0 < each.score <= 1
        assert len(each.factors) == len(each.values) == len(each.signals)
    scores = [round(each.score, 6) for each in found]
    assert scores == sorted(scores, reverse=True)


@given(moods, cuts, lengths_s)
def test_a_window_with_a_face_shows_it_in_nine_of_ten_samples(
    seconds: list[Face | None], cuts_s: tuple[float, ...], length_s: float
) -> None:
    for each in windows(scanned(seconds, cuts_s), length_s, "face"):
        shown = [s for s in each.signals if any(is_person(f) for f in s.faces)]
        assert len(shown) >= 0.9 * len(each.signals)
        assert heads_of(each) is not None


@given(moods, lengths_s, subjects)
def test_shares_that_are_said_are_shares_and_counts_are_of_what_is_there(
    seconds: list[Face | None], length_s: float, subject: Subject
) -> None:
    scan = scanned(seconds, ())
    for each in windows(scan, length_s, subject)[:2]:
        lines = " ".join(reasons_for(each, None, scan, 4.0, faceless="No face."))
        assert all(0 <= int(share) <= 100 for share in re.findall(r"(\d+)%", lines))
        for part, whole in re.findall(r"(\d+) of (\d+) samples", lines):
            assert int(part) <= int(whole) == len(each.signals)
        assert "nan" not in lines


@given(moods, lengths_s)
def test_what_lies_outside_of_a_shot_changes_no_window_in_it(
    seconds: list[Face | None], length_s: float
) -> None:
    scan = scanned(seconds, (4.0,))
    elsewhere = replace(
        scan, signals=tuple(replace(s, faces=()) if s.t_s >= 4 else s for s in scan.signals)
    )
    first = [w for w in windows(scan, length_s, "face") if w.start_s < 4]
    assert [w for w in windows(elsewhere, length_s, "face") if w.start_s < 4] == first
