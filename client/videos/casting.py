"""Who is meant by the names of an order, and how each reaches the model. Reads the registry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from screentest.client.characters.cautions import require_welcome
from screentest.client.characters.footage import show_face
from screentest.client.characters.keeping import found_at
from screentest.client.characters.known import length_s_at
from screentest.client.characters.way import Asked, said_before, way_in, way_of
from screentest.client.config import Settings
from screentest.client.errors import ConfigError
from screentest.client.registry.records import Registration, one_meant
from screentest.client.registry.registry import Registry
from screentest.client.registry.states import MAY_BE_PAID
from screentest.client.remote.video_models import IMAGE_MODEL, TEXT_MODEL, VIDEO_MODELS
from screentest.client.videos.cast import Member, by_id, is_portrait, kept
from screentest.prep.core.remedy import Remedy

if TYPE_CHECKING:
    from screentest.client.remote.models.reference import Reference, Way
    from screentest.client.remote.models.video import VideoModel


def default_model(names: Sequence[str], image: str, registry: Registry, settings: Settings) -> str:
    """The first model that shows all of these by their ids, else the first that takes them inline.

    One whose id is still being made, or is of another account, is not sent inline unasked.
    """
    if image or not names:
        return IMAGE_MODEL if image else TEXT_MODEL
    models = VIDEO_MODELS.values()
    rows_of = [_rows_meant(name, registry) for name in names]
    common = set.intersection(*(_makers(rows, settings) for rows in rows_of))
    if showing := [one.model_id for one in models if one.cast and one.cast.made_by in common]:
        return showing[0]
    if any(_is_asked_for_elsewhere(rows, settings) for rows in rows_of):
        return TEXT_MODEL
    taking = [
        one.model_id
        for one in models
        if one.cast and one.delivery == "inline" and one.is_verified and len(names) <= one.cast.most
    ]
    return taking[0] if taking else TEXT_MODEL


def members_of(
    names: Sequence[str], model: VideoModel, asked: Asked, registry: Registry, settings: Settings
) -> tuple[Member, ...]:
    """The characters as the model shows them; inline, those that are not kept yet have no files.

    ``asked``: "video", "images", or "auto". Raises SeveralMeant, UnknownCharacter, and ConfigError for
    one that the model cannot show.
    """
    if model.delivery != "inline":
        rows = [_shown_by_id(name, model, registry, settings) for name in names]
        return tuple(map(by_id, rows))
    return tuple(_sent(name, model, asked, registry, settings) for name in names)


def require_ids(cast: Sequence[Member], model: VideoModel, settings: Settings) -> None:
    """Raises ConfigError for a character without an id that the model can show for this account."""
    for row in (one.registration for one in cast if one.way is None):
        if not _is_here(row, settings):
            raise ConfigError(
                f"{row.name!r} belongs to another account or service "
                f"({row.account!r} at {row.service}).",
                Remedy("sandbox", words="show a character of the sandbox"),
                *_registered_here(row, model),
            )
        if model.cast and row.model != model.cast.made_by:
            raise ConfigError(
                f"{row.name!r} has no registration with {model.cast.made_by}, whose ids "
                f"{model.model_id} shows.",
                *_registered_here(row, model),
            )
        if row.character_id is None:
            ways = (
                (Remedy("wait"), Remedy("reconcile"))
                if row.state in MAY_BE_PAID
                else (Remedy("go_on"),)
            )
            raise ConfigError(f"{row.name!r} has no id yet: it is at {row.state}.", *ways)


def _registered_here(row: Registration, model: VideoModel) -> tuple[Remedy, ...]:
    made_by = model.cast.made_by if model.cast else ""
    return (Remedy("register_at", (row.name, made_by)),) if made_by else ()


def _rows_meant(name_or_id: str, registry: Registry) -> tuple[Registration, ...]:
    """The registrations that a name or id means, with all others of their characters."""
    meant = registry.registrations.list_meant(name_or_id)
    numbers = dict.fromkeys(row.character_no for row in meant)
    return tuple(row for number in numbers for row in reversed(registry.registrations.list_of(number)))


def _is_here(row: Registration, settings: Settings) -> bool:
    return (row.service, row.account) == (settings.service, settings.account)


def _makers(rows: Sequence[Registration], settings: Settings) -> set[str]:
    """The models that gave a character an id for this account."""
    return {row.model for row in rows if _is_here(row, settings) and row.character_id}


def _is_asked_for_elsewhere(rows: Sequence[Registration], settings: Settings) -> bool:
    """Whether a character's id is being made, or belongs to another account and none to this one."""
    under_way = any(row.state in MAY_BE_PAID for row in rows)
    with_id = [row for row in rows if row.character_id]
    return under_way or (bool(with_id) and not any(_is_here(row, settings) for row in with_id))


