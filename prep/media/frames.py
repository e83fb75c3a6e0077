"""Pictures of footage for analysis: small, upright, square-pixelled, as few as will do.

Pictures come out as BGR of at most ``ANALYSIS_SIDE_PX`` on the longer side, with the time at which a
player shows them. Recordings that were joined end to end are read as the row in which they lie.
Scaling is FFmpeg's fast bilinear.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
from av.video.reformatter import VideoReformatter

from screentest.prep.core.errors import Unreadable
from screentest.prep.core.picture import Picture
from screentest.prep.core.text import shown
from screentest.prep.core.values import Source, Span
from screentest.prep.media.deadline import Deadline, limit_s
from screentest.prep.media.opening import opened
from screentest.prep.media.orientation import displayed_size
from screentest.prep.media.recording import KEYS_EVERY_S, Frame, RecordingReader

ANALYSIS_SIDE_PX = 640
GLANCE_SIDE_PX = 320
THUMB_SIDE_PX = 64


class FrameReader:
    """Reads one source's frames; use ``reading()`` to get one. Not for sharing between threads."""

    def __init__(self, source: Source, files: ExitStack, deadline: Deadline, *, quick: bool) -> None:
        self._source = source
        self._files = files
        self._deadline = deadline
        self._quick = quick
        self._scaler = VideoReformatter()
        self._glance_scaler = VideoReformatter()
        self._thumb_scaler = VideoReformatter()
        self._thumb_size = _stored_size(source, THUMB_SIDE_PX)
        self._open: tuple[Source, RecordingReader] | None = None
        self._reader(source.recordings[0])

    def picture(self, frame: Frame) -> Picture:
        """The small upright picture, BGR."""
        return self._small(frame, self._scaler, ANALYSIS_SIDE_PX)

    def glance(self, frame: Frame) -> Picture:
        """A quarter of it, for a first look."""
        return self._small(frame, self._glance_scaler, GLANCE_SIDE_PX)

    def thumb(self, frame: Frame) -> Picture:
        """A luma thumbnail for comparing neighbours, as stored (not turned)."""
        width, height = self._thumb_size
        small = self._thumb_scaler.reformat(
            frame.decoded, width, height, "gray", interpolation="FAST_BILINEAR", threads=1
        )
        return np.asarray(small.to_ndarray(), np.uint8)

    def _small(self, frame: Frame, scaler: VideoReformatter, side_px: int) -> Picture:
        source = frame.source
        width, height = _stored_size(source, side_px)
        small = scaler.reformat(
            frame.decoded, width, height, "bgr24", interpolation="FAST_BILINEAR", threads=1
        )
        return np.ascontiguousarray(_upright(np.asarray(small.to_ndarray(), np.uint8), source))

    def shown_px(self, frame: Frame) -> tuple[int, int] | None:
        """(width, height) of the displayed picture; None where it is as the source says."""
        size = (frame.source.width_px, frame.source.height_px)
        return None if size == (self._source.width_px, self._source.height_px) else size

    def luma(self, frame: Frame) -> Picture:
        """The luma of every pixel that is meant to be seen, 8 bits, upright; pixels not yet square."""
        return np.ascontiguousarray(_upright(self.stored_luma(frame), frame.source))

    def stored_luma(self, frame: Frame) -> Picture:
        """The luma of every pixel, 8 bits, as stored (not turned)."""
        if frame.decoded.format.components[0].bits == 8 and frame.decoded.format.is_planar:
            plane = frame.decoded.planes[0]
            rows = np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, -1)
            stored = rows[:, : plane.width]
        else:
            stored = frame.decoded.to_ndarray(format="yuv444p")[0]
        return np.asarray(stored, np.uint8)

    def sparse(
        self, every_s: float, *, within: Span | None = None, unseen_s: float = 0.0
    ) -> Iterator[Frame]:
        """Moments about ``every_s`` apart, see ``RecordingReader.sparse``."""
        for recording in self._recordings(within):
            yield from self._reader(recording).sparse(every_s, within=within, unseen_s=unseen_s)

    def between(
        self, key_s: float, end_s: float, *, every_s: float, unseen_s: float
    ) -> Iterator[Frame]:
        """Moments between a keyframe and the next known moment, see ``RecordingReader.between``."""
        reader = self._reader(self._source.at(key_s))
        return reader.between(key_s, end_s, every_s=every_s, unseen_s=unseen_s)

    def span(self, start_s: float, end_s: float) -> Iterator[Frame]:
        """Every frame shown from ``start_s`` up to, not including, ``end_s``, in order."""
        for recording in self._recordings(Span(start_s, end_s)):
            yield from self._reader(recording).span(start_s, end_s)

    def frame_times_s(self, start_s: float, end_s: float) -> tuple[float, ...]:
        """When the frames between two times show, in order; read from packets, nothing decoded."""
        return tuple(
            t_s
            for recording in self._recordings(Span(start_s, end_s))
            for t_s in self._reader(recording).frame_times_s(start_s, end_s)
        )

    def keyframes(
        self, start_s: float, end_s: float, *, every_s: float = KEYS_EVERY_S
    ) -> Iterator[Frame]:
        """Keyframes around and after a time, see ``RecordingReader.keyframes``."""
        reader = self._reader(self._source.at(start_s))
        return reader.keyframes(start_s, end_s, every_s=every_s)

    def landing_s(self, t_s: float) -> float | None:
        """When the last keyframe at or before a time shows; None where only the beginning is sure."""
        return self._reader(self._source.at(t_s)).landing_s(t_s)

    def _recordings(self, within: Span | None) -> tuple[Source, ...]:
        recordings = self._source.recordings
        if within is None or len(recordings) == 1:
            return recordings
        return tuple(
            r for r in recordings if r.video_start_s < within.end_s and within.start_s < r.end_s
        )

    def _reader(self, recording: Source) -> RecordingReader:
        """The reader of one recording; the one before is closed, as there may be hundreds."""
        if self._open is not None and self._open[0] is recording:
            return self._open[1]
        self._open = None
        self._files.close()
        path = Path(recording.path)
        container = self._files.enter_context(opened(path, self._deadline, part=recording.part))
        if recording.video_index not in {s.index for s in container.streams.video}:
            raise Unreadable(f"{shown(path.name)} has changed since it was probed.", "Probe it again.")
        reader = RecordingReader(recording, container, self._deadline, quick=self._quick)
        self._open = (recording, reader)
        return reader


