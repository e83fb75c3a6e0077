"""How files are called that hold video."""

from __future__ import annotations

# fmt: off
VIDEOS = frozenset({
    ".3g2", ".3gp", ".asf", ".avi", ".flv", ".gif", ".ivf", ".m2ts", ".m4v", ".mkv", ".mov", ".mp4",
    ".mpeg", ".mpg", ".mts", ".mxf", ".ogv", ".ts", ".vob", ".webm", ".wmv",
})
# fmt: on
"""What a file in a folder ends in that is taken for footage."""
