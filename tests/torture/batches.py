"""Batches whose driver is killed at random, workers too, and the books compared afterwards.

    python -m tests.torture.batches --kills 100 --seed 1

A batch goes over a folder of 40 short files. Replies to submits are held 0-4 s, some are dropped, and
some submits never arrive. The driver is killed, or interrupted as by Ctrl-C; a worker is killed, or
stopped for a while; then the same command goes on. What is all done makes place for another folder.
In the end each file is a character, billed once, and no process is left.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from screentest.prep.clipping.ffmpeg import executable
from screentest.prep.core.files import private_folder
from tests.torture import books
from tests.torture.audit import Verdict, astray, audit
from tests.torture.clients import SETTLING
from tests.torture.faults import faults
from tests.torture.place import Place

FOOTAGE = Path(__file__).parent.parent.parent / "fixtures" / "cap13_edit2.mp4"
FOOTAGE_S = 6
FILES = 40
SETTINGS = {
    "queue_s": 0.0,
    "character_s": 0.3,
    "balance_usd": 10_000.0,
    "page_most": 50,
    "strict": True,
}
EARLY = 0.2
"""How many of the runs are struck while they start; the others once an item ended."""
LATEST_S = 8.0
BEGINS_WITHIN_S = 60.0
ENDS_WITHIN_S = 60.0
"""How long an interrupted batch may take: a reply that is held is waited for."""
TO_THE_END = 12
"""Runs without a kill that a folder may take: each loses some items to the service's faults."""
RUN_S = 600.0
STRIKES = ("driver killed", "driver interrupted", "worker killed", "worker stopped")
WEIGHTS = (60, 25, 8, 7)

Env = Mapping[str, str]


@dataclass(slots=True)
class Seen:
    """What came of all runs. ``ends``: exit code -> runs; ``wrong``: sentences."""

    strikes: Counter[str] = field(default_factory=Counter)
    ends: Counter[int] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    ordered: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    @property
    def drivers_struck(self) -> int:
        return self.strikes["driver killed"] + self.strikes["driver interrupted"]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.torture.batches", description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--files", type=int, default=FILES)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    # A shell's background job ignores Ctrl-C, and so would every driver that is interrupted here.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="torture-batch-") as folder:
        return tortured(Place(Path(folder)), given.kills, given.files, random.Random(given.seed))


def tortured(place: Place, kills: int, files: int, chance: random.Random) -> int:
    """0 where the books are clean and every run ended as it may, 1 otherwise."""
    began, seen = time.monotonic(), Seen()
    for path in (place.data, place.home, place.outs):
        private_folder(path)
    (place.data / "settings.json").write_text(json.dumps(SETTINGS))
    film = _film(place)
    while seen.drivers_struck < kills:
        number = len(seen.ordered) // files + 1
        place.faults.write_text(json.dumps(faults(4 * files, chance)))
        with _sandbox(place) as env:
            _one_folder(_folder(place, film, files, number, seen), env, kills, place, chance, seen)
        sys.stderr.write(f"\n{seen.drivers_struck} of {kills}: {dict(seen.strikes)}\n")
    verdict = _audited(place, seen)
    seen.wrong += _left(place)
    told = {
        "files": len(seen.ordered),
        "strikes": dict(seen.strikes),
        "ends": {str(code): count for code, count in sorted(seen.ends.items())},
        "told": dict(seen.statuses),
        "wrong": {**verdict.counts, "runs": len(seen.wrong)},
        "took_s": round(time.monotonic() - began, 1),
    }
    sys.stdout.write(json.dumps(told) + "\n")
    if verdict.clean and not seen.wrong:
        return 0
    sys.stderr.write(f"{verdict}\n{chr(10).join(seen.wrong)}\n{place.log.read_text()[-6000:]}")
    return 1


def _film(place: Place) -> bytes:
    out = place.folder / "film.mp4"
    cut = (executable(), "-v", "error", "-i", FOOTAGE, "-t", str(FOOTAGE_S), "-c", "copy", out)
    subprocess.run([str(word) for word in cut], check=True)
    return out.read_bytes()


def _folder(place: Place, film: bytes, files: int, number: int, seen: Seen) -> Path:
    """A folder of films that differ in a box that no player reads."""
    folder = private_folder(place.folder / f"footage {number}")
    for one in range(files):
        name = f"Joe {number} {one}"
        said = name.encode()
        box = (8 + len(said)).to_bytes(4, "big") + b"free" + said
        (folder / f"{name}.mp4").write_bytes(film + box)
        seen.ordered[name] = 1
    return folder


def _one_folder(
    folder: Path, env: Env, kills: int, place: Place, chance: random.Random, seen: Seen
) -> None:
    """Runs over a folder until it is all done, each struck while there are kills to come."""
    left = TO_THE_END
    while left:
        is_struck = seen.drivers_struck < kills
        code = _one_run(folder, env, place, chance if is_struck else None, seen)
        seen.ends[code] += 1
        if code == 0:
            return
        left -= code == 3
    seen.wrong.append(f"{folder.name} was not done after {TO_THE_END} whole runs")


