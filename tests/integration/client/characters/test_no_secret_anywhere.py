"""No key, signature or presigned query in anything that is written or shown, whatever goes wrong."""

from __future__ import annotations

import json
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from screentest.client.config import Settings, settings_from
from screentest.client.remote.storage import Bucket
from screentest.client.tasks.session import opened
from tests.integration.sandbox_parts import Sandbox, sandbox_up

SIGNED = re.compile(rb"X-Amz-(Signature|Credential|Security-Token)=\w|Signature=[0-9A-Za-z%]{8}")
WINDOW = ("--start", "1", "--length", "2")
FAULTS = [
    {"match": "POST /openai/sora-2/characters", "handled": True, "body": '{"code":200,"da'},
    {"match": "GET /predictions/*", "skip": 2, "status": 500, "times": 2},
    {"match": "s3 PUT", "status": 503, "times": 1},
    {"match": "s3 GET", "skip": 1, "status": 403, "times": 1},
]


@contextmanager
def running(data: Path, home: Path) -> Iterator[Sandbox]:
    data.mkdir(mode=0o700, parents=True)
    (data / "settings.json").write_text(json.dumps({"queue_s": 0.0, "character_s": 0.0}))
    faults = data.with_name("faults.json")
    faults.write_text(json.dumps(FAULTS))
    with sandbox_up(data, "--home", str(home), "--faults", str(faults)) as sandbox:
        yield sandbox


@pytest.mark.slow
def test_nothing_secret_is_written_or_shown_on_good_days_and_bad(
    tmp_path: Path, home: Path, face_clip: Path
) -> None:
    shown = []

    def cli(sandbox: Sandbox, *arguments: str, **env: str) -> None:
        run = subprocess.run(
            [sys.executable, "-m", "screentest.client.cli", "-v", *arguments],
            env={**sandbox.env, "SCREENTEST_HOME": str(home), **env},
            capture_output=True,
            timeout=120,
            check=False,
            cwd=tmp_path,
        )
        shown.append(run.stdout + run.stderr)

    register = ("register", str(face_clip), "--name", "Joe", *WINDOW)
    with running(tmp_path / "data", home) as sandbox:
        cli(sandbox, *register)
        cli(sandbox, "characters", "reconcile", "--settle-after", "0", "--json")
        cli(sandbox, *register, "--again")
        for number, name in enumerate(("WAVESPEED_API_KEY", "AWS_SECRET_ACCESS_KEY")):
            other = ("register", str(face_clip), "--name", f"Ann{number}", *WINDOW)
            cli(sandbox, *other, **{name: "wrong-key-1234"})
        cli(sandbox, "video", "Joe waves.", "--character", "Joe", "--yes", "--json")
        cli(sandbox, "doctor")
        cli(sandbox, "characters", "show", "Joe")
        cli(sandbox, "characters", "export")
        cli(sandbox, "tasks", "list", "--json")
        secrets = [sandbox.env[name].encode() for name in sandbox.env if "KEY" in name]
        reprs = repr_of_everything(settings_from({}, home=home, sandbox_env=sandbox.env))
    secrets.append(b"wrong-key-1234")
    account = {"account.json", "s3-identities.json", "sandbox.json"}
    written = {
        str(path): path.read_bytes()
        for folder in (home, tmp_path / "data")
        for path in folder.rglob("*")
        if path.is_file() and path.name not in account and "/s3/" not in str(path)
    }
    for where, content in {**written, "shown": b"".join(shown), "repr": reprs}.items():
        assert not [secret for secret in secrets if secret in content], where
        assert not SIGNED.search(content), (where, SIGNED.search(content))
    assert b"Joe" in b"".join(shown)


def repr_of_everything(settings: Settings) -> bytes:
    """The values a traceback could show, once each was in use."""
    with opened(settings) as session, Bucket(settings) as bucket:
        upload = bucket.present("clips/x.mp4", expires_s=600)
        rows = session.registry.registrations.list_all()
        return repr((settings, session, bucket, upload, rows, session.service)).encode()


@pytest.mark.slow
def test_what_is_private_is_its_owners_only(tmp_path: Path, home: Path, face_clip: Path) -> None:
    with running(tmp_path / "data", home) as sandbox:
        subprocess.run(
            [
                sys.executable,
                "-m",
                "screentest.client.cli",
                "register",
                str(face_clip),
                "--name",
                "Joe",
                *WINDOW,
            ],
            env={**sandbox.env, "SCREENTEST_HOME": str(home)},
            capture_output=True,
            timeout=120,
            check=False,
            umask=0o000,
        )
        private = [
            *home.glob("registry.sqlite3*"),
            *home.glob("clips/*"),
            *home.glob("locks/*"),
            *home.glob("scans/*"),
            home / "sandbox.json",
            *(tmp_path / "data").glob("*.json*"),
            *(tmp_path / "data" / "logs").iterdir(),
        ]
        modes = {
            str(path): oct(stat.S_IMODE(path.stat().st_mode))
            for path in private
            if path.is_file() and path.name not in {"settings.json", "ports.json"}
        }
    open_to_others = {path: mode for path, mode in modes.items() if mode != "0o600"}
    assert not open_to_others
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
