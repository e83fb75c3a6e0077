"""What one picture shows: its faces and its quality.

The coarse pass only detects faces; the close pass adds mesh, pose and eyes. Its detection runs on a
quarter of the analysis picture first, which finds faces of a tenth of its width, and on the whole only
where that finds none or small ones.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from screentest.prep.core.picture import Picture
from screentest.prep.core.values import Box, Face, Figure, FrameSignal
from screentest.prep.vision.covers import covered
from screentest.prep.vision.detector import Detection, detect
from screentest.prep.vision.facing import MIN_PRESENCE, PROFILE_NOSE_OFFSET
from screentest.prep.vision.life import LifeWatch
from screentest.prep.vision.measures import (
    crop,
    detail,
    difference,
    exposure,
    face_sharpness,
    luma,
    sharpness,
)
from screentest.prep.vision.mesh import Expression, FaceStack

_FIRST_SIDE_PX = 320
_SMALL_FACE_PX = 26
# Of so many faces each gets a mesh; of a few more each that is large enough for a clip of its own.
_FITTED_FACES = 3
_MOST_FITTED = 6
_CLIP_SHARE = 0.08
_PROMINENT = 0.45
_NONE = Expression()


def detected(picture: Picture) -> tuple[Face, ...]:
    """Faces as detected in this very picture, without mesh."""
    grey = luma(picture)
    return tuple(measured_face(found, grey, presence=found.score) for found in detect(picture))


def fitted(
    picture: Picture, faces: FaceStack, *, small: bool, life: LifeWatch | None = None
) -> tuple[Face, ...]:
    """The most prominent faces, each with its mesh's presence, angles and eyes.

    ``small``: whether to look for small faces too, which costs four times as much. ``life``: what saw
    the sample before. A profile gets no mesh, which would only collapse toward frontal: its presence
    is 0.
    """
    grey = luma(picture)
    life = life or LifeWatch()
    life.next_sample()
    found = _found(picture, small_px=_SMALL_FACE_PX if small else 0)
    prominent = [d for d in found if d.height >= _PROMINENT * found[0].height]
    large = [d for d in prominent[_FITTED_FACES:] if d.height >= _CLIP_SHARE * picture.shape[0]]
    fitted_ones = [*prominent[:_FITTED_FACES], *large][:_MOST_FITTED]
    return tuple(_fitted(detection, picture, grey, faces, life) for detection in fitted_ones)


def _fitted(
    detection: Detection, picture: Picture, grey: Picture, faces: FaceStack, life: LifeWatch
) -> Face:
    if abs(detection.nose_offset) > PROFILE_NOSE_OFFSET:
        return measured_face(detection, grey, presence=0.0)
    mesh = faces.fit_to(picture, detection)
    pose = faces.pose(mesh)
    is_face = mesh.presence > MIN_PRESENCE
    expression = faces.expression(mesh) if is_face else Expression(eyes_open=0.0)
    angles = (pose.yaw_deg, pose.pitch_deg, pose.roll_deg)
    face = measured_face(detection, grey, presence=mesh.presence, angles=angles, expression=expression)
    if not is_face:
        return face
    return replace(face, own_motion=life.own_motion(grey, mesh), covered=covered(picture, mesh))


def signal(
    t_s: float,
    picture: Picture,
    faces: tuple[Face, ...],
    *,
    motion: float,
    fine: bool,
    figure: Figure | None = None,
    shown_px: tuple[int, int] | None = None,
) -> FrameSignal:
    """One frame's signal from its analysis picture, and the faces and the figure seen in it."""
    grey = luma(picture)
    return FrameSignal(
        t_s=t_s,
        faces=faces,
        sharpness=sharpness(grey),
        exposure=exposure(grey),
        detail=detail(grey),
        motion=motion,
        fine=fine,
        figure=figure,
        shown_px=shown_px,
    )


def motion_since(last: tuple[float, Picture] | None, t_s: float, thumb: Picture) -> float:
    """Luma difference to the sample before, per second."""
    if last is None:
        return 0.0
    return difference(last[1], thumb) / max(0.05, t_s - last[0])


def _found(picture: Picture, *, small_px: int) -> list[Detection]:
    """Faces in pixels of ``picture``, largest first; looked for at full size below ``small_px``."""
    factor = max(1.0, max(picture.shape[:2]) / _FIRST_SIDE_PX)
    found = detect(_reduced(picture, factor))
    if factor > 1 and (not found or found[0].height < small_px):
        return detect(picture) if small_px else found
    return [detection.scaled(factor) for detection in found]


def _reduced(picture: Picture, factor: float) -> Picture:
    if factor <= 1:
        return picture
    size = (round(picture.shape[1] / factor), round(picture.shape[0] / factor))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def measured_face(
    detection: Detection,
    grey: Picture,
    *,
    presence: float,
    angles: tuple[float, float, float] = (0.0, 0.0, 0.0),
    expression: Expression = _NONE,
) -> Face:
    """A detected face with its own light and sharpness. ``angles``: yaw, pitch and roll in degrees."""
    height, width = grey.shape[:2]
    box = Box(
        detection.x / width,
        detection.y / height,
        detection.width / width,
        detection.height / height,
    )
    return Face(
        box=box,
        presence=presence,
        yaw_deg=angles[0],
        pitch_deg=angles[1],
        roll_deg=angles[2],
        eyes_open=expression.eyes_open,
        sharpness=face_sharpness(grey, box),
        exposure=exposure(crop(grey, box)),
        nose_offset=detection.nose_offset,
        clarity=detection.score,
        gaze=expression.gaze,
        mouth_open=expression.mouth_open,
        gaze_up=expression.gaze_up,
        grimace=expression.grimace,
        crossed=expression.crossed,
    )
