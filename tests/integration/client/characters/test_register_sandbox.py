"""``register`` against the whole sandbox: one bill per character, and nothing done twice."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import imageio_ffmpeg
import pytest

from screentest.client.characters.register import STAGES, Order, Registered, register
from screentest.client.config import Secret, Settings, settings_from
from screentest.client.errors import (
    BucketUnusable,
    InvalidName,
    NoBalance,
    RateLimited,
    Rejected,
    ReplyLost,
    ServiceUnreachable,
    Unauthorized,
    UnsettledSubmit,
)
from screentest.client.registry.registry import FILE_NAME, Registry, utc_now
from screentest.prep.core.errors import NotFound, TooShort
from screentest.prep.core.wishes import Wishes
from tests.integration.register_parts import Watched, recorded, run
from tests.integration.sandbox_parts import Sandbox
from tests.lossy_relay import Relay
from tests.scripted_service import closed_port
from tests.waiting import HANG_S

pytest_plugins = ["tests.integration.register_fixtures"]


def later(minutes: float) -> Callable[[], datetime]:
    return lambda: utc_now() + timedelta(minutes=minutes)


def files_of(home: Path) -> set[str]:
    return {path.name for path in home.rglob("*") if path.is_file()}


# The whole way


@pytest.fixture(scope="module")
def journey(
    sandbox: Sandbox, face_clip: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Settings, Watched, Registered]:
    """One registration with everything in it: scan, pick and encode."""
    home = tmp_path_factory.mktemp("journey") / "home"
    raw = home.with_name("raw.mp4")
    cut = ["-v", "error", "-i", str(face_clip), "-t", "5", "-c", "copy", str(raw)]
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), *cut], check=True, timeout=60)
    settings = settings_from({}, home=home, sandbox_env=sandbox.env)
    watched = Watched()
    done = register(Order(str(raw), "Joe"), settings, watcher=watched)
    return settings, watched, done


def test_footage_becomes_a_recorded_character(
    journey: tuple[Settings, Watched, Registered],
) -> None:
    settings, _, done = journey
    assert done.character_id is not None
    assert done.character_id.startswith("char_")
    assert done.submitted
    assert recorded(settings).character_id == done.character_id


def test_every_stage_is_told_in_order(journey: tuple[Settings, Watched, Registered]) -> None:
    assert journey[1].stages == list(STAGES)


def test_the_clip_stays_under_the_home(journey: tuple[Settings, Watched, Registered]) -> None:
    settings, _, done = journey
    assert done.clip == str(settings.home / "clips" / f"{done.clip_sha256}.mp4")


def test_no_draft_is_left(journey: tuple[Settings, Watched, Registered]) -> None:
    assert not [name for name in files_of(journey[0].home) if "draft" in name]


def test_a_human_face_earns_a_reminder(journey: tuple[Settings, Watched, Registered]) -> None:
    assert any("consent" in warning for warning in journey[2].warnings)


def test_footage_scaled_up_earns_a_warning(
    journey: tuple[Settings, Watched, Registered],
) -> None:
    assert any("scaled up" in warning for warning in journey[2].warnings)


def test_no_file_of_the_home_holds_a_secret(
    journey: tuple[Settings, Watched, Registered],
) -> None:
    settings = journey[0]
    assert settings.s3.secret_key
    secrets = [settings.api_key.reveal(), settings.s3.secret_key.reveal(), "X-Amz-Signature"]
    for path in settings.home.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not [secret for secret in secrets if secret.encode() in content], path


def test_a_second_run_needs_no_service_at_all(
    journey: tuple[Settings, Watched, Registered],
) -> None:
    settings, _, done = journey
    away = replace(settings, base_url=f"http://127.0.0.1:{closed_port()}/api/v3")
    second = register(Order(str(settings.home.with_name("raw.mp4")), "Joe"), away)
    assert (second.character_id, second.submitted) == (done.character_id, False)
    assert second.reused == STAGES[1:]


# One bill


def test_a_run_resumes_with_the_clip_of_the_last(order: Order, settings: Settings) -> None:
    watched = Watched()
    done = run(order, settings, watcher=watched)
    assert watched.stages == ["probe", "upload", "prove", "submit", "wait", "record"]
    assert done.reused == ("scan", "pick", "clip", "check")


@pytest.mark.parametrize("stage", ["upload", "prove", "submit", "wait", "record"])
def test_after_an_interruption_the_same_command_bills_once(
    order: Order, settings: Settings, relay: Relay, stage: str
) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(order, settings, watcher=Watched(interrupt_at=stage))
    run(order, settings)
    assert len(relay.submitted_names) == 1


def test_again_registers_once_more(order: Order, settings: Settings, relay: Relay) -> None:
    first = run(order, settings)
    second = run(replace(order, again=True), settings)
    assert second.submitted
    assert len(relay.submitted_names) == 2
    with Registry(settings.home / FILE_NAME) as registry:
        found = [(row.generation, row.character_id) for row in registry.registrations.list_all()]
    assert found == [(1, first.character_id), (2, second.character_id)]


def test_a_clip_that_was_deleted_is_made_again(order: Order, settings: Settings) -> None:
    for path in (settings.home / "clips").iterdir():
        path.unlink()
    done = run(order, settings)
    assert done.clip is not None
    assert Path(done.clip).is_file()
    assert "clip" not in done.reused


def test_a_lost_reply_leaves_the_row_unknown_and_says_so(
    order: Order, settings: Settings, relay: Relay
) -> None:
    relay.faults = ["after"]
    with pytest.raises(ReplyLost, match="may or may not"):
        run(order, settings)
    assert recorded(settings).state == "unknown"
    assert relay.submitted_names == [order.name]


def test_a_lost_reply_is_found_again_and_not_paid_twice(
    order: Order, settings: Settings, relay: Relay
) -> None:
    relay.faults = ["after"]
    with pytest.raises(ReplyLost):
        run(order, settings)
    done = run(order, settings)
    assert not done.submitted
    assert len(relay.submitted_names) == 1


@pytest.mark.parametrize("fault", ["before", 500])
def test_a_submit_that_never_arrived_is_not_sent_again_at_once(
    order: Order, settings: Settings, relay: Relay, fault: str | int
) -> None:
    relay.faults = [fault]
    with pytest.raises(ReplyLost):
        run(order, settings)
    with pytest.raises(UnsettledSubmit) as caught:
        run(order, settings)
    assert "again in" in caught.value.hint
    assert not relay.submitted_names


def test_a_submit_that_never_arrived_is_sent_once_that_is_certain(
    order: Order, settings: Settings, relay: Relay
) -> None:
    relay.faults = ["before"]
    with pytest.raises(ReplyLost):
        run(order, settings)
    done = run(order, replace(settings, settle_after_s=0.0))
    assert done.submitted
    assert len(relay.submitted_names) == 1


def test_a_wrong_clock_does_not_hide_the_task(order: Order, settings: Settings, relay: Relay) -> None:
    relay.faults = ["after"]
    with pytest.raises(ReplyLost):
        run(order, settings, now=later(minutes=300))
    done = run(order, settings, now=later(minutes=301))
    assert not done.submitted
    assert len(relay.submitted_names) == 1


def test_a_run_killed_inside_its_submit_is_not_paid_twice(
    order: Order, settings: Settings, relay: Relay, sandbox: Sandbox
) -> None:
    relay.faults = ["hold"]
    env = {**sandbox.env, "WAVESPEED_BASE_URL": relay.url}
    code = (
        "import json, sys; from pathlib import Path\n"
        "from screentest.client.config import settings_from\n"
        "from screentest.prep.core.wishes import Wishes\n"
        "from screentest.client.characters.register import Order, register\n"
        "env, home, raw = json.loads(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]\n"
        "settings = settings_from({}, home=home, sandbox_env=env)\n"
        "register(Order(raw, sys.argv[4], wishes=Wishes(start_s=1.0, length_s=2.0)), settings)"
    )
    arguments = [json.dumps(env), str(settings.home), order.footage, order.name]
    with subprocess.Popen([sys.executable, "-c", code, *arguments]) as child:
        assert relay.arrived.wait(HANG_S)
        child.kill()
    assert recorded(settings).state == "submitting"
    done = run(order, settings)
    assert not done.submitted
    assert len(relay.submitted_names) == 1


@pytest.mark.parametrize(
    ("status", "kind", "state"),
    [
        (401, Unauthorized, "uploaded"),
        (402, NoBalance, "uploaded"),
        (429, RateLimited, "uploaded"),
        (400, Rejected, "failed"),
    ],
)
def test_after_a_definite_no_the_same_command_works_once_the_cause_is_gone(
    order: Order, settings: Settings, relay: Relay, status: int, kind: type[Exception], state: str
) -> None:
    relay.faults = [status]
    with pytest.raises(kind):
        run(order, settings)
    assert recorded(settings).state == state
    assert run(order, settings).submitted


def test_a_service_that_is_away_is_told_before_the_upload(order: Order, settings: Settings) -> None:
    away = replace(settings, base_url=f"http://127.0.0.1:{closed_port()}/api/v3")
    with pytest.raises(ServiceUnreachable):
        register(order, away, sleep=lambda _: None)
    assert recorded(settings).state == "clipped"


def test_a_wrong_key_is_told_in_the_services_words(order: Order, settings: Settings) -> None:
    with pytest.raises(Unauthorized) as caught:
        run(replace(order, name="Ann"), replace(settings, api_key=Secret("wrong-key-1234")))
    assert caught.value.hint
    assert "wrong-key-1234" not in f"{caught.value!r}"


def test_a_bucket_that_is_not_there_stops_before_the_bill(
    order: Order, settings: Settings, relay: Relay
) -> None:
    with pytest.raises(BucketUnusable):
        run(order, replace(settings, bucket="nobodys"))
    assert not relay.submitted_names


# Before any work


@pytest.mark.parametrize("name", ["", "x" * 81])
def test_a_name_the_model_refuses_leaves_nothing_behind(settings: Settings, name: str) -> None:
    with pytest.raises(InvalidName):
        register(Order("/no/such/file.mp4", name), settings)
    assert not settings.home.exists()


@pytest.mark.parametrize(("raw", "kind"), [("none.mp4", NotFound), ("short", TooShort)])
def test_footage_that_cannot_be_used_leaves_no_file(
    settings: Settings, face_clip: Path, raw: str, kind: type[Exception]
) -> None:
    order = (
        Order(raw, "Joe")
        if raw != "short"
        else Order(str(face_clip), "Joe", wishes=Wishes(start_s=30.0))
    )
    with pytest.raises(kind):
        register(order, settings)
    assert not {name for name in files_of(settings.home) if name.endswith(".mp4")}
