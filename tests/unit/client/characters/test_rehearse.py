"""Which registration a rehearsal takes for the one that a run would find."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from screentest.client.characters.order import overrides_of, wish_at
from screentest.client.characters.register import Order
from screentest.client.characters.rehearse import _about_name, _submitted
from screentest.client.registry.registry import FILE_NAME, Registry
from screentest.prep.core.wishes import Wishes
from tests.made_up import source
from tests.registry_parts import WISH, Registration, brought

WISHES = Wishes(start_s=8.0)
ORDER = Order("/raw/joe.mov", "Joe", wishes=WISHES)
MINE = replace(WISH, overrides=overrides_of(WISHES))
FILE = source(fingerprint=MINE.source_fingerprint)


def found(
    home: Path, order: Order = ORDER, *, service: str = MINE.service, account: str | None = MINE.account
) -> Registration | None:
    return _submitted(wish_at(service, account or "default", order, FILE), home, account)


@pytest.mark.parametrize("state", ["done", "submitted", "submitting", "unknown"])
def test_what_was_or_may_have_been_submitted_is_found(tmp_path: Path, state: str) -> None:
    with Registry(tmp_path / FILE_NAME) as registry:
        row = brought(registry, state, wish=MINE)
    again = found(tmp_path)
    assert again is not None
    assert again.row_id == row.row_id
    assert found(tmp_path, account=None) is not None


@pytest.mark.parametrize("state", ["planned", "clipped", "uploaded", "failed"])
def test_what_was_not_submitted_is_still_to_be_done(tmp_path: Path, state: str) -> None:
    with Registry(tmp_path / FILE_NAME) as registry:
        brought(registry, state, wish=MINE)
    assert found(tmp_path) is None


def test_another_s_registration_or_another_wish_is_not_this_one(tmp_path: Path) -> None:
    with Registry(tmp_path / FILE_NAME) as registry:
        brought(registry, "done", wish=MINE)
    assert found(tmp_path, account="another") is None
    assert found(tmp_path, service="sandbox") is None
    assert _submitted(replace(MINE, source_fingerprint="beef"), tmp_path, MINE.account) is None
    assert found(tmp_path, replace(ORDER, name="joe")) is None
    assert found(tmp_path, replace(ORDER, wishes=Wishes(start_s=9.0))) is None
    assert found(tmp_path, replace(ORDER, model="kwaivgi/kling-elements-advanced")) is None


def test_a_tombstone_is_no_registration(tmp_path: Path) -> None:
    with Registry(tmp_path / FILE_NAME) as registry:
        registry.registrations.mark_deleted(brought(registry, "done", wish=MINE))
    assert found(tmp_path) is None


def test_the_done_one_counts_before_one_that_is_under_way(tmp_path: Path) -> None:
    with Registry(tmp_path / FILE_NAME) as registry:
        done = brought(registry, "done", wish=MINE)
        brought(registry, "submitted", wish=MINE, number=2)
    again = found(tmp_path)
    assert again is not None
    assert again.row_id == done.row_id


def test_a_home_without_a_registry_gets_none_by_a_rehearsal(tmp_path: Path) -> None:
    assert found(tmp_path) is None
    assert not (tmp_path / FILE_NAME).exists()


def test_another_of_the_name_is_said_as_a_run_would_ask(tmp_path: Path) -> None:
    with Registry(tmp_path / FILE_NAME) as registry:
        brought(registry, "done", wish=MINE)
    other = replace(MINE, source_fingerprint="beef")
    (said,) = _about_name(ORDER, other, tmp_path)
    assert "'Joe' is registered already" in said
    assert not _about_name(replace(ORDER, shares_name=True), other, tmp_path)
    assert not _about_name(replace(ORDER, name="Ann"), replace(other, name="Ann"), tmp_path)
    first = replace(MINE, model="kwaivgi/kling-elements-advanced", character_no=1)
    assert not _about_name(ORDER, replace(first, source_fingerprint="beef"), tmp_path)
