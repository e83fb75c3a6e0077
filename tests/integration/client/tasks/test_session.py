"""A session: everything of one run is open together, with the run's own clocks, and closed together."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from screentest.client.config import Secret, Settings
from screentest.client.errors import RegistryError, ServiceUnreachable
from screentest.client.tasks.session import Clocks, Session, opened
from tests.registry_parts import FILE_NAME, Registry, brought, everyone
from tests.scripted_service import Answer, Time, closed_port, scripted

MOMENT = datetime(2020, 5, 5, tzinfo=UTC)


def settings_for(home: Path, url: str) -> Settings:
    return Settings(home, url, Secret("wsk-very-secret"), "b", sandbox=False)


def test_a_session_writes_into_the_home_of_its_settings(tmp_path: Path) -> None:
    with opened(settings_for(tmp_path, "http://127.0.0.1:9")) as session:
        brought(session.registry, "done")
    with Registry(tmp_path / FILE_NAME) as registry:
        assert len(everyone(registry)) == 1


def test_what_is_recorded_carries_the_runs_own_time(tmp_path: Path) -> None:
    clocks = Clocks(now=lambda: MOMENT)
    with opened(settings_for(tmp_path, "http://127.0.0.1:9"), clocks=clocks) as session:
        assert brought(session.registry, "planned").created_at == MOMENT


def test_the_service_sleeps_on_the_runs_own_clock(tmp_path: Path) -> None:
    time = Time()
    url = f"http://127.0.0.1:{closed_port()}/api/v3"
    clocks = Clocks(time.clock, time.sleep)
    with (
        opened(settings_for(tmp_path, url), clocks=clocks) as session,
        pytest.raises(ServiceUnreachable),
    ):
        session.service.balance_usd()
    assert time.slept


def test_everything_is_closed_with_the_block_even_after_a_failure(tmp_path: Path) -> None:
    left: list[Session] = []

    def interrupted() -> None:
        with opened(settings_for(tmp_path, "http://127.0.0.1:9")) as session:
            left.append(session)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    with pytest.raises((RegistryError, sqlite3.ProgrammingError)):
        everyone(left[0].registry)


def test_a_home_that_cannot_be_used_is_told_before_the_service_is_asked(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text("no database " * 100)
    with scripted(Answer(200, {})) as server:
        with pytest.raises(RegistryError), opened(settings_for(tmp_path, server.url)):
            pass
        assert server.asked == []


def test_a_session_shows_no_key(tmp_path: Path) -> None:
    with opened(settings_for(tmp_path, "http://127.0.0.1:9")) as session:
        assert "wsk-very-secret" not in repr(session)
