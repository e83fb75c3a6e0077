"""Whatever was seen, a pick lies inside one shot and does not depend on the order of what was seen."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from screentest import pick
from screentest.prep.core.errors import PickError
from screentest.prep.core.values import Face, Scan, Segment
from tests.made_up import face, scan_of

Moods = list[Face | None]

moods = st.lists(
    st.one_of(
        st.none(),
        st.builds(
            lambda yaw, eyes, nose: face(yaw_deg=yaw, eyes_open=eyes, nose_offset=nose),
            st.floats(-60, 60),
            st.floats(0, 1),
            st.floats(-1, 1),
        ),
    ),
    min_size=2,
    max_size=12,
)
cuts = st.lists(st.floats(0.5, 19.5), max_size=4).map(lambda c: tuple(sorted(set(c))))


def scanned(seconds: Moods, cuts_s: tuple[float, ...]) -> Scan:
    length_s = 2.0 * len(seconds)
    return scan_of(lambda t: seconds[int(t / 2)], length_s=length_s, cuts_s=cuts_s)


@given(moods, cuts)
def test_a_window_lies_inside_the_source_and_holds_no_cut(
    seconds: Moods, cuts_s: tuple[float, ...]
) -> None:
    made = scanned(seconds, cuts_s)
    try:
        chosen = pick(made)
    except PickError:
        return
    assert chosen.start_s >= 0
    assert 2.0 <= chosen.length_s <= 4.0
    assert chosen.end_s <= made.end_s + 2e-3
    assert not any(chosen.start_s + 2e-3 < c < chosen.end_s - 2e-3 for c in made.cuts_s)
    assert 0 <= chosen.score <= 1


@given(moods, cuts, st.randoms(use_true_random=False))
def test_the_order_in_which_samples_arrive_changes_nothing(
    seconds: Moods, cuts_s: tuple[float, ...], rng: random.Random
) -> None:
    made = scanned(seconds, cuts_s)
    shuffled = list(made.signals)
    rng.shuffle(shuffled)
    assert picked(replace(made, signals=tuple(shuffled))) == picked(made)


def picked(made: Scan) -> Segment | str:
    """The choice, or what is said where there is none."""
    try:
        return pick(made)
    except PickError as error:
        return str(error)


@given(st.integers(0, 4), st.floats(10, 40))
def test_a_strictly_better_stretch_wins_wherever_it_is(place: int, turned_deg: float) -> None:
    def at(t_s: float) -> Face:
        better = 4.0 * place <= t_s < 4.0 * place + 4.0
        return face(yaw_deg=0.0 if better else turned_deg, nose_offset=0.0 if better else 0.2)

    assert abs(pick(scan_of(at)).start_s - 4.0 * place) < 0.01
