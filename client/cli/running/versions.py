"""What --version tells: this program, its ffmpeg and the models that it looks with."""

from __future__ import annotations

import subprocess
from typing import Any

from screentest.prep.core.errors import ScreentestError


def versions() -> dict[str, Any]:
    """The versions as JSON. ``ffmpeg``: null where none runs; ``doctor`` tells why."""
    # Reading the distribution's metadata costs as much as all of --help: only when asked for.
    from importlib.metadata import version

    from screentest.prep.scanning.cache import SCANNER_VERSION
    from screentest.prep.vision.weights import manifest

    return {
        "version": version("screentest"),
        "ffmpeg": _ffmpeg(),
        "scanner": SCANNER_VERSION,
        "models": [{"file": name, "sha256": sha256} for name, sha256 in manifest().items()],
    }


def versions_text(found: dict[str, Any]) -> str:
    """The same for people, in lines; the first names this program alone."""
    ffmpeg = found["ffmpeg"]
    lines = [f"screentest {found['version']}", f"scanner {found['scanner']}"]
    lines.append(f"ffmpeg {ffmpeg['version']}, {ffmpeg['path']}" if ffmpeg else "ffmpeg: none runs")
    return "\n".join([*lines, *(f"model {one['file']}" for one in found["models"])])


def _ffmpeg() -> dict[str, str] | None:
    from screentest.client.doctor import ffmpeg_in_use

    try:
        path, number = ffmpeg_in_use()
    except (ScreentestError, OSError, subprocess.TimeoutExpired):
        return None
    return {"version": number, "path": path} if number else None
