"""Opening files that nobody vouches for.

A crafted playlist, concat script, DASH manifest or image pattern makes a demuxer open *other* files
and addresses. A protocol whitelist does not stop that (tried); a format whitelist does. Both go on
every open here and on every ffmpeg command (``prep.clipping.ffmpeg``).
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import av
import av.error
from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from screentest.prep.core.errors import FootageError, NotAFile, NotAVideo, NotFound, Unreadable
from screentest.prep.core.process import has_one_thread
from screentest.prep.core.text import printable, shown
from screentest.prep.media.containers.matroska import header_problem
from screentest.prep.media.containers.mp4_index import BROKEN, index_problem
from screentest.prep.media.containers.torn import Container, container_of
from screentest.prep.media.deadline import Deadline, pending

FORMAT_WHITELIST = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,flv,asf,ogg,mxf,gif,mpegvideo,h264,hevc,ivf"
)
PROTOCOL_WHITELIST = "file"
# For a part of a file: FFmpeg reads those bytes of it and no others.
PART_PROTOCOL_WHITELIST = "file,subfile"
# 8K and a little more: a picture takes at most some 400 MB while it is scaled.
# Of these, what FFmpeg calls an index is what it happened to read, at the beginning and the end.
WITHOUT_INDEX = ("mpegts", "mpeg")
MAX_SIDE_PX = 8192
MAX_PIXELS = MAX_SIDE_PX * MAX_SIDE_PX
MAX_STREAMS = 128
"""Each takes up to a megabyte before one is chosen; recorders write some dozens of sound tracks."""
_OPEN_TIMEOUT_S = 30.0
_GUARDED = {
    "format_whitelist": FORMAT_WHITELIST,
    "max_pixels": str(MAX_PIXELS),
    "max_streams": str(MAX_STREAMS),
}
_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def regular_file(path: str | os.PathLike[str]) -> Path:
    """The absolute path of a regular, readable file. Raises NotFound, NotAFile or FootageError.

    Checked before anything opens it, because a pipe blocks ``open`` past every timeout.
    """
    raw = os.fspath(path)
    if raw == "-":
        raise NotAFile(
            "Standard input cannot be used as footage.",
            "Footage is read at several places; save it to a file first.",
        )
    absolute = Path(os.path.abspath(raw))  # noqa: PTH100  (resolve() would follow links)
    try:
        mode = absolute.stat().st_mode
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotFound(f"There is no file {shown(raw)}.", "Check the path.") from error
    except (OSError, ValueError) as error:
        raise FootageError(f"{shown(raw)} cannot be opened: {error}.", "Check the path.") from error
    for is_kind, kind in _KINDS:
        if is_kind(mode):
            raise NotAFile(f"{shown(raw)} is {kind}, not a video file.", "Name one video file.")
    if not os.access(absolute, os.R_OK):
        raise FootageError(f"{shown(raw)} may not be read.", "Check the file's permissions.")
    return absolute


def file_url(path: Path, part: tuple[int, int] | None = None) -> str:
    """The name under which FFmpeg reads exactly this file, whatever characters the name holds.

    ``part``: the first byte and the one past the last, None for all of it.
    """
    if part is None:
        return f"file:{path}"
    first, end = part
    return f"subfile,,start,{first},end,{end},,:file:{path}"


def protocols(part: tuple[int, int] | None) -> str:
    """The whitelist for a ``file_url``."""
    return PROTOCOL_WHITELIST if part is None else PART_PROTOCOL_WHITELIST


@contextmanager
def opened(
    path: Path, deadline: Deadline, *, part: tuple[int, int] | None = None
) -> Iterator[InputContainer]:
    """The container of a regular file, or of a part of it, for a look until ``deadline``.

    PyAV's errors become NotAVideo or Unreadable; so does a picture larger than is read, even where it
    comes in the middle of smaller ones. Packets are to be had from ``packets``.
    """
    with pending(deadline), _container(path, part) as container:
        for stream in container.streams.video:
            _limit(stream)
        yield container


@contextmanager
def _container(path: Path, part: tuple[int, int] | None) -> Iterator[InputContainer]:
    if problem := index_problem(path) or header_problem(path, part):
        if problem == BROKEN and part is None and (found := container_of(path)) and found.lack:
            raise _cut_off(path, found)
        raise NotAVideo(
            f"{shown(path.name)} {problem}.",
            "The file is damaged or made to fill the memory; export it again.",
        )
    try:
        container = av.open(
            file_url(path, part),
            options={**_GUARDED, "protocol_whitelist": protocols(part)},
            timeout=_OPEN_TIMEOUT_S,
            metadata_errors="replace",
        )
    except (av.error.FFmpegError, ValueError, OSError) as error:
        if path.is_file() and path.stat().st_size == 0:
            raise NotAVideo(
                f"{shown(path.name)} is empty: it holds not a single byte.",
                "The copy or the recording did not go through; make it again.",
            ) from error
        raise _not_opened(path, part, error) from error
    try:
        yield container
    except (av.error.FFmpegError, UnicodeDecodeError) as error:
        raise Unreadable(
            f"{shown(path.name)} cannot be read: {_reason(error)}.",
            "The file may be damaged; copy it from the camera again or export it again.",
        ) from error
    finally:
        with suppress(av.error.FFmpegError):
            container.close()


def _not_opened(path: Path, part: tuple[int, int] | None, error: Exception) -> NotAVideo:
    """What is wrong with a file that FFmpeg does not open: no video, or one whose end is gone."""
    found = container_of(path) if part is None else None
    if found is not None and found.lack:
        return _cut_off(path, found)
    if found is None:
        return NotAVideo(
            f"{shown(path.name)} is not a video that can be read: {_reason(error)}.",
            "Export it as MP4, MOV, MKV, WebM or AVI and try again.",
        )
    return NotAVideo(
        f"{shown(path.name)} is {found.kind} that cannot be read: {_reason(error)}.",
        "It may be damaged: copy it again from the card or the camera, or export it again.",
    )


def _cut_off(path: Path, found: Container) -> NotAVideo:
    """What is said of a video whose end is gone."""
    return NotAVideo(
        f"{shown(path.name)} is {found.kind} that looks cut off: {found.lack}.",
        "Copy it again from the card or the camera.",
    )


def _limit(stream: VideoStream) -> None:
    context: object = stream.codec_context  # None for a codec that is not known, whatever stubs say
    if context is None:
        return
    stream.codec_context.options = {"max_pixels": str(MAX_PIXELS)}
    if has_one_thread():
        stream.codec_context.thread_count = 1


def packets(
    container: InputContainer, stream: VideoStream, deadline: Deadline
) -> Iterator[Packet[VideoStream]]:
    """The stream's packets from here on, and an empty one at the end. Raises Unreadable at the
    deadline."""
    try:
        for packet in container.demux(stream):
            deadline.check()
            yield packet
    except IndexError:
        return  # PyAV, at the end of a file in which a stream showed up that was not there at first


def rewind(container: InputContainer) -> None:
    """Back to the very first packet. A search by decoding times lands after it in MPEG streams."""
    early_s = 10 if container.format.name in ("mpegts", "mpeg") else 0
    container.seek((container.start_time or 0) - early_s * av.time_base, backward=True)


def _reason(error: Exception) -> str:
    if isinstance(error, MemoryError):
        return f"it needs too much memory, or has more than {MAX_STREAMS} tracks"
    text = getattr(error, "strerror", None) or str(error)
    return printable(str(text)).strip().rstrip(".").lower() or type(error).__name__
