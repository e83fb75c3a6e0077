"""A locked-off interview: one room, one framing, and jump cuts from one person to another, who speak.

One person is the portrait of ``tests.known_pose.face``, the other the man of the webcam clip.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from functools import cache
from math import sin
from pathlib import Path

import cv2
import numpy as np
from imageio_ffmpeg import get_ffmpeg_exe
from numpy.typing import NDArray
from skimage.data import astronaut

from screentest import probe
from screentest.prep.core.picture import Picture
from screentest.prep.media.frames import reading
from screentest.prep.media.pictures import picture_at
from screentest.prep.vision.detector import detect

FPS = 20
SIZE_PX = (640, 360)
TIMEOUT_S = 60
_WEBCAM = Path(__file__).parent.parent.parent / "fixtures" / "cap13_edit2.mp4"
_WEBCAM_S = 29.0
_HEAD_FACES = (1.3, 1.7)
# How far a word draws the mouth down, in face heights, in a few steps; how wide and high around it.
_DRAWN_DOWN, _WORD_STEPS = 0.08, 3
_AROUND_MOUTH = (0.2, 0.12)


@dataclass(frozen=True, slots=True)
class Turn:
    """Who is in the picture for how long: "woman" or "man".

    ``places``: where, as shares of the width; twice as beside a mirror. ``face_px``: the height of the
    face.
    """

    who: str
    length_s: float
    places: tuple[float, ...] = (0.5,)
    face_px: int = 120


def made(turns: tuple[Turn, ...], path: Path) -> Path:
    """The interview as an H.264 MP4. Raises CalledProcessError where ffmpeg fails."""
    pictures = ["-f", "rawvideo", "-pix_fmt", "bgr24", "-s", f"{SIZE_PX[0]}x{SIZE_PX[1]}"]
    command = [get_ffmpeg_exe(), "-v", "error", "-nostdin", *pictures, "-r", str(FPS), "-i", "-"]
    coding = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "18", "-pix_fmt", "yuv420p"]
    subprocess.run(
        [*command, *coding, "-g", str(2 * FPS), "-y", str(path)],
        input=b"".join(_frames(turns)),
        timeout=TIMEOUT_S,
        check=True,
    )
    return path


def photo_of(who: str, path: Path) -> Path:
    """The person's picture as a PNG."""
    cv2.imwrite(str(path), photo(who))
    return path


def _frames(turns: tuple[Turn, ...]) -> list[bytes]:
    shown = [turn for turn in turns for _ in range(round(turn.length_s * FPS))]
    return [_picture(turn, number / FPS).tobytes() for number, turn in enumerate(shown)]


def _picture(turn: Turn, t_s: float) -> Picture:
    canvas = _room()
    for x in turn.places:
        canvas = _with_head(canvas, turn, x, t_s)
    return canvas


def _with_head(canvas: Picture, turn: Turn, x: float, t_s: float) -> Picture:
    # A head that only sways is a photo, and judged as one.
    word = round(_WORD_STEPS * max(0.0, 0.6 * sin(17 * t_s) + 0.4 * sin(6.1 * t_s)))
    head, cover = _head(turn.who, turn.face_px, word=word)
    height, width = cover.shape
    # Nobody sits quite still.
    left = x * SIZE_PX[0] - width / 2 + 2 * sin(1.7 * t_s)
    top = 0.5 * SIZE_PX[1] - height / 2 + 1.5 * sin(2.3 * t_s)
    move = np.asarray([[1, 0, left], [0, 1, top]], np.float64)
    alpha = cv2.warpAffine(cover, move, SIZE_PX)[..., None]
    over = cv2.warpAffine(head, move, SIZE_PX)
    return np.asarray(canvas * (1 - alpha) + over * alpha, np.uint8)


@cache
def _room() -> Picture:
    chance = np.random.default_rng(7)
    wall = cv2.resize(chance.uniform(60, 170, (5, 8, 3)).astype(np.float32), SIZE_PX)
    grain = chance.normal(0, 6, wall.shape)
    return np.asarray(np.clip(wall + grain, 0, 255), np.uint8)


@cache
def _head(who: str, face_px: int, *, word: int) -> tuple[Picture, NDArray[np.float32]]:
    """The head and an oval that covers it. ``word``: how far the mouth is drawn down, in steps."""
    picture = photo(who)
    face = detect(picture)[0]
    scale = face_px / face.height
    width, height = (round(face_px * share) for share in _HEAD_FACES)
    middle = (face.x + face.width / 2, face.y + face.height / 2)
    move = np.asarray(
        [[scale, 0, width / 2 - scale * middle[0]], [0, scale, height / 2 - scale * middle[1]]],
        np.float64,
    )
    head = cv2.warpAffine(picture, move, (width, height), flags=cv2.INTER_AREA)
    mouth = (face.points[3] + face.points[4]) / 2 * scale + move[:, 2]
    drawn_px = _DRAWN_DOWN * face_px * word / _WORD_STEPS
    head = _speaking(np.asarray(head, np.uint8), mouth, face_px, by_px=drawn_px)
    cover = np.zeros((height, width), np.float32)
    cv2.ellipse(cover, (width // 2, height // 2), (width // 2 - 8, height // 2 - 8), 0, 0, 360, 1.0, -1)
    return np.asarray(head, np.uint8), np.asarray(cv2.GaussianBlur(cover, (0, 0), 4), np.float32)


def _speaking(head: Picture, mouth: NDArray[np.float64], face_px: int, *, by_px: float) -> Picture:
    """The head with what lies around its mouth drawn down."""
    rows, columns = np.mgrid[0 : head.shape[0], 0 : head.shape[1]].astype(np.float32)
    wide, high = (share * face_px for share in _AROUND_MOUTH)
    near = np.exp(-(((columns - mouth[0]) / wide) ** 2) - ((rows - mouth[1]) / high) ** 2)
    drawn = rows - np.float32(by_px) * near.astype(np.float32)
    return np.asarray(cv2.remap(head, columns, drawn, cv2.INTER_LINEAR), np.uint8)


@cache
def photo(who: str) -> Picture:
    """The person's picture, BGR."""
    if who == "woman":
        return np.ascontiguousarray(astronaut()[:, :, ::-1])
    with reading(probe(_WEBCAM)) as reader:
        picture = picture_at(reader, _WEBCAM_S)
    assert picture is not None
    return picture
