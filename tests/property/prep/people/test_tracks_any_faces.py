"""Whatever faces were seen, each belongs to one person and nobody is in two places at once."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from screentest.prep.core.values import Box, Face, FrameSignal
from screentest.prep.people.tracks import step_faces, tracks_of
from tests.made_up import face, signal

faces = st.builds(
    lambda x, y, height: face(box=Box(x, y, height / 2, height)),
    st.floats(0, 1),
    st.floats(0, 1),
    st.floats(0.02, 0.6),
)
films = st.lists(st.tuples(st.floats(0.05, 0.5), st.lists(faces, max_size=3)), max_size=12)
aspects = st.sampled_from([16 / 9, 9 / 16, 1.0, 4 / 3])


def signals_of(film: list[tuple[float, list[Face]]]) -> list[FrameSignal]:
    t_s = 0.0
    made = []
    for gap_s, seen in film:
        t_s += gap_s
        made.append(signal(t_s, *seen))
    return made


@given(films, aspects)
def test_each_face_belongs_to_exactly_one_person(
    film: list[tuple[float, list[Face]]], aspect: float
) -> None:
    signals = signals_of(film)
    tracked = [
        (index, id(shown))
        for track in tracks_of(signals, aspect=aspect)
        for index, shown in track.faces.items()
    ]
    there = [(index, id(shown)) for index, each in enumerate(signals) for shown in each.faces]
    assert sorted(tracked) == sorted(there)


@given(films, aspects)
def test_a_track_neither_jumps_nor_grows_at_once_nor_comes_back_after_long(
    film: list[tuple[float, list[Face]]], aspect: float
) -> None:
    signals = signals_of(film)
    for track in tracks_of(signals, aspect=aspect):
        places = sorted(track.faces)
        for before, after in pairwise(places):
            a, b = track.faces[before], track.faces[after]
            assert step_faces(a, b, aspect) < 0.9
            assert 1 / 1.8 < b.box.height / a.box.height < 1.8
            assert signals[after].t_s - signals[before].t_s <= 0.7


@given(films, aspects)
def test_the_most_seen_come_first_and_each_has_a_name_of_its_own(
    film: list[tuple[float, list[Face]]], aspect: float
) -> None:
    signals = signals_of(film)
    found = tracks_of(signals, aspect=aspect)
    counts = [len(track.faces) for track in found]
    assert counts == sorted(counts, reverse=True)
    starts = {(min(track.faces), id(track.faces[min(track.faces)])) for track in found}
    assert len(starts) == len(found)
