"""Films of a head whose pose is known at every moment."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import accumulate
from math import pi, sin
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from imageio_ffmpeg import get_ffmpeg_exe

from screentest.prep.core.picture import Picture
from tests.known_pose.animal import Animal
from tests.known_pose.face import Pose
from tests.known_pose.mien import CALM, Mien
from tests.known_pose.scene import (
    ACTOR,
    PANNING,
    PLAIN,
    Actor,
    Camera,
    Look,
    Poster,
    picture_of,
)

SIZE_PX = (640, 360)
FPS = 16
TIMEOUT_S = 120

PosePath = Callable[[float], Pose]
MienPath = Callable[[float], Mien]


def still(yaw_deg: float = 0.0, pitch_deg: float = 0.0, roll_deg: float = 0.0) -> PosePath:
    """One pose throughout."""
    return lambda _: Pose(yaw_deg, pitch_deg, roll_deg)


FRONTAL = still()


@dataclass(frozen=True, slots=True)
class Beat:
    """A stretch of a film.

    ``pose``: the head's angles over the share of the beat, 0 to 1. ``setting``: which room; another
    one than the beat's before makes a hard cut, or a dissolve of ``melts_s``. ``actor``: None for an
    empty room. ``bystander``: who else is there, behind. ``shake``: how far the head jerks to and fro,
    as a share of the width. ``mien``: what the face does, over the seconds of the beat; None leaves the
    actor's own. ``speaks``: whether the jaw moves on top; a head that holds one pose and one mien is a
    photo, and judged as one. ``sway``: how much of a person's usual swaying is left. ``is_frozen``: its
    first picture stays. ``animals``: who else is there; all turn their heads as ``pose`` says.
    """

    length_s: float
    pose: PosePath = FRONTAL
    setting: int = 1
    actor: Actor | None = ACTOR
    bystander: Actor | None = None
    look: Look = PLAIN
    shake: float = 0.0
    melts_s: float = 0.0
    mien: MienPath | None = None
    sway: float = 1.0
    speaks: bool = True
    camera: Camera = PANNING
    poster: Poster | None = None
    is_frozen: bool = False
    animals: tuple[Animal, ...] = ()


Film = tuple[Beat, ...]


@dataclass(frozen=True, slots=True)
class Planned:
    """A film. ``window``: from when to when the choice has to lie, in seconds, None for none.

    ``subject``: what the choice has to be. ``why``: what tells that stretch from the rest.
    ``missed``: why the choice still goes wrong, empty where it does not. ``fps``: blinks want more.
    """

    film: Film
    why: str
    window: tuple[float, float] | None = None
    subject: Literal["face", "other"] = "face"
    gop_s: float = 2.0
    missed: str = ""
    fps: int = FPS


def sweep(start: Pose, end: Pose) -> PosePath:
    """From one pose to another at constant speed."""

    def at(share: float) -> Pose:
        return Pose(
            start.yaw_deg + share * (end.yaw_deg - start.yaw_deg),
            start.pitch_deg + share * (end.pitch_deg - start.pitch_deg),
            start.roll_deg + share * (end.roll_deg - start.roll_deg),
        )

    return at


def blinking(*blinks_s: tuple[float, float], open_mien: Mien = CALM) -> MienPath:
    """Eyes that blink; ``blinks_s``: when each blink begins, and how long it lasts."""

    def at(t_s: float) -> Mien:
        for start_s, long_s in blinks_s:
            if start_s - 1e-6 <= t_s < start_s + long_s - 1e-6:
                return replace(open_mien, opening=0.0)
        return open_mien

    return at


def living(length_s: float, yaw_deg: float = 0.0, *, reach_deg: float = 1.5) -> PosePath:
    """A head about a pose, as nobody holds one: in half degrees, so that few poses are drawn."""

    def at(share: float) -> Pose:
        turn, nod = (reach_deg * sin(rate * share * length_s) for rate in (2.1, 2.9))
        return Pose(yaw_deg + round(2 * turn) / 2, round(1.2 * nod) / 2)

    return at


def length_s(film: Film) -> float:
    """The film's length."""
    return sum(beat.length_s for beat in film)


def pose_at(film: Film, t_s: float) -> Pose:
    """The true pose of the frame that shows at a time."""
    beat, share = _beat_at(film, t_s)
    return beat.pose(share)


