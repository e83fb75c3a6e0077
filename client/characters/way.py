"""Which way a character goes to a model, as a clip or as stills: pure.

The user's word wins. Unsaid, a human face counts as a person and goes as a clip; anything else goes as
stills where the model takes it that way alone. That no face was found says nothing of what there is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, get_args

from screentest.client.errors import ConfigError
from screentest.client.remote.models.reference import SUBJECTS, Reference, Subject, Way
from screentest.prep.core.remedy import Remedy

if TYPE_CHECKING:
    from screentest.client.registry.records import Registration
    from screentest.prep.core.wishes import Wishes

Asked = Literal["auto", "video", "images"]
"""What the user says of the way."""
ASKED: tuple[Asked, ...] = get_args(Asked)

FACELESS: tuple[Subject, ...] = tuple(one for one in SUBJECTS if one != "person")
"""What may show where no human face does, beside a person who turns away."""
IN_WORDS = {"person": "people", "animal": "animals", "drawing": "drawings", "object": "objects"}
_FILES = {"video": "a clip", "images": "images"}


class Taking(Protocol):
    """A model that knows a character by a clip or by stills; None: it takes neither."""

    @property
    def model_id(self) -> str: ...

    @property
    def takes(self) -> Reference | None: ...


@dataclass(frozen=True, slots=True)
class WayTaken:
    """``way``: how the reference is given. ``said``: sentences about why, where nobody asked for it."""

    way: Way
    said: tuple[str, ...] = ()


def said_subject(wishes: Wishes) -> Subject | None:
    """What the user says that the character is, None for nothing.

    Whoever asks for a face, or names a person by number or photo, means a person.
    """
    if wishes.looks_for == "face" or wishes.person is not None or wishes.match is not None:
        return "person"
    return next((one for one in SUBJECTS if one == wishes.subject), None)


def said_before(overrides: Mapping[str, object]) -> Subject | None:
    """The same, of the order that a registration was made by."""
    if "person" in overrides or "match" in overrides or overrides.get("subject") == "face":
        return "person"
    return next((one for one in SUBJECTS if one == overrides.get("subject")), None)


def way_of(row: Registration) -> Way:
    """How a registration gives its reference: by stills where it has some."""
    return "images" if row.stills else "video"


def counted_as(subject: Subject | None, *, shows_face: bool | None) -> Subject | None:
    """What a character counts as: the user's word, else a person where a human face shows.

    None where that is open. ``shows_face``: None where nobody has looked.
    """
    return subject or ("person" if shows_face else None)


def way_before_a_look(model: Taking, *, asked: Asked, subject: Subject | None) -> Way | None:
    """The way where it is known before the footage was looked at, else None. Raises as ``way_in``."""
    if asked == "auto" and subject is None and _reference_of(model).inputs == "both":
        return None
    return way_in(model, asked=asked, subject=subject, shows_face=False).way


def way_in(model: Taking, *, asked: Asked, subject: Subject | None, shows_face: bool) -> WayTaken:
    """How a character goes to a model.

    ``subject``: the user's word for it, None where nothing was said. ``shows_face``: whether the window
    shows a human face. Raises ConfigError for a way that the model does not have.
    """
    takes = _reference_of(model)
    if asked != "auto":
        _require_input(model, asked)
        return WayTaken(asked)
    if takes.inputs != "both":
        return WayTaken(takes.inputs)
    kind = counted_as(subject, shows_face=shows_face)
    if not _wants_stills(takes, kind):
        return WayTaken("video")
    return WayTaken("images", (_why_stills(model, kind),))


def _wants_stills(takes: Reference, kind: Subject | None) -> bool:
    """Whether stills are taken of all that it may be, and a clip is not."""
    kinds = (kind,) if kind else FACELESS
    if any(takes.reception(one, way="images") != "taken" for one in kinds):
        return False
    by_clip = {takes.reception(one, way="video") for one in kinds}
    return "refused" in by_clip or (None in by_clip and kind != "person")


def _why_stills(model: Taking, kind: Subject | None) -> str:
    if kind is None:
        return f"No human face found: stills go to {model.model_id} in place of a clip."
    return f"{model.model_id} takes {IN_WORDS[kind]} by images: stills go to it, and no clip."


def _reference_of(model: Taking) -> Reference:
    if model.takes is None or not (model.takes.clip or model.takes.stills):
        raise ConfigError(
            f"{model.model_id} takes neither a clip nor images of a character.", Remedy("list_models")
        )
    return model.takes


def _require_input(model: Taking, way: Way) -> None:
    takes = _reference_of(model)
    if takes.inputs not in ("both", way):
        other: Way = "video" if way == "images" else "images"
        raise ConfigError(
            f"{model.model_id} takes no {'clip' if way == 'video' else 'images'}.",
            Remedy("reference", (other,), words=f"give it {_FILES[other]}"),
            Remedy("list_models"),
        )
