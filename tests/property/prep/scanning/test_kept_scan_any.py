"""Any scan comes back from its file as it was, and a damaged file is never taken for one."""

from __future__ import annotations

import json
from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from screentest.prep.core.values import Box, Face, Figure, FrameSignal, Scan, Span
from screentest.prep.scanning.cache import from_json, to_json
from tests.made_up import SOURCE, face, signal, source

numbers = st.floats(allow_nan=False, allow_infinity=False, width=64)
boxes = st.builds(Box, numbers, numbers, numbers, numbers)
faces = st.builds(Face, boxes, *(numbers for _ in range(11)))
figures = st.builds(Figure, boxes, numbers, numbers, st.integers(0, 9), numbers)
signals = st.builds(
    FrameSignal,
    numbers,
    st.lists(faces, max_size=2).map(tuple),
    *(numbers for _ in range(4)),
    st.booleans(),
    st.one_of(st.none(), figures),
    st.one_of(st.none(), st.tuples(st.integers(1, 9999), st.integers(1, 9999))),
)
scans = st.builds(
    Scan,
    st.just(SOURCE),
    st.lists(signals, max_size=3).map(tuple),
    st.lists(numbers, max_size=3).map(tuple),
    st.lists(st.builds(Span, numbers, numbers), max_size=3).map(tuple),
    numbers,
)


@given(scans)
def test_a_scan_comes_back_as_it_was_to_the_last_digit(made: Scan) -> None:
    assert from_json(json.loads(json.dumps(to_json(made))), SOURCE) == made


@given(scans)
def test_a_kept_scan_does_not_tell_where_the_footage_lay(made: Scan) -> None:
    kept = json.dumps(to_json(made))
    assert SOURCE.path not in kept
    moved = source(path="/elsewhere/raw.mp4")
    assert from_json(json.loads(kept), moved).source == moved


KEPT = json.dumps(
    to_json(
        Scan(
            SOURCE,
            (
                signal(0.0, face()),
                signal(0.2, figure=Figure(face().box, 0.8, head=face().box, front=0.6)),
            ),
            (1.0,),
            (Span(0.0, 2.0),),
            2.0,
        )
    )
)


def reread(text: str) -> Scan | None:
    """What the cache makes of a file that holds this; only what it takes for damage may be raised."""
    with suppress(ValueError, KeyError, TypeError):
        return from_json(json.loads(text), SOURCE)
    return None


@given(st.integers(0, len(KEPT) - 1))
def test_a_file_that_breaks_off_is_not_a_scan(kept: int) -> None:
    assert reread(KEPT[:kept]) is None


@given(st.integers(0, len(KEPT) - 1), st.characters(codec="utf-8"))
def test_a_file_with_one_wrong_character_does_no_harm(place: int, wrong: str) -> None:
    found = reread(KEPT[:place] + wrong + KEPT[place + 1 :])
    assert found is None or len(found.signals) == 2


values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), numbers, st.text(max_size=4)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(st.sampled_from(["signals", "cuts_s", "refined"]), values)
def test_a_file_of_something_else_does_no_harm(name: str, value: object) -> None:
    reread(json.dumps({**json.loads(KEPT), name: value}))


@given(values)
def test_a_file_that_is_not_a_scan_gives_none(value: object) -> None:
    assert reread(json.dumps(value)) is None
