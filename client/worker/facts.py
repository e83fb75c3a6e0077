"""What a worker says of itself before it gets a job."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from screentest.client.worker.wire import WIRE_VERSION
from screentest.prep.core.errors import ScreentestError
from screentest.prep.scanning.cache import SCANNER_VERSION

LEAST_FREE_BYTES: Final = 500_000_000
_MOST_BYTES: Final = 10_000
_MOST_LETTERS: Final = 300


@dataclass(frozen=True, slots=True)
class WorkerFacts:
    """``screentest``: the version of the package. ``wire``, ``scanner``: of answers and of scans.

    ``lacks``: one sentence for each thing that a job needs and that is not there.
    """

    screentest: str
    wire: int
    scanner: int
    lacks: tuple[str, ...] = ()


def own_facts(*, looks: bool = True) -> WorkerFacts:
    """What this process is; ``looks``: whether it looks for what jobs need, too."""
    try:
        own = version("screentest")
    except PackageNotFoundError:
        own = "unknown"
    found = [_lack(look) for look in (_ffmpeg, _weights, _room)] if looks else []
    return WorkerFacts(own, WIRE_VERSION, SCANNER_VERSION, tuple(said for said in found if said))


def told_facts() -> bytes:
    """The facts of this worker as JSON, for the driver."""
    return json.dumps(asdict(own_facts())).encode()


def facts_from(data: object) -> WorkerFacts | None:
    """The facts that a worker told, None where it told none. Never raises for what ``data`` is."""
    if not isinstance(data, bytes) or len(data) > _MOST_BYTES:
        return None
    try:
        told = json.loads(data)
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict) or told.keys() != {one.name for one in fields(WorkerFacts)}:
        return None
    own, wire, scanner, lacks = (told[one.name] for one in fields(WorkerFacts))
    if type(wire) is not int or type(scanner) is not int or not isinstance(lacks, list):
        return None
    if not all(isinstance(said, str) and len(said) <= _MOST_LETTERS for said in (own, *lacks)):
        return None
    return WorkerFacts(own, wire, scanner, tuple(lacks))


def _lack(look: Callable[[], str]) -> str:
    """What a look found missing, "" for nothing."""
    try:
        return look()[:_MOST_LETTERS]
    except ScreentestError as error:
        return error.message[:_MOST_LETTERS]
    except (OSError, subprocess.SubprocessError) as error:
        return f"{look.__name__.strip('_')}: {type(error).__name__}"


def _ffmpeg() -> str:
    from screentest.prep.clipping.ffmpeg import executable

    run = subprocess.run([executable(), "-version"], capture_output=True, timeout=20, check=False)
    return "Its ffmpeg does not run." if run.returncode else ""


def _weights() -> str:
    from screentest.prep.vision.weights import manifest, weights

    for name in manifest():
        weights(name)
    return ""


def _room() -> str:
    from screentest.client.worker.scratch import scratch

    free = shutil.disk_usage(scratch().clips).free
    return f"It has {free / 1e6:.0f} MB of disk left." if free < LEAST_FREE_BYTES else ""
