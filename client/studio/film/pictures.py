"""Pictures and small videos of a film for its page, kept in the home as long as there is room.

Each is named by the content it is of, so that it is found again wherever the film lies.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from screentest.client.studio.film.bounded import trim, used
from screentest.prep.core.errors import NotFound
from screentest.prep.core.files import private_folder, write_atomically
from screentest.prep.core.spec import ClipSpec
from screentest.prep.core.text import timecode
from screentest.prep.core.values import Clip, Segment, Source
from screentest.prep.media.probe import probe
from screentest.prep.report.screen import jpeg, screen_pictures_at
from screentest.prep.report.videos import before

WIDTH_PX: Final = 320
MOST_PICTURES_BYTES: Final = 200_000_000
MOST_VIDEOS_BYTES: Final = 400_000_000
_TRIM_EVERY: Final = 50
_AT_ONCE: Final = 2
"""Decoders that run at once: more would take the cores from those who look at footage."""


class FilmPictures:
    """``folder``: of the studio; ``pictures`` and ``before`` below it are its own."""

    def __init__(self, folder: Path) -> None:
        self._stills, self._befores = folder / "pictures", folder / "before"
        self._at_once = threading.Semaphore(_AT_ONCE)
        self._one_video = threading.Semaphore()
        self._written = 0

    def at(self, source: Source, t_s: float) -> Path:
        """A JPEG of what shows at a time, upright. Raises NotFound, and what reading raises."""
        place = self._stills / f"{_name(source)}-{round(t_s * 1000)}.jpg"
        return self._kept(place, lambda: _still(source, t_s), MOST_PICTURES_BYTES)

    def of_clip(self, clip: Clip, *, best: Callable[[], float | None] | None = None) -> Path:
        """A JPEG of a clip. ``best``: finds the moment of the footage that shows the person best, asked
        once; the middle where there is none. Raises NotFound where the clip is gone.
        """
        place = self._stills / f"{clip.sha256[:40]}{'-best' if best else ''}.jpg"

        def made() -> bytes:
            best_s = best() if best else None
            middle_s = float(clip.length_s) / 2
            at_s = middle_s if best_s is None else best_s - clip.segment.start_s
            return _still(probe(clip.path), at_s)

        return self._kept(place, made, MOST_PICTURES_BYTES)

    def before(self, source: Source, segment: Segment, *, spec: ClipSpec) -> Path:
        """A small MP4 of a window as the footage has it. Raises what making a clip raises."""
        window = f"{round(segment.start_s * 1000)}-{round(segment.length_s * 1000)}"
        place = self._befores / f"{_name(source)}-{window}.mp4"
        return self._kept(
            place,
            lambda: before(source, segment, spec=spec).content,
            MOST_VIDEOS_BYTES,
            turn=self._one_video,
        )

    def _kept(
        self,
        place: Path,
        make: Callable[[], bytes],
        most_bytes: int,
        *,
        turn: threading.Semaphore | None = None,
    ) -> Path:
        if used(place):
            return place
        with turn or self._at_once:
            if used(place):  # another request made it meanwhile
                return place
            private_folder(place.parent)
            write_atomically(place, make(), what="picture")
            self._written += 1
            if self._written % _TRIM_EVERY == 1:
                trim(place.parent, most_bytes=most_bytes)
        return place


def _name(source: Source) -> str:
    return f"{source.fingerprint[:40]}{source.turn_mark}"


def _still(source: Source, t_s: float) -> bytes:
    """The picture at a time; near the end, where none begins any more, the last one before."""
    last_s = source.end_s - 1.5 / float(source.fps)
    for moment_s in (t_s, min(t_s, last_s), source.video_start_s):
        found = screen_pictures_at(source, [max(source.video_start_s, moment_s)])
        if found:
            return jpeg(next(iter(found.values())), width_px=WIDTH_PX)
    raise NotFound(f"No picture decodes at {timecode(t_s)}.")
