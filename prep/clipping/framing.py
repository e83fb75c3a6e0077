"""Cropping around head and shoulders: pure arithmetic on where the head is during a window.

A crop stands still for the whole clip. It has the model's exact aspect, is never smaller than the
canvas it fills, so that no pixel is invented, and never cuts the head.
"""

from __future__ import annotations

from screentest.prep.clipping.canvas import Canvas, boxes, canvas_for, orientation_of
from screentest.prep.core.crop import Crop
from screentest.prep.core.geometry import enclosing
from screentest.prep.core.spec import ClipSpec, Fit, Orientation
from screentest.prep.core.values import Box, Heads

# Around a face's box, in its own heights: hair above, shoulders below and beside.
_ABOVE = 0.55
_BELOW = 1.1
_BESIDE = 0.75
# A face of a third of the picture's height is a portrait; closer is a matter of taste.
_WANTED_SHARE = 0.33
_EYES_AT = 0.42
_MIN_GAIN = 1.3


def framed(
    heads: Heads | None,
    *,
    width_px: int,
    height_px: int,
    spec: ClipSpec,
    fit: Fit,
    square: Orientation = "landscape",
) -> Crop | None:
    """The crop of a picture displayed at ``width_px`` x ``height_px``, in those pixels.

    None where the picture is padded whole.

    "crop" crops wherever there is a head and room to; "auto" only where the face gains at least 1.3
    times its height in the output and no other face is cut or lost: around the person alone, or else
    around everybody.
    """
    if fit == "pad" or heads is None:
        return None
    alone = _needed(heads, width_px, height_px)
    crop = _around(alone, heads, width_px, height_px, spec, square)
    if fit == "crop":
        return crop
    if not _holds_all(crop, heads, width_px, height_px):
        everybody = _with_others(alone, heads, width_px, height_px)
        crop = _around(everybody, heads, width_px, height_px, spec, square)
    if crop is None or not _worth_it(crop, heads, width_px, height_px, spec, square):
        return None
    return crop


def company_warning(
    heads: Heads | None, framing: Crop | None, *, width_px: int, height_px: int, spec: ClipSpec
) -> str | None:
    """What to know and to do where somebody else's face shows in the clip too; None where none does.

    ``framing``: of the picture displayed at ``width_px`` x ``height_px``, None where all of it shows.
    """
    shown = framing or Crop(0, 0, width_px, height_px)
    if heads is None or not _shows_others(shown, heads, width_px, height_px):
        return None
    square: Orientation = "landscape"
    closer = framed(heads, width_px=width_px, height_px=height_px, spec=spec, fit="crop", square=square)
    if closer and closer != framing and not _shows_others(closer, heads, width_px, height_px):
        way_out = "Cropping around the head leaves them out."
    else:
        way_out = "Choose a window without them by hand, or use footage of one person alone."
    return (
        "Somebody else's face shows in the clip too, and the service may take either for the "
        f"character. {way_out}"
    )


def no_crop_warning(heads: Heads | None, *, width_px: int, height_px: int, spec: ClipSpec) -> str:
    """Why a crop that was asked for is not to be had, and what would help."""
    if heads is None:
        return "Nothing was cropped: no face shows itself. Choose a window that shows a face."
    width, height = boxes(spec, orientation_of(width_px, height_px, square="landscape"))[0]
    return (
        f"Nothing was cropped: a crop has {width}x{height} pixels at least, and the "
        f"{width_px}x{height_px} of the footage leave nothing to spare around the head. "
        "Use the camera's own file, if it is larger."
    )


def heads_inside(heads: Heads | None, inner: Box) -> Heads | None:
    """The heads in fractions of a part of the picture, itself in fractions of the whole."""
    if heads is None:
        return None

    def inside(box: Box) -> Box:
        return Box(
            (box.x - inner.x) / inner.width,
            (box.y - inner.y) / inner.height,
            box.width / inner.width,
            box.height / inner.height,
        )

    others = tuple(inside(box) for box in heads.others)
    return Heads(inside(heads.person), heads.face_height / inner.height, others)


def face_height_px(heads: Heads | None, canvas: Canvas, *, height_px: int, shown_px: int) -> int | None:
    """The face's height in the clip, in pixels; None where no face shows itself.

    ``height_px``: of the displayed picture; ``shown_px``: of the part of it that the canvas shows.
    """
    if heads is None:
        return None
    return round(heads.face_height * height_px * canvas.picture_height_px / shown_px)


