"""The whole offline job in one call: probe, scan, pick, clip, check, with progress and cancelling.

What goes in and what comes out survives pickling, so a worker process can do it; nothing here knows the
network. Heavy modules are imported where they are used, so that a file is probed while they load.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from screentest.prep.clipping.place import (
    other_content,
    require_clip_name,
    require_not_footage,
    require_perhaps_ours,
    require_writable,
)
from screentest.prep.clipping.warnings import own_warnings
from screentest.prep.core.errors import (
    NobodyMatches,
    NoUsableSegment,
    RuleBroken,
)
from screentest.prep.core.files import folder_if_kept, scratch_folder_beside, sha256_of
from screentest.prep.core.progress import SILENT, IsCancelled, Progress, Watcher, cancellable, stage
from screentest.prep.core.remedy import Remedy
from screentest.prep.core.spec import SORA_2, ClipSpec
from screentest.prep.core.text import counted, lasting, timecode
from screentest.prep.core.values import CheckReport, Choice, Clip, Scan, Segment, Source
from screentest.prep.core.wishes import NO_WISHES, Wishes

AnyPath = str | os.PathLike[str]
_WHOLE_S = 0.1
"""What is less than this shorter than its file is all of it."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A clip that keeps every rule of its model. ``scan``: what its window was picked from."""

    scan: Scan
    clip: Clip
    report: CheckReport

    @property
    def source(self) -> Source:
        return self.scan.source

    @property
    def segment(self) -> Segment:
        return self.clip.segment


def prepare(
    raw: AnyPath | Source,
    wishes: Wishes = NO_WISHES,
    spec: ClipSpec = SORA_2,
    *,
    out: AnyPath,
    overwrite: bool = False,
    scans: Path | None = None,
    watcher: Watcher = SILENT,
    cancelled: IsCancelled | None = None,
) -> Prepared:
    """The clip of ``raw`` at ``out`` that ``spec`` accepts, checked; with everything that led to it.

    The very bytes of ``raw`` where it is a clip that keeps every rule and meets every wish already.
    ``raw``: a path, or what was probed of it. ``overwrite``: replace a file at ``out`` that holds
    something else. ``scans``: the folder that keeps scans, None to keep none. ``cancelled``: asked at
    each sign of progress until the clip is whole. Raises ImpossibleWish or ConfigError for wishes that
    cannot be met, FootageError, PickError, ClipError (OutputExists for the file that was kept),
    RuleBroken, and Cancelled; nothing half-made is left then.
    """
    target = Path(out)
    wishes.require_possible(spec)
    require_clip_name(target)
    require_writable(target)
    kept = not overwrite and target.exists() and target.stat().st_size > 0
    require_not_footage(target, raw.path if isinstance(raw, Source) else raw)
    if kept:
        require_perhaps_ours(target, spec)
    choice = choose(raw, wishes, spec, scans=scans, watcher=watcher, cancelled=cancelled)

    def made(path: Path) -> tuple[Clip, CheckReport]:
        return conform(choice, wishes, spec, out=path, watcher=watcher, cancelled=cancelled)

    clip, report = _made_beside(target, made) if kept else made(target)
    return Prepared(choice.scan, clip, report)


def choose(
    raw: AnyPath | Source,
    wishes: Wishes = NO_WISHES,
    spec: ClipSpec = SORA_2,
    *,
    scans: Path | None = None,
    watcher: Watcher = SILENT,
    cancelled: IsCancelled | None = None,
) -> Choice:
    """The first half of ``prepare``: the window, from the start asked for or the best of the scan.

    All of a file that is a conforming clip already, where no wish speaks of the window. Arguments and
    errors as there; ScoreTooLow is a PickError.
    """
    choice = _chosen(raw, wishes, spec, scans=scans, watcher=cancellable(watcher, cancelled))
    wishes.require_score(choice.segment)
    return choice


def _chosen(
    raw: AnyPath | Source, wishes: Wishes, spec: ClipSpec, *, scans: Path | None, watcher: Watcher
) -> Choice:
    wishes.require_possible(spec)
    source = _probed(raw, wishes, watcher=watcher)
    wishes.audio_index(source)  # before minutes of scanning; so is the photo
    if wishes.match is not None:
        _look_at_photo(wishes.match, watcher)
    if _is_clip(source, wishes, spec):
        return _warned(_all_of(source, spec, scans, watcher=watcher))
    if wishes.start_s is not None:
        return _warned(_given(source, wishes, spec, start_s=wishes.start_s, watcher=watcher))
    from screentest.prep.picking.scans import keep_checks, knows_more, spec_to_scan_for

    scan_spec = spec_to_scan_for(wishes, spec)
    scan = _scanned(source, scan_spec, scans, watcher=watcher)
    with stage(watcher, "pick") as under_way:
        choice = _warned(_cast(scan, wishes, spec, under_way.advance))
        segment = choice.segment
        under_way.summary = f"{_window(segment)}, score {segment.score:.2f}"
    if scans is not None and knows_more(choice.scan, scan):
        keep_checks(choice.scan, scan_spec, folder=scans)
    return choice


