"""The analysis pictures that show at some moments, read in one pass."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from screentest.prep.core.picture import Picture
from screentest.prep.core.values import Span
from screentest.prep.media.frames import FrameReader
from screentest.prep.media.recording import Frame

_EXACT_S = 1e-3
_LOOK_FOR_S = 1.0


def pictures_at(reader: FrameReader, times_s: Sequence[float]) -> Iterator[tuple[float, Picture]]:
    """(time, picture) for each moment, as ``frames_at`` finds them."""
    return ((t_s, reader.picture(frame)) for t_s, frame in frames_at(reader, times_s))


def frames_at(reader: FrameReader, times_s: Sequence[float]) -> Iterator[tuple[float, Frame]]:
    """(time, frame) for each moment, in order; those that do not decode are left out.

    ``times_s``: in order. Everything between the first and the last is decoded, nothing else scaled.
    """
    waiting = list(times_s)
    if not waiting:
        return
    for shot in reader.span(waiting[0] - _EXACT_S, waiting[-1] + _LOOK_FOR_S):
        while waiting and shot.t_s >= waiting[0] - _EXACT_S:
            yield waiting.pop(0), shot
        if not waiting:
            return


def picture_at(reader: FrameReader, t_s: float) -> Picture | None:
    """The picture that shows from a time on; None where nothing decodes there."""
    return next((picture for _, picture in pictures_at(reader, [t_s])), None)


def sampled(reader: FrameReader, span: Span, *, every_s: float) -> Iterator[Frame]:
    """The first frame of a span, and each that comes at least so long after the one before."""
    due_s = span.start_s
    for frame in reader.span(span.start_s, span.end_s):
        if frame.t_s >= due_s:
            due_s = frame.t_s + every_s
            yield frame
