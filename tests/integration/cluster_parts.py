"""A cluster as its owner would start it: a scheduler, workers and S3, each on a host of its own.

Hosts are network namespaces where this machine can make them, with mounts of their own, so that they do
not see the driver's footage and home. Elsewhere they are addresses of the loopback.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.waiting import until

_PAGE = Path(__file__).parent.parent.parent / "docs" / "batch.md"
DOCUMENTED = tuple(re.findall(r"```sh\n(.*?)```", _PAGE.read_text(encoding="utf-8"), re.DOTALL))
"""The commands of docs/batch.md, block by block."""
HIDES = 'for folder in $HIDDEN; do mount -t tmpfs none "$folder"; done; exec "$@"'


@dataclass(frozen=True, slots=True)
class Host:
    """``enter``: what a command is written behind to run there."""

    address: str
    enter: tuple[str, ...] = ()


@contextmanager
def hosts(count: int) -> Iterator[tuple[Host, ...]]:
    """So many hosts that this process reaches, gone with the block."""
    if not _has_namespaces():
        yield tuple(Host(f"127.0.0.{number}") for number in range(2, count + 2))
        return
    tag, net = secrets.token_hex(3), f"10.213.{secrets.randbelow(200) + 20}"
    with ExitStack() as stack:
        _ip(f"link add st{tag} type bridge")
        stack.callback(_ip, f"link del st{tag}")
        _ip(f"addr add {net}.1/24 dev st{tag}")
        _ip(f"link set st{tag} up")
        found = []
        for number in range(2, count + 2):
            name = f"st{tag}-{number}"
            _ip(f"netns add {name}")
            stack.callback(_ip, f"netns del {name}")
            _ip(f"link add {name} type veth peer name eth0 netns {name}")
            _ip(f"link set {name} master st{tag} up")
            _ip(f"-n {name} addr add {net}.{number}/24 dev eth0")
            _ip(f"-n {name} link set eth0 up")
            _ip(f"-n {name} link set lo up")
            found.append(Host(f"{net}.{number}", ("ip", "netns", "exec", name)))
        yield tuple(found)


def _has_namespaces() -> bool:
    name = f"st{secrets.token_hex(3)}"
    try:
        _ip(f"netns add {name}")
        _ip(f"netns del {name}")
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def _ip(command: str) -> None:
    subprocess.run(["ip", *command.split()], check=True, capture_output=True)


@dataclass(slots=True)
class Cluster:
    """A scheduler at ``address``, and processes of Dask's own command on hosts."""

    address: str
    hosts: tuple[Host, ...]
    certificates: Path
    folder: Path
    s3: dict[str, str]
    hidden: tuple[Path, ...]
    stack: ExitStack = field(repr=False)

    def start_worker(self, name: str, host: Host, **environ: str) -> subprocess.Popen[bytes]:
        """A worker with one thread, as docs/batch.md starts it."""
        scratch = self.folder / f"scratch-{name}"
        scratch.mkdir(mode=0o700)
        command = ["worker", self.address, "--nthreads=1", "--memory-limit=0", "--no-dashboard"]
        command += [f"--host={host.address}", f"--name={name}", *self.tls_options()]
        command += [f"--local-directory={self.folder / name}"]
        environ = {"SCREENTEST_SCRATCH": str(scratch), **environ}
        process = self.start(host, command, environ, log=name)
        self.stack.callback(ended, process)
        return process

    def tls_options(self) -> list[str]:
        own = self.certificates
        return [
            f"--tls-ca-file={own / 'ca.pem'}",
            f"--tls-cert={own / 'cert.pem'}",
            f"--tls-key={own / 'key.pem'}",
        ]

    def start(
        self, host: Host, command: Sequence[str], environ: dict[str, str], *, log: str
    ) -> subprocess.Popen[bytes]:
        dask = str(Path(sys.executable).with_name("dask"))
        hides = ("sh", "-c", HIDES, "sh") if host.enter else ()
        stripped = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "HIDDEN": " ".join(map(str, self.hidden)),
            **environ,
        }
        with (self.folder / f"{log}.log").open("wb") as told:
            return subprocess.Popen(
                [*host.enter, *hides, dask, *command],
                env=stripped,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=told,
                stderr=told,
                start_new_session=True,
            )

    def process_of(self, name: str) -> int:
        """The process that does a worker's jobs, which its nanny started."""
        mine = str(self.folder)  # a run that was killed may have left others
        (nanny,) = [
            pid
            for pid, words in _commands()
            if f"--name={name}" in words and _is_dask(words) and any(mine in word for word in words)
        ]
        return until(lambda: _children(nanny))[0]


@contextmanager
def cluster_up(folder: Path, *, hidden: Sequence[Path]) -> Iterator[Cluster]:
    """A scheduler and S3 on hosts of their own, and two hosts for workers.

    ``hidden``: folders that hosts do not see.
    """
    with ExitStack() as stack:
        storage, *others = stack.enter_context(hosts(3))
        s3 = stack.enter_context(_s3_on(storage, folder / "s3"))
        certificates = made_certificates(folder)
        address = f"tls://{others[0].address}:{_PORT}"
        cluster = Cluster(address, tuple(others), certificates, folder, s3, tuple(hidden), stack)
        command = ["scheduler", f"--host={others[0].address}", f"--port={_PORT}", "--no-dashboard"]
        command += ["--protocol=tls", *cluster.tls_options()]
        stack.callback(ended, cluster.start(others[0], command, {}, log="scheduler"))
        yield cluster


_PORT = 8786


def ended(process: subprocess.Popen[bytes]) -> None:
    """Ends a process and all of its session."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextmanager
def _s3_on(host: Host, folder: Path) -> Iterator[dict[str, str]]:
    command = [
        *host.enter,
        sys.executable,
        "-m",
        "tests.integration.hosts.s3_host",
        str(folder),
        host.address,
    ]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert server.stdin is not None
    assert server.stdout is not None
    with server.stdin, server.stdout:
        try:
            yield dict(json.loads(server.stdout.readline()))
        finally:
            server.stdin.close()
            server.wait()


def made_certificates(folder: Path) -> Path:
    """A CA and one certificate of it for all, made as is documented."""
    own = folder / "certificates"
    own.mkdir()
    script = next(block for block in DOCUMENTED if "openssl" in block)
    subprocess.run(["/bin/sh", "-ec", script], cwd=own, check=True, capture_output=True)
    return own


def _commands() -> Iterator[tuple[int, list[str]]]:
    for found in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            yield int(found.parent.name), found.read_bytes().decode("utf-8", "replace").split("\0")
        except OSError:
            continue


def _is_dask(words: Sequence[str]) -> bool:
    return any(word.endswith("/dask") for word in words[:2])


def _children(parent: int) -> list[int]:
    found = []
    for pid, words in _commands():
        with suppress(OSError):
            is_child = f"\nPPid:\t{parent}\n" in Path(f"/proc/{pid}/status").read_text()
            if is_child and any("spawn_main" in word for word in words):
                found.append(pid)
    return found