def _upright(stored: Picture, source: Source) -> Picture:
    """A stored picture of any size: flipped, turned, and cut to its clean aperture."""
    flipped = stored[:, ::-1] if source.mirrored else stored
    turned = np.rot90(flipped, -source.rotation_deg // 90)
    crop = source.aperture
    if crop is None:
        return turned
    coded = (source.coded_width_px, source.coded_height_px)
    wide, high = coded[::-1] if source.rotation_deg % 180 else coded
    height, width = turned.shape[:2]
    left, right = crop.left_px * width // wide, (crop.left_px + crop.width_px) * width // wide
    top, bottom = crop.top_px * height // high, (crop.top_px + crop.height_px) * height // high
    return turned[top:bottom, left:right]


def _stored_size(source: Source, side_px: int) -> tuple[int, int]:
    """(width, height) of the analysis picture before it is turned upright; even, never enlarged."""
    whole = (source.width_px, source.height_px)
    if source.aperture is not None:
        coded = (source.coded_width_px, source.coded_height_px)
        whole = displayed_size(*coded, source.sar, source.rotation_deg)
    scale = min(1.0, side_px / max(whole))
    width, height = whole[0] * scale, whole[1] * scale
    if source.rotation_deg % 180:
        width, height = height, width
    return max(2, round(width / 2) * 2), max(2, round(height / 2) * 2)


@contextmanager
def reading(source: Source, *, quick: bool = False) -> Iterator[FrameReader]:
    """A reader over the source's file. Raises NotAVideo or Unreadable where it changed or broke.

    ``quick``: decodes without the loop filter, which costs a third less; the pictures are good enough
    for a coarse sample, and drift from the true ones between keyframes.
    """
    deadline = Deadline(path := Path(source.path), limit_s(path, lasts_s=source.duration_s))
    with ExitStack() as files:
        yield FrameReader(source, files, deadline, quick=quick)
