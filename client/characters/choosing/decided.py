"""An order with what is decided about its footage: pure.

What was said of this footage wins over what is decided, and that wins over defaults, those of a
settings file too. Start and length of a decided window belong together: where a start, or whom to pick,
was said, the whole window is left aside; a length that was said takes the place of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from screentest.client.characters.order import Order
from screentest.client.errors import SkipDecided
from screentest.client.remote.models.character import CharacterModel
from screentest.client.remote.video_models import registrable_model_of
from screentest.prep.core.remedy import Remedy
from screentest.prep.core.wishes import NO_WISHES, Wishes

if TYPE_CHECKING:
    from screentest.client.registry.decisions import Decision

_TEXTS = ("name", "description", "consent")


def decided(order: Order, decision: Decision | None) -> Order:
    """The order as it is once the decision counts; ``undecided`` holds it by itself.

    One that holds a decision already takes this one in its place. None: nothing is decided, which
    counts from now on as well.
    """
    plain = order.undecided or order
    if decision is None:
        return replace(plain, undecided=plain)
    said = said_in(plain)
    texts = {
        name: value
        for name in _TEXTS
        if name not in said and (value := getattr(decision, name)) is not None
    }
    if "description" in texts and not _takes_description(plain):
        del texts["description"]  # decided for another model
    return replace(plain, wishes=_wishes(plain.wishes, decision, said), **texts, undecided=plain)


def _takes_description(order: Order) -> bool:
    model = registrable_model_of(order.model)
    return isinstance(model, CharacterModel) and model.description_max is not None


def said_in(order: Order) -> frozenset[str]:
    """The names of the wishes and texts that were said of this very footage."""
    if order.said is not None:
        return order.said
    return frozenset(wished_in(order.wishes)) | {name for name in _TEXTS if getattr(order, name)}


def wished_in(wishes: Wishes) -> list[str]:
    """The names of the wishes that are not as by default."""
    names = (field.name for field in fields(Wishes))
    return [name for name in names if getattr(wishes, name) != getattr(NO_WISHES, name)]


def require_not_skipped(decision: Decision | None, *, footage: str) -> None:
    """Raises SkipDecided where somebody decided that the footage is not to be registered."""
    if decision is None or not decision.skip:
        return
    why = f": {decision.note}" if decision.note else ""
    raise SkipDecided(
        f"{decision.who} decided to skip {Path(footage).name}{why}.",
        Remedy("even_skipped"),
        Remedy("by_hand", words="take the decision back"),
    )


def _wishes(wishes: Wishes, decision: Decision, said: Collection[str]) -> Wishes:
    changes: dict[str, Any] = {**_window(wishes, decision, said)}
    for name in ("fit", "orientation", "audio"):
        if name not in said and getattr(decision, name) is not None:
            changes[name] = getattr(decision, name)
    if changes.get("audio") == "remove" and "audio_track" in said:
        del changes["audio"]  # a track that was asked for is wanted
    elif changes.get("audio") == "remove":
        changes["audio_track"] = None
    return replace(wishes, **changes)


def _window(wishes: Wishes, decision: Decision, said: Collection[str]) -> Mapping[str, Any]:
    """The window or the person decided, and none of the defaults that they rule out."""
    is_chosen = not {"start_s", "person", "match"}.isdisjoint(said)
    subject = wishes.subject if "subject" in said else None
    nobody = {"person": None, "match": None}
    length_s = wishes.length_s if "length_s" in said else decision.length_s or wishes.length_s
    if decision.start_s is not None:
        if is_chosen or (subject and wishes.insists):
            return {}
        subject = None if wishes.insists else wishes.subject
        return {**nobody, "subject": subject, "start_s": decision.start_s, "length_s": length_s}
    if decision.person is None or is_chosen or subject not in (None, "person"):
        return {"length_s": length_s}
    whom = {**nobody, "person": decision.person, "subject": subject}
    return {**whom, "start_s": None, "length_s": length_s}
