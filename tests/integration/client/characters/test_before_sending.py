"""What is told before anything is sent: by a rehearsal, and by a run that could not send it."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from screentest.client.characters.register import Order, register, rehearse
from screentest.client.config import Secret, Settings, private_folder, settings_from
from screentest.client.errors import ReplyLost, ServiceUnreachable, StorageUnreachable, Unauthorized
from screentest.client.registry.registry import FILE_NAME, Registry
from screentest.prep.core.errors import ScoreTooLow
from screentest.prep.core.files import sha256_of
from screentest.prep.core.locks import taken
from screentest.prep.core.values import Clip
from screentest.prep.core.wishes import Wishes
from tests.integration.register_parts import Watched, run
from tests.integration.sandbox_parts import Sandbox
from tests.lossy_relay import Relay
from tests.scripted_service import closed_port

pytest_plugins = ["tests.integration.register_fixtures"]


def files_of(home: Path) -> set[str]:
    return {path.name for path in home.rglob("*") if path.is_file()}


# The rehearsal


def test_a_rehearsal_tells_the_cost_and_keeps_the_clip_alone(home: Path, face_clip: Path) -> None:
    watched = Watched()
    order = Order(str(face_clip), "Joe", wishes=Wishes(start_s=1.0, length_s=2.0))
    forecast = rehearse(order, home, watcher=watched)
    assert watched.stages == ["probe", "scan", "pick", "clip", "check"]
    assert forecast.report is not None
    assert forecast.report.ok
    assert forecast.cost_usd == 0.001
    assert any("0.001" in step for step in forecast.steps)
    assert forecast.clip is not None
    assert files_of(home) == {Path(forecast.clip.path).name}
    assert sha256_of(Path(forecast.clip.path)) == forecast.clip.sha256


def test_the_clip_of_a_rehearsal_is_registered_as_it_was_seen(
    home: Path, face_clip: Path, sandbox: Sandbox
) -> None:
    order = Order(str(face_clip), "Joe", wishes=Wishes(start_s=1.0, length_s=2.0))
    seen = rehearse(order, home).clip
    assert seen is not None
    settings = settings_from({}, home=home, sandbox_env=sandbox.env)
    approved = Order(seen.path, f"Joe {uuid4().hex[:8]}", max_cost_usd=0.01)
    done = run(approved, settings)
    assert done.submitted
    assert done.clip_sha256 == seen.sha256 == sha256_of(Path(seen.path))
    assert done.clip == seen.path
    again = rehearse(approved, home, service="sandbox")
    assert again.recorded is not None
    assert (again.recorded.character_id, again.cost_usd) == (done.character_id, 0.0)
    assert "Nothing is submitted" in again.steps[0]
    assert rehearse(replace(approved, name="Ann"), home, service="sandbox").recorded is None
    assert rehearse(approved, home, service="https://elsewhere.example/api/v3").recorded is None


@pytest.mark.parametrize(
    ("interrupt_at", "step", "cost_usd"),
    [("wait", "Wait for task", 0.0), ("submit", "Upload", 0.001)],
)
def test_a_rehearsal_goes_on_from_where_an_earlier_run_stopped(
    order: Order, settings: Settings, interrupt_at: str, step: str, cost_usd: float
) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(order, settings, watcher=Watched(interrupt_at=interrupt_at))
    forecast = rehearse(order, settings.home, service="sandbox")
    assert forecast.steps[0].startswith(step)
    assert forecast.cost_usd == cost_usd


def test_a_rehearsal_says_that_a_lost_submit_is_looked_for_first(
    order: Order, settings: Settings, relay: Relay
) -> None:
    relay.faults = ["after"]
    with pytest.raises(ReplyLost):
        run(order, settings)
    forecast = rehearse(order, settings.home, service="sandbox")
    assert "Look for the task" in forecast.steps[0]
    assert "Only where there is surely none" in forecast.steps[-1]


# Before minutes of work


def unscanned(settings: Settings) -> bool:
    return not (settings.home / "scans").exists()


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"api_key": Secret("wrong-key-1234")}, Unauthorized),
        ({"base_url": "closed"}, ServiceUnreachable),
        ({"s3": "closed"}, StorageUnreachable),
    ],
    ids=["key", "network", "storage"],
)
def test_what_keeps_a_clip_from_being_sent_is_told_before_it_is_made(
    face_clip: Path, settings: Settings, changes: dict[str, Any], kind: type[Exception]
) -> None:
    if changes.get("base_url") == "closed":
        changes = {"base_url": f"http://127.0.0.1:{closed_port()}/api/v3"}
    if changes.get("s3") == "closed":
        away = replace(settings.s3, endpoint_url=f"http://127.0.0.1:{closed_port()}")
        changes = {"s3": away}
    with pytest.raises(kind):
        register(Order(str(face_clip), "Joe"), replace(settings, **changes), sleep=lambda _: None)
    assert unscanned(settings)
    with Registry(settings.home / FILE_NAME) as registry:
        assert {row.state for row in registry.registrations.list_all()} <= {"planned"}


class Releasing(Watched):
    """Frees a lock as soon as it is told of a wait."""

    def __init__(self, handle: int) -> None:
        super().__init__()
        self._handle = handle

    def warned(self, message: str) -> None:
        super().warned(message)
        if "waiting for it" in message:
            os.close(self._handle)


def test_a_run_says_that_it_waits_for_another_upload_of_the_same_clip(
    order: Order, settings: Settings, made: Clip
) -> None:
    lock = private_folder(settings.home / "locks") / f"{made.sha256[:32]}.lock"
    handle = taken(lock, wait_s=0)
    assert handle is not None
    watched = Releasing(handle)
    assert run(order, settings, watcher=watched).submitted
    assert any("the clip's object: waiting" in warning for warning in watched.warnings)


def test_a_kept_clip_below_the_score_asked_for_is_not_sent(
    order: Order, settings: Settings, relay: Relay
) -> None:
    strict = replace(order, wishes=replace(order.wishes, min_score=1.0))
    with pytest.raises(ScoreTooLow, match="less than the 1 asked for"):
        run(strict, settings)
    assert not relay.submitted_names
    assert run(order, settings).submitted
