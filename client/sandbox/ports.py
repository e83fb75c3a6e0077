"""Free ports on the loopback address, the same ones each time a folder is served.

They lie below the ephemeral range, so that an outgoing connection never takes one between two runs.
SeaweedFS puts a gRPC port 10000 above each of its own.
"""

from __future__ import annotations

import json
import random
import socket
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from screentest.client.errors import SandboxError
from screentest.prep.core.files import write_atomically

LOOPBACK = "127.0.0.1"
GRPC_OFFSET = 10_000
_LOWEST, _HIGHEST = 10_240, 22_700


@dataclass(frozen=True, slots=True)
class Ports:
    """Where each server listens. ``behind``: the S3 server while faults stand before it at ``s3``."""

    api: int
    s3: int
    behind: int
    filer: int
    master: int
    volume: int
    admin: int


def choose_ports(remembered: Path, *, fresh: bool = False) -> Ports:
    """The ports of the last run where all of them are free, else new ones, which are remembered.

    ``fresh``: skip the remembered ones. Raises SandboxError where no free ports are found.
    """
    last = None if fresh else _last(remembered)
    if last is not None and all(map(_usable, asdict(last).values())):
        return last
    ports = _new_ports()
    write_atomically(remembered, json.dumps(asdict(ports)).encode(), what="list of ports")
    return ports


def _last(remembered: Path) -> Ports | None:
    try:
        return Ports(**json.loads(remembered.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _new_ports() -> Ports:
    wanted = len(fields(Ports))
    found: list[int] = []
    for port in random.SystemRandom().sample(range(_LOWEST, _HIGHEST), 400):
        if _usable(port):
            found.append(port)
        if len(found) == wanted:
            return Ports(*found)
    raise SandboxError("No free ports for the sandbox's servers.", "Stop other local servers.")


def _usable(port: int) -> bool:
    return is_free(port) and is_free(port + GRPC_OFFSET)


def is_free(port: int) -> bool:
    """Whether a server could listen on the port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
