"""A character at a model that takes it inline: its clip or stills kept, recorded without a submit.

The clip of another registration serves where the model takes it, byte for byte; otherwise one is made
of the same window of the footage.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from screentest.client.characters import footage
from screentest.client.characters.known import Meant, meant, wish_behind
from screentest.client.characters.order import Order
from screentest.client.characters.run import Run
from screentest.client.characters.way import way_of
from screentest.client.config import Settings
from screentest.client.errors import UnknownCharacter
from screentest.client.registry.identity import Wish
from screentest.client.registry.records import Registration
from screentest.client.registry.registrations import RegistrationLedger
from screentest.client.registry.registry import Registry
from screentest.client.remote.models.inline import InlineModel
from screentest.client.tasks.session import Session
from screentest.prep.core.remedy import Remedy
from screentest.prep.stills.choosing import keeps_rules

if TYPE_CHECKING:
    from screentest.client.remote.models.reference import Reference, Way
    from screentest.client.remote.models.video import VideoModel
    from screentest.prep.core.spec import ClipSpec, StillSpec
    from screentest.prep.core.values import Clip
    from screentest.prep.stills.values import Still


def kept_at(character_no: int, model: VideoModel, session: Session, *, way: Way) -> Registration:
    """The character's registration at an inline model, of the session's account; made where needed.

    ``way``: by a clip or by stills. Nothing is sent, and nothing costs money. Raises ConfigError where
    neither a clip that fits nor the footage is there, and what making a clip or stills raises.
    """
    registry, settings = session.registry, session.settings

    def found() -> Registration | None:
        return found_at(character_no, model, registry=registry, settings=settings, way=way)

    if (row := found()) is not None:
        return row
    rows = registry.registrations.list_of(character_no)
    if not rows:
        raise UnknownCharacter("Nothing is recorded of this character.", Remedy("list_characters"))
    clip = None
    if way == "video":
        clip = _that_serves(registry.registrations.list_of(character_no, deleted=True), model)
    asked = _asked(rows[-1], model, session, way=way) if clip is None else None
    wish = asked.wish if asked else _wish_at(rows[-1], model, settings)
    with session.held(wish.identity, what=repr(wish.name)):
        if (row := found()) is not None:
            return row  # another run was at it
        row = registry.registrations.record_wish(wish, again=True)
        if asked is not None:
            return Run(asked.order, InlineModel(model), asked.source, session).kept(row)
        if clip is not None and row.state == "planned":
            row = registry.registrations.mark_clipped(row, clip)
        return registry.registrations.mark_kept(row)


def _asked(row: Registration, model: VideoModel, session: Session, *, way: Way) -> Meant:
    """What is made of the character's footage: as a registration of it with the model is."""
    order = Order(
        character=row.identity,
        model=model.model_id,
        reference=way,
        again=True,  # one that is done has lost its files, or they do not fit
        unverified=True,
    )
    asked = meant(
        order,
        session.registry,
        InlineModel(model),
        service=session.settings.service,
        account=session.settings.account,
        scans=session.settings.home / "scans",
        watcher=session.watcher,
    )
    if isinstance(asked, Registration):
        raise TypeError("what is asked for again is never there")
    return asked


def _that_serves(rows: Sequence[Registration], model: VideoModel) -> Clip | None:
    """A clip of the character that keeps the model's rules, as that model's; the best comes first."""
    spec = model.takes.clip if model.takes else None
    if spec is None:
        return None
    latest = [row for row in rows if row.deleted_at is None][-1]
    silent = latest.overrides.get("audio") == "remove"
    same = [row for row in rows if row.source_fingerprint == latest.source_fingerprint]
    clips = clips_that_may_serve(same, spec)
    serving = (one for one in clips if not (silent and one.has_audio) and _fits(one, spec))
    return next((_as_of(one, spec) for one in serving), None)


def _as_of(clip: Clip, spec: ClipSpec) -> Clip:
    """A clip as another model's, without the warnings that say what its first model wants."""
    said = tuple(one for one in clip.warnings if clip.model not in one)
    return replace(clip, model=spec.model, warnings=said)


def _wish_at(row: Registration, model: VideoModel, settings: Settings) -> Wish:
    """What a clip of the character is recorded as that serves another model too."""
    wish = wish_behind(row)
    said = {name: one for name, one in wish.overrides.items() if name not in _OF_ITS_MODEL}
    service, account = settings.service, settings.account
    wish = replace(wish, service=service, account=account, model=model.model_id)
    return replace(wish, overrides=said, asked=None)


_OF_ITS_MODEL = ("description", "reference")


def found_at(
    character_no: int,
    model: VideoModel,
    *,
    registry: Registry,
    settings: Settings,
    way: Way | None = None,
    is_whole: bool = True,
) -> Registration | None:
    """The newest registration there that is done; by any way where None.

    ``is_whole``: only where its files are there as they were made, and fit the model.
    """
    here = (settings.service, settings.account, model.model_id)
    for row in reversed(registry.registrations.list_of(character_no)):
        if (row.service, row.account, row.model) != here or row.state != "done":
            continue
        if way in (None, way_of(row)) and (not is_whole or is_usable(row, model.takes)):
            return row
    return None


def is_usable(row: Registration, takes: Reference | None) -> bool:
    """Whether a registration's clip or stills are there as they were made, and the model takes them."""
    if takes is None:
        return False
    if row.stills:
        return takes.stills is not None and _fit(row.stills, takes.stills)
    return row.clip is not None and takes.clip is not None and _fits(row.clip, takes.clip)


def clips_that_may_serve(rows: Sequence[Registration], spec: ClipSpec) -> tuple[Clip, ...]:
    """The clips of a character's registrations: of its newest footage first, and near what is cut."""
    made = [(row, row.clip) for row in rows if row.clip is not None]
    newest = rows[-1].source_fingerprint if rows else ""

    def distance(one: tuple[Registration, Clip]) -> tuple[bool, float]:
        row, clip = one
        return row.source_fingerprint != newest, abs(float(clip.length_s - spec.target_length_s))

    return tuple(dict.fromkeys(clip for _, clip in sorted(made, key=distance)))


def _fits(clip: Clip, spec: ClipSpec) -> bool:
    """Whether a clip's file is there as it was made, and keeps every rule."""
    from screentest.prep.clipping.check import check

    if not footage.intact(clip):
        return False
    return clip.model == spec.model or check(clip.path, spec=spec).ok


def _fit(some: Sequence[Still], spec: StillSpec) -> bool:
    fits = spec.least <= len(some) <= spec.most
    return fits and all(footage.still_intact(still) and keeps_rules(still, spec) for still in some)


def let_go(
    row: Registration, ledger: RegistrationLedger, *, home: Path, keep_files: bool = False
) -> Registration:
    """Its tombstone; its clip and stills are deleted where they lie in the home and nobody else's are.

    ``keep_files``: they stay. Raises what ``mark_deleted`` raises.
    """
    row = ledger.mark_deleted(row)
    # An imported one's files lie in the home that made them.
    own = [path for path in files_of(row) if path.is_relative_to(home)]
    if own and not keep_files:
        shared = {path for other in ledger.list_all() for path in files_of(other)}
        for path in own:
            if path not in shared:
                path.unlink(missing_ok=True)
    return row


def files_of(row: Registration) -> list[Path]:
    """Its clip, and its stills: an order that was changed may have made both."""
    clip = [row.clip.path] if row.clip else []
    return [Path(path) for path in (*clip, *(still.path for still in row.stills))]
