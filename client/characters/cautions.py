"""What a model is known to do with what it is given: said before the upload. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from screentest.client.characters.way import FACELESS, IN_WORDS, Taking, counted_as
from screentest.client.errors import SubjectRefused
from screentest.client.remote.living import that_take
from screentest.prep.core.remedy import Remedy, remedies_of

if TYPE_CHECKING:
    from screentest.client.remote.models.reference import Reception, Reference, Subject, Way
    from screentest.prep.core.spec import Audio
    from screentest.prep.core.wishes import Wishes

VOICE_CLONED = "Speech in the clip becomes a voice that the model clones and binds to the character."
_BY = {"video": "by video", "images": "by images"}


def require_welcome(
    model: Taking,
    *,
    way: Way,
    subject: Subject | None,
    shows_face: bool | None,
    served: Collection[str] = (),
) -> None:
    """Raises SubjectRefused, with what takes it, where the model refuses what is known to be shown.

    ``way``: how it is given. ``subject``, ``shows_face``: as of ``way.counted_as``. ``served``: ids of
    the models that are served, () where nobody asked.
    """
    kind = counted_as(subject, shows_face=shows_face)
    if kind is None or _reception(model, kind, way) != "refused":
        return
    found = "A human face was found, and " if subject is None else ""
    what = IN_WORDS[kind]
    other: Way = "images" if way == "video" else "video"
    here = [Remedy("reference", (other,))] if _reception(model, kind, other) == "taken" else []
    others = that_take(kind, besides=model.model_id, served=served)
    raise SubjectRefused(
        f"{found}{model.model_id} refuses {what} {_BY[way]}.",
        *remedies_of(f"Models that take {what}: {', '.join(others)}." if others else ""),
        *here,
        *([Remedy("model", others[:1])] if others else []),
        *([Remedy("subject")] if subject is None else []),
    )


def about_subject(
    model: Taking,
    *,
    way: Way,
    subject: Subject | None,
    shows_face: bool | None,
    served: Collection[str] = (),
) -> tuple[str, ...]:
    """What may become of the subject where it is not simply taken; arguments as there."""
    kind = counted_as(subject, shows_face=shows_face)
    if kind is not None:
        said = _about_kind(model, kind, way, served)
    elif shows_face is None:
        said = ""
    else:
        said = _about_nobody(model, way, served)
    return (said,) if said else ()


def sound_for(wishes: Wishes, model: Taking) -> Audio:
    """Whether a clip keeps its sound: as was chosen, else not where the model makes a voice of it.

    Whoever names a track chose its sound.
    """
    if wishes.audio is not None:
        return wishes.audio
    return "remove" if is_cloned(model) and wishes.audio_track is None else "keep"


def is_cloned(model: Taking) -> bool:
    """Whether the model makes a voice of a clip's speech."""
    return model.takes is not None and model.takes.sound == "cloned"


def about_sound(model: Taking, *, has_audio: bool) -> tuple[str, ...]:
    """What becomes of the sound of a clip that goes to the model."""
    return (VOICE_CLONED,) if has_audio and is_cloned(model) else ()


def sound_left_out(model: Taking) -> str:
    """Why a clip of footage with sound has none, though nobody asked for that."""
    return (
        f"The clip is made without sound: {model.model_id} would clone a voice from speech in it. "
        "It keeps the sound where that is asked for."
    )


def _about_kind(model: Taking, kind: Subject, way: Way, served: Collection[str]) -> str:
    found, what = _reception(model, kind, way), IN_WORDS[kind]
    if found == "taken":
        return ""
    if found is None:
        return f"Nobody knows whether {model.model_id} takes {what} {_BY[way]}."
    verb = "refuses" if found == "refused" else "may refuse"
    return f"{model.model_id} {verb} {what} {_BY[way]}.{_instead(model, kind, served)}"


def _about_nobody(model: Taking, way: Way, served: Collection[str]) -> str:
    """Where no human face was found, which does not tell what there is."""
    found = {kind: _reception(model, kind, way) for kind in FACELESS}
    if set(found.values()) == {"taken"}:
        return ""
    if set(found.values()) == {"refused"}:
        told = f"{model.model_id} takes only people {_BY[way]}."
    else:
        told = f"{_BY[way].capitalize()}, {model.model_id} {'; '.join(_in_words(found))}."
    least = next((kind for kind, one in found.items() if one != "taken"), FACELESS[0])
    return f"No human face found. {told}{_instead(model, least, served)}"


def _in_words(found: dict[Subject, Reception | None]) -> Iterator[str]:
    verbs: dict[Reception | None, str] = {
        "taken": "takes {}",
        "may be refused": "may refuse {}",
        "refused": "refuses {}",
        None: "is not known to take or to refuse {}",
    }
    for reception, verb in verbs.items():
        kinds = [IN_WORDS[kind] for kind, one in found.items() if one == reception]
        if kinds:
            yield verb.format(" and ".join(kinds))


def _instead(model: Taking, kind: Subject, served: Collection[str]) -> str:
    others = that_take(kind, besides=model.model_id, served=served)
    return f" Models that take {IN_WORDS[kind]}: {', '.join(others)}." if others else ""


def _reception(model: Taking, kind: Subject, way: Way) -> Reception | None:
    takes: Reference | None = model.takes
    return takes.reception(kind, way=way) if takes is not None else None
