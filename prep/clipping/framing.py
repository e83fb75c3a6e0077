"""Cropping around head and shoulders: pure arithmetic on where the head is during a window.

A crop stands still for the whole clip. It has the model's exact aspect and never cuts the head. It is
never smaller than the canvas it fills, so that no pixel is invented, unless the canvas has another
shape than the footage.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from screentest.prep.clipping.canvas import Canvas, boxes, canvas_for, orientation_of
from screentest.prep.core.crop import Crop
from screentest.prep.core.geometry import enclosing
from screentest.prep.core.spec import ClipSpec, Fit, Orientation
from screentest.prep.core.values import Box, Heads

# Around a face's box, in its own heights: hair above, shoulders below and beside.
_ABOVE = 0.55
_BELOW = 1.1
_BESIDE = 0.75
# A head with its hair, which a crop never cuts: around the face of another person, and of the person
# where the crop has no room for more.
_OTHERS_BESIDE = 0.2
_HAIR_ABOVE, _HAIR_BESIDE = 0.35, 0.05
# A face of a third of the picture's height is a portrait; closer is a matter of taste.
_WANTED_SHARE = 0.33
_EYES_AT = 0.42
_MIN_GAIN = 1.3
# Of both sides of the picture: a crop of more is not worth its name.
_ALL = 0.95


@dataclass(frozen=True, slots=True)
class _Frame:
    """A displayed picture and the canvas that it goes to; ``sizes``: what the canvas may measure."""

    width_px: int
    height_px: int
    orientation: Orientation
    sizes: list[tuple[int, int]]
    spec: ClipSpec

    @property
    def is_reshaped(self) -> bool:
        """Whether the canvas has another shape than the picture, which would be a band in it."""
        return self.width_px == self.height_px or self.orientation != self.own

    @property
    def own(self) -> Orientation:
        return orientation_of(self.width_px, self.height_px, wanted=None)


def _frame(width_px: int, height_px: int, spec: ClipSpec, wanted: Orientation | None) -> _Frame:
    orientation = orientation_of(width_px, height_px, wanted=wanted)
    return _Frame(width_px, height_px, orientation, boxes(spec, orientation), spec)


def framed(
    heads: Heads | None,
    *,
    width_px: int,
    height_px: int,
    spec: ClipSpec,
    fit: Fit,
    orientation: Orientation | None = None,
) -> Crop | None:
    """The crop of a picture displayed at ``width_px`` x ``height_px``, in those pixels.

    None where the picture is padded whole.

    "crop" crops wherever there is a head and room to; "auto" only where the face gains at least 1.3
    times its height in the output and no other face is cut or lost: around the person alone, or else
    around everybody. ``orientation``: of the canvas, the picture's own by default. Where it is another,
    padding would leave a band of the picture: a crop may then have fewer pixels than the canvas, and
    cut shoulders, but no head.
    """
    if fit == "pad" or heads is None:
        return None
    frame = _frame(width_px, height_px, spec, orientation)
    alone, whole = _needed(heads, frame), _whole_head(heads, frame)
    crop = _around(alone, whole, heads, frame)
    if fit == "crop":
        return crop
    if not _holds_all(crop, heads, frame):
        others = [_head_of(box, frame) for box in heads.others]
        crop = _around(enclosing([alone, *others]), enclosing([whole, *others]), heads, frame)
    if crop is None or not _worth_it(crop, heads, frame):
        return None
    return crop


def company_warning(
    heads: Heads | None,
    framing: Crop | None,
    *,
    width_px: int,
    height_px: int,
    spec: ClipSpec,
    orientation: Orientation | None = None,
) -> str | None:
    """What to know and to do where somebody else's face shows in the clip too; None where none does.

    ``framing``: of the picture displayed at ``width_px`` x ``height_px``, None where all of it shows.
    """
    frame = _frame(width_px, height_px, spec, orientation)
    shown = framing or Crop(0, 0, width_px, height_px)
    if heads is None or not _shows_others(shown, heads, frame):
        return None
    closer = framed(
        heads, width_px=width_px, height_px=height_px, spec=spec, fit="crop", orientation=orientation
    )
    if closer and closer != framing and not _shows_others(closer, heads, frame):
        way_out = "Cropping around the head leaves them out: choose head and shoulders as its fit."
    else:
        way_out = "Choose a window without them where there is one, or footage of one person alone."
    return (
        "Somebody else's face shows in the clip too, and the service may take either for the "
        f"character. {way_out}"
    )


def band_warning(
    heads: Heads | None,
    canvas: Canvas,
    *,
    width_px: int,
    height_px: int,
    spec: ClipSpec,
) -> str | None:
    """What to know of a picture that was padded to the other shape; None of one that was not."""
    frame = _frame(width_px, height_px, spec, canvas.orientation)
    if width_px == height_px or not frame.is_reshaped:
        return None
    closer = framed(
        heads,
        width_px=width_px,
        height_px=height_px,
        spec=spec,
        fit="crop",
        orientation=canvas.orientation,
    )
    way_out = " Cropping around the head fills all of it." if closer else ""
    return (
        f"The footage is {frame.own} and the clip {canvas.orientation}: the picture fills "
        f"{canvas.filled:.0%} of it.{way_out}"
    )


def no_crop_warning(
    heads: Heads | None,
    *,
    width_px: int,
    height_px: int,
    spec: ClipSpec,
    orientation: Orientation | None = None,
) -> str:
    """Why a crop that was asked for is not to be had, and what would help."""
    if heads is None:
        return "Nothing was cropped: no face shows itself. Choose a window that shows a face."
    frame = _frame(width_px, height_px, spec, orientation)
    if frame.is_reshaped:
        return (
            f"Nothing was cropped: a {frame.orientation} crop of the footage cannot hold the whole "
            "head throughout. Choose a window in which the head moves less or is further away."
        )
    width, height = frame.sizes[0]
    too_large = width > width_px or height > height_px
    if too_large or _is_all_of(frame, width, height):
        return (
            f"Nothing was cropped: a crop has {width}x{height} pixels at least, and the "
            f"{width_px}x{height_px} of the footage leave nothing to spare around the head. "
            "Use the camera's own file, if it is larger."
        )
    if _is_close(heads):
        return (
            f"Nothing was cropped: the face fills {heads.face_height:.0%} of the picture's height "
            "already, and head and shoulders leave nothing to cut off around them."
        )
    return (
        "Nothing was cropped: the head moves over so much of the picture that a crop which holds it "
        "throughout would be all of it. Choose a window in which the head moves less."
    )


def heads_inside(heads: Heads | None, inner: Box) -> Heads | None:
    """The heads in fractions of a part of the picture, itself in fractions of the whole.

    Others whose face's middle lies outside of it are left out.
    """
    if heads is None:
        return None

    def inside(box: Box) -> Box:
        return Box(
            (box.x - inner.x) / inner.width,
            (box.y - inner.y) / inner.height,
            box.width / inner.width,
            box.height / inner.height,
        )

    others = tuple(box for box in map(inside, heads.others) if _is_inside(box))
    return Heads(inside(heads.person), heads.face_height / inner.height, others)


def _is_inside(box: Box) -> bool:
    x, y = box.centre
    return 0 <= x <= 1 and 0 <= y <= 1


def face_height_px(heads: Heads | None, canvas: Canvas, *, height_px: int, shown_px: int) -> int | None:
    """The face's height in the clip, in pixels; None where no face shows itself.

    ``height_px``: of the displayed picture; ``shown_px``: of the part of it that the canvas shows.
    """
    if heads is None:
        return None
    return round(heads.face_height * height_px * canvas.picture_height_px / shown_px)


def _needed(heads: Heads, frame: _Frame) -> Box:
    """Head and shoulders through the whole window, in pixels, cut at the picture's edges."""
    face_px = heads.face_height * frame.height_px
    return _widened(heads.person, frame, _BESIDE * face_px, _ABOVE * face_px, _BELOW * face_px)


