"""Where else somebody shows, by what coarse samples tell: whose faces these are is remembered."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from screentest.prep.core.values import Box, Face, Scan
from screentest.prep.people.closeups import Memory
from screentest.prep.people.matching import spotted_in
from screentest.prep.people.recogniser import Identity
from tests.made_up import face, scan_of, signal

JOE, ANN = (np.eye(128, dtype=np.float32)[n] for n in (0, 1))
JOES, ANNS = face(), face(box=Box(0.7, 0.3, 0.15, 0.35))


def coarse(*faces: Face, samples: int = 20) -> Scan:
    """Footage of which no moment was looked at closely; its file is gone."""
    signals = tuple(signal(float(t), *faces, fine=False) for t in range(samples))
    return replace(scan_of(lambda _: None), signals=signals, refined=())


def knowing(scan: Scan, whose: dict[Box, Identity | None]) -> Memory:
    memory = Memory()
    for one in scan.signals:
        memory.identities.update({(one.t_s, f.box): whose[f.box] for f in one.faces})
    return memory


def seen(scan: Scan, memory: Memory, *, wanted: Identity = JOE, most: int = 200) -> list[float]:
    found = spotted_in(scan, wanted, lambda *_: True, memory=memory, progress=lambda _: None, most=most)
    return [one.t_s for one in found]


def test_somebody_is_told_from_whoever_is_beside_them() -> None:
    scan = coarse(ANNS, JOES)
    memory = knowing(scan, {JOES.box: JOE, ANNS.box: ANN})
    found = spotted_in(scan, JOE, lambda *_: True, memory=memory, progress=lambda _: None)
    assert {one.face.box for one in found} == {JOES.box}
    assert len(found) == 20


def test_strangers_and_faces_that_are_not_found_again_are_no_glimpse() -> None:
    scan = coarse(ANNS, JOES)
    assert seen(scan, knowing(scan, {JOES.box: None, ANNS.box: ANN})) == []


def test_what_promises_nothing_is_not_asked_whose_it_is() -> None:
    scan = coarse(JOES)
    assert not spotted_in(scan, JOE, lambda *_: False, memory=Memory(), progress=lambda _: None)


def test_what_was_looked_at_closely_is_known_already() -> None:
    assert seen(scan_of(lambda _: JOES), Memory()) == []


@pytest.mark.parametrize(
    ("most", "times_s"), [(4, [0, 5, 10, 15]), (20, [float(t) for t in range(20)])]
)
def test_of_too_many_moments_some_are_looked_at_evenly_spread(most: int, times_s: list[float]) -> None:
    scan = coarse(JOES)
    assert seen(scan, knowing(scan, {JOES.box: JOE}), most=most) == times_s
