"""What a worker made, handed to ``register`` as if it had been made here."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from screentest.client.characters import footage
from screentest.client.characters.cautions import require_welcome
from screentest.client.characters.preparing import Making, Ready, ready, with_sound_told
from screentest.client.characters.way import said_subject, way_in
from screentest.client.errors import FetchBroken, NotFetched, WorkerFailed
from screentest.prep.core import errors
from screentest.prep.core.errors import ScreentestError
from screentest.prep.core.values import Clip
from screentest.prep.media.probe import fingerprint

if TYPE_CHECKING:
    from screentest.client.characters.order import Order
    from screentest.client.fetching.cache import LocalFootage
    from screentest.client.remote.models.inline import Registrable
    from screentest.client.worker.job import ClipMade, Failure
    from screentest.prep.core.progress import Progress, Watcher
    from screentest.prep.core.values import Source


class FootageHere(Protocol):
    """See ``Fetching.fetched``."""

    def __call__(
        self, footage: str, *, progress: Progress = ...
    ) -> AbstractContextManager[LocalFootage]: ...


Wanted = Callable[["Order", "Registrable"], bool]

_SHA256 = re.compile(r"[0-9a-f]{64}")

_KNOWN: Final = {
    name: kind
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, ScreentestError)
} | {kind.__name__: kind for kind in (NotFetched, FetchBroken)}


def error_of(failure: Failure) -> ScreentestError:
    """The error that a worker met, of its own kind where it is one of footage and clips."""
    kind = _KNOWN.get(failure.error_type, WorkerFailed)
    return kind(failure.message, failure.hint)


def handing(made: ClipMade, wanted: Wanted | None = None, *, here: Making = ready) -> Making:
    """Gives ``register`` a worker's clip; stills, where it comes out that the model gets those, are
    made ``here``, and so is a clip where the order is not ``wanted`` to have this one.
    """

    def handed(
        order: Order,
        model: Registrable,
        source: Source,
        *,
        home: Path,
        draft: str,
        watcher: Watcher,
        served: Collection[str] = (),
    ) -> Ready:
        if wanted is not None and not wanted(order, model):
            return here(order, model, source, home=home, draft=draft, watcher=watcher, served=served)
        subject, shows_face = said_subject(order.wishes), made.clip.segment.shows_face
        decided = way_in(model, asked=order.reference, subject=subject, shows_face=shows_face)
        clip = in_home(made.clip, home)
        if decided.way == "images" or not footage.intact(clip):
            return here(order, model, source, home=home, draft=draft, watcher=watcher, served=served)
        require_welcome(model, way="video", subject=subject, shows_face=shows_face, served=served)
        clip = with_sound_told(clip, order, model, source)
        return Ready(clip, report=replace(made.report, clip=clip.path))

    return handed


def fetching_first(address: str, fetched: FootageHere) -> Making:
    """``ready`` for footage that lies elsewhere, where workers alone had it: it is fetched for that."""

    def made(
        order: Order, model: Registrable, source: Source, *, watcher: Watcher, **more: Any
    ) -> Ready:
        with fetched(address, progress=partial(watcher.advanced, "fetch")) as found:
            path = str(found.path)
            if fingerprint(found.path) != source.fingerprint:
                raise file_changed()
            here, order = replace(source, path=path), replace(order, footage=path)
            return ready(order, model, here, watcher=watcher, **more)

    return made


def file_changed() -> WorkerFailed:
    """What is said of footage whose content is another one than was looked at."""
    return WorkerFailed(
        "Its file changed while it was looked at.",
        "Run the same batch again, which takes it as it is now.",
    )


def failing(failure: Failure) -> Making:
    """Raises in ``register`` what a worker met, so that it is kept with the row."""

    def failed(*_: object, **__: object) -> Ready:
        raise error_of(failure)

    return failed


def in_home(clip: Clip, home: Path) -> Clip:
    """The clip where the home keeps it, whatever path a worker told."""
    if not _SHA256.fullmatch(clip.sha256):
        raise WorkerFailed("A worker told no hash of its clip.")
    return replace(clip, path=str(home / "clips" / f"{clip.sha256}.mp4"))
