"""Several people under one name: the second is asked about, and an id tells them apart."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from screentest.client.characters.names import require_own_name
from screentest.client.cli.output.remedies import spoken
from screentest.client.config import Secret, Settings
from screentest.client.errors import NameTaken, SeveralMeant, UnknownCharacter
from screentest.client.registry.identity import Wish
from screentest.client.videos.plan import VideoOrder, planned
from tests.conftest import Command
from tests.registry_parts import FILE_NAME, WISH, Registry, brought, deleted, everyone

SERVICE = "https://s.example/api/v3"
SETTINGS = Settings(Path("/home"), SERVICE, Secret("k"), "b", sandbox=False)
JOE = replace(WISH, service=SERVICE, account="default")
OTHER = replace(JOE, source_fingerprint="beef", source_path="/raw/other.mov")


@pytest.fixture
def registry(home: Path) -> Iterator[Registry]:
    with Registry(home / FILE_NAME) as opened:
        yield opened


def is_asked(registry: Registry, wish: Wish) -> bool:
    try:
        require_own_name(wish, registry, key_hash=SETTINGS.key_hash)
    except NameTaken:
        return True
    return False


# The second registration


@pytest.mark.parametrize("name", ["Joe", "joe", "JOE"])
def test_another_of_the_name_is_asked_about_however_it_is_typed(registry: Registry, name: str) -> None:
    brought(registry, "done", wish=JOE)
    with pytest.raises(NameTaken, match=r"char_1 \(joe.mov from 0:08.00 on\)") as caught:
        require_own_name(replace(OTHER, name=name), registry, key_hash="k")
    assert "pass --yes" in spoken(caught.value.remedies).lower()


@pytest.mark.parametrize(
    ("state", "asked"),
    [
        *((state, True) for state in ("uploaded", "submitting", "submitted", "unknown", "done")),
        *((state, False) for state in ("planned", "clipped", "failed")),
    ],
)
def test_only_one_that_may_exist_has_the_name(registry: Registry, state: str, asked: bool) -> None:
    brought(registry, state, wish=JOE)
    assert is_asked(registry, OTHER) == asked


@pytest.mark.parametrize(
    "wish",
    [
        replace(JOE, source_path="/moved/joe.mov"),
        replace(OTHER, name="Ann"),
        replace(JOE, model="kwaivgi/kling-elements-advanced"),
        replace(OTHER, service="sandbox"),
        replace(OTHER, account="studio"),
    ],
    ids=["itself", "another name", "another model", "another service", "another account"],
)
def test_what_is_no_second_of_the_name_is_not_asked_about(registry: Registry, wish: Wish) -> None:
    brought(registry, "done", wish=JOE)
    assert not is_asked(registry, wish)


def test_somebody_else_of_the_name_at_another_model_is_asked_about(registry: Registry) -> None:
    brought(registry, "done", wish=JOE)
    assert is_asked(registry, replace(OTHER, model="kwaivgi/kling-elements-advanced"))


def test_one_that_was_begun_before_is_not_asked_about_again(registry: Registry) -> None:
    brought(registry, "done", wish=JOE)
    brought(registry, "clipped", wish=OTHER)
    assert not is_asked(registry, OTHER)


def test_a_deleted_one_has_no_name(registry: Registry) -> None:
    deleted(registry, brought(registry, "done", wish=JOE))
    assert not is_asked(registry, OTHER)


def test_what_an_account_that_is_perhaps_this_one_has_is_asked_about(registry: Registry) -> None:
    brought(registry, "done", wish=replace(JOE, account="key-0123abcd"))
    with pytest.raises(NameTaken, match="in the account 'key-0123abcd'") as caught:
        require_own_name(JOE, registry, key_hash="k")
    assert "rename-account" in spoken(caught.value.remedies)


def test_what_the_same_key_paid_for_under_another_account_is_asked_about(registry: Registry) -> None:
    brought(registry, "done", wish=replace(JOE, account="studio"))
    assert not is_asked(registry, JOE)
    registry.accounts.record_key(SERVICE, "studio", SETTINGS.key_hash)
    assert is_asked(registry, JOE)


@pytest.fixture
def at_nobody(monkeypatch: pytest.MonkeyPatch) -> str:
    """A service that nobody listens for, as the environment names it; its bucket is there."""
    monkeypatch.setattr("screentest.client.remote.storage.Bucket.require_usable", lambda _: None)
    url = "http://127.0.0.1:9/api/v3"
    monkeypatch.setenv("WAVESPEED_API_KEY", "key-1")
    monkeypatch.setenv("WAVESPEED_BASE_URL", url)
    monkeypatch.setenv("SCREENTEST_BUCKET", "b")
    return url


def test_a_script_is_refused_until_it_says_yes(
    screentest: Command, registry: Registry, face_clip: Path, at_nobody: str
) -> None:
    brought(registry, "done", wish=replace(JOE, service=at_nobody))
    command = ("register", face_clip, "--name", "joe", "--json")
    refused = screentest(*command)
    assert (refused.code, refused.error["type"]) == (1, "NameTaken")
    assert "--yes" in refused.error["hint"]
    assert len(everyone(registry)) == 1, "nothing is begun before it is agreed to"
    assert screentest(*command, "--yes").error["type"] != "NameTaken"
    assert len(everyone(registry)) == 2


@pytest.mark.parametrize(("answer", "rows"), [(False, 1), (True, 2)])
def test_a_person_is_asked(
    screentest: Command,
    registry: Registry,
    face_clip: Path,
    at_nobody: str,
    monkeypatch: pytest.MonkeyPatch,
    answer: bool,
    rows: int,
) -> None:
    brought(registry, "done", wish=replace(JOE, service=at_nobody))
    asked: list[str] = []

    def confirm(text: str, **_: object) -> bool:
        asked.append(text)
        return answer

    monkeypatch.setattr("click.confirm", confirm)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    screentest("register", face_clip, "--name", "Joe")
    assert "'Joe' is registered already: char_1" in asked[0]
    assert len(everyone(registry)) == rows


def test_a_new_key_is_said_once_with_its_option(
    screentest: Command,
    registry: Registry,
    face_clip: Path,
    at_nobody: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    registry.accounts.record_key(at_nobody, "default", "0123456789abcdef")
    row = brought(registry, "uploaded", wish=replace(JOE, service=at_nobody))
    registry.registrations.mark_submitting(row, key_hash="0123456789abcdef")
    command = ("register", face_clip, "--name", "Ann")
    assert "new to the account" not in screentest(*command, "-q").err
    first, second = screentest(*command).err, screentest(*command).err
    assert "API key is new to the account 'default' at 127.0.0.1:9" in first
    assert "name that account with --account NAME" in " ".join(first.split())
    assert "new to the account" not in second
    screentest(*command, "--account", "studio")
    assert {one.account for one in everyone(registry)} == {"default", "studio"}
    listed = screentest("characters", "accounts", "--json").result["accounts"]
    assert [one["account"] for one in listed] == ["default", "studio"]
    renamed = screentest("characters", "rename-account", "studio", "film", "--json").result
    assert (renamed["moved"], renamed["account"]["account"]) == (1, "film")


# Which one is meant


def test_an_id_tells_which_of_two_is_meant(screentest: Command, registry: Registry) -> None:
    brought(registry, "done", wish=JOE, number=1)
    brought(registry, "done", wish=OTHER, number=2)
    for command in (("show", "joe"), ("consent", "Joe", "signed")):
        refused = screentest("characters", *command, "--json")
        assert refused.error["type"] == "SeveralMeant"
        assert "char_1 (joe.mov from 0:08.00 on)" in refused.error["message"]
        assert "char_2 (other.mov from 0:08.00 on)" in refused.error["message"]
    assert screentest("characters", "show", "char_1", "--json").result["source"] == JOE.source_path
    assert not any(row.consent for row in everyone(registry))


def test_one_without_an_id_is_meant_by_its_identity(screentest: Command, registry: Registry) -> None:
    brought(registry, "unknown", wish=JOE)
    brought(registry, "unknown", wish=OTHER)
    refused = screentest("characters", "show", "Joe", "--json")
    assert OTHER.identity[:12] in refused.error["message"]
    shown = screentest("characters", "show", OTHER.identity[:12], "--json").result
    assert shown["source"] == OTHER.source_path


def test_the_same_thing_registered_again_is_one_character(registry: Registry) -> None:
    brought(registry, "done", wish=JOE, number=1)
    second = brought(registry, "done", wish=JOE, number=2)
    brought(registry, "failed", wish=OTHER, number=3)
    assert registry.registrations.find_one("joe") == second


def test_one_that_was_deleted_is_still_shown(registry: Registry) -> None:
    gone = deleted(registry, brought(registry, "done", wish=JOE))
    assert registry.registrations.find_one("Joe") == gone
    with pytest.raises(UnknownCharacter):
        registry.registrations.find_one("Joe", deleted=False)


def shown_in(registry: Registry, name_or_id: str) -> str | None:
    order = VideoOrder("Joe waves.", Path("/out.mp4"), characters=(name_or_id,))
    return planned(order, registry, SETTINGS).cast[0].registration.character_id


def test_a_video_wants_an_id_where_a_name_is_not_unique(registry: Registry) -> None:
    brought(registry, "done", wish=JOE, number=1)
    brought(registry, "done", wish=OTHER, number=2)
    with pytest.raises(SeveralMeant, match="char_2"):
        shown_in(registry, "Joe")
    assert shown_in(registry, "char_1") == "char_1"


def test_a_video_shows_the_one_that_it_can_show(registry: Registry) -> None:
    brought(registry, "done", wish=JOE, number=1)
    brought(registry, "done", wish=replace(OTHER, account="studio"), number=2)
    brought(registry, "done", wish=replace(JOE, model="kwaivgi/kling-elements-advanced"), number=3)
    brought(registry, "unknown", wish=OTHER, number=4)
    assert shown_in(registry, "joe") == "char_1"


def test_a_video_shows_neither_of_two_though_it_can_show_but_one(registry: Registry) -> None:
    brought(registry, "done", wish=JOE, number=1)
    brought(registry, "done", wish=replace(OTHER, model="kwaivgi/kling-elements-advanced"), number=3)
    with pytest.raises(SeveralMeant, match="char_3"):
        shown_in(registry, "joe")
    assert shown_in(registry, "char_1") == "char_1"
