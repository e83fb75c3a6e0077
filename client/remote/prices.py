"""What a submit costs, asked of the service before any money is spent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from screentest.client.errors import BadReply, CostTooHigh, RateLimited, ServiceError, Unauthorized
from screentest.client.remote.character_models import MODELS
from screentest.client.remote.video_models import VIDEO_MODELS
from screentest.prep.core.remedy import Remedy

if TYPE_CHECKING:
    from screentest.client.remote.wavespeed import WaveSpeed

MOST_USD = 100_000.0
"""No character or video costs that much: it is a mistake, or made to spoil a sum."""


def is_price(usd: float) -> bool:
    """Whether a number can be what something costs: NaN, a negative and an absurd one cannot."""
    return 0 <= usd <= MOST_USD


def inputs_to_price(
    model_id: str, *, duration_s: int | None = None, size: str | None = None
) -> dict[str, object]:
    """A body to ask the price with: what would be sent, without references.

    Of a model that is not known, the wishes under their usual names. Raises ConfigError for wishes that
    the model cannot fulfil.
    """
    if character := MODELS.get(model_id):
        return next(character.samples())
    video = VIDEO_MODELS.get(model_id)
    if video is None:
        wishes = {"duration": duration_s, "size": size}
        return {name: value for name, value in wishes.items() if value is not None}
    wanted_s, wanted = duration_s or video.durations_s[0], size or next(iter(video.sizes), "")
    video.require(size=wanted, duration_s=wanted_s)
    return video.body(prompt="Joe waves.", size=wanted, duration_s=wanted_s)


def quoted_usd(
    service: WaveSpeed,
    model_id: str,
    *,
    inputs: Mapping[str, object],
    listed_usd: float,
    max_cost_usd: float | None,
) -> float:
    """What the service asks for a submit with these inputs.

    ``listed_usd``: the known list price, taken where the service names none. Raises CostTooHigh when
    it is more than ``max_cost_usd``, and what ``named_usd`` raises.
    """
    named = named_usd(service, model_id, inputs=inputs)
    usd = listed_usd if named is None else named
    require_affordable(usd, max_cost_usd=max_cost_usd, model_id=model_id)
    return usd


def named_usd(service: WaveSpeed, model_id: str, *, inputs: Mapping[str, object]) -> float | None:
    """What the service asks for a submit with these inputs, None where it names no price in dollars.

    Raises BadReply for a price that nothing costs, Unauthorized for a wrong key, RateLimited.
    """
    try:
        price = service.price(model_id, inputs=inputs)
    except (Unauthorized, RateLimited):
        raise
    except ServiceError:
        return None
    if price.currency != "USD":
        return None
    if not is_price(price.discounted):
        raise BadReply(
            f"The service asks USD {price.discounted:g} for {model_id}.", "Nothing was spent."
        )
    return price.discounted


def require_affordable(usd: float, *, max_cost_usd: float | None, model_id: str) -> None:
    """Raise CostTooHigh where a price is more than what was allowed."""
    # Asked this way round, a limit or a price that is not a number refuses.
    if max_cost_usd is not None and not usd <= max_cost_usd + 1e-9:
        raise CostTooHigh(
            f"{model_id} costs USD {usd:g}, more than the USD {max_cost_usd:g} allowed.",
            "Nothing was spent.",
            Remedy("max_cost_usd"),
        )
