"""A lost submit and another key: its task is found with any, its absence is proven by its own alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from screentest.client.config import Secret
from screentest.client.errors import UnsettledSubmit
from screentest.client.registry.registry import Registry
from screentest.client.tasks.session import Session
from screentest.client.tasks.submit import submit
from tests.integration.paid_parts import SETTINGS, Both, Row, Scripted, now, own, session_of, settled


def lost(both: Both, registry: Registry, key_hash: str | None) -> Row:
    row = both.begun(registry)
    ledger = both.ledger(registry)
    row = ledger.mark_submitting(row, served_at=registry.now(), key_hash=key_hash)
    return ledger.mark_unknown(row, RuntimeError("lost"))


@pytest.fixture
def newer(session: Session, service: Scripted) -> Session:
    """A session with a key that came after."""
    home = session.settings.home
    return session_of(session.registry, service, home, api_key=Secret("newer"))


def test_a_row_keeps_which_key_it_was_submitted_with(
    both: Both, session: Session, service: Scripted
) -> None:
    row = submit(
        both.begun(session.registry),
        body={},
        cost_usd=0.1,
        ledger=both.ledger(session.registry),
        service=service,  # type: ignore[arg-type]
        key_hash="k",
    )
    assert now(both, row, session).key_hash == "k"


def test_its_task_is_found_with_a_newer_key(both: Both, newer: Session, service: Scripted) -> None:
    row = lost(both, newer.registry, SETTINGS.key_hash)
    service.listed = [own(row)]
    assert settled(both, row, newer).state == "submitted"


def test_another_keys_empty_list_bills_nothing_twice(
    both: Both, newer: Session, service: Scripted
) -> None:
    row = lost(both, newer.registry, SETTINGS.key_hash)
    service.now += timedelta(hours=1)
    with pytest.raises(UnsettledSubmit, match="for this API key") as caught:
        settled(both, row, newer)
    assert "use that key again" in caught.value.hint.lower()
    assert now(both, row, newer).state == "unknown"


@pytest.mark.parametrize("key_hash", [SETTINGS.key_hash, None])
def test_its_own_keys_empty_list_frees_it(
    both: Both, session: Session, service: Scripted, key_hash: str | None
) -> None:
    row = lost(both, session.registry, key_hash)
    service.now += timedelta(hours=1)
    assert settled(both, row, session).state == both.ledger(session.registry).course.ready
