"""The footage stages in the order a command needs them, each reported to a watcher."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from screentest.client.characters import footage
from screentest.client.characters.direction import Direction
from screentest.client.cli.running.call import Call
from screentest.client.cli.running.preflight import require_files, require_writable
from screentest.client.config import private_folder
from screentest.client.errors import ImpossibleWish
from screentest.prep.core.errors import OutputExists
from screentest.prep.core.progress import stage

if TYPE_CHECKING:
    from screentest.prep.core.progress import Watcher
    from screentest.prep.core.spec import ClipSpec
    from screentest.prep.core.values import Clip, Scan, Segment, Source


# Extensions that a player or viewer takes for another format than a clip's.
# fmt: off
_OTHER_FORMATS = {
    ".mov", ".mkv", ".webm", ".avi", ".gif", ".ts", ".mts", ".m2ts", ".mpg", ".mpeg", ".wmv", ".flv",
    ".3gp", ".ogv", ".mxf", ".jpg", ".jpeg", ".png", ".webp", ".mp3", ".m4a", ".wav",
}
# fmt: on


def scanned(raw: str, *, call: Call, watcher: Watcher) -> Scan:
    """The scan of a file, from the cache under the home where its content was scanned before."""
    source = _probed(raw, watcher=watcher)
    from screentest.prep.scanning.cache import cached_scan

    with stage(watcher, "scan") as under_way:
        folder = private_folder(_scans(call))
        measured = cached_scan(source, folder=folder, progress=under_way.advance)
        under_way.summary = footage.scan_in_brief(measured)
    return measured


def picked(
    raw: str, direction: Direction, *, spec: ClipSpec, call: Call, watcher: Watcher
) -> tuple[Source, Segment]:
    """A file and its best window. Raises FootageError and PickError."""
    direction.require_possible(spec)
    require_files(raw, direction)
    source = _probed(raw, watcher=watcher)
    return source, _segment_of(source, direction, spec=spec, call=call, watcher=watcher)


def clipped(
    raw: str,
    direction: Direction,
    *,
    spec: ClipSpec,
    out: str | None,
    overwrite: bool,
    call: Call,
    watcher: Watcher,
) -> tuple[Source, Clip]:
    """The source, and its clip at ``out``, by default RAW's name with .clip.mp4 in the current folder.

    A different file of that name is kept unless ``overwrite``. Raises FootageError, PickError and
    ClipError (OutputExists for the file that was kept); checks first whether the target is writable.
    """
    direction.require_possible(spec)
    require_files(raw, direction)
    target = _target(raw, out)
    require_writable(target)
    _require_mp4(target)
    source = _probed(raw, watcher=watcher)
    if target.exists() and target.samefile(raw):
        raise OutputExists(f"{target} is the footage itself.", "Name another file with -o.")
    segment = _segment_of(source, direction, spec=spec, call=call, watcher=watcher)
    write = partial(_clip_of, source, segment, direction, spec=spec, watcher=watcher)
    if overwrite or not _has_content(target):
        return source, write(out=target)
    return source, _written_beside(target, write)


def _probed(raw: str, *, watcher: Watcher) -> Source:
    """The source; what its scan needs is loaded meanwhile."""
    from screentest.prep.vision.preload import load_ahead

    load_ahead()
    return footage.probed(raw, watcher=watcher)


def _segment_of(
    source: Source, direction: Direction, *, spec: ClipSpec, call: Call, watcher: Watcher
) -> Segment:
    return footage.chosen(source, direction, spec=spec, scans=_scans(call), watcher=watcher)


def _clip_of(
    source: Source,
    segment: Segment,
    direction: Direction,
    *,
    spec: ClipSpec,
    out: Path,
    watcher: Watcher,
) -> Clip:
    clip, _ = footage.made(source, segment, direction, spec=spec, out=out, watcher=watcher)
    for warning in footage.own_warnings(clip):
        watcher.warned(warning)
    return clip


def _scans(call: Call) -> Path:
    return call.home / "scans"


def _target(raw: str, out: str | None) -> Path:
    own_name = Path(raw).stem + ".clip.mp4"
    if out is None:
        return Path(own_name)
    target = Path(out)
    return target / own_name if target.is_dir() else target


def _require_mp4(target: Path) -> None:
    """Raises ImpossibleWish for the extension of another format."""
    if target.suffix.lower() in _OTHER_FORMATS:
        raise ImpossibleWish(
            f"A clip is an MP4 file; the name {target.name} says otherwise.",
            f"Name it {target.with_suffix('.mp4').name}.",
        )


def _has_content(target: Path) -> bool:
    return target.exists() and target.stat().st_size > 0


def _written_beside(target: Path, write: partial[Clip]) -> Clip:
    """The clip, made next to an existing file and put in its place only if they are the same."""
    from screentest.prep.core.files import scratch_folder_beside, sha256_of

    with scratch_folder_beside(target.absolute()) as folder:
        made = write(out=folder / target.name)
        if made.sha256 != sha256_of(target):
            message = f"{target} already exists with other content; it was not changed."
            hint = "Name another file with -o, or replace this one with --overwrite."
            raise OutputExists(message, hint)
    return replace(made, path=str(target.absolute()))
