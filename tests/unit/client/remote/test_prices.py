"""What a submit may cost: no more than was allowed, whatever the service answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screentest.client.errors import (
    BadReply,
    ConfigError,
    CostTooHigh,
    RateLimited,
    Rejected,
    ServiceError,
    ServiceUnreachable,
    Unauthorized,
)
from screentest.client.remote.character_models import MODELS
from screentest.client.remote.prices import (
    MOST_USD,
    inputs_to_price,
    is_price,
    quoted_usd,
    require_affordable,
)
from screentest.client.remote.video_models import VIDEO_MODELS
from screentest.client.remote.wavespeed import Price, WaveSpeed

MODEL = "openai/sora-2/characters"


class Asked:
    """A service that names one price, or fails to."""

    def __init__(self, answer: Price | ServiceError) -> None:
        self._answer = answer

    def price(self, model_id: str, *, inputs: Mapping[str, object]) -> Price:
        if isinstance(self._answer, ServiceError):
            raise self._answer
        return self._answer


def quoted(answer: Price | ServiceError, *, most_usd: float | None = None) -> float:
    service = cast(WaveSpeed, Asked(answer))
    return quoted_usd(service, MODEL, inputs={}, listed_usd=0.4, max_cost_usd=most_usd)


def test_the_accounts_own_price_counts_and_not_the_list_price() -> None:
    assert quoted(Price(0.4, 0.3, "USD"), most_usd=0.35) == 0.3


def test_a_price_in_another_currency_is_not_taken_for_dollars() -> None:
    assert quoted(Price(60.0, 60.0, "JPY")) == 0.4


@pytest.mark.parametrize("usd", [-0.001, MOST_USD * 1.01, 1e308, float("inf"), float("nan")])
@pytest.mark.parametrize("most_usd", [None, 0.5, float("inf")])
def test_a_price_that_nothing_costs_is_refused_before_it_is_compared(
    usd: float, most_usd: float | None
) -> None:
    with pytest.raises(BadReply, match="asks USD"):
        quoted(Price(usd, usd, "USD"), most_usd=most_usd)


def test_every_model_has_a_price_that_can_be() -> None:
    assert all(is_price(model.price_usd) for model in MODELS.values())
    for model in VIDEO_MODELS.values():
        assert all(is_price(model.price_usd(size=size, duration_s=4)) for size in model.sizes)


@pytest.mark.parametrize("error", [BadReply("?"), Rejected("no such call"), ServiceUnreachable("away")])
def test_a_service_that_names_no_price_leaves_the_list_price(error: ServiceError) -> None:
    assert quoted(error) == 0.4


@pytest.mark.parametrize("error", [BadReply("?"), ServiceUnreachable("away")])
def test_the_limit_holds_for_the_list_price_too(error: ServiceError) -> None:
    with pytest.raises(CostTooHigh):
        quoted(error, most_usd=0.39)


@pytest.mark.parametrize("error", [Unauthorized("bad key"), RateLimited("slow down")])
def test_an_account_that_could_not_submit_is_told_at_once(error: ServiceError) -> None:
    with pytest.raises(type(error)):
        quoted(error)


def test_the_limit_itself_is_still_allowed() -> None:
    # Sums of cents are not exact in binary: 0.1 * 3 is more than 0.3.
    require_affordable(0.1 * 3, max_cost_usd=0.3, model_id=MODEL)


def test_a_refusal_names_both_amounts_and_that_nothing_was_spent() -> None:
    with pytest.raises(CostTooHigh, match=r"0\.4.*0\.25") as caught:
        require_affordable(0.4, max_cost_usd=0.25, model_id=MODEL)
    assert "Nothing was spent" in caught.value.hint


def test_a_limit_of_nothing_allows_only_what_is_free() -> None:
    require_affordable(0.0, max_cost_usd=0.0, model_id=MODEL)
    with pytest.raises(CostTooHigh):
        require_affordable(0.001, max_cost_usd=0.0, model_id=MODEL)


@given(usd=st.floats(), most=st.floats())
def test_nothing_passes_that_is_not_a_number_within_the_limit(usd: float, most: float) -> None:
    try:
        require_affordable(usd, max_cost_usd=most, model_id=MODEL)
    except CostTooHigh:
        assert not usd <= most
    else:
        assert usd <= most + 1e-9


# What is asked about


def test_a_price_is_asked_for_with_the_body_that_would_be_sent() -> None:
    assert inputs_to_price(MODEL) == {"video": "https://example.invalid/clip.mp4", "name": "Joe"}
    wan = "alibaba/wan-3.0/reference-to-video"
    asked = inputs_to_price(wan, duration_s=8, size="1080p")
    assert (asked["resolution"], asked["duration"]) == ("1080p", 8)
    assert "size" not in asked
    assert inputs_to_price(wan)["resolution"] == "720p"


def test_a_model_that_is_not_known_is_asked_about_as_it_was_said() -> None:
    assert inputs_to_price("else/where", duration_s=8) == {"duration": 8}


def test_a_size_that_a_model_does_not_make_is_refused_before_asking() -> None:
    with pytest.raises(ConfigError, match="4k"):
        inputs_to_price("openai/sora-2-pro/image-to-video", size="4k")
