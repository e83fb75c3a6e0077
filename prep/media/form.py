"""The form of pictures: size, turn and colour as a frame tells them, which may change on the way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from av.sidedata.sidedata import SideData
from av.video.frame import VideoFrame

from screentest.prep.core.values import Source
from screentest.prep.media.orientation import Turn, seen_size, turned

# ffmpeg's names of the colour codes of ISO/IEC 23091-2 (H.273) that footage carries.
_MATRICES = {1: "bt709", 4: "fcc", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 9: "bt2020nc"}
_TRANSFERS = {
    1: "bt709",
    4: "gamma22",
    5: "gamma28",
    6: "smpte170m",
    7: "smpte240m",
    8: "linear",
    13: "iec61966-2-1",
    14: "bt2020-10",
    15: "bt2020-12",
    16: "smpte2084",
    18: "arib-std-b67",
}
_PRIMARIES = {
    1: "bt709",
    5: "bt470bg",
    6: "smpte170m",
    7: "smpte240m",
    9: "bt2020",
    11: "smpte431",
    12: "smpte432",
}
_HDR_TRANSFERS = ("smpte2084", "arib-std-b67")
_FULL_RANGE = 2
# Containers that say nothing of the shape of samples: it comes with the pictures.
_SAYING_NO_SHAPE = ("mpegts", "mpeg")


@dataclass(frozen=True, slots=True)
class Form:
    """Size as stored, how it is turned, and what samples mean; names as in ``Source``."""

    width_px: int
    height_px: int
    sar: Fraction
    rotation_deg: int
    mirrored: bool
    pixel_format: str
    transfer: str
    matrix: str
    primaries: str
    full_range: bool

    @property
    def is_hdr(self) -> bool:
        return self.transfer in _HDR_TRANSFERS


def form_of(frame: VideoFrame, sar: Fraction, turn: Turn) -> Form:
    """The form of a decoded frame whose samples have an aspect ratio, and which is to be turned."""
    rotation_deg, mirrored = turn
    return Form(
        width_px=frame.width,
        height_px=frame.height,
        sar=sar,
        rotation_deg=rotation_deg,
        mirrored=mirrored,
        pixel_format=frame.format.name,
        transfer=_TRANSFERS.get(int(frame.color_trc or 0), ""),
        matrix=_MATRICES.get(int(frame.colorspace), ""),
        primaries=_PRIMARIES.get(int(frame.color_primaries or 0), ""),
        full_range=int(frame.color_range) == _FULL_RANGE or frame.format.name.startswith("yuvj"),
    )


def display_matrix(frame: VideoFrame) -> bytes | None:
    """How a frame is to be turned, as it or its container says; None where neither does."""
    for entry in frame.side_data:
        if isinstance(entry, SideData) and entry.type.name == "DISPLAYMATRIX":
            return bytes(entry)
    return None


def sar_in(source: Source, told: Fraction | None) -> Fraction:
    """The sample aspect ratio of pictures that a decoder tells one of: the container's goes first."""
    if told is None or not source.container.startswith(_SAYING_NO_SHAPE):
        return source.sar
    return told if Fraction(1, 10) <= told <= 10 else Fraction(1)


def in_form(source: Source, form: Form) -> Source:
    """The source as it is where its pictures have this form; a clean aperture is of the first ones.

    A form is what the file says: a source that a person turned is turned from there.
    """
    if source.turned_deg:
        return turned(in_form(turned(source, 0), form), source.turned_deg)
    rotated = (form.rotation_deg, form.mirrored) != (source.rotation_deg, source.mirrored)
    sized = (form.width_px, form.height_px) != (source.coded_width_px, source.coded_height_px)
    aperture = None if rotated or sized else source.aperture
    wide, high = seen_size(form.width_px, form.height_px, aperture, form.sar, form.rotation_deg)
    return replace(
        source,
        coded_width_px=form.width_px,
        coded_height_px=form.height_px,
        width_px=wide,
        height_px=high,
        sar=form.sar,
        rotation_deg=form.rotation_deg,
        mirrored=form.mirrored,
        aperture=aperture,
        pixel_format=form.pixel_format,
        is_hdr=form.is_hdr,
        transfer=form.transfer,
        matrix=form.matrix,
        primaries=form.primaries,
        full_range=form.full_range,
    )