def conform(
    choice: Choice,
    wishes: Wishes = NO_WISHES,
    spec: ClipSpec = SORA_2,
    *,
    out: Path,
    watcher: Watcher = SILENT,
    cancelled: IsCancelled | None = None,
) -> tuple[Clip, CheckReport]:
    """The second half of ``prepare``: the clip of a window at ``out``, replaced, and its check."""
    from screentest.prep.clipping.check import check

    with stage(cancellable(watcher, cancelled), "clip") as under_way:
        made = _made(choice, wishes, spec, out=out, progress=under_way.advance)
        under_way.summary = f"{made.width_px}x{made.height_px}, {float(made.length_s):.5g} s"
    # The clip is whole by now: to stop here would only take it away again.
    with stage(watcher, "check") as under_way:
        report = check(out, spec=spec)
        _require_ok(report)
        under_way.summary = f"{len(report.rules)} rules met"
    return replace(made, warnings=(*choice.warnings, *made.warnings)), report


def _made(choice: Choice, wishes: Wishes, spec: ClipSpec, *, out: Path, progress: Progress) -> Clip:
    """The clip at ``out``: the very bytes of a file that is one already, or a new one."""
    from screentest.prep.clipping.as_it_is import as_it_is, standing, taken_words, why_not
    from screentest.prep.clipping.clip import clip

    source, segment = choice.scan.source, choice.segment
    found = standing(source, spec)
    why = "" if found is None else why_not(found, wishes, segment, source, spec=spec)
    if found is not None and why is None:
        segment = replace(segment, reasons=(taken_words(spec), *segment.reasons))
        return as_it_is(source, segment, found, out=out, spec=spec, wishes=wishes, progress=progress)
    made = clip(
        source,
        segment,
        out=out,
        spec=spec,
        orientation=wishes.orientation,
        audio=wishes.audio or "keep",
        audio_index=wishes.audio_index(source),
        fit=wishes.fit,
        progress=progress,
    )
    return replace(made, warnings=(*made.warnings, why)) if why else made


def scanned(
    raw: AnyPath,
    wishes: Wishes = NO_WISHES,
    *,
    scans: Path | None = None,
    watcher: Watcher = SILENT,
    cancelled: IsCancelled | None = None,
) -> Scan:
    """The scan of a file, whose people a wish names by number; the rest as of ``prepare``.

    Of ``wishes``, ``rotate_deg`` counts.
    """
    from screentest.prep.picking.scans import LIST_SPEC
    from screentest.prep.scanning.upright import lying

    watcher = cancellable(watcher, cancelled)
    found = _scanned(_probed(raw, wishes, watcher=watcher), LIST_SPEC, scans, watcher=watcher)
    how = lying(found)
    if how is not None:
        watcher.warned(how.warning)
    return found


def draw_choice(
    choice: Choice,
    wishes: Wishes = NO_WISHES,
    spec: ClipSpec = SORA_2,
    *,
    report: AnyPath,
    warnings: Callable[[Clip], Sequence[str]] | None = None,
    watcher: Watcher = SILENT,
) -> str:
    """The absolute path of a page about a window whose clip is not kept.

    A clip is made for the page and removed again. ``warnings``: those on the page,
    ``own_warnings`` where None is given. Raises what making a clip and writing a page raise.
    """
    from screentest.prep.report.draw import draw

    with tempfile.TemporaryDirectory(prefix="screentest-") as folder:
        clip, _ = conform(choice, wishes, spec, out=Path(folder) / "clip.mp4", watcher=watcher)
        shown = (warnings or own_warnings)(clip)
        return draw(choice.scan, clip, out=report, spec=spec, warnings=shown, watcher=watcher)


def probed(
    raw: AnyPath | Source, *, rotate_deg: int | None = None, watcher: Watcher = SILENT
) -> Source:
    """The source, its path absolute, rotated as asked; without that, a Source is returned unchanged."""
    if isinstance(raw, Source):
        return _rotated(raw, rotate_deg)
    from screentest.prep.media.probe import probe

    with stage(watcher, "probe") as under_way:
        source = probe(Path(raw).absolute(), rotate_deg=rotate_deg or 0)
        under_way.summary = (
            f"{source.width_px}x{source.height_px}, {float(source.fps):.5g} fps, "
            f"{lasting(source.duration_s)}"
        )
    return source


def _rotated(source: Source, rotate_deg: int | None) -> Source:
    if rotate_deg is None:
        return source
    from screentest.prep.media.orientation import turned

    return turned(source, rotate_deg)


def _probed(raw: AnyPath | Source, wishes: Wishes, *, watcher: Watcher) -> Source:
    """The source, once footage and photo are known to be files."""
    from screentest.prep.media.opening import regular_file
    from screentest.prep.scanning.preload import load_ahead

    if not isinstance(raw, Source):
        regular_file(raw)
    if wishes.match is not None:
        regular_file(wishes.match)
    if not isinstance(raw, Source):
        load_ahead()
    return probed(raw, rotate_deg=wishes.rotate_deg, watcher=watcher)


