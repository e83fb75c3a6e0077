"""clip: a segment of raw footage becomes a file that the model accepts untouched."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from prep.errors import DiskFull, EncodeFailed, OutputNotWritable
from prep.ffmpeg import encode
from prep.frames import reading
from prep.plan import Plan, plan
from prep.spec import SORA_2, ClipSpec, Orientation
from prep.text import shown, shown_name
from prep.values import Clip, Segment, Source
from prep.verify import look_inside

Progress = Callable[[float], None]

_AROUND_S = 1.0


def clip(
    source: Source,
    segment: Segment,
    *,
    out: str | os.PathLike[str],
    spec: ClipSpec = SORA_2,
    orientation: Orientation = "landscape",
    progress: Progress | None = None,
) -> Clip:
    """Makes the clip of one segment at ``out``, whole or not at all.

    ``orientation``: of square footage; other footage has its own. An existing ``out`` is replaced.
    Raises TooShort, OutputNotWritable, DiskFull, EncodeFailed or EncodeTimeout; nothing is left
    behind then.
    """
    target = Path(os.path.abspath(out))  # noqa: PTH100  (resolve() would follow links)
    _require_other_file(source, target)
    planned = planned_clip(source, segment, spec=spec, orientation=orientation)
    with _appearing(target) as part:
        encode(planned, part, progress=progress)
        _require_as_planned(planned, part)
    return Clip(
        path=str(target),
        sha256=sha256_of(target),
        bytes=target.stat().st_size,
        segment=segment,
        model=spec.model,
        width_px=planned.canvas.width_px,
        height_px=planned.canvas.height_px,
        fps=planned.rate,
        frames=planned.frames,
        has_audio=planned.audio_index is not None,
        upscaled=planned.upscaled,
        warnings=planned.warnings,
    )


def planned_clip(
    source: Source,
    segment: Segment,
    *,
    spec: ClipSpec = SORA_2,
    orientation: Orientation = "landscape",
) -> Plan:
    """The plan for a segment, with the times of the frames around its start read from the file."""
    with reading(source) as reader:
        times_s = reader.frame_times_s(segment.start_s - _AROUND_S, segment.start_s + _AROUND_S)
    return plan(source, segment, frame_times_s=times_s, spec=spec, square=orientation)


def sha256_of(path: Path) -> str:
    """The hex sha256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _appearing(target: Path) -> Iterator[Path]:
    """A hidden file beside ``target`` that becomes it by rename, or goes away."""
    part = target.with_name(f".{target.name[:80]}.{secrets.token_hex(4)}.part")
    try:
        try:
            part.touch(exist_ok=False)
        except OSError as error:
            raise _not_writable(target, error) from error
        yield part
        try:
            with part.open("rb") as written:
                os.fsync(written.fileno())
            part.replace(target)
        except OSError as error:
            raise _not_writable(target, error) from error
    finally:
        part.unlink(missing_ok=True)


def _not_writable(target: Path, error: OSError) -> OutputNotWritable | DiskFull:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(
            f"No room is left at {shown(target.parent)} for the clip.",
            "Free some space, or name another place with -o.",
        )
    return OutputNotWritable(
        f"The clip cannot be written to {shown(target)}: {(error.strerror or str(error)).lower()}.",
        "Name a file in a folder that exists and may be written, with -o.",
    )


def _require_other_file(source: Source, target: Path) -> None:
    if target.is_dir():
        raise OutputNotWritable(f"{shown(target)} is a folder.", "Name a file with -o.")
    if target.exists() and target.samefile(source.path):
        raise OutputNotWritable(
            f"The clip would replace its own footage, {shown(target)}.",
            "Name another file with -o.",
        )


def _require_as_planned(planned: Plan, made: Path) -> None:
    """The result is counted, not believed: a decoder that stopped early makes a short clip."""
    facts = look_inside(made)
    if facts.frames == planned.frames:
        return
    raise EncodeFailed(
        f"Only {facts.frames} of {planned.frames} pictures of {shown_name(planned.source.path)} "
        f"could be made from {planned.start_s:.2f} s on.",
        "The footage may be damaged there; try another --start, or export it anew.",
    )
