"""The clips that are kept under the home, and what their owner should know of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from screentest.client.config import private_folder
from screentest.client.errors import ConfigError
from screentest.prep.clipping.warnings import own_warnings
from screentest.prep.core.files import sha256_of

if TYPE_CHECKING:
    from screentest.prep.core.values import Clip

LIKENESS_REMINDER = (
    "The clip shows a human face: have the person's consent, and expect the service to refuse it, "
    "as it blocks human likenesses by default."
)
NSFW = "The service marks the result as not safe for work."


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


def warnings_about(clip: Clip, *, has_nsfw: bool = False) -> tuple[str, ...]:
    """What its owner should know who registers a clip, and what the service said of it if it did."""
    reminder = [LIKENESS_REMINDER] if clip.segment.shows_face else []
    return (*own_warnings(clip), *reminder, *([NSFW] if has_nsfw else []))
