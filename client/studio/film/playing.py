"""Whether a browser plays a film as it is: pure.

What it cannot play, or shows otherwise than it was measured, is shown by a small proxy
(``client.studio.film.proxies``). A page that finds its browser unable asks for the proxy too.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Final

from screentest.prep.core.values import Source

_MP4: Final = "mov,mp4,m4a,3gp,3g2,mj2"
_WEBM: Final = "matroska,webm"
_EIGHT_BIT: Final = ("yuv420p", "yuvj420p")
_WEBM_CODECS: Final = ("vp8", "vp9", "av1")
_MOST_LINES: Final = 1600
"""Above, a browser seeks too slowly to follow a drag."""
_CLOCK_S: Final = 1e-3


def media_type(source: Source) -> str | None:
    """What to serve the file as where browsers play it as it is; None where they want a proxy."""
    if _is_shown_otherwise(source) or source.pixel_format not in _EIGHT_BIT:
        return None
    if source.container == _MP4 and source.codec == "h264":
        return "video/mp4"
    is_webm = source.container == _WEBM and PurePath(source.path).suffix.lower() == ".webm"
    return "video/webm" if is_webm and source.codec in _WEBM_CODECS else None


def _is_shown_otherwise(source: Source) -> bool:
    """Whether a browser would show another picture or another time than those that were measured."""
    return bool(
        source.turned_deg
        or source.mirrored
        or source.joined
        or source.is_counted
        or source.is_interlaced
        or source.is_hdr
        or source.has_alpha
        or source.aperture is not None
        or abs(source.start_s) > _CLOCK_S
        or min(source.width_px, source.height_px) > _MOST_LINES
    )
