"""Videos with characters: refused while it is free, paid for once, whole on disk or not there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from screentest import probe
from screentest.client.characters.register import Order
from screentest.client.config import Settings
from screentest.client.errors import (
    ConfigError,
    CostTooHigh,
    PromptProblem,
    ReplyLost,
    ServiceUnreachable,
    UnsettledSubmit,
)
from screentest.client.registry.videos import Video
from screentest.client.tasks import recover
from screentest.client.tasks.session import Session, opened
from screentest.client.videos.make import Made, make, quote
from screentest.client.videos.plan import VideoOrder, planned
from screentest.client.videos.task import VIDEO, video_to
from tests.integration.register_parts import run
from tests.integration.sandbox_parts import Sandbox
from tests.lossy_relay import Relay
from tests.waiting import HANG_S

pytest_plugins = ["tests.integration.register_fixtures"]

Cli = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def session(settings: Settings) -> Iterator[Session]:
    with opened(settings) as session:
        yield session


@pytest.fixture
def joe(order: Order, settings: Settings) -> str:
    """The name of a registered character, wide."""
    run(order, settings)
    return order.name


@pytest.fixture
def wanted(joe: str, tmp_path: Path) -> VideoOrder:
    return VideoOrder(f"{joe} waves.", tmp_path / "out.mp4", characters=(joe,))


def made(order: VideoOrder, session: Session) -> Made:
    plan = planned(order, session.registry, session.settings)
    return make(quote(plan, session), session)


def videos_paid(relay: Relay) -> int:
    return relay.videos


def test_a_video_is_made_downloaded_and_recorded(
    wanted: VideoOrder, session: Session, relay: Relay
) -> None:
    done = made(wanted, session)
    assert probe(str(wanted.out)).duration_s == pytest.approx(4, abs=0.3)
    assert (done.submitted, done.record.cost_usd) == (True, 0.4)
    [kept] = session.registry.videos.list_all()
    assert (kept.state, kept.out_path) == ("done", str(wanted.out))
    assert [file.name for file in Path(wanted.out or "").parent.glob("*.part")] == []


def test_the_size_follows_the_characters_shape(wanted: VideoOrder, session: Session) -> None:
    assert planned(wanted, session.registry, session.settings).size == "1280*720"


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"prompt": "A man waves."}, PromptProblem),
        ({"size": "720*1280"}, ConfigError),
        ({"size": "1*1"}, ConfigError),
        ({"duration_s": 5}, ConfigError),
        ({"model": "openai/sora-2/image-to-video"}, ConfigError),
        ({"image": "first.png"}, ConfigError),
        ({"prompt": " "}, ConfigError),
    ],
)
def test_what_cannot_be_made_is_refused_before_any_bill(
    wanted: VideoOrder, session: Session, relay: Relay, change: dict[str, Any], kind: type[Exception]
) -> None:
    with pytest.raises(kind):
        planned(replace(wanted, **change), session.registry, session.settings)
    assert not videos_paid(relay)


def test_a_third_character_is_refused(wanted: VideoOrder, session: Session) -> None:
    crowd = replace(wanted, characters=wanted.characters * 3)
    with pytest.raises(ConfigError, match="too many"):
        planned(crowd, session.registry, session.settings)


def test_a_sandbox_character_never_goes_to_the_real_service(
    wanted: VideoOrder, session: Session, settings: Settings
) -> None:
    with pytest.raises(ConfigError, match="another account or service"):
        planned(wanted, session.registry, replace(settings, sandbox=False))


def test_a_price_above_the_limit_is_refused(wanted: VideoOrder, session: Session, relay: Relay) -> None:
    with pytest.raises(CostTooHigh):
        made(replace(wanted, max_cost_usd=0.3), session)
    assert not videos_paid(relay)


def left_open(wanted: VideoOrder, session: Session) -> Video:
    """The row of an order whose task cannot be told from others, as the service lists no inputs."""
    with pytest.raises(ReplyLost):
        made(wanted, session)
    certain = replace(session, settings=replace(session.settings, settle_after_s=0.0))
    with pytest.raises(UnsettledSubmit, match="may be its task"):
        made(wanted, certain)
    return recover.one_unsettled("", session.registry.videos.list_unfinished(), kind=VIDEO)


def test_a_lost_reply_is_never_paid_twice_and_its_owner_names_the_task(
    wanted: VideoOrder, session: Session, relay: Relay
) -> None:
    relay.video_faults = ["after"]
    row = left_open(wanted, session)
    newest = session.service.recent(model_id=row.model, count=1)[0]
    recover.adopt(row, newest.task_id, kind=video_to(wanted.out), session=session, wait=False)
    done = made(wanted, session)
    assert (done.submitted, videos_paid(relay)) == (False, 1)
    assert Path(wanted.out or "").is_file()


def test_a_submit_that_never_arrived_waits_until_its_owner_says_so(
    wanted: VideoOrder, session: Session, relay: Relay
) -> None:
    plan = planned(wanted, session.registry, session.settings)
    session.service.submit(plan.model.model_id, {**plan.inputs(), "prompt": "Somebody else's."})
    relay.video_faults = ["before"]
    row = left_open(wanted, session)
    recover.forget(row, kind=video_to(wanted.out), session=session)
    assert made(wanted, session).submitted
    assert videos_paid(relay) == 2


def test_a_video_that_cannot_be_written_is_fetched_later_without_paying(
    wanted: VideoOrder, session: Session, relay: Relay
) -> None:
    nowhere = replace(wanted, out=Path(wanted.out or "").parent / "nowhere" / "out.mp4")
    with pytest.raises(ConfigError, match="cannot be written"):
        made(nowhere, session)
    done = made(wanted, session)
    assert (done.submitted, videos_paid(relay)) == (False, 1)
    assert Path(wanted.out or "").is_file()


def test_the_same_order_again_is_a_new_video(
    wanted: VideoOrder, session: Session, relay: Relay
) -> None:
    made(wanted, session)
    assert made(wanted, session).submitted
    assert videos_paid(relay) == 2


def test_an_image_begins_a_video_without_its_url_being_kept(
    session: Session, tmp_path: Path, settings: Settings
) -> None:
    image = tmp_path / "first.png"
    cv2.imwrite(str(image), np.full((720, 1280, 3), 128, np.uint8))
    order = VideoOrder("Rain falls.", tmp_path / "rain.mp4", image=str(image))
    assert made(order, session).record.cost_usd == 0.4
    assert Path(order.out or "").is_file()
    kept = (settings.home / "registry.sqlite3").read_bytes()
    assert b"X-Amz" not in kept


def test_a_service_that_is_away_costs_nothing(
    wanted: VideoOrder, session: Session, settings: Settings
) -> None:
    from screentest.client.remote.http import Http, Retry
    from screentest.client.remote.wavespeed import WaveSpeed
    from tests.scripted_service import closed_port

    away = replace(settings, base_url=f"http://127.0.0.1:{closed_port()}/api/v3")
    http = Http(retry=Retry(attempts=1), sleep=lambda _: None)
    plan = planned(wanted, session.registry, settings)
    with WaveSpeed(away, http=http) as service, pytest.raises(ServiceUnreachable):
        make(quote(plan, session), replace(session, service=service))
    [kept] = session.registry.videos.list_all()
    assert kept.state == "planned"


# The command


@pytest.fixture
def command(settings: Settings, sandbox: Sandbox, relay: Relay, tmp_path: Path) -> Cli:
    """The home's own sandbox as a user has it: found by its state file."""
    env = {**sandbox.env, "SCREENTEST_HOME": str(settings.home)}

    def call(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "screentest.client.cli", *arguments, "--json"],
            env={**os.environ, **env},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=HANG_S,
            check=False,
        )

    return call


