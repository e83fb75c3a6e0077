"""One job, done: probe footage, or make the clip of the best window among it. Never raises."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

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
)
from screentest.client.worker.wire import to_bytes
from screentest.prep.core.errors import NotFound, ScreentestError
from screentest.prep.core.files import private_folder, scratch_folder_beside
from screentest.prep.core.values import CheckReport, Clip
from screentest.prep.core.wishes import Wishes
from screentest.prep.pipeline import conform, probed
from screentest.prep.report.batch.strip import film_strip
from screentest.prep.several import choose_best


def done(job: Job) -> Result:
    """What came of a job; an error of any kind is a Failure that names the stage."""
    at = _Stage()
    try:
        match job:
            case Inspect():
                return _inspected(job, at)
            case Prepare():
                return _made(job, at)
            case Put():
                raise NotImplementedError("clips of this machine are where they belong")
    except ScreentestError as error:
        return Failure(
            at.name, type(error).__name__, error.message, error.hint, retryable=error.retryable
        )
    except Exception as error:
        what = f"{type(error).__name__} at {at.name}"
        return Failure("worker", "WorkerFailed", f"A worker met a bug: {what}.", retryable=True)


class _Stage:
    """A watcher that knows which stage is under way."""

    def __init__(self) -> None:
        self.name = "probe"
        self.warnings: list[str] = []

    def started(self, stage: str) -> None:
        self.name = stage

    def advanced(self, stage: str, fraction: float) -> None: ...

    def ended(self, stage: str, summary: str) -> None: ...

    def warned(self, message: str) -> None:
        self.warnings.append(message)


def _inspected(job: Inspect, at: _Stage) -> Inspected:
    paths = [_path_of(place) for place in job.footage]
    return Inspected(tuple(probed(path, rotate_deg=job.rotate_deg, watcher=at) for path in paths))


def _made(job: Prepare, at: _Stage) -> ClipMade:
    paths = [_path_of(place) for place in job.footage]
    scans = Path(job.scans) if job.scans else None
    with _with_photo(job) as wishes:
        chosen, choice = choose_best(paths, wishes, job.spec, scans=scans, watcher=at)
        clips = private_folder(Path(job.clips or os.curdir))
        with scratch_folder_beside(clips / "clip") as scratch:
            clip, report = conform(choice, wishes, job.spec, out=scratch / "clip.mp4", watcher=at)
            clip, report = _kept(clip, report, clips)
    clip = replace(clip, warnings=tuple(dict.fromkeys((*clip.warnings, *at.warnings))))
    strip = film_strip(clip.path) if job.pictured else b""
    return ClipMade(chosen, choice.scan.source, clip, report, strip)


def _kept(clip: Clip, report: CheckReport, clips: Path) -> tuple[Clip, CheckReport]:
    path = clips / f"{clip.sha256}.mp4"
    Path(clip.path).replace(path)
    path.chmod(0o600)
    return replace(clip, path=str(path)), replace(report, clip=str(path))


def _path_of(place: Place) -> str:
    if place.path is None or not Path(place.path).exists():
        raise NotFound(f"There is no file {place.shown}.")
    return place.path


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
    return to_bytes(done(job))
