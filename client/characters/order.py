"""What is asked for: an order, its checks, and the identity it has."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from screentest.client.config import Settings, require_text, require_webhook
from screentest.client.errors import ConfigError
from screentest.client.registry.identity import Wish
from screentest.client.remote.character_models import DEFAULT_MODEL, CharacterModel, model_of
from screentest.client.remote.prices import require_affordable
from screentest.prep.core.remedy import Remedy
from screentest.prep.core.values import require_kind
from screentest.prep.core.wishes import NO_WISHES, Wishes

if TYPE_CHECKING:
    from screentest.prep.core.values import Source


@dataclass(frozen=True, slots=True)
class Order:
    """What to register.

    ``footage``: its path. ``character``: a name or an id, for a further registration of a character
    that is recorded: it has a name then, and footage and a window where ``footage`` is "". ``wishes``:
    what is asked of the clip. ``description``: for models that take one. ``again``: register again what
    is registered already. ``wait``: until the character exists. ``max_cost_usd``: refuse before
    spending more. ``webhook``: URL the service calls at the end. ``consent``: a note kept with the
    character. ``shares_name``: another character may have the name.
    """

    footage: str = ""
    name: str = ""
    model: str = DEFAULT_MODEL
    wishes: Wishes = NO_WISHES
    again: bool = False
    description: str = ""
    wait: bool = True
    max_cost_usd: float | None = None
    webhook: str = ""
    consent: str = ""
    shares_name: bool = False
    character: str = ""


def model_for(order: Order) -> CharacterModel:
    """The model an order is for, once everything in the order is possible.

    Raises ConfigError or InvalidName; nothing has been looked at or made by then.
    """
    require_kind(order, Order, hint="register takes an Order, as in Order(path, name)")
    _require_texts(order)
    model = model_of(order.model)
    _require_somebody(order)
    if order.name or not order.character:  # a character's own are not known before
        model.require_name(order.name)
        model.require_description(order.description)
    require_affordable(model.price_usd, max_cost_usd=order.max_cost_usd, model_id=model.model_id)
    require_webhook(order.webhook)
    order.wishes.require_possible(model.clip)
    return model


def _require_somebody(order: Order) -> None:
    """Raises ConfigError unless there is footage, or a character that has some."""
    if not order.footage and not order.character:
        raise ConfigError("There is no footage to register.", Remedy("footage"))


def _require_texts(order: Order) -> None:
    for what, text in (
        ("path", str(Path(order.footage).absolute())),  # the current folder's name counts too
        ("name", order.name),
        ("name", order.character),
        ("model", order.model),
        ("description", order.description),
        ("consent note", order.consent),
    ):
        require_text(text, what=what)


def wish_of(order: Order, settings: Settings, source: Source) -> Wish:
    """What a registration of this order is, and is recorded as.

    Raises ConfigError where the footage's path is not UTF-8, NotFound or NotAFile for the photo.
    """
    return wish_at(settings.service, settings.account, order, source)


def wish_at(service: str, account: str, order: Order, source: Source) -> Wish:
    """The same, where only the service and the name of the account are known."""
    require_text(source.path, what="path")
    return Wish(
        service=service,
        account=account,
        model=order.model,
        name=order.name,
        source_path=source.path,
        source_fingerprint=source.fingerprint,
        overrides=overrides_of(
            that_change_something(order.wishes, source), description=order.description
        ),
    )


def that_change_something(wishes: Wishes, source: Source) -> Wishes:
    """The wishes without a landscape asked of footage that has that shape.

    It was the default once and not counted: counted now, the same command would pay again.
    """
    if wishes.orientation == "landscape" and source.width_px >= source.height_px:
        return replace(wishes, orientation=None)
    return wishes


def overrides_of(wishes: Wishes, *, description: str = "") -> dict[str, float | str]:
    """What was asked for explicitly, as part of a registration's identity; a default is left out.

    A photo counts by its content, so that it may move. Raises NotFound or NotAFile where it cannot be
    read.
    """
    given: dict[str, float | str] = {}
    for name in ("start_s", "length_s", "person", "audio_track", "rotate_deg"):
        number = getattr(wishes, name)
        if number is not None:
            given[name] = float(number)
    for name in ("orientation", "subject", "fit", "audio"):
        word = getattr(wishes, name)
        if word != getattr(NO_WISHES, name):
            given[name] = word
    if wishes.match is not None:
        given["match"] = _content(wishes.match)
    if description:
        given["description"] = description
    return given


def _content(photo: str | os.PathLike[str]) -> str:
    from screentest.prep.media.opening import regular_file
    from screentest.prep.media.probe import fingerprint

    return fingerprint(regular_file(photo))
