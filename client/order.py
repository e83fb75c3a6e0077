"""What is asked for: an order, its checks, and the identity it has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from client.config import Settings
from client.errors import ConfigError
from client.identity import Wish, overrides_of
from client.models import CharacterModel, model_of
from client.prices import require_affordable
from prep.spec import Orientation

if TYPE_CHECKING:
    from prep.values import Source


@dataclass(frozen=True, slots=True)
class Order:
    """What to register.

    ``start_s``/``length_s``: the window, on the source's own clock, instead of the pick.
    ``orientation``: of the canvas, for square pictures. ``description``: for models that take one.
    ``again``: register anew what is registered already. ``wait``: until the character exists.
    ``max_cost_usd``: refuse before spending more. ``webhook``: URL the service calls at the end.
    ``consent``: a note kept with the character.
    """

    footage: str
    name: str
    model: str = "openai/sora-2/characters"
    start_s: float | None = None
    length_s: float | None = None
    orientation: Orientation = "landscape"
    again: bool = False
    description: str = ""
    wait: bool = True
    max_cost_usd: float | None = None
    webhook: str = ""
    consent: str = ""


def model_for(order: Order) -> CharacterModel:
    """The model an order is for, once everything in the order is possible.

    Raises ConfigError or InvalidName; nothing has been looked at or made by then.
    """
    model = model_of(order.model)
    model.require_name(order.name)
    model.require_description(order.description)
    require_affordable(model.price_usd, max_cost_usd=order.max_cost_usd, model_id=model.model_id)
    _require_https(order.webhook)
    for what, value in (("start", order.start_s), ("length", order.length_s)):
        if value is not None and not 0 <= value < 10**6:
            raise ConfigError(f"A {what} of {value} s makes no sense.", "Give seconds from 0 on.")
    return model


def _require_https(webhook: str) -> None:
    parts = urlsplit(webhook)
    if webhook and (parts.scheme not in ("https", "http") or not parts.hostname):
        raise ConfigError(f"{webhook!r} is no URL to call.", "Give one like https://host/path.")


def wish_of(order: Order, settings: Settings, source: Source) -> Wish:
    """What a registration of this order is, and is recorded as."""
    return Wish(
        service=settings.service,
        account=settings.account,
        model=order.model,
        name=order.name,
        source_path=source.path,
        source_fingerprint=source.fingerprint,
        overrides=overrides_of(
            start_s=order.start_s,
            length_s=order.length_s,
            orientation=order.orientation,
            description=order.description,
        ),
    )
