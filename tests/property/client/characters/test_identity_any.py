"""Identity: the same thing said differently is one, anything different is two."""

from __future__ import annotations

import json
import string
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screentest.client.characters.order import wish_of
from screentest.client.config import Secret, Settings
from screentest.client.registry.identity import Wish
from screentest.client.registry.videos import VideoWish
from tests.made_up import source
from tests.order_parts import Direction, an_order, overrides_of

TEXTS = st.text(st.characters(codec="utf-8"), max_size=10)
OVERRIDES = st.dictionaries(TEXTS, st.floats(allow_nan=False) | TEXTS, max_size=3)
WISHES = st.builds(Wish, TEXTS, TEXTS, TEXTS, TEXTS, TEXTS, TEXTS, OVERRIDES)
DIRECTIONS = st.builds(
    Direction,
    start_s=st.none() | st.floats(0, 1e6),
    length_s=st.none() | st.floats(0.1, 60),
    orientation=st.sampled_from([None, "landscape", "portrait"]),
    subject=st.sampled_from([None, "face", "other"]),
    person=st.none() | st.integers(1, 9),
    fit=st.sampled_from(["pad", "crop", "auto"]),
    audio=st.sampled_from(["keep", "remove"]),
    audio_track=st.none() | st.integers(1, 9),
)
VIDEOS = st.builds(
    VideoWish,
    TEXTS,
    TEXTS,
    TEXTS,
    TEXTS,
    st.dictionaries(TEXTS, st.integers() | TEXTS | st.lists(TEXTS, max_size=2), max_size=3),
    st.floats(0, 100),
)
SETTINGS = Settings(Path("/home"), "https://s/api/v3", Secret("key-1"), "b", sandbox=False)
QUICK = settings(max_examples=80, deadline=None)


def matters(wish: Wish) -> tuple[Any, ...]:
    """All that makes a registration what it is, compared value by value."""
    said = json.dumps(dict(wish.overrides), sort_keys=True)
    return (wish.service, wish.account, wish.model, wish.name, wish.source_fingerprint, said)


# Characters


@QUICK
@given(one=WISHES, other=WISHES)
def test_two_wishes_are_one_exactly_when_all_that_matters_is_the_same(one: Wish, other: Wish) -> None:
    # One too many is one bill too many; one too few returns somebody else's face.
    assert (one.identity == other.identity) == (matters(one) == matters(other))


@QUICK
@given(wish=WISHES, field=st.sampled_from(["service", "account", "model", "name"]), text=TEXTS)
def test_each_field_alone_makes_another_thing(wish: Wish, field: str, text: str) -> None:
    changes: dict[str, Any] = {field: text}
    other = replace(wish, **changes)
    assert (other.identity == wish.identity) == (getattr(wish, field) == text)


@QUICK
@given(wish=WISHES, path=TEXTS)
def test_where_the_footage_lies_never_matters(wish: Wish, path: str) -> None:
    assert replace(wish, source_path=path).identity == wish.identity


@QUICK
@given(wish=WISHES, data=st.data())
def test_the_order_of_words_never_matters(wish: Wish, data: st.DataObject) -> None:
    turned = dict(data.draw(st.permutations(list(wish.overrides.items()))))
    assert replace(wish, overrides=turned).identity == wish.identity


@QUICK
@given(service=TEXTS, account=TEXTS, middle=TEXTS)
def test_letters_cannot_move_from_one_field_to_the_next(
    service: str, account: str, middle: str
) -> None:
    one = Wish(service + middle, account, "m", "n", "p", "f", {})
    other = Wish(service, middle + account, "m", "n", "p", "f", {})
    assert (one.identity == other.identity) == (middle == "")


@QUICK
@given(wish=WISHES)
def test_an_identity_is_a_name_for_a_file(wish: Wish) -> None:
    assert len(wish.identity) == 64
    assert set(wish.identity) <= set(string.hexdigits.lower())


