"""Boxes around boxes: where each of several people is."""

from __future__ import annotations

import pytest

from screentest.prep.core.geometry import clusters, enclosing
from screentest.prep.core.values import Box

LEFT, RIGHT = Box(0.1, 0.2, 0.1, 0.2), Box(0.7, 0.2, 0.1, 0.2)


def test_one_box_is_its_own_cluster() -> None:
    assert enclosing([LEFT]) == LEFT
    assert clusters([LEFT]) == (LEFT,)


def test_without_boxes_there_are_no_clusters() -> None:
    assert clusters([]) == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Box(0.0, 0.0, 0.5, 1.0), Box(0.5, 0.0, 0.5, 1.0)),
        (Box(0.0, 0.0, 1.0, 0.5), Box(0.0, 0.5, 1.0, 0.5)),
    ],
)
def test_boxes_that_only_touch_are_two_people_side_by_side(one: Box, other: Box) -> None:
    assert len(clusters([one, other])) == len(clusters([other, one])) == 2


def test_somebody_who_wanders_is_one_cluster_all_along_the_way() -> None:
    way = [Box(0.1 + 0.05 * step, 0.2, 0.1, 0.2) for step in range(8)]
    (cluster,) = clusters(way)
    assert cluster.x == pytest.approx(0.1)
    assert cluster.width == pytest.approx(0.45)
    assert (cluster.y, cluster.height) == pytest.approx((0.2, 0.2))


def test_a_box_that_bridges_two_clusters_makes_them_one() -> None:
    bridge = Box(0.15, 0.25, 0.6, 0.1)
    assert len(clusters([LEFT, RIGHT])) == 2
    assert len(clusters([LEFT, RIGHT, bridge])) == 1
