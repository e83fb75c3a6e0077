"""What docs/batch.md has people type does what it says there."""

from __future__ import annotations

import json
import shutil
import ssl
import subprocess
import sys
from pathlib import Path

import pytest

from screentest.client.batch.engine.throwaway import certificate_in
from tests.integration.cluster_parts import DOCUMENTED, made_certificates
from tests.waiting import HANG_S

NIGHTLY = next(block for block in DOCUMENTED if "flock" in block)


def strict(own: Path, purpose: ssl.Purpose) -> ssl.SSLContext:
    """As Python 3.13 makes one, whichever this is, with a certificate wanted of both."""
    ca = own / "ca.pem" if (own / "ca.pem").exists() else own / "cert.pem"
    context = ssl.create_default_context(purpose, cafile=str(ca))
    context.verify_flags |= ssl.VERIFY_X509_STRICT | ssl.VERIFY_X509_PARTIAL_CHAIN
    context.check_hostname = False  # as Dask has it: members are known by the CA alone
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(own / "cert.pem", own / "key.pem")
    return context


def shake_hands(client: ssl.SSLContext, server: ssl.SSLContext) -> None:
    """Raises SSLError where one of them does not take the other's certificate."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    waiting = [
        client.wrap_bio(to_client, to_server),
        server.wrap_bio(to_server, to_client, server_side=True),
    ]
    for _ in range(9):
        for one in list(waiting):
            try:
                one.do_handshake()
                waiting.remove(one)
            except ssl.SSLWantReadError:
                continue
    assert not waiting


def test_the_certificates_are_taken_by_a_python_that_looks_closely(tmp_path: Path) -> None:
    own = made_certificates(tmp_path)
    shake_hands(strict(own, ssl.Purpose.SERVER_AUTH), strict(own, ssl.Purpose.CLIENT_AUTH))
    (tmp_path / "others").mkdir()
    others = made_certificates(tmp_path / "others")
    with pytest.raises(ssl.SSLError):
        shake_hands(strict(own, ssl.Purpose.SERVER_AUTH), strict(others, ssl.Purpose.CLIENT_AUTH))


def test_so_are_those_that_a_run_makes_for_its_own_processes(tmp_path: Path) -> None:
    certificate_in(tmp_path)
    shake_hands(strict(tmp_path, ssl.Purpose.SERVER_AUTH), strict(tmp_path, ssl.Purpose.CLIENT_AUTH))


def test_the_nightly_line_runs_where_cron_knows_no_path(tmp_path: Path, face_clip: Path) -> None:
    """Without its key: nothing is sent."""
    folder = tmp_path / "footage"
    folder.mkdir()
    shutil.copy(face_clip, folder / "joe.mp4")
    (tmp_path / ".screentest.env").write_text("export SCREENTEST_BUCKET=clips\n")
    *times, line = NIGHTLY.strip().split(" ", 5)
    assert times == ["17", "2", "*", "*", "*"]
    assert "%" not in line, "cron ends the line there"
    installed = Path(sys.executable).parent / "screentest"
    command = line.replace("/opt/screentest/bin/screentest", str(installed))
    command = command.replace("--max-cost 5", "--dry-run")
    assert command != line
    ended = subprocess.run(
        ["env", "-i", f"HOME={tmp_path}", "PATH=/usr/bin:/bin", "/bin/sh", "-c", command],
        cwd="/",
        capture_output=True,
        text=True,
        timeout=HANG_S,
        check=False,
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
    item, last = map(json.loads, (folder / "batch.jsonl").read_text().splitlines())
    assert (item["name"], last["summary"]["items"]) == ("joe", 1)
    assert not (folder / "batch.log").read_text()
