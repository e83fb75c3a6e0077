"""Pictures of one head with what is true of each: to hold against what the models say of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from screentest.prep.core.picture import Picture
from tests.known_pose.face import Pose
from tests.known_pose.mien import CALM, Mien
from tests.known_pose.props import HELD
from tests.known_pose.scene import ACTOR, PLAIN, Actor, picture_of

SIZE_PX = (640, 360)
COVERS = ("", "glasses", "sunglasses", "bar", "mask", *HELD)


@dataclass(frozen=True, slots=True)
class Truth:
    """How a picture was drawn. The pose is the head's; the gaze, in ``mien``, is seen from the head."""

    pose: Pose = field(default_factory=Pose)
    mien: Mien = CALM


def shown(truth: Truth, actor: Actor = ACTOR) -> Picture:
    """One picture, BGR, 640 x 360."""
    posed = replace(actor, pose=truth.pose, mien=truth.mien)
    return picture_of((posed,), size_px=SIZE_PX, setting=1, t_s=0.0, look=PLAIN)


def heads_turned(
    step_deg: int = 5, most_deg: int = 50, *, depth: float = 1.0
) -> Iterator[tuple[Picture, Truth]]:
    """Heads turned from left to right, level. ``depth``: 0.8 is a flat face, 1.2 a deep one."""
    for turned_deg in range(-most_deg, most_deg + 1, step_deg):
        truth = Truth(Pose(float(turned_deg)))
        yield shown(truth, replace(ACTOR, depth=depth)), truth


def heads_nodding(step_deg: int = 5, most_deg: int = 30) -> Iterator[tuple[Picture, Truth]]:
    """Heads from chin down to chin up."""
    yield from _each(Truth(Pose(0, float(a))) for a in range(-most_deg, most_deg + 1, step_deg))


def heads_tilted(step_deg: int = 5, most_deg: int = 40) -> Iterator[tuple[Picture, Truth]]:
    """Heads tilted to either side."""
    yield from _each(Truth(Pose(0, 0, float(a))) for a in range(-most_deg, most_deg + 1, step_deg))


def gazes(pose: Pose | None = None, *, step_deg: int = 5) -> Iterator[tuple[Picture, Truth]]:
    """Eyes that look aside, by up to 30 degrees, then down and up, in one pose."""
    aside = [(float(h), 0.0) for h in range(-30, 31, step_deg)]
    upright = [(0.0, float(v)) for v in range(-20, 21, step_deg)]
    yield from _each(Truth(pose or Pose(), Mien(gaze_deg=gaze)) for gaze in (*aside, *upright))


def eyes_on_the_camera(step_deg: int = 5, most_deg: int = 35) -> Iterator[tuple[Picture, Truth]]:
    """Heads turned from left to right while the eyes hold the camera."""
    turns = range(-most_deg, most_deg + 1, step_deg)
    yield from _each(Truth(Pose(float(a)), Mien(gaze_deg=(float(-a), 0.0))) for a in turns)


def openings(raised: float = 0.0) -> Iterator[tuple[Picture, Truth]]:
    """Eyes from shut to open; ``raised``: how far a smile pushes the lower lids up."""
    yield from _each(Truth(mien=Mien(opening=n / 10, raised=raised)) for n in range(11))


def covered(pose: Pose | None = None) -> Iterator[tuple[Picture, Truth]]:
    """A face bare, then with each thing on it that covers some of it, or seems to."""
    yield from _each(Truth(pose or Pose(), Mien(cover=cover)) for cover in COVERS)


def faces_drawn() -> Iterator[tuple[Picture, Truth]]:
    """A calm face, then mouths open and pulled aside, and crossed eyes."""
    jaws = [Mien(jaw_deg=float(a)) for a in (5, 10, 15, 20, 25)]
    pulls = [Mien(pulled_cm=c) for c in (-1.2, -0.6, 0.6, 1.2)]
    crossed = [Mien(crossed_deg=float(a)) for a in (0.1, 10, 20, 30)]
    yield from _each(Truth(mien=mien) for mien in (CALM, *jaws, *pulls, *crossed))


def _each(truths: Iterator[Truth]) -> Iterator[tuple[Picture, Truth]]:
    for truth in truths:
        yield shown(truth), truth