def made(
    film: Film,
    path: Path,
    *,
    fps: int = FPS,
    size_px: tuple[int, int] = SIZE_PX,
    gop_s: float = 2.0,
) -> Path:
    """The film as an H.264 MP4 at ``path``, drawn now unless it is there.

    Keyframes stand ``gop_s`` apart, and at cuts where that is 2 s or less. The file appears whole, by
    rename. Raises CalledProcessError where ffmpeg fails.
    """
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{os.getpid()}-{path.name}")
    pictures = ["-f", "rawvideo", "-pix_fmt", "bgr24", "-s", f"{size_px[0]}x{size_px[1]}"]
    coding = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "20", "-pix_fmt", "yuv420p"]
    command = [get_ffmpeg_exe(), "-v", "error", "-nostdin", *pictures, "-r", str(fps), "-i", "-"]
    gop = ["-g", str(round(gop_s * fps))]
    if gop_s > 2:
        gop += ["-keyint_min", str(round(gop_s * fps)), "-sc_threshold", "0"]
    with subprocess.Popen(
        [*command, *coding, *gop, "-y", str(draft)], stdin=subprocess.PIPE
    ) as encoder:
        assert encoder.stdin is not None
        for picture in frames(film, fps=fps, size_px=size_px):
            encoder.stdin.write(picture.tobytes())
        encoder.stdin.close()
        code = encoder.wait(TIMEOUT_S)
    if code:
        raise subprocess.CalledProcessError(code, command)
    draft.replace(path)
    return path


def frames(film: Film, *, fps: int, size_px: tuple[int, int]) -> Iterator[Picture]:
    """Every picture of the film, BGR."""
    for number in range(round(length_s(film) * fps)):
        t_s = number / fps
        beat, share = _beat_at(film, t_s)
        picture = _shot(beat, share, t_s, size_px)
        since_s = share * beat.length_s
        if since_s < beat.melts_s:
            before = _shot(film[film.index(beat) - 1], 1.0, t_s, size_px)
            new = since_s / beat.melts_s
            picture = np.asarray(cv2.addWeighted(picture, new, before, 1 - new, 0), np.uint8)
        yield picture


def _shot(beat: Beat, share: float, t_s: float, size_px: tuple[int, int]) -> Picture:
    since_s = share * beat.length_s
    if beat.is_frozen:
        t_s, share, since_s = t_s - since_s, 0.0, 0.0
    actors = []
    if beat.bystander is not None:
        actors.append(replace(beat.bystander, mien=_speaking(beat.bystander.mien, since_s)))
    if beat.actor is not None:
        mien = beat.actor.mien if beat.mien is None else beat.mien(since_s)
        spoken = _speaking(mien, since_s) if beat.speaks else mien
        posed = replace(beat.actor, pose=beat.pose(share), mien=spoken)
        actors.append(_moving(posed, t_s, beat))
    return picture_of(
        tuple(actors),
        size_px=size_px,
        setting=beat.setting,
        t_s=t_s,
        look=beat.look,
        camera=beat.camera,
        poster=beat.poster,
        animals=tuple(_turned(a, beat.pose(share), t_s, beat.sway) for a in beat.animals),
    )


def _speaking(mien: Mien, t_s: float) -> Mien:
    """A mouth that opens and shuts as in speech, in steps of three degrees, so that few are drawn."""
    return replace(mien, jaw_deg=mien.jaw_deg + 3.0 * max(0, round(2 * sin(17 * t_s) + sin(6.1 * t_s))))


def _turned(animal: Animal, pose: Pose, t_s: float, sway: float) -> Animal:
    """In steps of three degrees, so that few are drawn."""
    x = animal.x + sway * 0.003 * sin(1.7 * t_s)
    return replace(animal, x=x, head_deg=3.0 * round(pose.yaw_deg / 3))


def _moving(actor: Actor, t_s: float, beat: Beat) -> Actor:
    """Nobody stands quite still; ``shake`` comes on top, 1.4 times a second."""
    x = actor.x + beat.sway * 0.006 * sin(1.7 * t_s) + beat.shake * sin(2.8 * pi * t_s)
    return replace(actor, x=x, y=actor.y + beat.sway * 0.004 * sin(2.3 * t_s))


def _beat_at(film: Film, t_s: float) -> tuple[Beat, float]:
    """The beat at a time, and the share of it that has passed."""
    ends = list(accumulate(beat.length_s for beat in film))
    for beat, end_s in zip(film, ends, strict=True):
        if t_s < end_s - 1e-6:
            return beat, max(0.0, (t_s - end_s + beat.length_s) / beat.length_s)
    return film[-1], 1.0