def test_nobody_is_billed_for_a_video_without_agreeing(command: Cli, tmp_path: Path) -> None:
    refused = command("video", "Rain falls.")
    assert refused.returncode == 1
    assert "price: " in refused.stderr
    assert "nothing was spent" in json.loads(refused.stderr.splitlines()[-1])["error"]["message"]
    agreed = command("video", "Rain falls.", "--yes")
    assert agreed.returncode == 0, agreed.stderr
    [file] = tmp_path.glob("rain-falls-??????.mp4")
    assert json.loads(agreed.stdout)["video"] == str(file)
    again = command("video", "Rain falls.")  # nobody is asked for what is there
    assert json.loads(again.stdout)["video"] == str(file)
    assert not json.loads(again.stdout)["submitted"]
    shown = json.loads(command("videos", "show", file.stem[-6:]).stdout)
    assert (shown["video"], shown["state"], shown["others"]) == (str(file), "done", [])
    file.write_bytes(b"another film")
    refused = command("video", "Rain falls.", "--yes")
    assert json.loads(refused.stderr.splitlines()[-1])["error"]["type"] == "OutputExists"
    assert file.read_bytes() == b"another film"
    spent = json.loads(command("characters", "list").stdout)["spent_usd"]
    assert spent == pytest.approx(0.4)


def test_the_account_can_be_asked(command: Cli) -> None:
    assert json.loads(command("balance").stdout)["balance_usd"] > 0
    price = json.loads(command("price", "openai/sora-2/text-to-video", "--duration", "8").stdout)
    assert price["price"] == pytest.approx(0.8)
    models = json.loads(command("models").stdout)["models"]
    assert {"openai/sora-2/characters"} <= {row["model"] for row in models if row["served"]}
    tasks = json.loads(command("tasks", "list").stdout)["tasks"]
    ended = [task["task_id"] for task in tasks if task["status"] == "completed"]
    if ended:
        assert json.loads(command("tasks", "delete", ended[0]).stdout) == {"deleted": 1}


def test_doctor_finds_a_well_set_up_machine_well(command: Cli) -> None:
    told = command("doctor")
    findings = {one["check"]: one for one in json.loads(told.stdout)["checks"]}
    assert told.returncode == 0, told.stdout
    assert {"ffmpeg", "weights", "key and balance", "model", "clock", "bucket"} <= set(findings)


def test_doctor_says_how_to_fix_it(command: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    told = command("doctor", "--model", "openai/sora-9", "--bucket", "nobodys")
    findings = {one["check"]: one for one in json.loads(told.stdout)["checks"]}
    assert told.returncode == 1
    assert findings["model"]["verdict"] == "failed"
    assert "--model openai/sora-2/characters" in findings["model"]["mend"]
    assert findings["bucket"]["mend"]
