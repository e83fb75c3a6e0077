"""The local stages of a registration: raw footage to a checked clip under the home."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from screentest.client.characters.direction import Direction
from screentest.client.config import private_folder
from screentest.client.errors import ConfigError
from screentest.prep.core.errors import RuleBroken
from screentest.prep.core.files import sha256_of
from screentest.prep.core.progress import Watcher, stage
from screentest.prep.core.remedy import Remedy
from screentest.prep.core.text import counted

if TYPE_CHECKING:
    from screentest.prep.core.spec import ClipSpec
    from screentest.prep.core.values import CheckReport, Clip, Scan, Segment, Source

NO_FACE = "No human face shows itself in the clip. Look at it before you use the character."
LIKENESS_REMINDER = (
    "The clip shows a human face: have the person's consent, and expect the service to refuse it, "
    "as it blocks human likenesses by default."
)
NSFW = "The service marks the result as not safe for work."


def scan_in_brief(scan: Scan) -> str:
    """One line about a scan, for progress."""
    from screentest.prep.scoring.faces import is_person

    facing = sum(any(is_person(face) for face in signal.faces) for signal in scan.signals)
    looked, cuts = counted(len(scan.signals), "frame"), counted(len(scan.cuts_s), "cut")
    return f"{looked} looked at, a face turned to the camera in {facing}, {cuts}"


def probed(footage: str, *, watcher: Watcher) -> Source:
    """The source, its path absolute."""
    from screentest import probe

    with stage(watcher, "probe") as under_way:
        source = probe(Path(footage).absolute())
        under_way.summary = (
            f"{source.width_px}x{source.height_px}, {float(source.fps):.5g} fps, "
            f"{source.duration_s:.1f} s"
        )
    return source


def chosen(
    source: Source, direction: Direction, *, spec: ClipSpec, scans: Path, watcher: Watcher
) -> Segment:
    """The window: from the start asked for, else the best of the scan, which ``scans`` keeps."""
    length_s = direction.length_s
    direction.audio_index(source)  # refused before minutes of scan, as is a photo that will not do
    if direction.match is not None:
        _look_at_photo(direction.match, watcher)
    if direction.start_s is not None:
        return _given(source, spec=spec, start_s=direction.start_s, length_s=length_s, watcher=watcher)
    from screentest.prep.picking.casting import cast
    from screentest.prep.scanning.cache import cached_scan

    with stage(watcher, "scan") as under_way:
        scan = cached_scan(source, folder=private_folder(scans), progress=under_way.advance)
        under_way.summary = scan_in_brief(scan)
    with stage(watcher, "pick") as under_way:
        segment = cast(scan, direction.casting, spec=spec, length_s=length_s)
        under_way.summary = f"{_window(segment)}, score {segment.score:.2f}"
    return segment


def _look_at_photo(photo: str, watcher: Watcher) -> None:
    """Refuses a photo without a face, and tells of one with several."""
    from screentest.prep.people.likeness import people_in

    count = people_in(photo)
    if count > 1:
        watcher.warned(f"The photo shows {count} people; whoever is largest in it is looked for.")


def _given(
    source: Source,
    *,
    spec: ClipSpec,
    start_s: float,
    length_s: float | None,
    watcher: Watcher,
) -> Segment:
    """The window that was asked for, looked at so that its subject is known."""
    from screentest import segment_at
    from screentest.prep.scanning.scan import look_at

    with stage(watcher, "scan") as under_way:
        asked = segment_at(source, spec=spec, start_s=start_s, length_s=length_s)
        looked = look_at(
            source, start_s=asked.start_s, length_s=asked.length_s, progress=under_way.advance
        )
        under_way.summary = f"{len(looked.signals)} frames looked at"
    with stage(watcher, "pick") as under_way:
        segment = segment_at(source, spec=spec, start_s=start_s, length_s=length_s, looked=looked)
        under_way.summary = f"{_window(segment)}, as asked"
    return segment


def made(
    source: Source,
    segment: Segment,
    direction: Direction,
    *,
    spec: ClipSpec,
    out: Path,
    watcher: Watcher,
) -> tuple[Clip, CheckReport]:
    """The clip at ``out`` and what its check found; raises RuleBroken for a clip that fails it."""
    from screentest import check, clip

    with stage(watcher, "clip") as under_way:
        result = clip(
            source,
            segment,
            out=out,
            spec=spec,
            orientation=direction.orientation,
            audio_index=direction.audio_index(source),
            fit=direction.fit,
            progress=under_way.advance,
        )
        under_way.summary = f"{result.width_px}x{result.height_px}, {float(result.length_s):.5g} s"
    with stage(watcher, "check") as under_way:
        report = check(out, spec=spec)
        _require_ok(report)
        under_way.summary = f"{len(report.rules)} rules kept"
    return result, report


def kept(clip: Clip, folder: Path) -> Clip:
    """The clip under the name of its content in ``folder``, moved there in one step."""
    path = folder / f"{clip.sha256}.mp4"
    try:
        Path(clip.path).replace(path)
        path.chmod(0o600)
    except OSError as error:
        raise ConfigError(
            f"Cannot keep the clip in {folder}: {error.strerror}.",
            "Check the folder's rights and the room on its disk.",
        ) from error
    return replace(clip, path=str(path))


@contextmanager
def draft(folder: Path, name: str) -> Iterator[Path]:
    """A path to make a clip at; whatever is left there is gone when the block ends."""
    path = private_folder(folder) / f"{name}.draft.mp4"
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def intact(clip: Clip) -> bool:
    """Whether the clip's file is still there with the bytes it was made with."""
    try:
        return sha256_of(Path(clip.path)) == clip.sha256
    except OSError:
        return False


def own_warnings(clip: Clip) -> tuple[str, ...]:
    """What is to be said of a clip, whatever becomes of it."""
    return clip.warnings if clip.segment.subject == "face" else (*clip.warnings, NO_FACE)


def warnings_about(clip: Clip, *, has_nsfw: bool = False) -> tuple[str, ...]:
    """What its owner should know who registers a clip, and what the service said of it if it did."""
    reminder = [LIKENESS_REMINDER] if clip.segment.subject == "face" else []
    return (*own_warnings(clip), *reminder, *([NSFW] if has_nsfw else []))


def _require_ok(report: CheckReport) -> None:
    broken = [rule for rule in report.rules if not rule.ok]
    if broken:
        found = "; ".join(f"{rule.rule} is {rule.found}, not {rule.wanted}" for rule in broken)
        raise RuleBroken(
            f"The clip breaks {report.model}'s rules: {found}.",
            Remedy("start_s", words="try another window"),
        )


def _window(segment: Segment) -> str:
    return f"{segment.start_s:.3f} s to {segment.end_s:.3f} s"
