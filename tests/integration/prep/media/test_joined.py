"""Recordings joined end to end lie in a row: all of it is seen, and cut at the right place."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from screentest import clip, pick, probe, scan, segment_at
from screentest.prep.clipping.clip import planned_clip
from screentest.prep.core.values import Clip
from screentest.prep.media.frames import reading
from tests.clips import SMALL
from tests.conftest import Footage

KINDS = ["ts", "mpg", "mkv", "mov", "mp4", "flv", "avi", "live"]


def clip_of(raw: Path, folder: Path, *, after_s: float) -> Clip:
    """A clip that begins so long after the last recording of a file does."""
    source = probe(raw)
    begins_s = source.recordings[-1].video_start_s
    segment = segment_at(source, start_s=begins_s + after_s, length_s=2.0, spec=SMALL)
    return clip(source, segment, out=folder / "out.mp4", spec=SMALL)


@pytest.mark.parametrize("kind", KINDS)
def test_a_clip_of_a_later_recording_is_the_clip_of_that_recording_alone(
    kind: str, footage: Footage, tmp_path: Path
) -> None:
    joined = probe(footage(f"joined-{kind}"))
    assert joined.duration_s == pytest.approx(8.0, abs=0.05)
    made = clip_of(footage(f"joined-{kind}"), tmp_path, after_s=1.36)
    alone = clip_of(footage(f"flash-{kind}"), tmp_path, after_s=1.36)
    assert made.has_audio
    assert made.sha256 == alone.sha256


@pytest.mark.parametrize("kind", ["ts", "mkv"])
def test_every_picture_of_every_recording_is_seen_once_and_in_order(
    kind: str, footage: Footage
) -> None:
    source = probe(footage(f"joined-{kind}"))
    joint_s = source.joints_s[0]
    with reading(source) as reader:
        seen = [(frame.t_s, frame.source.width_px) for frame in reader.span(0.0, 99.0)]
        around = reader.frame_times_s(joint_s - 0.1, joint_s + 0.1)
        sparse = [frame.t_s for frame in reader.sparse(1.0)]
    assert [width for _, width in seen] == [256] * 60 + [320] * 150
    assert [t_s for t_s, _ in seen] == sorted(t_s for t_s, _ in seen)
    assert around == tuple(t_s for t_s, _ in seen if joint_s - 0.1 <= t_s < joint_s + 0.1)
    assert max(after - before for before, after in pairwise([0.0, *sparse, 8.0])) < 2.0
    assert any(t_s == pytest.approx(joint_s) for t_s in sparse)


def test_a_face_in_a_later_recording_is_found_there_in_its_own_shape(footage: Footage) -> None:
    source = probe(footage("joined-face"))
    scanned = scan(source)
    found = pick(scanned)
    assert scanned.cuts_s == pytest.approx([source.joints_s[0]])
    assert found.subject == "face"
    assert found.start_s >= source.joints_s[0] - 1e-3
    planned = planned_clip(source, found)
    assert (planned.source.width_px, planned.source.height_px) == (360, 640)
    assert planned.canvas.height_px > planned.canvas.width_px
