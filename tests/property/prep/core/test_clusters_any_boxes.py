"""Wherever faces are, each lies in one cluster, and no cluster is larger than its faces."""

from __future__ import annotations

from itertools import combinations
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from screentest.prep.core.geometry import clusters, enclosing
from screentest.prep.core.values import Box

# Sixteenths are exact in binary: edges that touch are never in doubt.
parts = st.integers(0, 12).map(lambda n: n / 16)
sizes = st.integers(1, 4).map(lambda n: n / 16)
boxes = st.builds(Box, parts, parts, sizes, sizes)
crowds = st.lists(boxes, min_size=1, max_size=8)


def holds(outer: Box, inner: Box) -> bool:
    return (
        outer.x <= inner.x
        and outer.y <= inner.y
        and outer.x + outer.width >= inner.x + inner.width
        and outer.y + outer.height >= inner.y + inner.height
    )


@given(crowds)
def test_each_face_lies_in_a_cluster(crowd: list[Box]) -> None:
    found = clusters(crowd)
    assert all(any(holds(cluster, box) for cluster in found) for box in crowd)


@given(crowds)
def test_a_cluster_is_no_larger_than_the_faces_in_it(crowd: list[Box]) -> None:
    for cluster in clusters(crowd):
        inside = [box for box in crowd if holds(cluster, box)]
        assert enclosing(inside) == cluster


@given(crowds)
def test_no_two_clusters_overlap(crowd: list[Box]) -> None:
    for one, other in combinations(clusters(crowd), 2):
        apart_x = one.x + one.width <= other.x or other.x + other.width <= one.x
        apart_y = one.y + one.height <= other.y or other.y + other.height <= one.y
        assert apart_x or apart_y


@given(crowds, st.randoms(use_true_random=False))
def test_the_order_of_the_faces_does_not_matter(crowd: list[Box], chance: Random) -> None:
    shuffled = crowd.copy()
    chance.shuffle(shuffled)
    assert set(clusters(shuffled)) == set(clusters(crowd))


@given(crowds)
def test_the_enclosing_box_touches_a_box_on_each_side(crowd: list[Box]) -> None:
    around = enclosing(crowd)
    assert all(holds(around, box) for box in crowd)
    assert min(box.x for box in crowd) == around.x
    assert min(box.y for box in crowd) == around.y
    assert max(box.x + box.width for box in crowd) == around.x + around.width
    assert max(box.y + box.height for box in crowd) == around.y + around.height
