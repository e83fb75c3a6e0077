"""An order about a character that is known: its name, its footage, its window."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from screentest.client.characters.cautions import is_cloned
from screentest.client.characters.choosing.called import as_called_before
from screentest.client.characters.choosing.decided import decided, require_not_skipped
from screentest.client.characters.choosing.differing import Difference, difference
from screentest.client.characters.choosing.several import best_of
from screentest.client.characters.order import Order, model_for, wish_at
from screentest.client.characters.way import ASKED, Asked, said_subject, way_before_a_look
from screentest.client.errors import ConfigError
from screentest.client.fetching.elsewhere import is_elsewhere
from screentest.client.registry.identity import Wish
from screentest.client.registry.records import Registration
from screentest.client.registry.registry import Registry
from screentest.client.remote.models.inline import Registrable
from screentest.client.remote.video_models import any_model_of
from screentest.prep.core.progress import Watcher
from screentest.prep.core.remedy import Remedy
from screentest.prep.core.wishes import NO_WISHES, Wishes
from screentest.prep.pipeline import choose, probed

if TYPE_CHECKING:
    from screentest.client.registry.decisions import Decision
    from screentest.prep.core.spec import ClipSpec
    from screentest.prep.core.values import Segment, Source


@dataclass(frozen=True, slots=True)
class Meant:
    """An order with everything in it that its character tells, and what it is recorded as.

    ``source``: the footage that its clip is made of. ``decision``: what counts of it in the order.
    ``beside``: all files of one person, of which it was chosen.
    """

    order: Order
    source: Source
    wish: Wish
    decision: Decision | None = None
    beside: tuple[Source, ...] = ()

    def require_wanted(self) -> None:
        """Raises SkipDecided where the footage is not to be registered, unless it is all the same."""
        if not self.order.even_skipped:
            require_not_skipped(self.decision, footage=self.source.path)

    def differs_from(self, row: Registration) -> Difference | None:
        """How a registration of it is not as it is decided now."""
        skip = self.decision is not None and bool(self.decision.skip) and not self.order.even_skipped
        return difference(row, self.wish, skip=skip)


def meant(
    order: Order,
    registry: Registry,
    model: Registrable,
    *,
    service: str,
    account: str,
    scans: Path,
    watcher: Watcher,
    source: Source | None = None,
) -> Meant | Registration:
    """What an order asks for: of a character that it names, the registration that is done already.

    Else the order with all that the character tells: its name and, where the order names no other
    footage, that and the window, lengthened or shortened where the ``model`` wants it; all of the
    footage where stills were asked for. The same footage may lie elsewhere now. One that is under way
    is gone on with as it began. Of several files the one that is registered, or has the best window.
    What is decided about the footage of a new character counts. ``source``: the order's footage, if
    probed already. Raises UnknownCharacter, SeveralMeant, FootageError, what ``model_for`` raises, and
    ConfigError where the footage is not what it was.
    """
    if order.others:
        one = best_of(order, registry, model.clip, service, account, scans=scans, watcher=watcher)
        return Meant(one.order, one.source, one.wish, one.decision, one.beside)
    if order.footage and source is None:
        source = probed(order.footage, rotate_deg=order.wishes.rotate_deg, watcher=watcher)
    if source is not None and not order.character:
        return _with_decision(order, source, registry, service=service, account=account)
    row = registry.registrations.find_one(order.character, deleted=False)
    others = registry.registrations.list_of(row.character_no)
    recorded = _recorded(order, source, others, service=service, account=account)
    if recorded is not None and recorded.state == "done":
        return recorded
    if recorded is not None:
        made = _going_on(order, source, recorded, watcher)
    else:
        order = replace(order, name=row.name)
        place = (service, account, order.model)
        origin = registry.registrations.find_origin(row.character_no, besides=place) or others[0]
        if source is None or source.fingerprint == origin.source_fingerprint:
            order, source = _from_origin(order, source, origin, model, scans=scans, watcher=watcher)
        wish = wish_at(service, account, order, source)
        made = Meant(order, source, replace(wish, character_no=row.character_no))
    model_for(made.order)  # with the name and the window that it has now
    return made


def _with_decision(
    order: Order, source: Source, registry: Registry, *, service: str, account: str
) -> Meant:
    """The order with what is decided about its footage, unless that was looked up before."""
    decision = None
    if order.undecided is None:
        decision = registry.decisions.of(source.fingerprint)
        order = as_called_before(order, source, registry, service=service, account=account)
        order = decided(order, decision)
    model_for(order)  # with the texts and the window that it has now
    return Meant(order, source, wish_at(service, account, order, source), decision)


def _recorded(
    order: Order,
    source: Source | None,
    others: Sequence[Registration],
    *,
    service: str,
    account: str,
) -> Registration | None:
    """The one of a character's registrations that the same words ask for: done, or else under way."""
    here = [
        row
        for row in reversed(others)
        if (row.service, row.account, row.model) == (service, account, order.model)
        and order.wishes == NO_WISHES
        and order.reference == asked_way_of(row)
        and order.description in ("", row.overrides.get("description", ""))
        and (source is None or source.fingerprint == row.source_fingerprint)
    ]
    done = [row for row in here if row.state == "done" and not order.again]
    under_way = [row for row in here if row.state != "done"]
    return next(iter((*done, *under_way)), None)


