"""Small H.264 copies of films that browsers cannot play, made when somebody opens one.

A proxy shows what was measured: upright, square pixels, its 0:00 is the footage's, and a keyframe every
half second lets a page follow a drag.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Final, Protocol

from screentest.client.studio.film.bounded import trim, used
from screentest.prep.clipping.canvas import Canvas
from screentest.prep.clipping.colour import colour_of
from screentest.prep.clipping.failures import failure_of
from screentest.prep.clipping.ffmpeg import encode, executable
from screentest.prep.clipping.plan import Plan
from screentest.prep.core.errors import Cancelled, EncodeFailed, ScreentestError
from screentest.prep.core.files import atomic_file, private_folder, scratch_folder_beside
from screentest.prep.core.process import run
from screentest.prep.core.progress import Progress
from screentest.prep.core.spec import SORA_2, output_rate
from screentest.prep.core.values import Source
from screentest.prep.report.videos import small_canvas

LINES: Final = 480
MOST_BYTES: Final = 4_000_000_000
_KEY_EVERY_S: Final = Fraction(1, 2)
_TURN_S: Final = 1.0
_LEAST_TIMEOUT_S, _PER_SECOND = 600.0, 6.0


@dataclass(frozen=True, slots=True)
class Proxy:
    """``path``: where it lies, None before it is whole. ``share``: how much of it is made, in [0, 1].
    ``fault``: why there will be none, "" where there is no reason.
    """

    path: Path | None = None
    share: float = 0.0
    fault: str = ""


class ProxyMaker(Protocol):
    """Makes the proxy of a source at a place. Raises ScreentestError."""

    def __call__(self, source: Source, out: Path, *, progress: Progress) -> None: ...


class Proxies:
    """One is made at a time, in a thread of its own, in the order in which they were asked for.

    ``folder``: where they lie; the least recently played go when they take more than ``most_bytes``.
    ``is_over``: whether what is half made is given up.
    """

    def __init__(
        self,
        folder: Path,
        *,
        is_over: Callable[[], bool],
        most_bytes: int = MOST_BYTES,
        make: ProxyMaker | None = None,
    ) -> None:
        self._folder, self._most_bytes = folder, most_bytes
        self._is_over, self._make = is_over, make or make_proxy
        self._turn = threading.Condition()
        self._waiting: deque[Source] = deque()
        self._known: dict[str, Proxy] = {}
        self._thread: threading.Thread | None = None

    def of(self, source: Source) -> Proxy:
        """The proxy as far as it is; begins it where nobody has. Two who ask get the same one."""
        place = self.place(source)
        if used(place):
            return Proxy(place, 1.0)
        with self._turn:
            known = self._known.get(place.name)
            if known is not None and known.path is None:
                return known
            self._known[place.name] = Proxy()
            self._waiting.append(source)
            self._turn.notify()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="proxies", daemon=True)
                self._thread.start()
        return Proxy()

    def place(self, source: Source) -> Path:
        """Where the proxy of a source lies, whether it is there or not."""
        return self._folder / f"{source.fingerprint[:40]}{source.turn_mark}.mp4"

    def again(self, source: Source) -> None:
        """Forgets that a proxy could not be made, so that the next who asks has it tried."""
        with self._turn:
            known = self._known.get(self.place(source).name)
            if known is not None and known.fault:
                del self._known[self.place(source).name]

    def _run(self) -> None:
        while not self._is_over():
            with self._turn:
                if not self._waiting:
                    self._turn.wait(_TURN_S)
                source = self._waiting.popleft() if self._waiting else None
            if source is not None:
                self._one(source)

    def _one(self, source: Source) -> None:
        place = self.place(source)

        def on_progress(share: float) -> None:
            if self._is_over():
                raise Cancelled("The studio was closed.")
            self._tell(place.name, Proxy(share=share))

        try:
            private_folder(self._folder)
            with atomic_file(place, what="proxy", mode=0o600) as part:
                self._make(source, part, progress=on_progress)
        except ScreentestError as error:
            self._tell(place.name, Proxy(fault=error.message))
        except Exception as error:  # a bug must not leave every later film waiting
            self._tell(place.name, Proxy(fault=f"It cannot be shown: {type(error).__name__}."))
        else:
            trim(self._folder, most_bytes=self._most_bytes, pattern="*.mp4")
            self._tell(place.name, Proxy(place, 1.0))

    def _tell(self, name: str, proxy: Proxy) -> None:
        with self._turn:
            self._known[name] = proxy


def make_proxy(source: Source, out: Path, *, progress: Progress) -> None:
    """Writes the proxy of all of a source; one whose sound cannot be decoded is silent.

    So is that of recordings that were joined: they lie in a row as they were measured. Raises what
    making a clip raises.
    """
    timeout_s = max(_LEAST_TIMEOUT_S, _PER_SECOND * source.duration_s)
    (first, *rest) = plans = proxy_plans(source)
    if not rest:
        _encoded(first, out, progress=progress, timeout_s=timeout_s)
        return
    total = sum(plan.frames for plan in plans)
    done = 0
    with scratch_folder_beside(out) as folder:
        for number, plan in enumerate(plans):

            def of_part(share: float, done: int = done, frames: int = plan.frames) -> None:
                progress((done + share * frames) / total)

            part = folder / f"{number}.mp4"
            _encoded(replace(plan, audio_index=None), part, progress=of_part, timeout_s=timeout_s)
            done += plan.frames
        _put_in_a_row(folder, len(plans), out)


def _encoded(plan: Plan, out: Path, *, progress: Progress, timeout_s: float) -> None:
    video = _video_options(plan.rate)
    try:
        encode(plan, out, progress=progress, timeout_s=timeout_s, video=video)
    except EncodeFailed:
        if plan.audio_index is None:
            raise
        silent = replace(plan, audio_index=None)
        encode(silent, out, progress=progress, timeout_s=timeout_s, video=video)


def _put_in_a_row(folder: Path, count: int, out: Path) -> None:
    """The parts 0.mp4, 1.mp4, ... of a folder end to end. Raises EncodeFailed."""
    listed = folder / "parts.txt"
    listed.write_text("".join(f"file {number}.mp4\n" for number in range(count)), encoding="ascii")
    words = ("-hide_banner", "-nostdin", "-loglevel", "error", "-f", "concat", "-i", f"file:{listed}")
    made = ("-c", "copy", "-movflags", "+faststart", "-f", "mp4", "-y", f"file:{out}")
    ended = run([executable(), *words, *made], timeout_s=_LEAST_TIMEOUT_S)
    if ended.code:
        raise failure_of(ended.words, out)


def proxy_plans(source: Source) -> tuple[Plan, ...]:
    """One plan for each recording of a source, in a row from its own 0:00 on: pure.

    Whole pictures of at most ``LINES``, all on the canvas that the first one fills.
    """
    first = source.recordings[0]
    rate = output_rate(first.fps, SORA_2)
    canvas = small_canvas(first.width_px, first.height_px, LINES)
    plans: list[Plan] = []
    begun = 0
    for recording in source.recordings:
        past = int(Fraction(recording.end_s + 1e-3).limit_denominator(10**6) * rate)
        if past <= begun and plans:
            continue  # less than a frame long
        plans.append(
            Plan(
                source=recording,
                spec=SORA_2,
                start_s=float(begun / rate),
                held_s=0.0,
                seek_s=0.0,
                frames=max(1, past - begun),
                rate=rate,
                canvas=_inside(canvas, recording),
                inside_bars=None,
                framing=None,
                heads=None,
                colour=colour_of(recording),
                deinterlace=recording.is_interlaced,
                audio_index=recording.audio_index,
                upscaled=False,
            )
        )
        begun = past
    return tuple(plans)


def _inside(canvas: Canvas, recording: Source) -> Canvas:
    """The canvas with all of a recording's picture in its middle."""
    wide, high = canvas.width_px, canvas.height_px
    scale = min(wide / recording.width_px, high / recording.height_px)
    width, height = (
        min(side, max(2, round(own * scale / 2) * 2))
        for side, own in ((wide, recording.width_px), (high, recording.height_px))
    )
    if abs(width - wide) <= 2 and abs(height - high) <= 2:  # by rounding alone
        width, height = wide, high
    return Canvas(wide, high, width, height, (wide - width) // 4 * 2, (high - height) // 4 * 2)


def _video_options(rate: Fraction) -> dict[str, object]:
    return {
        "preset": "veryfast",
        "crf": 25,
        "g": max(1, round(rate * _KEY_EVERY_S)),
        "sc_threshold": 0,
        "bf": 0,
    }
