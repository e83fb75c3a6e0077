"""One job, done: probe footage, make the clip of its best window, or send one. Never raises."""

from __future__ import annotations

import errno
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from screentest.client.worker.footage import found
from screentest.client.worker.job import (
    ClipMade,
    Failure,
    Inspect,
    Inspected,
    Job,
    Place,
    Prepare,
    Put,
    Result,
    Sent,
)
from screentest.client.worker.put import NotSent, send
from screentest.client.worker.scratch import scratch
from screentest.client.worker.wire import to_bytes
from screentest.prep.core.errors import ScreentestError
from screentest.prep.core.files import private_folder, scratch_folder_beside, write_atomically
from screentest.prep.core.process import on_one_thread
from screentest.prep.core.remedy import Remedy
from screentest.prep.core.values import CheckReport, Clip, Source
from screentest.prep.core.wishes import Wishes
from screentest.prep.pipeline import conform, probed
from screentest.prep.report.batch.posing import still_file, still_of
from screentest.prep.report.batch.strip import film_strip
from screentest.prep.several import choose_best


def done(job: Job) -> Result:
    """What came of a job; an error of any kind is a Failure that names the stage.

    A worker that is interrupted is no job's error: KeyboardInterrupt is let through.
    """
    at = _Stage()
    try:
        with on_one_thread():
            return _result_of(job, at)
    except ScreentestError as error:
        said, hint = at.named(error.message), at.named(error.hint)
        return Failure(at.name, type(error).__name__, said, hint, retryable=error.retryable)
    except KeyboardInterrupt:
        raise
    except OSError as error:
        return _failed_with(error, at)
    except BaseException as error:  # of a library that is not in Python, or one that exits
        return _bug(error, at)


def _result_of(job: Job, at: _Stage) -> Result:
    match job:
        case Inspect():
            return _inspected(job, at)
        case Prepare():
            return _made(job, at)
        case Put():
            return _sent(job, at)


def _failed_with(error: OSError, at: _Stage) -> Failure:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        said = "The disk of a worker is full."
        return Failure(at.name, "DiskFull", said, "Free some space there.", retryable=True)
    return _bug(error, at)


def _bug(error: BaseException, at: _Stage) -> Failure:
    what = f"{type(error).__name__} at {at.name}"
    return Failure("worker", "WorkerFailed", f"A worker met a bug: {what}.", retryable=True)


class _Stage:
    """A watcher that knows which stage is under way, and what the user calls what was fetched."""

    def __init__(self) -> None:
        self.name = "probe"
        self.warnings: list[str] = []
        self.names: dict[str, str] = {}

    def named(self, text: str) -> str:
        for here, name in self.names.items():
            text = text.replace(here, name)
        return text

    def started(self, stage: str) -> None:
        self.name = stage

    def advanced(self, stage: str, fraction: float) -> None: ...

    def ended(self, stage: str, summary: str) -> None: ...

    def warned(self, message: str) -> None:
        self.warnings.append(message)


def _inspected(job: Inspect, at: _Stage) -> Inspected:
    paths = _found(job.footage, at)
    sources = [probed(path, rotate_deg=job.rotate_deg, watcher=at) for path in paths]
    return Inspected(tuple(map(_as_named, sources, job.footage)))


def _made(job: Prepare, at: _Stage) -> ClipMade:
    paths = _found(job.footage, at)
    scans = Path(job.scans) if job.scans else None
    with _with_photo(job) as wishes:
        chosen, choice = choose_best(paths, wishes, job.spec, scans=scans, watcher=at)
        clips = private_folder(Path(job.clips)) if job.clips else scratch().clips
        with scratch_folder_beside(clips / "clip") as folder:
            clip, report = conform(choice, wishes, job.spec, out=folder / "clip.mp4", watcher=at)
            clip, report = _kept(clip, report, clips)
    said = dict.fromkeys(map(at.named, (*clip.warnings, *at.warnings)))
    source = _as_named(choice.scan.source, job.footage[chosen])
    strip = film_strip(clip.path) if job.pictured else b""
    if job.stills:
        with suppress(Exception):  # a picture is worth no clip, and is made later where it is missing
            folder = private_folder(Path(job.stills))
            write_atomically(still_file(folder, clip), still_of(clip, choice.scan), what="picture")
    return ClipMade(chosen, source, replace(clip, warnings=tuple(said)), report, strip)


def _sent(job: Put, at: _Stage) -> Sent:
    at.name = "put"
    path, clips = Path(job.path), scratch().clips
    if path.parent != clips or not path.is_file():
        raise NotSent("The clip is not on this worker any more.", Remedy("retry"))
    send(path, job.url, job.headers)
    path.unlink()
    return Sent(job.path)


def _found(footage: Sequence[Place], at: _Stage) -> list[Path]:
    """Where footage lies here; what is fetched is called in messages as the user calls it."""
    if all(place.url is None for place in footage):
        return [found(place, Path()) for place in footage]
    at.name = "fetch"
    folder, paths = scratch().footage, []
    for place in footage:
        path = found(place, folder)
        if path.parent == folder:
            at.names[path.name] = place.shown.rpartition("/")[2] or place.shown
        paths.append(path)
    at.name = "probe"
    return paths


def _as_named(source: Source, place: Place) -> Source:
    """The footage where the driver knows it: a path of this machine's scratch is no use there."""
    return source if place.url is None else replace(source, path=place.shown)


def _kept(clip: Clip, report: CheckReport, clips: Path) -> tuple[Clip, CheckReport]:
    path = clips / f"{clip.sha256}.mp4"
    Path(clip.path).replace(path)
    path.chmod(0o600)
    return replace(clip, path=str(path)), replace(report, clip=str(path))


@contextmanager
def _with_photo(job: Prepare) -> Iterator[Wishes]:
    """The wishes, with the photo that came with the job where they name one."""
    if job.photo is None:
        yield job.wishes
        return
    with TemporaryDirectory(prefix="screentest-") as folder:
        photo = Path(folder) / "photo"
        photo.write_bytes(job.photo)
        yield replace(job.wishes, match=str(photo))


def answered(job: Job) -> bytes:
    """What came of a job, as it goes back to the driver."""
    try:
        return to_bytes(done(job))
    except (ValueError, TypeError, RecursionError) as error:  # a NaN in a report, say
        what = f"{type(error).__name__} in its answer"
        said = f"A worker met a bug: {what}."
        return to_bytes(Failure("worker", "WorkerFailed", said, retryable=True))