def _from_origin(
    order: Order,
    source: Source | None,
    origin: Registration,
    model: Registrable,
    *,
    scans: Path,
    watcher: Watcher,
) -> tuple[Order, Source]:
    wishes = _with_habits(order.wishes, origin, model)
    source = _turned(source, wishes) or _footage_of(origin, wishes, watcher)
    segment = origin.segment
    if segment and wishes.start_s is None and not wishes.require_one_subject():
        way = way_before_a_look(model, asked=order.reference, subject=said_subject(wishes))
        if way == "images" and {"match", "start_s"} & origin.overrides.keys():
            # Who is meant shows there: a photo is not kept, and a start was chosen by hand.
            wishes = replace(wishes, start_s=segment.start_s, length_s=segment.length_s)
        elif way == "images":  # a window that looks into the camera shows one angle
            wishes = replace(wishes, person=wishes_of(origin).person)
        else:
            wishes = _windowed(wishes, segment, source, model.clip, scans=scans, watcher=watcher)
    return replace(order, footage=source.path, wishes=wishes), source


def _turned(source: Source | None, wishes: Wishes) -> Source | None:
    return source and probed(source, rotate_deg=wishes.rotate_deg)


def _going_on(order: Order, source: Source | None, begun: Registration, watcher: Watcher) -> Meant:
    wishes = wishes_of(begun)
    if begun.clip is None and "match" in begun.overrides:
        raise ConfigError(f"{begun.called} was begun with a photo of the person.", Remedy("go_on"))
    source = _turned(source, wishes) or _footage_of(begun, wishes, watcher)
    order = replace(
        order,
        name=begun.name,
        footage=source.path,
        wishes=wishes,
        description=str(begun.overrides.get("description", "")),
        reference=asked_way_of(begun),
    )
    return Meant(order, source, wish_behind(begun))


def wish_behind(row: Registration) -> Wish:
    """What a registration was asked for, as a further one of its character."""
    return Wish(
        service=row.service,
        account=row.account,
        model=row.model,
        name=row.name,
        source_path=row.source_path,
        source_fingerprint=row.source_fingerprint,
        overrides={name: _plain(value) for name, value in row.overrides.items()},
        character_no=row.character_no,
        asked=row.asked,
    )


def asked_way_of(row: Registration) -> Asked:
    """The way that was asked for."""
    return next((one for one in ASKED if one == row.overrides.get("reference")), "auto")


def _plain(value: object) -> float | str:
    return value if isinstance(value, float | str) else str(value)


