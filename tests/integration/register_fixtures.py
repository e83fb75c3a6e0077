"""Fixtures of tests that register: a sandbox behind a lossy relay, an order whose clip is made."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from screentest import probe
from screentest.client.characters.order import wish_of
from screentest.client.characters.register import Order
from screentest.client.config import Settings, settings_from
from screentest.client.registry.registry import FILE_NAME, Registry
from screentest.prep.core.values import Clip
from screentest.prep.core.wishes import Wishes
from tests.integration.sandbox_parts import Sandbox, sandbox_up
from tests.lossy_relay import Relay, relayed

QUICK = {"queue_s": 0.0, "character_s": 0.0, "video_s": 0.0, "balance_usd": 100.0, "strict": True}


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    data = tmp_path_factory.mktemp("sandbox")
    (data / "settings.json").write_text(json.dumps(QUICK))
    with sandbox_up(data) as running:
        yield running


@pytest.fixture
def relay(sandbox: Sandbox) -> Iterator[Relay]:
    with relayed(sandbox.env["WAVESPEED_BASE_URL"]) as relay:
        yield relay


@pytest.fixture
def settings(sandbox: Sandbox, relay: Relay, home: Path) -> Settings:
    env = {**sandbox.env, "WAVESPEED_BASE_URL": relay.url}
    return settings_from({}, home=home, sandbox_env=env)


@pytest.fixture
def order(face_clip: Path, settings: Settings, made: Clip) -> Order:
    """An order whose clip an earlier run has made, so that no test waits for an encode."""
    # A name of its own: all tests share the sandbox's account, but not its registry.
    order = Order(str(face_clip), f"Joe {uuid4().hex[:8]}", wishes=Wishes(start_s=1.0, length_s=2.0))
    clips = settings.home / "clips"
    clips.mkdir(mode=0o700, parents=True)
    path = Path(shutil.copy(made.path, clips / f"{made.sha256}.mp4"))
    with Registry(settings.home / FILE_NAME) as registry:
        record = registry.registrations.record_wish(wish_of(order, settings, probe(face_clip)))
        registry.registrations.mark_clipped(record, replace(made, path=str(path)))
    return order