def _whole_head(heads: Heads, frame: _Frame) -> Box:
    """The head with its hair through the whole window, in pixels, cut at the picture's edges."""
    face_px = heads.face_height * frame.height_px
    return _widened(heads.person, frame, _HAIR_BESIDE * face_px, _HAIR_ABOVE * face_px, 0.0)


def _head_of(face: Box, frame: _Frame) -> Box:
    """Somebody else's head with its hair, in pixels, cut at the picture's edges."""
    face_px = face.height * frame.height_px
    return _widened(face, frame, _OTHERS_BESIDE * face_px, _ABOVE * face_px, 0.0)


def _widened(box: Box, frame: _Frame, beside: float, above: float, below: float) -> Box:
    """A box in fractions of the picture as one in pixels, with so many more around it."""
    left = max(0.0, box.x * frame.width_px - beside)
    top = max(0.0, box.y * frame.height_px - above)
    right = min(float(frame.width_px), (box.x + box.width) * frame.width_px + beside)
    bottom = min(float(frame.height_px), (box.y + box.height) * frame.height_px + below)
    return Box(left, top, right - left, bottom - top)


def _around(needed: Box, whole: Box, heads: Heads, frame: _Frame) -> Crop | None:
    """The smallest crop that holds what is needed, None where it would be all of the picture.

    ``whole``: what must not be cut, where the picture has no room for all that is needed.
    """
    size = _size(needed, heads, frame)
    if size is not None:
        return _placed(needed, heads, size, frame)
    largest = _largest(frame) if frame.is_reshaped else (0, 0)
    if whole.width > largest[0] or whole.height > largest[1]:
        return None
    return _placed(whole, heads, largest, frame)


