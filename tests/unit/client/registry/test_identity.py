"""Two registrations are the same thing exactly when all that matters is the same."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest

from screentest.client.registry.identity import Wish, folded, forms_of, identity_now, one_form

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


NFD = "Jose\N{COMBINING ACUTE ACCENT}"
NFC = "Jos\N{LATIN SMALL LETTER E WITH ACUTE}"


@pytest.mark.parametrize("typed", [NFD, f" {NFC} "])
def test_a_name_is_one_person_however_it_is_typed(typed: str) -> None:
    assert replace(WISH, name=typed).identity == replace(WISH, name=NFC).identity
    assert one_form(typed) == NFC
    assert folded(typed) == folded(NFC.upper())


def test_a_name_is_looked_for_in_each_form() -> None:
    assert set(forms_of(NFD)) == set(forms_of(NFC)) == {NFC, NFD}


def columns(wish: Wish, identity: str) -> dict[str, object]:
    return {
        "identity": identity,
        "service": wish.service,
        "account": wish.account,
        "model": wish.model,
        "name": wish.name,
        "source_fingerprint": wish.source_fingerprint,
        "overrides": "{}",
    }


def test_an_identity_of_an_earlier_release_becomes_todays() -> None:
    earlier = "3b1dbf8c68ee4d4d1e4ae47fd7c1d8f6"
    wish = replace(WISH, name=NFD)
    assert identity_now(columns(wish, as_earlier(wish))) == wish.identity
    assert as_earlier(wish) != wish.identity
    assert identity_now(columns(wish, earlier)) == earlier
    assert identity_now(columns(WISH, WISH.identity)) == WISH.identity


def as_earlier(wish: Wish) -> str:
    """The identity as releases made it that took the name as it was typed."""
    parts = {
        "account": wish.account,
        "model": wish.model,
        "name": wish.name,
        "overrides": {},
        "service": wish.service,
        "source": wish.source_fingerprint,
    }
    canonical = json.dumps(parts, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
