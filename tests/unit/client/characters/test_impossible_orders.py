"""An order: everything that can be known to be impossible is refused before anything is made."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from screentest.client.characters.order import Order, model_for
from screentest.client.errors import ConfigError, CostTooHigh, InvalidName
from screentest.client.remote.character_models import MODELS, SORA_2_CHARACTERS, CharacterModel
from tests.order_parts import Direction, ImpossibleWish, an_order

KLING = "kwaivgi/kling-elements-advanced"
every_model = pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)


def plain_order(model: CharacterModel, **changes: Any) -> Order:
    """An order with no more than the model wants."""
    description = "A man." if model.needs_description else ""
    return an_order(model=model.model_id, description=description, **changes)


@every_model
def test_a_plain_order_is_possible_with_every_model(model: CharacterModel) -> None:
    assert model_for(plain_order(model)) is model


@pytest.mark.parametrize(
    ("changes", "kind", "words"),
    [
        ({"model": "nobody/knows"}, ConfigError, "nobody/knows"),
        ({"model": ""}, ConfigError, "model"),
        ({"name": ""}, InvalidName, "empty"),
        ({"others": ("b.mov",), "character": "Joe"}, ConfigError, "one new character"),
        ({"name": "x" * 81}, InvalidName, "81"),
        ({"name": "x" * 21, "model": KLING}, InvalidName, "21"),
        ({"description": "a fox"}, ConfigError, "description"),
        ({"max_cost_usd": 0.0}, CostTooHigh, "0.001"),
        ({"model": KLING}, ConfigError, "wants a description"),
        ({"max_cost_usd": 0.005, "model": KLING, "description": "A man."}, CostTooHigh, "0.01"),
        ({"max_cost_usd": float("nan")}, CostTooHigh, "nan"),
        ({"webhook": "me.example/hook"}, ConfigError, "hook"),
        ({"webhook": "ftp://me.example"}, ConfigError, "ftp"),
        ({"webhook": "https:///hook"}, ConfigError, "hook"),
        ({"webhook": "javascript:alert(1)"}, ConfigError, "javascript"),
        ({"webhook": "https://[x"}, ConfigError, "not a URL"),
        ({"webhook": "https://h/\udcff"}, ConfigError, "UTF-8"),
        ({"footage": "raw\udcff.mov"}, ConfigError, "path.*UTF-8"),
        ({"name": "Jo\udcff"}, ConfigError, "name.*UTF-8"),
        ({"description": "a fox \udcff", "model": KLING}, ConfigError, "description.*UTF-8"),
        ({"consent": "ok \udcff"}, ConfigError, "consent.*UTF-8"),
        ({"direction": Direction(start_s=-0.1)}, ImpossibleWish, "-0.1"),
        ({"direction": Direction(start_s=float("nan"))}, ImpossibleWish, "nan"),
        ({"direction": Direction(start_s=1e7)}, ImpossibleWish, "start"),
        ({"direction": Direction(length_s=float("nan"))}, ImpossibleWish, "nan"),
        ({"direction": Direction(length_s=1e6)}, ImpossibleWish, "clip"),
        ({"direction": Direction(person=1, subject="other")}, ImpossibleWish, "(?i)person"),
        ({"direction": Direction(person=1, match="a.jpg")}, ImpossibleWish, "(?i)match"),
        ({"direction": Direction(start_s=1.0, subject="face")}, ImpossibleWish, "(?i)start"),
    ],
)
def test_an_impossible_order_is_refused_by_what_is_wrong(
    changes: dict[str, Any], kind: type[ConfigError], words: str
) -> None:
    with pytest.raises(kind, match=words) as caught:
        model_for(an_order(**changes))
    assert caught.value.hint


@every_model
def test_a_window_within_the_models_lengths_is_possible(model: CharacterModel) -> None:
    for length_s in (float(model.clip.min_length_s), float(model.clip.max_length_s)):
        model_for(plain_order(model, direction=Direction(length_s=length_s)))


@every_model
def test_a_window_just_outside_is_refused_with_both_ends(model: CharacterModel) -> None:
    shortest_s, longest_s = float(model.clip.min_length_s), float(model.clip.max_length_s)
    for length_s in (shortest_s - 0.01, longest_s + 0.01):
        with pytest.raises(ImpossibleWish) as caught:
            model_for(plain_order(model, direction=Direction(length_s=length_s)))
        assert f"{shortest_s:g}" in caught.value.hint
        assert f"{longest_s:g}" in caught.value.hint


def test_the_price_itself_is_enough() -> None:
    model_for(an_order(max_cost_usd=SORA_2_CHARACTERS.price_usd))


@pytest.mark.parametrize("webhook", ["", "https://me.example/hook?a=b", "http://127.0.0.1:8000/"])
def test_a_webhook_that_can_be_called_is_taken(webhook: str) -> None:
    model_for(an_order(webhook=webhook))


def test_a_model_of_stills_alone_takes_any_stretch_to_look_in(monkeypatch: pytest.MonkeyPatch) -> None:
    kling = MODELS[KLING]
    takes = replace(kling.takes, clip=None, clip_subjects=())
    stills = replace(kling, model_id="example/stills", takes=takes, by_video=None)
    monkeypatch.setitem(MODELS, stills.model_id, stills)
    order = plain_order(stills, direction=Direction(start_s=1.0, length_s=60.0, person=2))
    assert model_for(order) is stills
    with pytest.raises(ConfigError, match="takes no clip"):
        model_for(replace(order, reference="video"))


def test_a_way_that_nobody_knows_is_refused_from_python_too() -> None:
    with pytest.raises(ImpossibleWish, match="no reference 'clip'"):
        model_for(an_order(reference="clip"))