def _needed(heads: Heads, width_px: int, height_px: int) -> Box:
    """Head and shoulders through the whole window, in pixels, cut at the picture's edges."""
    box = heads.person
    face_px = heads.face_height * height_px
    left = max(0.0, box.x * width_px - _BESIDE * face_px)
    top = max(0.0, box.y * height_px - _ABOVE * face_px)
    right = min(float(width_px), (box.x + box.width) * width_px + _BESIDE * face_px)
    bottom = min(float(height_px), (box.y + box.height) * height_px + _BELOW * face_px)
    return Box(left, top, right - left, bottom - top)


def _with_others(needed: Box, heads: Heads, width_px: int, height_px: int) -> Box:
    """What is needed of the person, and everybody else's head, in pixels."""
    heads_px = [_head_px(box, width_px, height_px) for box in heads.others]
    return enclosing([needed, *heads_px])


def _head_px(face: Box, width_px: int, height_px: int) -> Box:
    """A face with its hair, in pixels, cut at the picture's edges."""
    above = max(0.0, face.y - _ABOVE * face.height)
    left, right = max(0.0, face.x - 0.25 * face.width), min(1.0, face.x + 1.25 * face.width)
    bottom = min(1.0, face.y + face.height)
    return Box(
        left * width_px, above * height_px, (right - left) * width_px, (bottom - above) * height_px
    )


def _around(
    needed: Box, heads: Heads, width_px: int, height_px: int, spec: ClipSpec, square: Orientation
) -> Crop | None:
    """The smallest crop that holds what is needed, None where it would be all of the picture."""
    size = _size(needed, heads, width_px, height_px, spec, square)
    return _placed(needed, heads, size, width_px, height_px) if size is not None else None


def _size(
    needed: Box, heads: Heads, width_px: int, height_px: int, spec: ClipSpec, square: Orientation
) -> tuple[int, int] | None:
    """The smallest even (width, height) of the aspect that holds what is needed in good measure."""
    sizes = boxes(spec, orientation_of(width_px, height_px, square=square))
    least_height = max(needed.height, heads.face_height * height_px / _WANTED_SHARE)
    step_width, step_height = _step(sizes)
    width, height = sizes[0]
    while width < needed.width or height < least_height:
        width, height = width + step_width, height + step_height
    return (width, height) if width <= width_px and height <= height_px else None


def _step(sizes: list[tuple[int, int]]) -> tuple[int, int]:
    """From one exact size to the next; both even."""
    if len(sizes) > 1:
        return sizes[1][0] - sizes[0][0], sizes[1][1] - sizes[0][1]
    return (32, 18) if sizes[0][0] > sizes[0][1] else (18, 32)


def _placed(
    needed: Box, heads: Heads, size: tuple[int, int], width_px: int, height_px: int
) -> Crop | None:
    """The crop of a size around the head, inside the picture; None where it would be all of it."""
    width, height = size
    if width >= 0.95 * width_px and height >= 0.95 * height_px:
        return None
    x, y = heads.person.centre
    left = _inside(
        x * width_px - width / 2, needed.x, needed.x + needed.width - width, width_px - width
    )
    top = _inside(
        y * height_px - _EYES_AT * height,
        needed.y,
        needed.y + needed.height - height,
        height_px - height,
    )
    return Crop(left, top, width, height)


def _inside(wanted: float, latest: float, earliest: float, limit: int) -> int:
    """``wanted`` moved so that what is needed stays in, then so that the crop stays in; even."""
    kept = min(max(wanted, earliest), latest)
    return int(min(max(kept, 0.0), float(limit))) // 2 * 2


def _worth_it(
    crop: Crop, heads: Heads, width_px: int, height_px: int, spec: ClipSpec, square: Orientation
) -> bool:
    whole = canvas_for(width_px, height_px, spec=spec, square=square)
    padded_share = whole.picture_height_px / whole.height_px * heads.face_height
    cropped_share = heads.face_height * height_px / crop.height_px
    return cropped_share >= _MIN_GAIN * padded_share and _holds_all(crop, heads, width_px, height_px)


def _holds_all(crop: Crop | None, heads: Heads, width_px: int, height_px: int) -> bool:
    return crop is not None and all(_holds(crop, box, width_px, height_px) for box in heads.others)


def _shows_others(crop: Crop, heads: Heads, width_px: int, height_px: int) -> bool:
    """Whether the middle of somebody else's face is in the crop."""

    def inside(box: Box) -> bool:
        x, y = box.centre[0] * width_px - crop.left_px, box.centre[1] * height_px - crop.top_px
        return 0 <= x < crop.width_px and 0 <= y < crop.height_px

    return any(inside(box) for box in heads.others)


def _holds(crop: Crop, box: Box, width_px: int, height_px: int) -> bool:
    return (
        box.x * width_px >= crop.left_px
        and box.y * height_px >= crop.top_px
        and (box.x + box.width) * width_px <= crop.left_px + crop.width_px
        and (box.y + box.height) * height_px <= crop.top_px + crop.height_px
    )