def _one_run(folder: Path, env: Env, place: Place, chance: random.Random | None, seen: Seen) -> int:
    lines = place.folder / "lines.jsonl"
    with lines.open("wb") as out, place.log.open("ab") as log:
        command = [sys.executable, "-m", "screentest.client.cli", "batch", str(folder), "--json"]
        options = ["--sandbox", "--length", "2", "--at-once", "3", *SETTLING]
        process = subprocess.Popen([*command, *options], stdout=out, stderr=log, env=env)
        try:
            code = _struck(process, lines, chance, seen) if chance else process.wait(RUN_S)
        except subprocess.TimeoutExpired:
            seen.wrong.append("a run did not end")
            process.kill()
            code = process.wait()
    told = [json.loads(line) for line in lines.read_text().splitlines() if line.endswith("}")]
    seen.statuses.update(one["status"] for one in told if "status" in one)
    if code not in (0, 3, 130, -signal.SIGKILL):
        seen.wrong.append(f"a run ended with {code}")
    return code


def _struck(process: subprocess.Popen[bytes], lines: Path, chance: random.Random, seen: Seen) -> int:
    """The exit code of a run whose driver was struck, after one of its workers or alone."""
    [strike] = chance.choices(STRIKES, weights=WEIGHTS)
    if chance.random() > EARLY:  # else while it starts
        _until_begun(process, lines)
    with suppress(subprocess.TimeoutExpired):
        return process.wait(chance.uniform(0.0, LATEST_S))
    workers = _workers_of(process.pid) if strike.startswith("worker") else []
    if workers:
        _strike_worker(chance.choice(workers), strike)
        seen.strikes[strike] += 1
        with suppress(subprocess.TimeoutExpired):
            return process.wait(chance.uniform(0.0, 2 * LATEST_S))
        strike = "driver killed"
    is_kill = strike != "driver interrupted"
    process.send_signal(signal.SIGKILL if is_kill else signal.SIGINT)
    seen.strikes["driver killed" if is_kill else strike] += 1
    sys.stderr.write(f"{seen.drivers_struck} ")
    return process.wait(ENDS_WITHIN_S)


def _until_begun(process: subprocess.Popen[bytes], lines: Path) -> None:
    give_up_s = time.monotonic() + BEGINS_WITHIN_S
    while process.poll() is None and not lines.stat().st_size and time.monotonic() < give_up_s:
        time.sleep(0.1)


def _strike_worker(pid: int, strike: str) -> None:
    with suppress(ProcessLookupError):
        if strike == "worker killed":
            os.kill(pid, signal.SIGKILL)
            return
        os.kill(pid, signal.SIGSTOP)
        time.sleep(5.0)
        os.kill(pid, signal.SIGCONT)


def _workers_of(driver: int) -> list[int]:
    """The processes that Dask's nannies started for a driver."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                stat = (entry / "stat").read_text().rpartition(")")[2].split()
                parents[int(entry.name)] = int(stat[1])
    children = [pid for pid, parent in parents.items() if parent == driver]
    below = [pid for pid, parent in parents.items() if parent in children]
    return [pid for pid in below if b"spawn_main" in _command_of(pid)]


def _command_of(pid: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


@contextmanager
def _sandbox(place: Place) -> Iterator[Env]:
    """A sandbox that outlives the batches, and the environment that they run in."""
    command = [sys.executable, "-m", "screentest.client.sandbox", "--json"]
    where = ["--data", str(place.data), "--home", str(place.home), "--faults", str(place.faults)]
    private_folder(place.folder / "tmp")
    with subprocess.Popen([*command, *where], stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            process.stdout.readline()
            home, tmp = str(place.home), str(place.folder / "tmp")
            yield {**os.environ, "SCREENTEST_HOME": home, "TMPDIR": tmp}
        finally:
            process.terminate()
            process.wait(30)


def _audited(place: Place, seen: Seen) -> Verdict:
    verdict = audit(
        seen.ordered,
        billed=books.accepted_submits(place.journal) - books.failed_tasks(place.tasks),
        made=books.made_ids(place.tasks),
        recorded=books.recorded_ids(place.home),
    )
    return replace(
        verdict,
        astray=astray(books.paid_tasks(place.tasks), books.owners_of_tasks(place.home)),
        left=books.left_files(place.home, place.outs),
        taken=books.starved_tasks(place.tasks),
    )


def _left(place: Place) -> list[str]:
    """What is wrong with the processes that are left: there may be none of a batch."""
    time.sleep(2.0)
    mine = str(place.folder).encode()
    left = [
        command
        for entry in Path("/proc").iterdir()
        if entry.name.isdigit() and mine in (command := _command_of(int(entry.name)))
    ]
    return [f"left behind: {command!r}" for command in left if b"distributed" in command]


if __name__ == "__main__":
    sys.exit(main())