def _shown_by_id(
    name_or_id: str, model: VideoModel, registry: Registry, settings: Settings
) -> Registration:
    """The one that the model can show for this account, else what tells why there is none.

    Raises SeveralMeant, though the model can show but one of them, and UnknownCharacter.
    """
    made_by = model.cast.made_by if model.cast else ""
    meant = registry.registrations.list_meant(name_or_id)

    def usable(rows: Sequence[Registration]) -> list[Registration]:
        return [row for row in rows if _is_here(row, settings) and row.model == made_by]

    if exact := [row for row in usable(meant) if row.character_id == name_or_id]:
        return exact[0]
    row = _meant(name_or_id, registry, settings)
    if direct := usable([one for one in meant if one.character_no == row.character_no]):
        return one_meant(name_or_id, direct)
    others = usable(registry.registrations.list_of(row.character_no))
    return max(others, key=lambda one: (one.state == "done", one.row_id)) if others else row


def _meant(name_or_id: str, registry: Registry, settings: Settings) -> Registration:
    """A registration of the one character that is meant, first of all one of this account.

    Raises SeveralMeant, UnknownCharacter.
    """
    rows = registry.registrations.list_meant(name_or_id)
    if not rows:
        return registry.registrations.find(name_or_id, deleted=False)
    return one_meant(name_or_id, [row for row in rows if _is_here(row, settings)] or rows)


def _sent(
    name_or_id: str, model: VideoModel, asked: Asked, registry: Registry, settings: Settings
) -> Member:
    """The character as it is kept for the model, or as it is going to be."""
    row = _meant(name_or_id, registry, settings)
    number = row.character_no
    origin = registry.registrations.find_origin(number)
    upright = is_portrait(origin)
    subject, shows_face = said_before((origin or row).overrides), _shows_face(origin or row)
    if asked == "auto":
        way = _way_at_first(number, model, registry, settings)
    else:
        way = way_in(model, asked=asked, subject=subject, shows_face=False).way
    found = found_at(number, model, registry=registry, settings=settings, way=way, is_whole=False)
    if found is not None:
        return kept(found, upright=upright)
    way = way_in(model, asked=asked, subject=subject, shows_face=bool(shows_face)).way
    require_welcome(model, way=way, subject=subject, shows_face=shows_face)
    return Member(row, way, length_s=_expected_s(origin, model.takes), upright=upright)


def _shows_face(row: Registration) -> bool | None:
    """Whether a registration's clip or stills show a human face, None where it has neither."""
    if row.segment is not None:
        return row.segment.shows_face
    return show_face(row.stills) if row.stills else None


def _way_at_first(number: int, model: VideoModel, registry: Registry, settings: Settings) -> Way | None:
    """How the character went to the model first: the same order means the same later on."""
    rows = registry.registrations.list_of(number)
    here = (row for row in rows if _is_here(row, settings) and row.model == model.model_id)
    return next((way_of(row) for row in here if row.state == "done"), None)


def _expected_s(origin: Registration | None, takes: Reference | None) -> float:
    """How long the clip is going to be, 0 where nothing tells."""
    segment = origin.segment if origin else None
    return length_s_at(segment, takes.clip) if segment and takes and takes.clip else 0.0
