"""Decoding one recording: moments, stretches and keyframes, with the times at which players show them.

Cost: one decoder thread; parallel work is done by threads with a reader each.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from heapq import heappop, heappush

import av
import av.error
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import PictureType, VideoFrame
from av.video.stream import VideoStream

from screentest.prep.core.values import Source, Span
from screentest.prep.media.deadline import Deadline
from screentest.prep.media.form import Form, display_matrix, form_of, in_form, sar_in
from screentest.prep.media.opening import WITHOUT_INDEX, packets, rewind
from screentest.prep.media.orientation import Turn, orientation, turned

_BLIND_S = 2.0
_EARLY_S = 0.1
# A keyframe this soon after a moment shows much the same.
_TOO_SOON_S = 0.5
# By how much the next keyframe may be late before one that came too soon is taken.
_LATE = 1.15
# By how much moments inside a group of pictures may lie further apart than wanted.
_STRETCHED = 1.35
_FOREVER_S = 1e9
_SEEK_MARGIN_S = 0.25
_REORDERED = 4
# What lies between two keyframes at least where it is passed over unread.
_WORTH_A_JUMP_BYTES = 1 << 20
_JUST_PAST_S = 0.001
KEYS_EVERY_S = 0.3
_SAME_S = 1e-6
_LANDINGS_S = (1.0, 4.0, 12.0, 40.0)
# Decoders that skip the very packet that they are told to skip; libdav1d skips later ones.
_SKIPS_AT_ONCE = ("h264", "hevc")


@dataclass(frozen=True, slots=True)
class Frame:
    """One decoded frame.

    ``t_s``: when it shows. ``decoded``: the picture as FFmpeg holds it. ``form``: what it says of
    itself. ``source``: the recording, as it is where its pictures have that form.
    """

    t_s: float
    decoded: VideoFrame
    form: Form
    source: Source

    def is_like(self, other: Frame) -> bool:
        """Whether both are of one recording and of one form."""
        return self.form == other.form and self.source.part == other.source.part


class RecordingReader:
    """Reads the frames of one recording in an open container. Not for sharing between threads.

    ``quick``: see ``prep.media.frames.reading``.
    """

    def __init__(
        self, source: Source, container: InputContainer, deadline: Deadline, *, quick: bool
    ) -> None:
        self._source = source
        self._container = container
        self._deadline = deadline
        self._stream: VideoStream = next(
            s for s in container.streams.video if s.index == source.video_index
        )
        if quick:  # read when the decoder opens, so for good
            context = self._stream.codec_context
            context.options = {**context.options, "skip_loop_filter": "all"}
        self._waiting: list[int] = []
        self._jumped_from_s = -_FOREVER_S
        self._tick_s = float(self._stream.time_base or 0)
        filed = turned(source, 0)
        self._filed_turn: Turn = (filed.rotation_deg, filed.mirrored)
        self._turn = self._filed_turn
        self._sar: Fraction | None = None
        self._seen_as: dict[Form, Source] = {}

    def sparse(
        self, every_s: float, *, within: Span | None = None, unseen_s: float = 0.0
    ) -> Iterator[Frame]:
        """Moments about ``every_s`` apart, over the whole file or a span, at the least cost.

        Keyframes alone where they come often enough; where the file's index tells them, nothing else is
        even read. One that comes sooner than wanted is taken where the next comes late. Where none has
        come for two seconds, or ``unseen_s`` if that is more, the group of pictures is decoded from its
        keyframe on, without the frames that nothing refers to, and no further than needed.
        """
        start_s, end_s = (within.start_s, within.end_s) if within else (-_FOREVER_S, _FOREVER_S)
        self._jumped_from_s = -_FOREVER_S
        blind_s = max(_BLIND_S, _LATE * every_s)
        seen_s = start_s - every_s
        group: deque[Packet[VideoStream]] = deque()
        held: Packet[VideoStream] | None = None
        decoding = False
        for packet in self._packets_before(start_s):
            t_s = self._time_s(packet.pts)
            if t_s is None:
                continue
            fresh: Iterable[Frame] = ()
            due_s = seen_s + every_s - _EARLY_S
            if packet.is_keyframe:
                if t_s >= end_s:
                    return
                self._reset()
                group.clear()
                decoding = False
                held = packet if seen_s + _TOO_SOON_S <= t_s < due_s else None
                if t_s >= due_s:
                    fresh = self._decoded_alone(packet)
            elif held is not None and t_s - seen_s > blind_s:
                due_s, fresh, held = seen_s, self._decoded_alone(held), None
            elif t_s - seen_s > max(unseen_s, every_s if decoding else blind_s):
                decoding, due_s = True, seen_s + every_s
                fresh = self._decoded_until(due_s, group)
            if unseen_s < _FOREVER_S:
                group.append(packet)
            for frame in fresh:
                if frame.t_s >= end_s:
                    return
                if frame.t_s >= max(start_s, due_s):
                    yield frame
                    seen_s = frame.t_s
            if packet.is_keyframe:
                patience_s = max(blind_s, unseen_s) if held is None else seen_s + blind_s - t_s
                self._jump(after_s=t_s, to_s=seen_s + every_s - _EARLY_S, patience_s=patience_s)

    def between(
        self, key_s: float, end_s: float, *, every_s: float, unseen_s: float
    ) -> Iterator[Frame]:
        """Moments between a keyframe and the next moment that is known, the keyframe the first.

        About ``every_s`` apart, as few as leave less than ``unseen_s`` before ``end_s``; nothing is
        decoded beyond the last.
        """
        left_s = max(every_s / 2, end_s - unseen_s - key_s)
        step_s = left_s / math.ceil(left_s / (_STRETCHED * every_s))
        due_s = key_s
        for packet in self._packets_before(key_s + _SEEK_MARGIN_S):
            self._stream.codec_context.skip_frame = "NONREF"
            for frame in self._decoded(packet):
                if frame.t_s >= end_s:
                    return
                if frame.t_s >= due_s - _SAME_S:
                    yield frame
                    if frame.t_s + unseen_s >= end_s:
                        return
                    due_s += step_s

    def span(self, start_s: float, end_s: float) -> Iterator[Frame]:
        """Every frame shown from ``start_s`` up to, not including, ``end_s``, in order."""
        context = self._stream.codec_context
        may_skip = context.name in _SKIPS_AT_ONCE and not self._source.is_counted
        for packet in self._packets_before(start_s):
            t_s = self._time_s(packet.pts)
            # Of what leads up to the span, only what it may refer to is decoded.
            leads_up = may_skip and t_s is not None and t_s < start_s - _SAME_S
            context.skip_frame = "NONREF" if leads_up else "DEFAULT"
            for frame in self._decoded(packet):
                if frame.t_s >= end_s:
                    return
                if frame.t_s >= start_s - _SAME_S:
                    yield frame

    def _decoded_until(self, t_s: float, group: deque[Packet[VideoStream]]) -> Iterator[Frame]:
        """Frames of a group up to the first that shows at a time or later; what is left stays in it."""
        self._stream.codec_context.skip_frame = "NONREF"
        while group:
            for frame in self._decoded(group.popleft()):
                yield frame
                if frame.t_s >= t_s:
                    return

    def _packets_before(self, t_s: float) -> Iterator[Packet[VideoStream]]:
        """Packets from a keyframe at or before a time on.

        A search in a stream without an index lands anywhere near the time, and what comes before the
        next keyframe cannot be decoded.
        """
        is_searched = self._source.container.startswith(WITHOUT_INDEX)
        if is_searched and t_s > self._source.video_start_s + _SEEK_MARGIN_S:
            for early_s in (0.0, *_LANDINGS_S):
                self._seek(t_s - early_s)
                following = self._packets(with_end=True)
                for packet in following:
                    shown_s = self._time_s(packet.pts)
                    if packet.is_keyframe and shown_s is not None and shown_s <= t_s + _SAME_S:
                        yield packet
                        yield from following
                        return
                    if shown_s is not None and shown_s > t_s + _SEEK_MARGIN_S:
                        break
        self._seek(t_s)
        yield from self._packets(with_end=True)

    def keyframes(
        self, start_s: float, end_s: float, *, every_s: float = KEYS_EVERY_S
    ) -> Iterator[Frame]:
        """Keyframes around and after a time, decoded alone: some ``every_s`` apart, and the last.

        The search for the time lands at one before it, or near; a stream changes its form at keyframes
        only.
        """
        self._seek(start_s)
        last_s = -_FOREVER_S
        passed: Packet[VideoStream] | None = None
        for packet in self._packets():
            t_s = self._time_s(packet.pts)
            if t_s is None or (not packet.is_keyframe and t_s < end_s + _SEEK_MARGIN_S):
                continue
            if t_s >= end_s:
                break
            passed = packet
            if t_s - last_s >= every_s:
                last_s, passed = t_s, None
                yield from self._decoded_alone(packet)
        if passed is not None:
            yield from self._decoded_alone(passed)

    def frame_times_s(self, start_s: float, end_s: float) -> tuple[float, ...]:
        """When the frames between two times show, in order; read from packets, nothing decoded."""
        self._seek(start_s)
        times: list[float] = []
        for packet in self._packets():
            t_s = self._time_s(packet.pts)
            if t_s is None or packet.is_discard:
                continue
            if packet.is_keyframe and t_s > end_s + _SEEK_MARGIN_S:
                break
            if start_s - _SAME_S <= t_s < end_s:
                times.append(t_s)
        return tuple(sorted(times))

    def landing_s(self, t_s: float) -> float | None:
        """When the last keyframe at or before a time shows; None where only the beginning is sure."""
        for early_s in _LANDINGS_S:
            self._seek(t_s - early_s)
            last_s = None
            for packet in self._packets():
                shown_s = self._time_s(packet.pts)
                if shown_s is None:
                    continue
                if shown_s > t_s + _SEEK_MARGIN_S:
                    break
                if packet.is_keyframe and shown_s <= t_s:
                    last_s = shown_s
            if last_s is not None:
                return last_s
        return None

    def _time_s(self, pts: int | None) -> float | None:
        if pts is None or not self._tick_s:
            return None
        return pts * self._tick_s - self._source.start_s - self._source.late_s

    def _rewind(self) -> None:
        rewind(self._container)

    def _seek(self, t_s: float) -> None:
        self._reset()
        self._turn, self._sar = self._filed_turn, None
        if t_s <= self._source.video_start_s + _SEEK_MARGIN_S:
            self._rewind()
            return
        absolute_s = t_s + self._source.start_s - _SEEK_MARGIN_S
        self._container.seek(int(absolute_s * av.time_base), backward=True)

    def _jump(self, *, after_s: float, to_s: float, patience_s: float) -> None:
        """On to the next keyframe that the index tells from a time on, if that is worth it.

        Not past ``patience_s``: what lies before the next one has to be decoded. The index tells
        decoding times, a little before the displayed ones. An index that leads backward is not asked
        again.
        """
        keyframes_s = self._source.keyframes_s
        at = bisect_left(keyframes_s, to_s)
        if at >= len(keyframes_s) or after_s <= self._jumped_from_s or self._source.is_counted:
            return
        next_s = keyframes_s[at]
        between = self._source.bytes * (next_s - after_s) / max(self._source.duration_s, 1.0)
        if between >= _WORTH_A_JUMP_BYTES and next_s - after_s <= patience_s:
            self._jumped_from_s = after_s
            self._reset()
            absolute_s = next_s + self._source.start_s + max(2 * self._tick_s, _JUST_PAST_S)
            self._container.seek(int(absolute_s * av.time_base), backward=True)

    def _reset(self) -> None:
        context = self._stream.codec_context
        context.skip_frame = "DEFAULT"
        self._waiting.clear()
        if context.is_open:
            context.flush_buffers()

    def _packets(self, *, with_end: bool = False) -> Iterator[Packet[VideoStream]]:
        try:
            for packet in packets(self._container, self._stream, self._deadline):
                if packet.size or with_end:
                    yield packet
        except av.error.FFmpegError:
            return  # a file that is cut off ends here, and what came before is good

    def _decoded(self, packet: Packet[VideoStream] | None) -> Iterator[Frame]:
        context = self._stream.codec_context
        try:
            frames = context.decode(packet)
        except (av.error.FFmpegError, ValueError):
            return  # one damaged packet; its neighbours still decode
        if self._source.is_counted and packet is not None and packet.pts is not None:
            heappush(self._waiting, packet.pts)
        for frame in frames:
            t_s = self._time_s(self._shown_pts(frame))
            if t_s is not None:
                yield self._frame(t_s, frame)

    def _frame(self, t_s: float, frame: VideoFrame) -> Frame:
        matrix = display_matrix(frame)
        if matrix is not None:  # in a stream it comes with some pictures, and holds for the next
            self._turn = orientation(matrix)
        if self._sar is None or frame.pict_type == PictureType.I:
            # The decoder tells of what it reads; what it gives then may be from before.
            self._sar = sar_in(self._source, self._stream.codec_context.sample_aspect_ratio)
        form = form_of(frame, self._sar, self._turn)
        if form not in self._seen_as:
            self._seen_as[form] = in_form(self._source, form)
        return Frame(t_s, frame, form, self._seen_as[form])

    def _shown_pts(self, frame: VideoFrame) -> int | None:
        """When a frame shows. Where its own time is not known, the earliest that waits: pictures come
        out in order."""
        if not self._source.is_counted or not self._waiting or frame.pts is None:
            return frame.pts
        shown_pts = heappop(self._waiting)
        while self._waiting and shown_pts < frame.pts - _REORDERED:  # frames that were skipped
            shown_pts = heappop(self._waiting)
        return shown_pts

    def _decoded_alone(self, packet: Packet[VideoStream]) -> Iterator[Frame]:
        """A keyframe by itself: decoded, drained, and the decoder made fresh again."""
        yield from self._decoded(packet)
        yield from self._decoded(None)
        self._stream.codec_context.flush_buffers()
