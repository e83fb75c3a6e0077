"""The stand-in's decisions that need no server: prices, fields, statuses, settings, signatures."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from screentest.client.errors import SandboxError
from screentest.client.sandbox.account import load_account
from screentest.client.sandbox.folder import DataFolder
from screentest.client.sandbox.ports import GRPC_OFFSET, choose_ports
from screentest.client.sandbox.s3.sigv4 import signed_headers
from screentest.client.sandbox.settings import SandboxSettings, load_settings
from screentest.client.sandbox.work.clip_identity import ClipIdentity, character_id
from screentest.client.sandbox.work.models import MODELS
from screentest.client.sandbox.work.tasks import Query, Task, TaskStore

CHARACTERS = MODELS["openai/sora-2/characters"]
TASK = Task(
    id="t1",
    model=CHARACTERS.id,
    inputs={"name": "Joe"},
    price_usd=0.001,
    created_at=100.0,
    starts_at=101.0,
    finished_at=None,
    outputs=(),
    code=0,
    error="",
    inference_ms=0,
)


@pytest.mark.parametrize(
    ("now", "finished_at", "code", "status"),
    [
        (100.5, None, 0, "created"),
        (101.5, None, 0, "processing"),
        (101.5, 102.0, 0, "processing"),
        (102.0, 102.0, 0, "completed"),
        (102.0, 102.0, 1401, "failed"),
    ],
)
def test_a_status_follows_from_the_time_it_is_asked_for(
    now: float, finished_at: float | None, code: int, status: str
) -> None:
    assert replace(TASK, finished_at=finished_at, code=code).status(now) == status


@pytest.mark.parametrize(
    ("model", "inputs", "usd"),
    [
        ("openai/sora-2/characters", {}, 0.001),
        ("openai/sora-2/text-to-video", {"duration": 20}, 2.0),
        ("openai/sora-2-pro/text-to-video", {"duration": 4}, 1.2),
        ("openai/sora-2-pro/image-to-video", {"duration": 8, "resolution": "1080p"}, 4.0),
    ],
)
def test_prices_are_the_documented_ones(model: str, inputs: dict[str, object], usd: float) -> None:
    assert MODELS[model].price_of(inputs, {}) == usd


def test_a_price_can_be_set() -> None:
    assert CHARACTERS.price_of({}, {CHARACTERS.id: 0.5}) == 0.5


def test_unknown_fields_are_dropped_and_defaults_filled_in() -> None:
    model = MODELS["openai/sora-2/text-to-video"]
    given = model.inputs_from({"prompt": "x", "seed": 7, "size": None})
    assert given == {"prompt": "x", "size": "720*1280", "duration": 4}


@pytest.mark.parametrize("name", ["J", "x" * 80, "Zoë", "名前"])
def test_a_name_within_the_limits_is_accepted(name: str) -> None:
    assert CHARACTERS.problem({"video": "u", "name": name}) is None


def test_settings_come_from_the_folder(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"outputs": "string", "queue_s": 2}), encoding="utf-8")
    assert load_settings(path) == SandboxSettings(outputs="string", queue_s=2)


@pytest.mark.parametrize(
    "given",
    [
        *({"nosuch": 1}, {"outputs": "xml"}, {"queue_s": "1"}, {"queue_s": -1}, {"at_once": 0}),
        *({"list_includes_inputs": 1}, {"prices_usd": {"m": "free"}}, [1], "x"),
    ],
)
def test_a_wrong_setting_is_refused_with_a_way_out(tmp_path: Path, given: object) -> None:
    path = tmp_path / "settings.json"
    path.write_text(json.dumps(given), encoding="utf-8")
    with pytest.raises(SandboxError) as refusal:
        load_settings(path)
    assert refusal.value.hint


def test_ports_are_remembered_and_lie_below_the_ephemeral_ones(tmp_path: Path) -> None:
    from dataclasses import astuple

    ports = choose_ports(tmp_path / "ports.json")
    assert choose_ports(tmp_path / "ports.json") == ports
    assert len(set(astuple(ports))) == len(astuple(ports))
    assert all(port > 1024 and port + GRPC_OFFSET < 32_768 for port in astuple(ports))


def test_a_damaged_account_is_an_error_and_never_replaced(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    folder.account.write_text("{", encoding="utf-8")
    with pytest.raises(SandboxError):
        load_account(folder)
    assert folder.account.read_text(encoding="utf-8") == "{"


def test_an_accounts_keys_do_not_show_in_its_repr(tmp_path: Path) -> None:
    account = load_account(DataFolder(tmp_path).create())
    assert not [secret for secret in account.secrets if secret in repr(account)]


def test_a_character_id_tells_clips_names_and_tasks_apart() -> None:
    base = {"name": "Joe", "task_id": "t1"}
    one = character_id(ClipIdentity("face", "aa"), **base)
    assert character_id(ClipIdentity("face", "aa"), **base) == one
    others = [
        character_id(ClipIdentity("face", "ab"), **base),
        character_id(ClipIdentity("face", "aa"), name="Jo", task_id="t1"),
        character_id(ClipIdentity("face", "aa"), name="Joe", task_id="t2"),
    ]
    assert len({one, *others}) == 4


def test_money_that_is_not_there_is_not_spent(tmp_path: Path) -> None:
    store = TaskStore(tmp_path / "tasks.sqlite")
    try:
        assert store.add(TASK, funds_usd=0.0015)
        assert not store.add(replace(TASK, id="t2"), funds_usd=0.0015)
        everything = Query(page=1, page_size=10, after=0.0, before=1e12)
        assert [t.id for t in store.listed(everything, now=0.0)] == ["t1"]
    finally:
        store.close()


def test_no_presigned_url_is_kept_after_the_work(tmp_path: Path) -> None:
    store = TaskStore(tmp_path / "tasks.sqlite")
    task = replace(TASK, inputs={"video": "https://h/x.mp4?X-Amz-Signature=SECRET"})
    try:
        store.add(task, funds_usd=1.0)
        store.fail(task, 1402, "gone", at=1.0, inference_ms=1)
        kept = store.get(task.id, since=0.0)
    finally:
        store.close()
    assert kept is not None
    assert "SECRET" not in kept.inputs["video"]


def test_requests_are_signed_as_botocore_signs_them() -> None:
    from datetime import UTC, datetime

    from botocore.auth import S3SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    at = datetime.now(UTC).timestamp()
    ours = signed_headers(
        "PUT",
        "/clips/a",
        b"body",
        host="127.0.0.1:1234",
        region="us-east-1",
        access_key_id="AK",
        secret_access_key="SK",
        at=at,
    )
    request = AWSRequest("PUT", "http://127.0.0.1:1234/clips/a", data=b"body")
    signer = S3SigV4Auth(Credentials("AK", "SK"), "s3", "us-east-1")
    request.context["timestamp"] = ours["x-amz-date"]
    request.headers["X-Amz-Content-SHA256"] = ours["x-amz-content-sha256"]
    headers = {"host": "127.0.0.1:1234", "x-amz-date": ours["x-amz-date"]}
    for name, value in headers.items():
        request.headers[name] = value
    wanted = signer.signature(
        signer.string_to_sign(request, signer.canonical_request(request)), request
    )
    assert ours["Authorization"].endswith(f"Signature={wanted}")


def test_asking_for_the_sandbox_of_a_home_loads_no_server() -> None:
    heavy = ["httpx", "boto3", "av", "cv2", "numpy", "starlette", "uvicorn", "sqlite3"]
    code = f"import sys, screentest.client.sandbox; print([m for m in {heavy} if m in sys.modules])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert told.stdout.decode().strip() == "[]"


def test_the_supervisor_imports_nothing_of_this_package() -> None:
    code = "import sys; from screentest.client.sandbox.s3 import supervisor; print(supervisor.__file__)"
    path = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    listed = "import runpy, sys; runpy.run_path(sys.argv[1], run_name='x'); print(*sys.modules)"
    command = [sys.executable, "-I", "-S", "-c", listed, path.stdout.decode().strip()]
    modules = subprocess.run(command, capture_output=True, check=True).stdout.decode().split()
    assert not [name for name in modules if name.split(".")[0] in ("client", "prep")]
