"""Cleaning a bucket: in whichever state and of whatever age, what is still needed is never deleted."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screentest.client.config import Secret, Settings
from screentest.client.remote import storage
from screentest.client.remote.storage import REUSED_FOR, Listed, key_of
from screentest.client.tasks.clean_up import LEFT_ALONE_FOR
from tests.registry_parts import (
    CLIP,
    FILE_NAME,
    VIDEO_WISH,
    WISH,
    Registry,
    brought,
    clean_up,
    deleted,
    everyone,
    video_brought,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
NEEDING = ("clipped", "uploaded", "submitting", "submitted", "unknown")
STATES = st.sampled_from(["planned", *NEEDING, "failed", "done"])
AGES = st.one_of(st.timedeltas(timedelta(0), timedelta(days=40)), st.just(LEFT_ALONE_FOR))
QUICK = settings(max_examples=10, deadline=None)


@dataclass(slots=True)
class Objects:
    """A bucket in memory: keys and when each was last put."""

    at: dict[str, datetime]

    def __enter__(self) -> Objects:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def listed(self, folder: str) -> Iterator[Listed]:
        return iter([Listed(key, at) for key, at in self.at.items() if key.startswith(f"{folder}/")])

    def modified_at(self, key: str) -> datetime | None:
        return self.at.get(key)

    def delete(self, key: str) -> None:
        del self.at[key]


@dataclass(slots=True)
class Home:
    settings: Settings
    registry: Registry
    objects: Objects

    def holds(self, key: str, age: timedelta) -> str:
        self.objects.at[key] = NOW - age
        return key

    def clean(self, *, dry_run: bool = False) -> dict[str, str]:
        """Each key that was looked at -> what became of it."""
        with patch.object(storage, "Bucket", lambda _: self.objects):
            found = clean_up(self.settings, self.registry, dry_run=dry_run)
        fates = {"deleted": found.deleted, "needed": found.needed, "foreign": found.foreign}
        return {key: fate for fate, keys in fates.items() for key in keys}


@contextmanager
def a_home() -> Iterator[Home]:
    with tempfile.TemporaryDirectory() as folder:
        own = Settings(Path(folder), "https://s/api/v3", Secret("k"), "b", sandbox=False)
        with Registry(Path(folder) / FILE_NAME, now=lambda: NOW) as registry:
            yield Home(own, registry, Objects({}))


def sha256(number: int) -> str:
    return f"{number:064x}"


@QUICK
@given(
    rows=st.lists(st.tuples(STATES, st.booleans(), AGES), min_size=1, max_size=4),
    shared=st.booleans(),
)
def test_what_a_registration_still_needs_is_never_deleted(
    rows: list[tuple[str, bool, timedelta]], shared: bool
) -> None:
    # A clip that goes while the service fetches it fails a task that was paid for.
    with a_home() as home:
        needed: set[str] = set()
        for number, (state, is_deleted, age) in enumerate(rows, start=1):
            sha = sha256(1 if shared else number)
            key = home.holds(key_of(sha, folder=home.registry.folder), age)
            wish = replace(WISH, name=f"Joe {number}")
            clip = replace(CLIP, sha256=sha)
            row = brought(home.registry, state, wish=wish, number=number, clip=clip, key=key)
            if is_deleted and state in ("planned", "clipped", "uploaded", "failed", "done"):
                deleted(home.registry, row)
            elif state in NEEDING:
                needed.add(key)
        fates = home.clean()
        assert needed <= set(home.objects.at)
        assert {key for key, fate in fates.items() if fate == "needed"} == needed


@pytest.mark.parametrize("state", NEEDING)
def test_each_unfinished_state_keeps_its_clip_at_any_age(state: str) -> None:
    with a_home() as home:
        key = home.holds(key_of(CLIP.sha256, folder=home.registry.folder), timedelta(days=400))
        brought(home.registry, state, key=key)
        assert home.clean() == {key: "needed"}
        assert key in home.objects.at


@QUICK
@given(age=AGES, name=st.sampled_from(["clip", "image", "other", "deeper"]))
def test_what_no_row_put_there_stays_for_ever(age: timedelta, name: str) -> None:
    with a_home() as home:
        folder = home.registry.folder
        keys = {
            "clip": key_of(sha256(7), folder=folder),
            "image": f"{folder}/images/{'ab' * 16}.png",
            "other": f"{folder}/notes.txt",
            "deeper": f"{folder}/old/{CLIP.sha256}.mp4",
        }
        brought(home.registry, "done", key=keys[name])
        key = home.holds(keys[name], age)
        assert home.clean() == {key: "foreign"}
        assert key in home.objects.at


@QUICK
@given(
    state=st.sampled_from(["planned", "submitting", "submitted", "unknown", "failed", "done"]),
    age=AGES,
    end=st.sampled_from([".png", "-1.mp4", "-15.jpg"]),
)
def test_a_videos_files_stay_while_anybody_may_use_them(state: str, age: timedelta, end: str) -> None:
    with a_home() as home:
        row = video_brought(home.registry, state, wish=VIDEO_WISH)
        key = home.holds(f"{home.registry.folder}/images/{row.identity[:32]}{end}", age)
        home.clean()
        is_over = state in ("failed", "done") and age > LEFT_ALONE_FOR
        assert (key in home.objects.at) == (not is_over)


@QUICK
@given(state=STATES, age=AGES, is_deleted=st.booleans())
def test_a_registrations_stills_stay_while_anybody_may_use_them(
    state: str, age: timedelta, is_deleted: bool
) -> None:
    with a_home() as home:
        row = brought(home.registry, state)
        is_deleted = is_deleted and state in ("planned", "clipped", "uploaded", "failed", "done")
        if is_deleted:
            deleted(home.registry, row)
        key = home.holds(f"{home.registry.folder}/images/{row.identity[:32]}-2.jpg", age)
        home.clean()
        is_over = (is_deleted or state in ("failed", "done")) and age > LEFT_ALONE_FOR
        assert (key in home.objects.at) == (not is_over)


@pytest.mark.parametrize("end", ["-0.png", "-01.png", "-100.png", "-1-2.png", "-.png", "/1.png", "%"])
def test_a_key_that_only_looks_like_one_of_ours_stays(end: str) -> None:
    with a_home() as home:
        row = video_brought(home.registry, "done", wish=VIDEO_WISH)
        key = home.holds(f"{home.registry.folder}/images/{row.identity[:32]}{end}", timedelta(days=400))
        assert home.clean() == {key: "foreign"}


@QUICK
@given(state=STATES, age=AGES)
def test_a_dry_run_tells_the_same_and_deletes_nothing(state: str, age: timedelta) -> None:
    with a_home() as home:
        key = home.holds(key_of(CLIP.sha256, folder=home.registry.folder), age)
        brought(home.registry, state, key=key)
        would = home.clean(dry_run=True)
        assert key in home.objects.at
        assert home.clean() == would


@pytest.mark.parametrize("state", ["done", "failed"])
def test_what_is_done_with_goes_at_once_and_is_noted(state: str) -> None:
    with a_home() as home:
        key = home.holds(key_of(CLIP.sha256, folder=home.registry.folder), timedelta(0))
        brought(home.registry, state, key=key)
        assert home.clean() == {key: "deleted"}
        assert home.objects.at == {}
        assert all(row.object_deleted_at for row in everyone(home.registry))
        assert home.clean() == {}


def test_nothing_outside_the_own_folder_is_even_looked_at() -> None:
    with a_home() as home:
        for key in ("someone/else.mp4", f"{home.registry.folder}x/{sha256(1)}.mp4", "a.mp4"):
            home.holds(key, timedelta(days=400))
        assert home.clean() == {}
        assert len(home.objects.at) == 3


def test_an_object_that_was_put_again_meanwhile_stays() -> None:
    with a_home() as home:
        row = video_brought(home.registry, "done", wish=VIDEO_WISH)
        key = home.holds(f"{home.registry.folder}/images/{row.identity[:32]}.png", timedelta(days=40))
        listed = list(home.objects.listed(home.registry.folder))
        home.objects.at[key] = NOW

        class Stale(Objects):
            def listed(self, folder: str) -> Iterator[Listed]:
                return iter(listed)

        home.objects = Stale(home.objects.at)
        home.clean()
        assert key in home.objects.at


def test_an_object_is_left_alone_longer_than_it_is_used_again() -> None:
    # Used again within 7 days of its upload, through a URL that lives for 7 more.
    assert REUSED_FOR + timedelta(days=7) <= LEFT_ALONE_FOR
