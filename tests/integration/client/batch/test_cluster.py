"""Workers on hosts of their own: clips come back, nothing secret goes there, faults cost one job."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

from screentest.client.batch.carrying.carry import CarryingEngine, carrying
from screentest.client.batch.carrying.transit import opened
from screentest.client.batch.engine.cluster import opened_at
from screentest.client.config import Secret, Settings
from screentest.client.worker.job import ClipMade, Inspect, Inspected, Place, Prepare, Result
from screentest.prep.core.files import sha256_of
from screentest.prep.core.spec import SORA_2
from screentest.prep.core.wishes import Wishes
from tests.integration.cluster_parts import Cluster, cluster_up
from tests.waiting import until

API_KEY = "wavespeed-key-0123456789abcdef"
QUICK = Wishes(start_s=1.0, length_s=2.0)


@pytest.fixture(scope="module")
def footage(face_clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one face, on the driver alone."""
    folder = tmp_path_factory.mktemp("footage")
    (folder / "joe.mp4").write_bytes(face_clip.read_bytes())
    return folder


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def cluster(footage: Path, home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Two workers on two hosts, which see neither footage nor home."""
    with cluster_up(tmp_path_factory.mktemp("cluster"), hidden=[footage, home]) as up:
        for name, host in zip(("one", "two"), up.hosts, strict=True):
            up.start_worker(name, host)
        yield up


@pytest.fixture(scope="module")
def environ(cluster: Cluster) -> dict[str, str]:
    """The driver's: its key, its bucket, and its certificates."""
    tls, own = "DASK_DISTRIBUTED__COMM__TLS__", cluster.certificates
    return {
        **cluster.s3,
        "WAVESPEED_API_KEY": API_KEY,
        f"{tls}CA_FILE": str(own / "ca.pem"),
        f"{tls}CLIENT__CERT": str(own / "cert.pem"),
        f"{tls}CLIENT__KEY": str(own / "key.pem"),
    }


@contextmanager
def driving(
    cluster: Cluster, environ: dict[str, str], home: Path, told: list[str], *, deadline_s: float = 600.0
) -> Iterator[CarryingEngine]:
    """An engine over the cluster, once both of its workers are admitted."""
    settings = Settings(
        home, "https://api.example/api/v3", Secret(API_KEY), cluster.s3["SCREENTEST_BUCKET"], False
    )
    with pytest.MonkeyPatch.context() as patch, ExitStack() as stack:
        for name, value in environ.items():
            patch.setenv(name, value)
        import dask

        tls, own = "distributed.comm.tls", cluster.certificates
        given = {"ca-file": "ca.pem", "client.cert": "cert.pem", "client.key": "key.pem"}
        named = {f"{tls}.{name}": str(own / file) for name, file in given.items()}
        stack.enter_context(dask.config.set(named))
        transit, folder = stack.enter_context(opened(settings))
        engine = stack.enter_context(
            opened_at(cluster.address, told=told.append, deadline_s=deadline_s)
        )
        carried = stack.enter_context(
            carrying(engine, transit, folder=folder, home=home, reached=lambda place: place)
        )
        until(lambda: (carried.next_done(0.1), engine.workers >= 2)[1])
        yield carried
        carried.close()
        assert not list(transit.listed(folder)), "nothing is left under way"


def results_of(engine: CarryingEngine, count: int) -> dict[int, Result]:
    results: dict[int, Result] = {}
    while len(results) < count:
        if (done := engine.next_done(0.5)) is not None:
            results[done.number] = done.result
    return results


def face(footage: Path, number: int) -> Prepare:
    path = footage / f"{number}.mp4"
    if not path.exists():
        path.write_bytes((footage / "joe.mp4").read_bytes())
    return Prepare((Place(path.name, path=str(path)),), SORA_2, QUICK, clips="/nowhere", scans="/no")


def test_a_batch_over_machines_that_share_nothing_keeps_its_secrets(
    cluster: Cluster, environ: dict[str, str], footage: Path, home: Path
) -> None:
    item, summary = prepared(cluster, environ, home, str(footage / "joe.mp4"))
    assert (item["status"], summary["summary"]["prepared"]) == ("prepared", 1)
    clip = Path(item["clip"])
    assert clip == home / "clips" / f"{sha256_of(clip)}.mp4"

    secrets = [API_KEY, cluster.s3["AWS_SECRET_ACCESS_KEY"]]
    for name in ("one", "two"):
        pid = cluster.process_of(name)
        assert not any(secret in environment_of(pid) for secret in secrets)
        assert not any(in_memory(pid, secret) for secret in secrets), name
    assert in_memory(cluster.process_of("one"), "SCREENTEST_SCRATCH"), (
        "memory is read as it is meant to"
    )


def prepared(
    cluster: Cluster, environ: dict[str, str], home: Path, source: str
) -> list[dict[str, Any]]:
    """What the command tells of a source over the cluster, line by line."""
    command = [sys.executable, "-m", "screentest.client.cli", "--home", str(home), "batch", source]
    command += ["--cluster", cluster.address, "--prepare", "--json", "--start", "1", "--length", "2"]
    ran = subprocess.run(
        command, env={**os.environ, **environ}, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return [json.loads(line) for line in ran.stdout.splitlines()]


def test_footage_of_a_bucket_goes_to_the_workers_and_its_clips_arrive(
    cluster: Cluster, environ: dict[str, str], footage: Path, tmp_path: Path
) -> None:
    bucket, home = cluster.s3["SCREENTEST_BUCKET"], tmp_path / "home"
    film = (footage / "joe.mp4").read_bytes()
    with bucket_of(cluster) as objects:
        for key in ("rushes/monday/joe.mp4", "rushes/monday/late/ann.mp4", "rushes/notes.txt"):
            objects.put(key, film + key.encode())
        *items, summary = prepared(cluster, environ, home, f"s3://{bucket}/rushes")
        left = objects.listed()
    assert summary["summary"]["prepared"] == 2
    assert {item["name"]: item["footage"] for item in items} == {
        "joe": [f"s3://{bucket}/rushes/monday/joe.mp4"],
        "ann": [f"s3://{bucket}/rushes/monday/late/ann.mp4"],
    }
    for item in items:
        clip = Path(item["clip"])
        assert clip == home / "clips" / f"{sha256_of(clip)}.mp4"
    fetched = [file for file in cluster.folder.glob("scratch-*/*/footage/*") if file.is_file()]
    assert len(fetched) >= 2, "workers read the bucket"
    assert not list(home.glob("fetched/*")), "and the driver does not"
    assert left == ["rushes/monday/joe.mp4", "rushes/monday/late/ann.mp4", "rushes/notes.txt"]


@dataclass(frozen=True, slots=True)
class Objects:
    """What lies in the cluster's bucket."""

    client: Any
    bucket: str

    def put(self, key: str, content: bytes) -> None:
        self.client.put_object(Bucket=self.bucket, Key=key, Body=content)

    def listed(self) -> list[str]:
        found = self.client.list_objects_v2(Bucket=self.bucket)
        return [one["Key"] for one in found.get("Contents", [])]


@contextmanager
def bucket_of(cluster: Cluster) -> Iterator[Objects]:
    client = boto3.client(
        "s3",
        endpoint_url=cluster.s3["AWS_ENDPOINT_URL_S3"],
        region_name=cluster.s3["AWS_DEFAULT_REGION"],
        aws_access_key_id=cluster.s3["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=cluster.s3["AWS_SECRET_ACCESS_KEY"],
    )
    with closing(client):
        yield Objects(client, cluster.s3["SCREENTEST_BUCKET"])


def environment_of(pid: int) -> str:
    return Path(f"/proc/{pid}/environ").read_bytes().decode("utf-8", "replace")


def in_memory(pid: int, text: str) -> bool:
    """Whether a process holds a text anywhere that it may write to."""
    maps = Path(f"/proc/{pid}/maps").read_text().splitlines()
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in maps:
            span, rights, *_ = line.split()
            start, end = (int(part, 16) for part in span.split("-"))
            if not rights.startswith("rw") or end - start > 2**30:
                continue
            memory.seek(start)
            try:
                if text.encode() in memory.read(end - start):
                    return True
            except OSError:
                continue
    return False


def test_one_killed_and_one_paused_cost_no_item(
    cluster: Cluster, environ: dict[str, str], footage: Path, home: Path
) -> None:
    told: list[str] = []
    with driving(cluster, environ, home, told, deadline_s=30.0) as engine:
        for number in (1, 2):
            engine.submit(number, face(footage, number))
        engine.next_done(0.5)
        os.kill(cluster.process_of("one"), signal.SIGKILL)
        assert all(isinstance(one, ClipMade) for one in results_of(engine, 2).values())

        until(lambda: (engine.next_done(0.1), engine.workers >= 2)[1])
        paused = cluster.process_of("two")
        os.kill(paused, signal.SIGSTOP)
        for number in (3, 4):
            engine.submit(number, face(footage, number))
        assert all(isinstance(one, ClipMade) for one in results_of(engine, 2).values())
        until(lambda: not Path(f"/proc/{paused}").exists())  # its nanny starts another in its place
    assert not told


def test_a_worker_of_another_version_is_refused_with_a_sentence_and_the_others_go_on(
    cluster: Cluster, environ: dict[str, str], footage: Path, home: Path, tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import importlib.metadata as metadata\n"
        "found = metadata.version\n"
        "metadata.version = lambda name: '0.0.1' if name == 'screentest' else found(name)\n"
    )
    other = cluster.start_worker("other", cluster.hosts[1], PYTHONPATH=str(tmp_path))
    told: list[str] = []
    with driving(cluster, environ, home, told) as engine:
        until(lambda: (engine.next_done(0.1), told)[1])
        engine.submit(1, Inspect((Place("joe", path=str(footage / "joe.mp4")),)))
        (looked,) = results_of(engine, 1).values()
    other.terminate()
    other.wait()
    assert isinstance(looked, Inspected)
    assert looked.sources[0].path == str(footage / "joe.mp4")
    (said,) = told
    assert said.startswith("The worker at tls://")
    assert "has Screentest 0.0.1, and this is" in said


def test_a_worker_without_room_is_let_rest_and_the_others_do_its_jobs(
    cluster: Cluster, environ: dict[str, str], footage: Path, home: Path
) -> None:
    small = cluster.start_worker("small", cluster.hosts[1])
    told: list[str] = []
    with driving(cluster, environ, home, told) as engine:
        until(lambda: (engine.next_done(0.1), engine.workers >= 3)[1])
        subprocess.run(["prlimit", f"--pid={cluster.process_of('small')}", "--fsize=20000"], check=True)
        for number in range(10, 13):
            engine.submit(number, face(footage, number))
        results = results_of(engine, 3)
    small.terminate()
    small.wait()
    assert all(isinstance(result, ClipMade) for result in results.values()), results
    assert len(told) == 1
    assert "no room on its disk" in told[0]