def _size(needed: Box, heads: Heads, frame: _Frame) -> tuple[int, int] | None:
    """The smallest even (width, height) of the aspect that holds what is needed in good measure."""
    least_height = max(needed.height, heads.face_height * frame.height_px / _WANTED_SHARE)
    step_width, step_height = _step(frame)
    width, height = frame.sizes[0]
    while width < needed.width or height < least_height:
        width, height = width + step_width, height + step_height
    return (width, height) if width <= frame.width_px and height <= frame.height_px else None


def _largest(frame: _Frame) -> tuple[int, int]:
    """The largest even (width, height) inside the picture that fills its canvas unstretched.

    (0, 0) of a picture too small for any.
    """
    aspect = Fraction(*frame.sizes[0])
    for height in range(frame.height_px // 2 * 2, 0, -2):
        width = round(height * aspect / 2) * 2
        if 0 < width <= frame.width_px:
            made = canvas_for(width, height, spec=frame.spec, orientation=frame.orientation)
            if not made.is_padded:
                return width, height
    return 0, 0


def _step(frame: _Frame) -> tuple[int, int]:
    """From one exact size to the next; both even."""
    sizes = frame.sizes
    if len(sizes) > 1:
        return sizes[1][0] - sizes[0][0], sizes[1][1] - sizes[0][1]
    return (32, 18) if frame.orientation == "landscape" else (18, 32)


def _is_all_of(frame: _Frame, width: int, height: int) -> bool:
    """Whether a crop of a size would be all of the picture, or more."""
    return width >= _ALL * frame.width_px and height >= _ALL * frame.height_px


def _is_close(heads: Heads) -> bool:
    """Whether a head that keeps still needs all of the picture, with its shoulders."""
    return heads.face_height * max(1 + _ABOVE + _BELOW, 1 / _WANTED_SHARE) >= _ALL


def _placed(needed: Box, heads: Heads, size: tuple[int, int], frame: _Frame) -> Crop | None:
    """The crop of a size around the head, inside the picture; None where it would be all of it."""
    width, height = size
    if _is_all_of(frame, width, height):
        return None
    x, y = heads.person.centre
    left = _inside(
        x * frame.width_px - width / 2,
        needed.x,
        needed.x + needed.width - width,
        frame.width_px - width,
    )
    top = _inside(
        y * frame.height_px - _EYES_AT * height,
        needed.y,
        needed.y + needed.height - height,
        frame.height_px - height,
    )
    return Crop(left, top, width, height)


def _inside(wanted: float, latest: float, earliest: float, limit: int) -> int:
    """``wanted`` moved so that what is needed stays in, then so that the crop stays in; even."""
    kept = min(max(wanted, earliest), latest)
    return int(min(max(kept, 0.0), float(limit))) // 2 * 2


def _worth_it(crop: Crop, heads: Heads, frame: _Frame) -> bool:
    whole = canvas_for(frame.width_px, frame.height_px, spec=frame.spec, orientation=frame.orientation)
    padded_share = whole.picture_height_px / whole.height_px * heads.face_height
    cropped_share = heads.face_height * frame.height_px / crop.height_px
    return cropped_share >= _MIN_GAIN * padded_share and _holds_all(crop, heads, frame)


def _holds_all(crop: Crop | None, heads: Heads, frame: _Frame) -> bool:
    return crop is not None and all(_holds(crop, box, frame) for box in heads.others)


def _shows_others(crop: Crop, heads: Heads, frame: _Frame) -> bool:
    """Whether the middle of somebody else's face is in the crop."""

    def inside(box: Box) -> bool:
        x, y = box.centre
        across, down = x * frame.width_px - crop.left_px, y * frame.height_px - crop.top_px
        return 0 <= across < crop.width_px and 0 <= down < crop.height_px

    return any(inside(box) for box in heads.others)


def _holds(crop: Crop, box: Box, frame: _Frame) -> bool:
    return (
        box.x * frame.width_px >= crop.left_px
        and box.y * frame.height_px >= crop.top_px
        and (box.x + box.width) * frame.width_px <= crop.left_px + crop.width_px
        and (box.y + box.height) * frame.height_px <= crop.top_px + crop.height_px
    )
