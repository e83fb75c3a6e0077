"""What a task costs by each rule: the figures that the services were seen to bill."""

from __future__ import annotations

from dataclasses import replace

import pytest

from screentest.client.errors import ConfigError
from screentest.client.remote.character_models import MODELS
from screentest.client.remote.models.price import PriceRule
from screentest.client.remote.video_models import VIDEO_MODELS

WAN = VIDEO_MODELS["alibaba/wan-3.0/reference-to-video"]
PRIME = VIDEO_MODELS["alibaba/wan-3.0-prime/reference-to-video"]
O3 = VIDEO_MODELS["kwaivgi/kling-video-o3-pro/reference-to-video"]


@pytest.mark.parametrize(
    ("size", "duration_s", "reference_s", "usd"),
    [
        ("480p", 5, (), 0.25),
        ("480p", 5, (4.0,), 0.45),
        ("720p", 5, (4.0,), 0.90),
        ("1080p", 5, (4.0,), 1.80),
        # Each is rounded up: 4 + 2 + 5 seconds.
        ("720p", 5, (3.2, 1.5), 1.10),
    ],
)
def test_reference_seconds_are_billed_with_those_of_the_video(
    size: str, duration_s: int, reference_s: tuple[float, ...], usd: float
) -> None:
    wishes = {"size": size, "duration_s": duration_s, "reference_s": reference_s}
    assert WAN.price_usd(**wishes) == pytest.approx(usd)  # type: ignore[arg-type]
    assert PRIME.price_usd(**wishes) == pytest.approx(usd * 1.5)  # type: ignore[arg-type]


@pytest.mark.parametrize(("sound", "usd"), [(None, 0.56), (False, 0.56), (True, 0.70)])
def test_sound_is_left_out_where_it_costs_more_unless_it_is_asked_for(
    sound: bool | None, usd: float
) -> None:
    body = O3.body(prompt="p", size="", duration_s=5, sound=sound)
    assert body["sound"] is bool(sound)
    assert O3.price.usd(body) == pytest.approx(usd)


def test_a_character_is_billed_by_the_task() -> None:
    assert {one.model_id: one.price_usd for one in MODELS.values()} == {
        "openai/sora-2/characters": 0.001,
        "kwaivgi/kling-elements-advanced": 0.01,
    }


def test_the_keys_that_a_price_depends_on_are_data() -> None:
    price = PriceRule("output_s", (("low", 0.1), ("high", 0.3)), by="quality", seconds="length")
    assert price.usd({"quality": "high", "length": 2}) == pytest.approx(0.6)
    assert price.usd({"length": 2}) == pytest.approx(0.2)
    assert replace(price, unit="task").usd({}) == pytest.approx(0.1)


def test_a_rule_is_said_in_words() -> None:
    assert WAN.price.words == "USD 0.05-0.2 per s of references and video"
    assert MODELS["openai/sora-2/characters"].price.words == "USD 0.001"


@pytest.mark.parametrize(("reference_s", "duration_s"), [((15.0,), 16), ((8.0, 7.5), 2)])
def test_more_seconds_than_wan_takes_are_refused_before_it_is_asked(
    reference_s: tuple[float, ...], duration_s: int
) -> None:
    WAN.require(size="720p", duration_s=15, reference_s=(15.0,))
    with pytest.raises(ConfigError, match="long together"):
        WAN.require(size="720p", duration_s=duration_s, reference_s=reference_s)
