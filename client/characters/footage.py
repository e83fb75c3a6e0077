"""The clips and stills that are kept under the home, and what their owner should know of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from screentest.client.characters.cautions import about_sound, about_subject
from screentest.client.characters.way import said_before
from screentest.client.config import private_folder
from screentest.client.errors import ConfigError
from screentest.prep.clipping.warnings import own_warnings
from screentest.prep.core.errors import ScoreTooLow
from screentest.prep.core.files import holds
from screentest.prep.core.remedy import Remedy
from screentest.prep.core.text import timecode

if TYPE_CHECKING:
    from screentest.client.characters.way import Taking
    from screentest.client.registry.records import Registration
    from screentest.client.remote.models.reference import Subject
    from screentest.prep.core.values import Clip
    from screentest.prep.core.wishes import Wishes
    from screentest.prep.stills.values import Still

LIKENESS_REMINDER = "The clip shows a human face: have the person's consent."
STILLS_REMINDER = "The stills show a human face: have the person's consent."
NSFW = "The service marks the result as not safe for work."


def kept(clip: Clip, folder: Path) -> Clip:
    """The clip under the name of its content in ``folder``, moved there in one step."""
    return replace(clip, path=moved_to(folder, clip.path, clip.sha256, what="clip"))


def moved_to(folder: Path, file: str, sha256: str, *, what: str) -> str:
    """Where a file lies under the name of its content, moved there in one step, for its owner alone."""
    path = folder / f"{sha256}{Path(file).suffix}"
    try:
        Path(file).replace(path)
        path.chmod(0o600)
    except OSError as error:
        raise ConfigError(
            f"Cannot keep the {what} in {folder}: {error.strerror}.",
            "Check the folder's rights and the room on its disk.",
        ) from error
    return str(path)


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
    return holds(Path(clip.path), clip.sha256)


def warnings_about(
    clip: Clip,
    model: Taking | None = None,
    *,
    subject: Subject | None = None,
    has_nsfw: bool = False,
    served: Collection[str] = (),
) -> tuple[str, ...]:
    """What its owner should know who gives a clip to a model, and what the service said of it.

    ``model``: None where none is meant. ``subject``: the owner's word for what it shows. ``served``:
    ids of the models that are served, () where nobody asked.
    """
    reminder = [LIKENESS_REMINDER] if clip.segment.shows_face else []
    said = [*own_warnings(clip), *reminder]
    if model is not None:
        shows_face = clip.segment.shows_face
        said += about_subject(model, way="video", subject=subject, shows_face=shows_face, served=served)
        said += about_sound(model, has_audio=clip.has_audio)
    return (*said, *([NSFW] if has_nsfw else []))


def warnings_about_stills(
    stills: Sequence[Still],
    model: Taking,
    *,
    subject: Subject | None = None,
    has_nsfw: bool = False,
    served: Collection[str] = (),
) -> tuple[str, ...]:
    """The same of stills."""
    shows_face = show_face(stills)
    said = [STILLS_REMINDER] if shows_face else []
    said += about_subject(model, way="images", subject=subject, shows_face=shows_face, served=served)
    return (*said, *([NSFW] if has_nsfw else []))


def warnings_of(row: Registration, model: Taking, *, served: Collection[str] = ()) -> tuple[str, ...]:
    """What the owner of a registration should know of what it gave to its model."""
    subject, has_nsfw = said_before(row.overrides), row.has_nsfw
    if row.stills:
        return warnings_about_stills(
            row.stills, model, subject=subject, has_nsfw=has_nsfw, served=served
        )
    if row.clip is None:
        return ()
    return warnings_about(row.clip, model, subject=subject, has_nsfw=has_nsfw, served=served)


def show_face(stills: Sequence[Still]) -> bool:
    """Whether any of them shows a human face: each side of one has a name, and a view shows none."""
    return any(still.role != "view" for still in stills)


def still_intact(still: Still) -> bool:
    """Whether the still's file is there with the bytes it was made with."""
    return holds(Path(still.path), still.sha256)


def require_scores(stills: Sequence[Still], wishes: Wishes) -> None:
    """Raises ScoreTooLow where a still scores less than was asked for."""
    worst = min(stills, key=lambda still: still.score)
    if wishes.min_score is not None and worst.score < wishes.min_score:
        raise ScoreTooLow(
            f"The still {worst.role!r} at {timecode(worst.t_s)} scores {worst.score:.6g}, less than "
            f"the {wishes.min_score:g} asked for.",
            Remedy("min_score", words="allow a lower score"),
            Remedy("footage", words="use other footage of the same subject"),
        )