@QUICK
@given(one=DIRECTIONS, other=DIRECTIONS)
def test_two_directions_are_one_exactly_when_they_ask_the_same(
    one: Direction, other: Direction
) -> None:
    assert (overrides_of(one) == overrides_of(other)) == (one == other)


@QUICK
@given(direction=DIRECTIONS)
def test_what_was_said_survives_the_registrys_json(direction: Direction) -> None:
    said = overrides_of(direction)
    wish = Wish("s", "a", "m", "n", "p", "f", said)
    assert replace(wish, overrides=json.loads(json.dumps(said))).identity == wish.identity


def test_a_photo_counts_by_its_content_and_not_by_its_name(tmp_path: Path) -> None:
    for name, content in (("a.jpg", b"one"), ("b.jpg", b"one"), ("c.jpg", b"two")):
        (tmp_path / name).write_bytes(content * 100)
    one, same, other = (
        overrides_of(Direction(match=str(tmp_path / name))) for name in ("a.jpg", "b.jpg", "c.jpg")
    )
    assert one == same
    assert one != other


def test_an_empty_description_is_none() -> None:
    assert overrides_of(Direction(), description="") == {}
    assert overrides_of(Direction(), description="a fox") == {"description": "a fox"}


# Orders


@pytest.mark.parametrize(
    "changes",
    [
        {"again": True},
        {"wait": False},
        {"max_cost_usd": 1.0},
        {"webhook": "https://me.example/hook"},
        {"consent": "signed"},
        {"footage": "/elsewhere/joe.mov"},
    ],
)
def test_how_an_order_is_handled_does_not_make_another_character(changes: dict[str, Any]) -> None:
    order = an_order()
    same = wish_of(an_order(**changes), SETTINGS, source())
    assert same.identity == wish_of(order, SETTINGS, source()).identity


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "joe"},
        {"model": "kwaivgi/kling-elements-advanced"},
        {"description": "a fox"},
        {"direction": Direction(start_s=0.0)},
    ],
)
def test_what_an_order_is_for_makes_another_character(changes: dict[str, Any]) -> None:
    order = an_order()
    other = wish_of(an_order(**changes), SETTINGS, source())
    assert other.identity != wish_of(order, SETTINGS, source()).identity


def test_another_account_or_service_is_another_character_and_no_key_is_kept() -> None:
    order = an_order()
    wishes = [
        wish_of(order, one, source())
        for one in (
            SETTINGS,
            replace(SETTINGS, account_name="studio"),
            replace(SETTINGS, base_url="https://other/api/v3"),
            replace(SETTINGS, sandbox=True),
        )
    ]
    assert len({wish.identity for wish in wishes}) == 4
    assert "key-" not in repr(wishes)


def test_another_key_is_the_same_character() -> None:
    newer = replace(SETTINGS, api_key=Secret("key-2"))
    assert wish_of(an_order(), newer, source()) == wish_of(an_order(), SETTINGS, source())


def test_other_footage_under_the_same_path_is_another_character() -> None:
    order = an_order()
    one = wish_of(order, SETTINGS, source())
    assert one.identity != wish_of(order, SETTINGS, source(fingerprint="0" * 64)).identity


# Videos


@QUICK
@given(one=VIDEOS, other=VIDEOS)
def test_two_videos_are_one_exactly_when_service_account_and_body_are(
    one: VideoWish, other: VideoWish
) -> None:
    def body(wish: VideoWish) -> tuple[str, ...]:
        return (wish.service, wish.account, wish.model, json.dumps(dict(wish.inputs), sort_keys=True))

    assert (one.identity == other.identity) == (body(one) == body(other))


@QUICK
@given(wish=VIDEOS, usd=st.floats(0, 100))
def test_a_new_price_does_not_lose_a_video_that_is_under_way(wish: VideoWish, usd: float) -> None:
    assert replace(wish, cost_usd=usd).identity == wish.identity
