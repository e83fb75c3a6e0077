"""Real people held against one another: nobody is taken for somebody else.

docs/compare.md has the table of all pairs; these are the shortest clips of it.
"""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from screentest import probe
from screentest.prep.comparing.compare import SeenFaces, faces_over_time, likeness_of
from screentest.prep.comparing.reference import FaceReference, reference_in_clip
from screentest.prep.core.values import Span

# Two recordings of one man, years apart; otherwise strangers, the likest of the table among them.
PEOPLE = {
    "face-cap13-webcam.mp4": "webcam man",
    "face-edtalk-obama-20s.mp4": "Obama",
    "multi-obama-biden.mp4": "Obama",
    "face-lp-d3-turns.mp4": "d3",
    "face-lp-d9-sar1516.mp4": "d9",
    "face-lp-s20-vertical-zoomout.mp4": "s20",
    "face-retalk4-anchor.mp4": "anchor",
    "face-asl-skullshirt.mkv": "signer",
}
PAIRS = list(product(PEOPLE, PEOPLE))
Known = dict[str, tuple[FaceReference, tuple[SeenFaces, ...]]]


@pytest.fixture(scope="module")
def known(shared_footage: Path) -> Known:
    """Each clip's reference from its first half, and its faces over time."""
    found: Known = {}
    for name in PEOPLE:
        source = probe(shared_footage / name)
        half = Span(0.0, min(4.0, source.duration_s / 2))
        found[name] = reference_in_clip(source, half), faces_over_time(source)
    return found


def test_nobody_is_taken_for_somebody_else(known: Known) -> None:
    wrong = []
    for reference_of, video in PAIRS:
        verdict = likeness_of(known[video][1], known[reference_of][0]).verdict
        if verdict != ("same" if PEOPLE[reference_of] == PEOPLE[video] else "other"):
            wrong.append((reference_of, video, verdict))
    assert len(PAIRS) >= 40
    assert wrong == []
