"""A character at a model that takes it inline: its clip or stills kept, recorded without a submit.

The clip of another registration serves where the model takes it, byte for byte; otherwise one is made
of the same window of the footage.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from screentest.client.characters import footage
from screentest.client.characters.cautions import sound_for
from screentest.client.characters.order import overrides_of
from screentest.client.characters.way import way_of
from screentest.client.config import Settings
from screentest.client.errors import ConfigError, UnknownCharacter
from screentest.client.registry.identity import Wish
from screentest.client.registry.locks import locked
from screentest.client.registry.records import Registration
from screentest.client.registry.registry import Registry
from screentest.client.tasks.session import Session
from screentest.prep.core.errors import FootageError
from screentest.prep.core.remedy import Remedy
from screentest.prep.core.wishes import NO_WISHES, Wishes
from screentest.prep.pipeline import prepare, probed

if TYPE_CHECKING:
    from screentest.client.remote.models.reference import Reference, Way
    from screentest.client.remote.models.video import VideoModel
    from screentest.prep.core.spec import ClipSpec, StillSpec
    from screentest.prep.core.values import Clip, Segment, Source
    from screentest.prep.stills.values import Still


@dataclass(frozen=True, slots=True)
class Keep:
    """What is to be kept. ``wish``: what it is recorded as. ``wishes``: of a clip or stills made anew.

    ``source``: the footage, None where it has to be looked for at the path of the wish. ``clips``: what
    may serve as it is, the best first.
    """

    wish: Wish
    way: Way
    wishes: Wishes = NO_WISHES
    source: Source | None = None
    clips: tuple[Clip, ...] = ()


def kept_at(
    character_no: int,
    model: VideoModel,
    session: Session,
    *,
    way: Way,
    wishes: Wishes = NO_WISHES,
) -> Registration:
    """The character's registration at an inline model, of the session's account; made where needed.

    ``way``: by a clip or by stills. ``wishes``: what is asked of one that is made; without any, one
    that is there is taken as it is. Nothing is sent, and nothing costs money. Raises ConfigError where
    neither a clip that fits nor the footage is there, and what making a clip or stills raises.
    """
    if wishes == NO_WISHES:
        found = found_at(
            character_no, model, registry=session.registry, settings=session.settings, way=way
        )
        if found:
            return found
    return keep(_asked(character_no, model, session, way=way, wishes=wishes), model, session)


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


def keep(asked: Keep, model: VideoModel, session: Session) -> Registration:
    """The registration of a wish at ``done``, its files under the home. Raises as ``kept_at``."""
    wish, ledger, clocks = asked.wish, session.registry.registrations, session.clocks
    with locked(
        session.settings.home / "locks",
        wish.identity,
        what=repr(wish.name),
        wait_s=session.settings.wait_s,
        told=session.watcher.warned,
        clock=clocks.clock,
        sleep=clocks.sleep,
    ):
        done = ledger.find_done(wish.identity)
        if done is not None and is_usable(done, model.takes):
            return done
        row = ledger.record_wish(wish, again=done is not None)
        if row.state == "clipped" and not is_usable(row, model.takes):
            row = ledger.mark_back(row, "planned", note="its files are gone")
        if row.state == "planned":
            row = _with_files(row, asked, model, session)
        return ledger.mark_kept(row)


def is_usable(row: Registration, takes: Reference | None) -> bool:
    """Whether a registration's clip or stills are there as they were made, and the model takes them."""
    if takes is None:
        return False
    if row.stills:
        return takes.stills is not None and _fit(row.stills, takes.stills)
    return row.clip is not None and takes.clip is not None and _fits(row.clip, takes.clip)


def length_s_at(segment: Segment, spec: ClipSpec) -> float:
    """How long a clip of a window is at a model: lengthened or shortened where its rules want that."""
    return min(max(segment.length_s, float(spec.min_length_s)), float(spec.max_length_s))


def clips_that_may_serve(rows: Sequence[Registration], spec: ClipSpec) -> tuple[Clip, ...]:
    """The clips of a character's registrations: of its newest footage first, and near what is cut."""
    made = [(row, row.clip) for row in rows if row.clip is not None]
    newest = rows[-1].source_fingerprint if rows else ""

    def distance(one: tuple[Registration, Clip]) -> tuple[bool, float]:
        row, clip = one
        return row.source_fingerprint != newest, abs(float(clip.length_s - spec.target_length_s))

    return tuple(dict.fromkeys(clip for _, clip in sorted(made, key=distance)))


def _asked(character_no: int, model: VideoModel, session: Session, *, way: Way, wishes: Wishes) -> Keep:
    ledger, settings = session.registry.registrations, session.settings
    rows = ledger.list_of(character_no, deleted=True)
    if not rows:
        raise UnknownCharacter("Nothing is recorded of this character.", Remedy("list_characters"))
    origin = ledger.find_origin(character_no) or rows[-1]
    said = {
        name: _plain(value) for name, value in origin.overrides.items() if name not in _OF_ITS_MODEL
    }
    said |= {"reference": "images"} if way == "images" else {}
    wish = Wish(
        service=settings.service,
        account=settings.account,
        model=model.model_id,
        name=session.registry.characters.find(character_no).name,
        source_path=origin.source_path,
        source_fingerprint=origin.source_fingerprint,
        overrides={**said, **overrides_of(wishes)},
        character_no=character_no,
    )
    spec = model.takes.clip if model.takes else None
    if way == "images" or spec is None:
        return Keep(wish, way, _shown_in(_with_habits(wishes, origin, _WHO), origin))
    clips = clips_that_may_serve(rows, spec) if wishes == NO_WISHES else ()
    if said.get("audio") == "remove":
        clips = tuple(clip for clip in clips if not clip.has_audio)
    return Keep(wish, way, _windowed(_with_habits(wishes, origin, _TASTE), origin, spec), clips=clips)


