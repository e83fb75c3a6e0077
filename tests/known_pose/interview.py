"""A locked-off interview: one room, one framing, and a jump cut from one person to another."""

from __future__ import annotations

import subprocess
from pathlib import Path

import cv2
import numpy as np
from imageio_ffmpeg import get_ffmpeg_exe

from prep.detector import detect
from tests.known_pose.face import Picture, portrait

FPS = 20
SIZE_PX = (640, 360)
_FACE_HEIGHT_PX = 130
_HEAD = (1.1, 1.45)
TIMEOUT_S = 60
