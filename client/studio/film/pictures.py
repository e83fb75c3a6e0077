"""Pictures and small videos of a film for its page, kept in the home as long as there is room.

Each is named by the content it is of, so that it is found again wherever the film lies.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from screentest.client.studio.film.bounded import trim, used
from screentest.client.studio.shelf.kept import stills_in
from screentest.prep.core.files import private_folder, write_atomically
from screentest.prep.core.spec import ClipSpec
from screentest.prep.core.values import Clip, Scan, Segment, Source
from screentest.prep.report.batch.posing import still, still_file, still_of
from screentest.prep.report.videos import before

MOST_PICTURES_BYTES: Final = 200_000_000
MOST_VIDEOS_BYTES: Final = 400_000_000
_TRIM_EVERY: Final = 50
_AT_ONCE: Final = 2
"""Decoders that run at once: more would take the cores from those who look at footage."""


class FilmPictures:
    """``home``: the studio's."""

    def __init__(self, home: Path) -> None:
        self._stills, self._befores = stills_in(home), home / "studio" / "before"
        self._at_once = threading.Semaphore(_AT_ONCE)
        self._one_video = threading.Semaphore()
        # Made once: one that is replaced while it is sent has another length than was said.
        self._alone = tuple(threading.Lock() for _ in range(64))
        self._written = 0

    def at(self, source: Source, t_s: float) -> Path:
        """A JPEG of what shows at a time, upright. Raises NotFound, and what reading raises."""
        place = self._stills / f"{_name(source)}-{round(t_s * 1000)}.jpg"
        return self._kept(place, lambda: still(source, t_s), MOST_PICTURES_BYTES)

    def of_clip(self, clip: Clip, *, scan: Callable[[], Scan | None] | None = None) -> Path:
        """A JPEG of a clip: the one that was made along with it, else one that is made now.

        ``scan``: finds the scan of its footage, by which the best moment is chosen; without it the
        middle is shown. Raises NotFound where the clip is gone.
        """
        if scan is None:
            place = self._stills / f"{clip.sha256[:40]}.jpg"
            return self._kept(place, lambda: still_of(clip, None), MOST_PICTURES_BYTES)
        place = still_file(self._stills, clip)
        return self._kept(place, lambda: still_of(clip, scan()), MOST_PICTURES_BYTES)

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
        with self._alone[hash(place) % len(self._alone)], turn or self._at_once:
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
