"""What the source's samples mean, and what is assumed where it says so only in part. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from screentest.prep.core.values import Source

_HD_LINES = 720
_HDR = {"smpte2084": "PQ", "arib-std-b67": "HLG"}
_WIDE = ("bt2020", "smpte432", "smpte431")
_CURVES_OF_2020 = ("bt2020-10", "bt2020-12")
_OF_601 = ("bt470bg", "smpte170m")
_SRGB = "iec61966-2-1"


@dataclass(frozen=True, slots=True)
class Colour:
    """How the source's samples mean colour, in ffmpeg's names.

    ``matrix``: YUV matrix. ``tone_map``: the HDR transfer to bring down to SDR, "" for SDR.
    ``primaries``: those to convert to BT.709's, "" where they are as good as those: BT.601's differ
    less than displays do, and players show them as they are. ``curve``: the transfer to convert
    them by. ``assumed``: a sentence about what the file leaves out, "" where it leaves out nothing.
    """

    matrix: str
    full_range: bool
    tone_map: str
    primaries: str = ""
    curve: str = "bt709"
    assumed: str = ""


def colour_of(source: Source) -> Colour:
    """The colour of a source.

    Footage without a tag is BT.709 from 720 lines on and BT.601 below, as players assume. A tag brings
    its usual partners: PQ, HLG and BT.2020 come together (ITU-R BT.2100, BT.2020).
    """
    hdr = source.transfer if source.is_hdr else ""
    matrix = source.matrix or _partner_matrix(source)
    primaries = source.primaries or ("bt2020" if _is_2020(source) else "")
    wide = primaries if primaries in _WIDE else ""
    if hdr and not wide:
        wide = "bt2020"  # HDR has no others: BT.709's are an editor's slip
    return Colour(
        matrix=matrix,
        full_range=source.full_range,
        tone_map=hdr,
        primaries=wide,
        curve=_SRGB if source.transfer == _SRGB else "bt709",
        assumed=_assumed(source),
    )


def _is_2020(source: Source) -> bool:
    """Whether any tag speaks of BT.2020, or of HDR."""
    curve = source.transfer in _CURVES_OF_2020 or source.transfer in _HDR
    return curve or source.matrix == "bt2020nc" or source.primaries == "bt2020"


def _partner_matrix(source: Source) -> str:
    if _is_2020(source):
        return "bt2020nc"
    if source.primaries in _OF_601:
        return "smpte170m"
    lines = min(source.coded_width_px, source.coded_height_px)
    return "bt709" if lines >= _HD_LINES or source.primaries == "bt709" else "smpte170m"


def _assumed(source: Source) -> str:
    if not _is_2020(source):
        return ""
    tags = {
        "transfer": source.transfer or source.is_hdr,
        "matrix": source.matrix,
        "primaries": source.primaries,
    }
    missing = [name for name, tag in tags.items() if not tag]
    if not missing:
        return ""
    said = _HDR.get(source.transfer, "BT.2020")
    named = f"The colours are tagged as {said}, without {_listed(missing)}"
    return f"{named}: the usual ones were assumed ({'SDR, ' if 'transfer' in missing else ''}BT.2020)."


def _listed(words: list[str]) -> str:
    return ", ".join(words[:-1]) + " and " + words[-1] if len(words) > 1 else words[0]
