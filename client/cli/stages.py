"""The footage stages in the order a command needs them, each told to a watcher."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from client.cli import wording
from client.cli.call import Call
from prep.errors import OutputExists, OutputNotWritable

if TYPE_CHECKING:
    from client.pipeline import Watcher
    from prep.spec import Orientation
    from prep.values import Clip, Scan, Segment, Source


@dataclass(frozen=True, slots=True)
class Window:
    """The window as the options ask for it; None leaves the choice to pick."""

    start_s: float | None
    length_s: float | None
    orientation: Orientation

    @property
    def is_given(self) -> bool:
        return self.start_s is not None or self.length_s is not None


def probed(raw: str, *, watcher: Watcher) -> Source:
    """The probed source. Raises FootageError."""
    from prep import probe

    watcher.started("probe")
    source = probe(raw)
    watcher.ended("probe", wording.source_in_brief(source))
    return source


def scanned(raw: str, *, call: Call, watcher: Watcher) -> Scan:
    """The scan of a file, from the cache under the home where its content was scanned before."""
    return _scan_of(probed(raw, watcher=watcher), call=call, watcher=watcher)


def picked(raw: str, *, call: Call, watcher: Watcher) -> tuple[Source, Segment]:
    """A file and its best window. Raises FootageError and PickError."""
    source = probed(raw, watcher=watcher)
    return source, _pick_of(_scan_of(source, call=call, watcher=watcher), watcher=watcher)


def clipped(
    raw: str, wanted: Window, *, out: str | None, overwrite: bool, call: Call, watcher: Watcher
) -> Clip:
    """The clip written to ``out``, by default RAW's name with .clip.mp4 in the current folder.

    A different file of that name is kept unless ``overwrite``. Raises FootageError, PickError and
    ClipError (OutputExists for the file that was kept).
    """
    target = _target(raw, out)
    source = probed(raw, watcher=watcher)
    if target.exists() and target.samefile(raw):
        raise OutputExists(f"{target} is the footage itself", "name another file with -o")
    segment = _segment_of(source, wanted, call=call, watcher=watcher)
    write = partial(_clip_of, source, segment, orientation=wanted.orientation, watcher=watcher)
    if overwrite or not _holds_something(target):
        return write(out=target)
    return _written_beside(target, write)


def _scan_of(source: Source, *, call: Call, watcher: Watcher) -> Scan:
    from client.config import scans_folder
    from prep.cache import cached_scan

    watcher.started("scan")
    progress = partial(watcher.advanced, "scan")
    measured = cached_scan(source, folder=scans_folder(call.home), progress=progress)
    watcher.ended("scan", wording.scan_in_brief(measured))
    return measured


def _pick_of(measured: Scan, *, watcher: Watcher) -> Segment:
    from prep import pick

    watcher.started("pick")
    segment = pick(measured)
    watcher.ended("pick", wording.segment_in_brief(segment))
    return segment


def _segment_of(source: Source, wanted: Window, *, call: Call, watcher: Watcher) -> Segment:
    from prep.segment import segment_at
    from prep.spec import SORA_2

    if not wanted.is_given:
        return _pick_of(_scan_of(source, call=call, watcher=watcher), watcher=watcher)
    return segment_at(source, spec=SORA_2, start_s=wanted.start_s, length_s=wanted.length_s)


def _clip_of(
    source: Source, segment: Segment, *, out: Path, orientation: Orientation, watcher: Watcher
) -> Clip:
    from prep import clip

    watcher.started("clip")
    progress = partial(watcher.advanced, "clip")
    made = clip(source, segment, out=out, orientation=orientation, progress=progress)
    watcher.ended("clip", wording.clip_in_brief(made))
    for warning in made.warnings:
        watcher.warned(warning)
    return made


def _target(raw: str, out: str | None) -> Path:
    own_name = Path(raw).stem + ".clip.mp4"
    if out is None:
        return Path(own_name)
    target = Path(out)
    if target.is_dir():
        return target / own_name
    if target.exists() and not target.is_file():
        raise OutputNotWritable(f"{out} is not a regular file", "name a file with -o")
    return target


def _holds_something(target: Path) -> bool:
    return target.exists() and target.stat().st_size > 0


def _written_beside(target: Path, write: partial[Clip]) -> Clip:
    """The clip, made next to an existing file and put in its place only if they are the same."""
    with tempfile.TemporaryDirectory(prefix=".screentest-", dir=target.parent) as folder:
        made = write(out=Path(folder) / target.name)
        if made.sha256 != _sha256(target):
            message = f"{target} exists and holds something else; it was left as it is"
            raise OutputExists(message, "name another file with -o, or replace it with --overwrite")
    return replace(made, path=str(target))


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
