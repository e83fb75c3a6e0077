"""Two registrations are the same thing exactly when all that matters is the same."""

from __future__ import annotations

from dataclasses import replace

import pytest

from screentest.client.registry.identity import Wish

WISH = Wish("sandbox", "acc", "openai/sora-2/characters", "Joe", "/raw/joe.mov", "f00d", {})


def test_moving_the_footage_does_not_register_again() -> None:
    assert replace(WISH, source_path="/elsewhere/joe.mov").identity == WISH.identity


@pytest.mark.parametrize(
    "change",
    [
        {"service": "https://api.wavespeed.ai/api/v3"},
        {"account": "other"},
        {"model": "kwaivgi/kling-elements-advanced"},
        {"name": "joe"},
        {"source_fingerprint": "beef"},
        {"overrides": {"start_s": 8.0}},
    ],
)
def test_whatever_matters_is_another_registration(change: dict[str, object]) -> None:
    assert replace(WISH, **change).identity != WISH.identity  # type: ignore[arg-type]


def test_the_identity_of_a_published_release_stays() -> None:
    # A change here would bill every user's characters once more.
    assert WISH.identity == "9292c7e4469e7eae1a7b3fe769f83f60d522da60a95842df6542a4dc70ffb51a"