_OF_ITS_MODEL = ("description", "reference")
_TASTE = ("rotate_deg", "orientation", "fit", "audio", "audio_track")
_WHO = ("rotate_deg", "start_s", "length_s", "subject", "person")


def _plain(value: object) -> float | str:
    return value if isinstance(value, float | str) else str(value)


def _with_habits(wishes: Wishes, origin: Registration, names: Sequence[str]) -> Wishes:
    """The wishes, and of those that the first clip was made with what nothing new was said about."""
    whole = ("rotate_deg", "audio_track", "person")
    kept = {
        name: round(float(str(said))) if name in whole else said
        for name in names
        if (said := origin.overrides.get(name)) is not None
        and getattr(wishes, name) == getattr(NO_WISHES, name)
    }
    return replace(wishes, **kept)  # type: ignore[arg-type]


def _shown_in(wishes: Wishes, origin: Registration) -> Wishes:
    """The wishes for stills: in the window where a photo, which is not kept, told the person."""
    if origin.segment is None or "match" not in origin.overrides or wishes.require_one_subject():
        return wishes
    return replace(wishes, start_s=origin.segment.start_s, length_s=origin.segment.length_s)


def _windowed(wishes: Wishes, origin: Registration, spec: ClipSpec) -> Wishes:
    """The wishes for the window of the first clip, where they name no other."""
    segment = origin.segment
    if segment is None or wishes.start_s is not None or wishes.require_one_subject():
        return wishes
    return replace(
        wishes,
        start_s=segment.start_s,
        length_s=wishes.length_s or length_s_at(segment, spec),
    )


def _with_files(row: Registration, asked: Keep, model: VideoModel, session: Session) -> Registration:
    ledger, takes = session.registry.registrations, model.takes
    if asked.way == "images" and takes and takes.stills:
        return ledger.mark_with_stills(row, _stills(asked, takes.stills, model, session))
    if asked.way == "video" and takes and takes.clip:
        return ledger.mark_clipped(row, _clip(asked, takes.clip, model, session))
    raise ConfigError(
        f"{model.model_id} takes no {'images' if asked.way == 'images' else 'clip'}.",
        Remedy("list_models"),
    )


def _clip(asked: Keep, spec: ClipSpec, model: VideoModel, session: Session) -> Clip:
    """One of the clips that keeps the model's rules, unchanged; else a new one."""
    for clip in asked.clips:
        if _fits(clip, spec):
            return replace(clip, model=spec.model)
    home, source = session.settings.home, _source_of(asked, model, session)
    wishes = _within(replace(asked.wishes, audio=sound_for(asked.wishes, model)), source)
    with footage.draft(home / "clips", asked.wish.identity[:32]) as out:
        prepared = prepare(
            source,
            wishes,
            spec,
            out=out,
            overwrite=True,
            scans=home / "scans",
            watcher=session.watcher,
        )
        return footage.kept(prepared.clip, home / "clips")


def _within(wishes: Wishes, source: Source) -> Wishes:
    """The wishes, with a start that leaves room for the length where the footage has it."""
    if wishes.start_s is None or wishes.length_s is None:
        return wishes
    latest_s = source.video_start_s + source.duration_s - wishes.length_s
    return replace(wishes, start_s=max(source.video_start_s, min(wishes.start_s, latest_s)))


def _source_of(asked: Keep, model: VideoModel, session: Session) -> Source:
    """The footage. Raises ConfigError where it is gone, or other footage lies there."""
    if asked.source is not None:
        return asked.source
    wish = asked.wish
    try:
        source = probed(wish.source_path, rotate_deg=asked.wishes.rotate_deg, watcher=session.watcher)
    except FootageError:
        raise _gone(wish, model, "its footage cannot be read") from None
    if source.fingerprint != wish.source_fingerprint:
        raise _gone(wish, model, "other footage lies there now")
    return source


def _gone(wish: Wish, model: VideoModel, why: str) -> ConfigError:
    return ConfigError(
        f"{wish.name!r} has nothing that {model.model_id} takes, and {why}: {wish.source_path}.",
        Remedy("register_again", (wish.name,)),
    )


def _stills(asked: Keep, spec: StillSpec, model: VideoModel, session: Session) -> tuple[Still, ...]:
    """Stills of the footage, as many as the model takes, each under the name of its content."""
    # Loaded where stills are made: few characters are known by images.
    from screentest.client.characters.stills import kept_stills

    kept = kept_stills(
        _source_of(asked, model, session),
        asked.wishes,
        spec,
        takes_video=bool(model.takes and model.takes.clip),
        home=session.settings.home,
        watcher=session.watcher,
    )
    for said in kept.said:
        session.watcher.warned(said)
    return kept.stills


def _fits(clip: Clip, spec: ClipSpec) -> bool:
    """Whether a clip's file is there as it was made, and keeps every rule."""
    from screentest.prep.clipping.check import check

    if not footage.intact(clip):
        return False
    return clip.model == spec.model or check(clip.path, spec=spec).ok


def _fit(some: Sequence[Still], spec: StillSpec) -> bool:
    fits = spec.least <= len(some) <= spec.most
    return fits and all(footage.still_intact(still) and still.bytes <= spec.max_bytes for still in some)
