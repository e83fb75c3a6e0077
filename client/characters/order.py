"""What is asked for: an order, its checks, and the identity it has."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from screentest.client.characters.cautions import is_cloned, require_welcome
from screentest.client.characters.way import ASKED, Asked, said_subject, way_before_a_look
from screentest.client.config import Settings, require_text, require_webhook
from screentest.client.errors import ConfigError
from screentest.client.fetching.elsewhere import is_elsewhere, shown_address
from screentest.client.registry.identity import AskedFor, Wish
from screentest.client.remote.character_models import DEFAULT_MODEL
from screentest.client.remote.models.inline import InlineModel, Registrable
from screentest.client.remote.prices import require_affordable
from screentest.client.remote.video_models import registrable_model_of
from screentest.prep.core.errors import ImpossibleWish
from screentest.prep.core.remedy import Remedy
from screentest.prep.core.values import require_kind
from screentest.prep.core.wishes import NO_WISHES, Wishes

if TYPE_CHECKING:
    from screentest.client.characters.way import Taking
    from screentest.client.remote.models.reference import Way
    from screentest.prep.core.values import Source


@dataclass(frozen=True, slots=True)
class Order:
    """What to register.

    ``footage``: its path. ``character``: a name or an id, for a further registration of a character
    that is recorded: it has a name then, and footage and a window where ``footage`` is "". ``wishes``:
    what is asked of the clip. ``description``: for models that take one. ``again``: register again what
    is registered already. ``wait``: until the character exists. ``max_cost_usd``: refuse before
    spending more. ``agreed_usd``: what a person agreed to once the service was asked; what it asks at
    the submit may not be more, whatever the list says. ``webhook``: URL the service calls at the end.
    ``consent``: a note kept with the character. ``shares_name``: another character may have the name.
    ``reference``: give the model a clip or stills; auto: see ``way.way_in``. ``unverified``: take a
    model whose fields nobody has seen. ``others``: further files of the same person; the best window
    among all wins. ``even_skipped``: though somebody decided to skip the footage.
    ``addresses``: (path, address) of each file that was fetched; it is recorded by the address.
    ``said``: the names of wishes and texts that were said of this very footage, before which a decision
    gives way; None: those that are not as by default. ``undecided``: the order by itself, of one that
    holds what is decided about its footage.
    """

    footage: str = ""
    name: str = ""
    model: str = DEFAULT_MODEL
    wishes: Wishes = NO_WISHES
    again: bool = False
    description: str = ""
    wait: bool = True
    max_cost_usd: float | None = None
    agreed_usd: float | None = field(default=None, kw_only=True)
    webhook: str = ""
    consent: str = ""
    shares_name: bool = False
    reference: Asked = "auto"
    character: str = ""
    unverified: bool = False
    others: tuple[str, ...] = ()
    even_skipped: bool = False
    addresses: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    said: frozenset[str] | None = field(default=None, compare=False)
    undecided: Order | None = field(default=None, compare=False)


def require_here(order: Order) -> None:
    """Raises ConfigError where footage lies elsewhere and was not fetched."""
    for footage in filter(is_elsewhere, (order.footage, *order.others)):
        raise ConfigError(
            f"{shown_address(footage)} is not a file of this machine.",
            Remedy("footage", words="fetch it and name the file"),
        )


def model_for(order: Order) -> Registrable:
    """The model an order is for, once everything in the order is possible.

    A text that nobody said, such as a name made of the file's, is checked once it is known what is
    decided. Raises ConfigError or InvalidName; nothing has been looked at or made by then.
    """
    require_kind(order, Order, hint="register takes an Order, as in Order(path, name)")
    _require_texts(order)
    model = registrable_model_of(order.model)
    if isinstance(model, InlineModel) and not order.unverified:
        model.video.require_verified()
    _require_somebody(order)
    if order.name or not order.character:  # a character's own are not known before
        if _is_final(order, "name"):
            model.require_name(order.name)
        if _is_final(order, "description"):
            model.require_description(order.description)
    way = _way_for(order, model)
    price_usd = model.price_usd_by(way or "video")
    require_affordable(price_usd, max_cost_usd=order.max_cost_usd, model_id=model.model_id)
    require_webhook(order.webhook)
    order.wishes.require_possible(None if way == "images" else model.clip)
    if way is not None:
        require_welcome(model, way=way, subject=said_subject(order.wishes), shows_face=None)
    return model


def _is_final(order: Order, text: str) -> bool:
    """Whether no decision about the footage can take a text's place any more.

    What is decided about footage is not asked for a character that is recorded.
    """
    is_as_decided = bool(order.character) or order.undecided is not None
    return is_as_decided or order.said is None or text in order.said


def _way_for(order: Order, model: Registrable) -> Way | None:
    """The way that the order goes, None where a look at the footage decides."""
    if order.reference not in ASKED:
        raise ImpossibleWish(
            f"There is no reference {order.reference!r}.", f"It can be {' or '.join(ASKED)}."
        )
    return way_before_a_look(model, asked=order.reference, subject=said_subject(order.wishes))


def _require_somebody(order: Order) -> None:
    """Raises ConfigError unless there is footage, or a character that has some."""
    if order.others and order.character:
        raise ConfigError(
            "Several files are of one new character: give one file for a character that is registered.",
            Remedy("footage", words="name one file"),
        )
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
    overrides = _overrides_for(order, source)
    asked = None
    if (plain := order.undecided) is not None:
        alone = AskedFor(plain.name, _overrides_for(plain, source))
        asked = None if alone == AskedFor(order.name, overrides) else alone
    return Wish(
        service=service,
        account=account,
        model=order.model,
        name=order.name,
        source_path=dict(order.addresses).get(source.path, source.path),
        source_fingerprint=source.fingerprint,
        overrides=overrides,
        asked=asked,
    )


def _overrides_for(order: Order, source: Source) -> dict[str, float | str]:
    wishes = that_change_something(order.wishes, source, model=registrable_model_of(order.model))
    return overrides_of(wishes, description=order.description, reference=order.reference)


def that_change_something(wishes: Wishes, source: Source, *, model: Taking | None = None) -> Wishes:
    """The wishes without a landscape asked of footage that has that shape, and without a sound to be
    kept that is kept anyway.

    Both were defaults once and not counted: counted now, the same command would pay again.
    """
    if wishes.audio == "keep" and not (model is not None and is_cloned(model)):
        wishes = replace(wishes, audio=None)
    if wishes.orientation == "landscape" and source.width_px >= source.height_px:
        return replace(wishes, orientation=None)
    return wishes


def overrides_of(
    wishes: Wishes, *, description: str = "", reference: Asked = "auto"
) -> dict[str, float | str]:
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
    if reference != "auto":
        given["reference"] = reference
    return given


def _content(photo: str | os.PathLike[str]) -> str:
    from screentest.prep.media.opening import regular_file
    from screentest.prep.media.probe import fingerprint

    return fingerprint(regular_file(photo))
