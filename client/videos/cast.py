"""Who is in a video, and how each comes into it: by an id, by a clip or by stills. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from screentest.client.errors import ConfigError
from screentest.client.registry.records import Registration
from screentest.client.registry.videos import ShownCharacter
from screentest.client.remote.models.naming import Shown
from screentest.client.remote.models.video import References
from screentest.client.remote.video_models import TEXT_MODEL
from screentest.prep.core.remedy import Remedy

if TYPE_CHECKING:
    from screentest.client.remote.models.reference import Way
    from screentest.client.remote.models.video import VideoModel


@dataclass(frozen=True, slots=True)
class ReferenceFile:
    """A clip or a still as it is kept under the home."""

    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Member:
    """One character of a video.

    ``registration``: the one that is sent; where nothing is kept yet (``files`` is empty), another one
    of the character. ``way``: how it is sent, None for an id. ``length_s``: of the clip, or what it is
    going to be. ``upright``: of its clip, None where nothing tells.
    """

    registration: Registration
    way: Way | None = None
    files: tuple[ReferenceFile, ...] = ()
    length_s: float = 0.0
    upright: bool | None = None

    @property
    def name(self) -> str:
        return self.registration.name

    @property
    def is_known(self) -> bool:
        """Whether it is known what is sent."""
        return self.way is None or bool(self.files)


def is_portrait(registration: Registration | None) -> bool | None:
    """Whether a registration's clip is upright, None for none."""
    clip = registration.clip if registration else None
    return clip.height_px > clip.width_px if clip else None


def by_id(row: Registration) -> Member:
    """A character that the model knows by its id."""
    return Member(row, upright=is_portrait(row))


def kept(row: Registration, *, upright: bool | None = None) -> Member:
    """A character whose clip or stills are sent. ``upright``: where the registration does not tell."""
    if row.stills:
        files = tuple(ReferenceFile(one.path, one.sha256) for one in row.stills)
        return Member(row, "images", files, upright=upright)
    if row.clip is None:
        return Member(row, "video", upright=upright)
    files = (ReferenceFile(row.clip.path, row.clip.sha256),)
    return Member(row, "video", files, float(row.clip.length_s), is_portrait(row))


def with_stills_shared(cast: Sequence[Member], *, most: int) -> tuple[Member, ...]:
    """The cast with as many stills of each, the first first, as the model takes of all of them."""
    shown = sum(one.way == "images" for one in cast)
    each = max(1, most // shown) if shown else 0
    return tuple(replace(one, files=one.files[:each]) if one.way == "images" else one for one in cast)


def lengths_s(cast: Sequence[Member]) -> tuple[float, ...]:
    """The lengths of the clips that are sent, or are going to be."""
    return tuple(one.length_s for one in cast if one.way == "video")


def files_of(cast: Sequence[Member]) -> tuple[ReferenceFile, ...]:
    """Everything that is sent, in its order: the clips, then the stills."""
    ways: tuple[Way, Way] = ("video", "images")
    return tuple(file for way in ways for one in cast if one.way == way for file in one.files)


def references_of(cast: Sequence[Member], urls: Sequence[str] = ()) -> References:
    """What a body holds of the cast: ids; and clips and stills by their URLs, or by their hashes.

    ``urls``: of each of ``files_of``; () for the hashes.
    """
    sent = tuple(urls) or tuple(file.sha256 for file in files_of(cast))
    clips = sum(one.way == "video" and bool(one.files) for one in cast)
    ids = tuple(one.registration.character_id or "" for one in cast if one.way is None)
    return References(ids, sent[:clips], sent[clips:])


def named_at(cast: Sequence[Member]) -> tuple[Shown, ...]:
    """Each character with its place among those of its kind; with stills, that of its first one."""
    found, next_of = [], {None: 1, "video": 1, "images": 1}
    for one in cast:
        found.append(Shown(one.name, next_of[one.way], one.way))
        next_of[one.way] += max(1, len(one.files)) if one.way == "images" else 1
    return tuple(found)


def shown_in(cast: Sequence[Member]) -> tuple[ShownCharacter, ...]:
    """What a video's record says of whom it shows."""
    rows = [one.registration for one in cast]
    return tuple(ShownCharacter(row.name, row.character, row.identity) for row in rows)


def require_room(cast: Sequence[Member], model: VideoModel) -> None:
    """Raises ConfigError where these are too many for the model, or cannot be told apart."""
    if cast and not model.characters_max:
        raise ConfigError(f"{model.model_id} shows no characters.", Remedy("model", (TEXT_MODEL,)))
    if len(cast) > model.characters_max:
        raise ConfigError(
            f"{len(cast)} characters are too many.",
            f"{model.model_id} shows at most {model.characters_max} in one video.",
        )
    _require_apart(cast)
    rule = model.cast
    if rule is None or rule.delivery == "id":
        return
    mosts = (("video", rule.most_clips, "clips"), ("images", rule.most_stills, "stills"))
    for way, most, what in mosts:
        count = sum(one.way == way for one in cast)
        if count > most:
            raise ConfigError(
                f"{count} {what} are too many.", f"{model.model_id} takes at most {most} of them."
            )


def _require_apart(cast: Sequence[Member]) -> None:
    seen: dict[str, Member] = {}
    for one in cast:
        other = seen.setdefault(one.name, one)
        if other is one:
            continue
        if other.registration.character_no == one.registration.character_no:
            raise ConfigError(f"{one.name!r} is named twice.", "Name each character once.")
        raise ConfigError(
            f"Two of the characters are called {one.name!r}: a prompt cannot tell them apart.",
            "Show one of them, or register one under another name.",
        )