def _footage_of(row: Registration, wishes: Wishes, watcher: Watcher) -> Source:
    """The footage of a registration. Raises ConfigError where other bytes lie there now."""
    if is_elsewhere(row.source_path):
        raise ConfigError(
            f"The footage of {row.called} lies at {row.source_path}.",
            Remedy("footage", words="name it, so that it is fetched"),
            *_other_footage(row),
        )
    if not Path(row.source_path).exists():
        raise ConfigError(
            f"The footage of {row.called} is gone: {row.source_path}.", *_other_footage(row)
        )
    source = probed(row.source_path, rotate_deg=wishes.rotate_deg, watcher=watcher)
    if source.fingerprint != row.source_fingerprint:
        raise ConfigError(
            f"{row.source_path} is not the footage that {row.called} was made of.", *_other_footage(row)
        )
    return source


def _other_footage(row: Registration) -> Iterator[Remedy]:
    yield Remedy("register_again", (row.name,))
    if row.clip is not None and Path(row.clip.path).exists():
        yield Remedy("by_hand", words=f"register its kept clip, {row.clip.path}, the same way")


def wishes_of(row: Registration) -> Wishes:
    """What was asked of a registration's clip, but for the photo it was matched with."""
    said = row.overrides
    numbers = {name: said[name] for name in ("start_s", "length_s") if name in said}
    whole = {
        name: round(float(str(said[name])))
        for name in ("person", "audio_track", "rotate_deg")
        if name in said
    }
    words = {name: said[name] for name in ("orientation", "subject", "fit", "audio") if name in said}
    return replace(NO_WISHES, **numbers, **whole, **words)  # type: ignore[arg-type]


def _with_habits(wishes: Wishes, origin: Registration, model: Registrable) -> Wishes:
    """The wishes, with those of the first clip that belong to the footage or its owner's taste.

    What its owner said that it is, it is; a track that was chosen for a model which clones no voice was
    not chosen for one that does.
    """
    before = wishes_of(origin)
    kept = {
        name: getattr(before, name)
        for name in ("rotate_deg", "orientation", "fit", "audio", "audio_track")
        if getattr(wishes, name) == getattr(NO_WISHES, name)
    }
    if wishes.audio == "remove" or (is_cloned(model) and not is_cloned(any_model_of(origin.model))):
        kept.pop("audio_track", None)
    if not before.insists and wishes.looks_for is None and wishes.person is None and not wishes.match:
        kept["subject"] = before.subject
    return replace(wishes, **kept)


def _windowed(
    wishes: Wishes,
    segment: Segment,
    source: Source,
    spec: ClipSpec,
    *,
    scans: Path,
    watcher: Watcher,
) -> Wishes:
    """The wishes for the window, or for the best of those that a model's lengths make of it."""
    length_s = wishes.length_s or length_s_at(segment, spec)
    tried = [
        replace(wishes, start_s=start_s, length_s=length_s)
        for start_s in starts(segment, source, length_s=length_s)
    ]
    if len(tried) == 1:
        return tried[0]
    scored = [
        (choose(source, one, spec, scans=scans, watcher=watcher).segment.score, -number)
        for number, one in enumerate(tried)
    ]
    return tried[-max(scored)[1]]


def length_s_at(segment: Segment, spec: ClipSpec) -> float:
    """How long a clip of a window is at a model: lengthened or shortened where its rules want that."""
    return min(max(segment.length_s, float(spec.min_length_s)), float(spec.max_length_s))


def starts(segment: Segment, source: Source, *, length_s: float) -> list[float]:
    """Where a window of another length may begin that holds the segment, or lies in it; seconds.

    The segment's own start first, then both sides alike, then its own end; all within the footage.
    """
    more_s = length_s - segment.length_s
    if abs(more_s) < _SAME_S:
        return [segment.start_s]
    last_s = source.video_start_s + source.duration_s - length_s
    earliest_s = source.video_start_s
    wanted = (segment.start_s, segment.start_s - more_s / 2, segment.start_s - more_s)
    within = (round(max(earliest_s, min(start_s, last_s)), 3) for start_s in wanted)
    return list(dict.fromkeys(within))


_SAME_S = 0.001
