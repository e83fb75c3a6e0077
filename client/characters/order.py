"""What is asked for: an order, its checks, and the identity it has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from screentest.client.characters.direction import NO_WISHES, Direction
from screentest.client.config import Settings
from screentest.client.errors import ConfigError
from screentest.client.registry.identity import Wish, overrides_of
from screentest.client.remote.character_models import CharacterModel, model_of
from screentest.client.remote.prices import require_affordable

if TYPE_CHECKING:
    from screentest.prep.core.values import Source


@dataclass(frozen=True, slots=True)
class Order:
    """What to register.

    ``direction``: what is asked of the clip. ``description``: for models that take one.
    ``again``: register anew what is registered already. ``wait``: until the character exists.
    ``max_cost_usd``: refuse before spending more. ``webhook``: URL the service calls at the end.
    ``consent``: a note kept with the character.
    """

    footage: str
    name: str
    model: str = "openai/sora-2/characters"
    direction: Direction = NO_WISHES
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
    order.direction.require_possible(model.clip)
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
        overrides=overrides_of(order.direction, description=order.description),
    )
