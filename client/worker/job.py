"""What a worker is asked to do, and what it says of it: plain values, with no secret in any.

A job goes out to a worker, a result comes back as JSON (``client.worker.wire``): the driver holds the
key, and unpickles nothing that a worker sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from screentest.prep.core.spec import ClipSpec
from screentest.prep.core.values import CheckReport, Clip, Source
from screentest.prep.core.wishes import NO_WISHES, Wishes


@dataclass(frozen=True, slots=True)
class Place:
    """Where a worker finds a file: at a path that it shares with the driver, or at a URL.

    ``shown``: what the user wrote, for messages. ``path``: absolute, None for what lies at ``url``,
    which may carry a signature that ``repr`` hides. ``bytes`` and ``tag``: of a path, what
    ``worker.footage.mark_of`` says of the file, None and "" where worker and driver are one machine; of
    a URL, its size and what changes with the file's content, such as an ETag, None and "" where that is
    not known. ``is_own``: the URL is the driver's, made for the user's bucket; of any other one,
    addresses in private networks are refused unless ``allow_private``.
    ``most_bytes``: a larger file is refused.
    """

    shown: str
    path: str | None = None
    url: str | None = field(default=None, repr=False)
    bytes: int | None = None
    tag: str = ""
    is_own: bool = False
    allow_private: bool = False
    most_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Inspect:
    """Probe the footage of one item: what it is called is known then, and nothing is decoded."""

    footage: tuple[Place, ...]
    rotate_deg: int | None = None


@dataclass(frozen=True, slots=True)
class Prepare:
    """Make the clip of the best window among the footage of one item.

    ``photo``: the bytes of the photo that ``wishes.match`` names. ``scans`` and ``clips``: folders that
    driver and worker share; None for the worker's own scratch, where the clip waits for a ``Put``.
    ``pictured``: whether a strip of the window's pictures is wanted. ``stills``: such a folder too, for
    the picture that stands for the clip; None where none is wanted.
    """

    footage: tuple[Place, ...]
    spec: ClipSpec
    wishes: Wishes = NO_WISHES
    photo: bytes | None = field(default=None, repr=False)
    scans: str | None = None
    clips: str | None = None
    pictured: bool = True
    stills: str | None = None


@dataclass(frozen=True, slots=True)
class Put:
    """Send a clip that waits in the worker's scratch by a presigned PUT, then let go of it.

    ``headers``: those that were signed, the checksum among them.
    """

    path: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


Job = Inspect | Prepare | Put


@dataclass(frozen=True, slots=True)
class Inspected:
    """What was probed, in the order of the job's footage."""

    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class ClipMade:
    """The clip of an item. ``chosen``: which of the job's footage it is of, from 0 on.

    ``strip``: a JPEG of the window's pictures side by side, b"" where none was wanted.
    """

    chosen: int
    source: Source
    clip: Clip
    report: CheckReport
    strip: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Sent:
    """The clip is where its URL leads."""

    path: str


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is nothing. ``stage``: fetch, probe, scan, pick, clip, check, put or worker.

    ``error_type``: the name of the error's class. ``retryable``: whether the same job may succeed
    later with nothing changed.
    """

    stage: str
    error_type: str
    message: str
    hint: str = ""
    retryable: bool = False


Result = Inspected | ClipMade | Sent | Failure