def _scanned(source: Source, spec: ClipSpec, scans: Path | None, *, watcher: Watcher) -> Scan:
    from screentest.prep.picking.scans import kept_scan, scan

    with stage(watcher, "scan") as under_way:
        folder = scans and folder_if_kept(scans, warned=watcher.warned)
        if folder is None:
            found = scan(source, spec=spec, progress=under_way.advance)
        else:
            found = kept_scan(source, spec, folder=folder, progress=under_way.advance)
        under_way.summary = _in_brief(found)
    return found


def _all_of(source: Source, spec: ClipSpec, scans: Path | None, *, watcher: Watcher) -> Choice:
    """All of a file that is a clip already, with what its scan tells of it."""
    from screentest.prep.picking.finalists import with_eyes_at
    from screentest.prep.picking.pick import segment_at

    looked = _scanned(source, spec, scans, watcher=watcher)
    with stage(watcher, "pick") as under_way:
        looked = with_eyes_at(looked, source.video_start_s, source.duration_s)
        segment = segment_at(
            source,
            spec=spec,
            start_s=source.video_start_s,
            length_s=float(spec.max_length_s),
            looked=looked,
            why="The window is the whole file, which is a clip already.",
        )
        under_way.summary = f"all of it, score {segment.score:.2f}"
    return Choice(looked, segment)


def _is_clip(source: Source, wishes: Wishes, spec: ClipSpec) -> bool:
    """Whether the file keeps every rule, and no wish speaks of a part of it."""
    from screentest.prep.clipping.as_it_is import standing, wants_all

    found = standing(source, spec)
    if found is None or found.broken or source.duration_s < float(found.facts.length_s) - _WHOLE_S:
        return False
    return wants_all(wishes, found)


def _given(
    source: Source, wishes: Wishes, spec: ClipSpec, *, start_s: float, watcher: Watcher
) -> Choice:
    """The window at the start that was asked for, and a close look at it, which tells its subject."""
    from screentest.prep.picking.pick import segment_at
    from screentest.prep.picking.scans import looked_at

    with stage(watcher, "scan") as under_way:
        asked = segment_at(source, spec=spec, start_s=start_s, length_s=wishes.length_s)
        looked = looked_at(
            source, start_s=asked.start_s, length_s=asked.length_s, progress=under_way.advance
        )
        under_way.summary = f"{counted(len(looked.signals), 'frame')} analysed"
    with stage(watcher, "pick") as under_way:
        segment = segment_at(
            source, spec=spec, start_s=start_s, length_s=wishes.length_s, looked=looked
        )
        under_way.summary = f"{_window(segment)}, as given"
    return Choice(looked, segment)


def _cast(scan: Scan, wishes: Wishes, spec: ClipSpec, progress: Progress) -> Choice:
    """The window picked. Where none can be, the error says so of footage that lies on its side."""
    from screentest.prep.picking.casting import cast

    try:
        return cast(scan, wishes, spec=spec, progress=progress)
    except (NoUsableSegment, NobodyMatches) as error:
        from screentest.prep.scanning.upright import lying

        how = lying(scan)
        if how is None:
            raise
        raise type(error)(error.message, how.fact, how.remedy, *error.remedies) from error


def _warned(choice: Choice) -> Choice:
    """The choice, with a warning where faces tell that the footage lies on its side."""
    from screentest.prep.scanning.upright import lying

    how = lying(choice.scan, choice.segment)
    return choice if how is None else replace(choice, warnings=(*choice.warnings, how.warning))


def _look_at_photo(photo: AnyPath, watcher: Watcher) -> None:
    """Raises for a photo without a face; warns of one with several."""
    from screentest.prep.people.likeness import people_in

    count = people_in(photo)
    if count > 1:
        watcher.warned(f"The photo shows {count} people; the one with the largest face is matched.")


def _in_brief(scan: Scan) -> str:
    """One line about a scan, for progress."""
    from screentest.prep.vision.facing import is_person

    facing = sum(any(is_person(face) for face in signal.faces) for signal in scan.signals)
    looked, cuts = counted(len(scan.signals), "frame"), counted(len(scan.cuts_s), "cut")
    return f"{looked} analysed, {facing} with a face turned to the camera, {cuts}"


def _made_beside(
    target: Path, made: Callable[[Path], tuple[Clip, CheckReport]]
) -> tuple[Clip, CheckReport]:
    """The clip, made beside an existing file. Raises OutputExists where that file differs from it."""
    with scratch_folder_beside(target.absolute()) as folder:
        clip, report = made(folder / target.name)
        if clip.sha256 != sha256_of(target):
            raise other_content(target)
    path = str(target.absolute())
    return replace(clip, path=path), replace(report, clip=path)


def _require_ok(report: CheckReport) -> None:
    broken = [rule for rule in report.rules if not rule.ok]
    if broken:
        found = "; ".join(f"{rule.rule} is {rule.found}, not {rule.wanted}" for rule in broken)
        raise RuleBroken(
            f"The clip breaks {report.model}'s rules: {found}.",
            Remedy("start_s", words="try another window"),
        )


def _window(segment: Segment) -> str:
    return f"{timecode(segment.start_s)} to {timecode(segment.end_s)}"
