"""Which schedulers are connected to, and which workers get jobs."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from screentest.client.batch.engine.admission import refusal
from screentest.client.batch.engine.connect import scheduler_at
from screentest.client.worker.facts import WorkerFacts, facts_from, own_facts, told_facts
from screentest.prep.core.errors import ConfigError, NotFound

OWN = WorkerFacts("1.2.0", 1, 32)


@pytest.mark.parametrize(
    "address",
    [
        "tls://10.0.0.5:8786",
        "tls://scheduler.studio.example:8786",
        "tcp://127.0.0.1:8786",
        "tcp://127.8.9.1:1",
        "tcp://[::1]:8786",
        "tcp://localhost:8786",
    ],
)
def test_what_is_encrypted_or_of_this_machine_is_connected_to(address: str) -> None:
    assert scheduler_at(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "tcp://10.0.0.5:8786",
        "tcp://0.0.0.0:8786",
        "tcp://scheduler:8786",
        "tcp://127.0.0.1.example.com:8786",
        "tcp://localhost.example.com:8786",
        "tcp://127.1:8786",
        "tcp://[fe80::1]:8786",
        "tcp://[::ffff:10.0.0.5]:8786",
    ],
)
def test_plain_tcp_beyond_this_machine_has_to_be_agreed_to(address: str, tmp_path: Path) -> None:
    file = tmp_path / "scheduler.json"
    file.write_text(json.dumps({"address": address}))
    for cluster in (address, str(file)):
        with pytest.raises(ConfigError, match="is not encrypted"):
            scheduler_at(cluster)
        assert scheduler_at(cluster, insecure=True) == address


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:8786",
        "ucx://127.0.0.1:8786",
        "inproc://127.0.0.1:8786",
        "tcp://127.0.0.1@10.0.0.5:8786",
        "tcp://127.0.0.1:8786/../10.0.0.5:1",
        "tcp://127.0.0.1",
        "tls://",
        "tls://a b:1",
        "tcp://127.0.0.1:8786\n",
    ],
)
def test_what_is_no_address_of_a_scheduler_is_refused_however_it_is_given(
    address: str, tmp_path: Path
) -> None:
    file = tmp_path / "scheduler.json"
    file.write_text(json.dumps({"address": address}))
    for cluster in (address, str(file)):
        with pytest.raises(ConfigError, match="is not the address"):
            scheduler_at(cluster, insecure=True)


def test_a_scheduler_file_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no scheduler file"):
        scheduler_at(str(tmp_path / "gone.json"))
    file = tmp_path / "scheduler.json"
    for told in ("", "[]", '{"address": 5}'):
        file.write_text(told)
        with pytest.raises(ConfigError, match="is not a scheduler file"):
            scheduler_at(str(file))


def test_a_worker_of_the_same_kind_with_all_it_needs_gets_jobs() -> None:
    assert refusal(OWN, own=OWN, threads=1) == ""


@pytest.mark.parametrize(
    ("told", "threads", "said"),
    [
        (None, 1, "cannot run Screentest 1.2.0"),
        (replace(OWN, screentest="1.1.9"), 1, "has Screentest 1.1.9, and this is 1.2.0"),
        (replace(OWN, wire=2), 1, "has other code"),
        (replace(OWN, scanner=31), 1, "has other code"),
        (OWN, 4, "does 4 jobs at once"),
        (replace(OWN, lacks=("No ffmpeg was found.",)), 1, "No ffmpeg was found."),
        (replace(OWN, screentest="1\x1b[2J"), 1, r"has Screentest 1\x1b[2J"),
    ],
)
def test_any_other_worker_is_refused_and_told_why(
    told: WorkerFacts | None, threads: int, said: str
) -> None:
    assert said in refusal(told, own=OWN, threads=threads)


def test_facts_come_back_as_they_were_told() -> None:
    told = facts_from(told_facts())
    assert told is not None
    assert replace(told, lacks=()) == own_facts(looks=False)


@pytest.mark.parametrize(
    "data",
    [
        None,
        b"",
        b"{}",
        b"[" * 20_000,
        b'{"screentest": "1", "wire": true, "scanner": 1, "lacks": []}',
        b'{"screentest": "1", "wire": 1, "scanner": 1, "lacks": ["x"], "more": 1}',
        b'{"screentest": "1", "wire": 1, "scanner": 1, "lacks": [["x"]]}',
        json.dumps({"screentest": "1" * 301, "wire": 1, "scanner": 1, "lacks": []}).encode(),
    ],
    ids=range(8),
)
def test_what_is_no_facts_is_none(data: object) -> None:
    assert facts_from(data) is None


def test_a_worker_tells_what_it_lacks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SCREENTEST_SCRATCH", str(tmp_path))
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 12_000_000}))
    assert own_facts().lacks == ("It has 12 MB of disk left.",)
