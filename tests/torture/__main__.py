"""Clients killed at random, over real processes and sockets, and their books compared afterwards.

    python -m tests.torture --kills 30 --seed 1           Screentest must come out clean
    python -m tests.torture --kills 30 --seed 1 --naive   a naive client must be caught

Replies to submits are held 0-4 s, some are dropped, and some submits never arrive, so that kills land
inside a submit. When the kills are done every order is brought to its end, and the service's journal
is held against what the client recorded: each order accepted exactly once, and its id kept.
"""

from __future__ import annotations

import argparse
import json
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from screentest import clip, probe, segment_at
from tests.torture.audit import Verdict, accepted_submits, audit
from tests.torture.clients import Client, Naive, Screentest
from tests.torture.lives import Life, Submits

FOOTAGE = Path(__file__).parent.parent.parent / "fixtures" / "cap13_edit2.mp4"
AT_ONCE = 3
"""Client processes that live at the same time; now and then two of them on one order."""
TO_THE_END_S = 900.0
SETTINGS = {"queue_s": 0.0, "character_s": 0.3, "balance_usd": 1000.0}
SUBMIT = "POST /openai/sora-2/characters"


@dataclass(slots=True)
class Tally:
    """What happened so far. ``ordered``: every name, in order; ``open``: those not yet done."""

    ordered: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    kills: int = 0


def main() -> int:
    given = _arguments()
    with tempfile.TemporaryDirectory(prefix="torture-") as folder:
        return tortured(Path(folder), given.kills, random.Random(given.seed), naive=given.naive)


def tortured(folder: Path, kills: int, chance: random.Random, *, naive: bool) -> int:
    """0 where Screentest's books are clean, or the naive client's are not; 1 otherwise."""
    began = time.monotonic()
    made = clip(
        source := probe(FOOTAGE),
        segment_at(source, start_s=1.0, length_s=2.0),
        out=folder / "clip.mp4",
    )
    data, home = folder / "sandbox", folder / "home"
    data.mkdir(mode=0o700)
    (data / "settings.json").write_text(json.dumps(SETTINGS))
    (folder / "faults.json").write_text(json.dumps(_faults(kills, chance)))
    screentest = Screentest(home, FOOTAGE, made)
    client: Client = Naive(folder / "ids.json", folder / "clip.mp4") if naive else screentest
    tally = Tally()
    with _sandbox(data, home, "--faults", str(folder / "faults.json")) as env:
        _kill(client, env, tally, kills, journal=data / "journal.jsonl", chance=chance)
    with _sandbox(data, home) as env:
        if not naive:
            _end(screentest.reconcile(env), 120)
        _bring_to_its_end(client, env, tally)
    verdict = audit(
        tally.ordered,
        accepted=accepted_submits(data / "journal.jsonl"),
        made=_made(data / "tasks.sqlite"),
        recorded=client.recorded(),
    )
    inside = 0 if naive else screentest.killed_inside_a_submit()
    _tell(tally, verdict, naive=naive, inside=inside, took_s=time.monotonic() - began)
    if verdict.clean == naive:
        _show_log(folder / "client.log")
    return int(verdict.clean == naive)


def _kill(
    client: Client,
    env: Mapping[str, str],
    tally: Tally,
    kills: int,
    *,
    journal: Path,
    chance: random.Random,
) -> None:
    """Start clients and kill them at random moments of their lives, until ``kills`` were killed."""
    submits = Submits(journal)
    living: list[Life] = []
    while tally.kills < kills:
        while len(living) < AT_ONCE:
            name = _next_order(tally, chance)
            living.append(Life(client.begin(name, env), name, submits, chance))
        time.sleep(0.02)
        submits.read()
        for life in list(living):
            if life.process.poll() is not None:
                living.remove(life)
                if life.process.returncode == 0 and life.name in tally.open:
                    tally.open.remove(life.name)
            elif life.is_over():
                life.end()
                living.remove(life)
                tally.kills += 1
    for life in living:
        life.end()


def _next_order(tally: Tally, chance: random.Random) -> str:
    """An order that is open, twice as often as a new one."""
    if not tally.open or (len(tally.open) < 2 * AT_ONCE and chance.random() < 1 / 3):
        name = f"Joe {len(tally.ordered) + 1}"
        tally.ordered.append(name)
        tally.open.append(name)
        return name
    return chance.choice(tally.open)


def _bring_to_its_end(client: Client, env: Mapping[str, str], tally: Tally) -> None:
    deadline = time.monotonic() + TO_THE_END_S
    while tally.open and time.monotonic() < deadline:
        for name in list(tally.open):
            if _end(client.begin(name, env), 120) == 0:
                tally.open.remove(name)


def _end(process: subprocess.Popen[bytes], wait_s: float) -> int:
    try:
        return process.wait(wait_s)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait(10)


def _faults(kills: int, chance: random.Random) -> list[dict[str, object]]:
    """What becomes of the replies to submits, in turn, and a few troubles elsewhere."""
    troubles: list[dict[str, object]] = [
        {"match": "GET /predictions/*", "skip": 5, "times": 3, "status": 503},
        {"match": "GET /predictions/*", "skip": 20, "times": 2, "body": '{"code":200,"da'},
        {"match": "POST /predictions", "skip": 2, "times": 2, "status": 500},
        {"match": "s3 PUT", "drop": "before", "times": 2},
    ]
    return troubles + [_submit_fault(chance) for _ in range(4 * kills + 20)]


def _submit_fault(chance: random.Random) -> dict[str, object]:
    held = {"match": SUBMIT, "delay_s": round(chance.uniform(0, 4), 3)}
    kinds: list[dict[str, object]] = [
        {},
        {"drop": "after"},
        {"drop": "before"},
        {"status": 500, "handled": True},
        {"status": 500},
        {"handled": True, "body": '{"code":200,"da'},
        {"status": 429, "delay_s": 0.0},
    ]
    [kind] = chance.choices(kinds, weights=(60, 12, 8, 5, 5, 5, 5))
    return {**held, **kind}


@contextmanager
def _sandbox(data: Path, home: Path, *more: str) -> Iterator[dict[str, str]]:
    command = [sys.executable, "-m", "screentest.client.sandbox", "--json"]
    where = ["--data", str(data), "--home", str(home), *more]
    with subprocess.Popen([*command, *where], stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())["env"]
        finally:
            process.terminate()
            process.wait(30)


def _made(tasks: Path) -> dict[str, str]:
    """The service's ids -> the names they were made for."""
    with sqlite3.connect(tasks) as db:
        return dict(db.execute("SELECT id, name FROM characters").fetchall())


def _tell(tally: Tally, verdict: Verdict, *, naive: bool, inside: int, took_s: float) -> None:
    sys.stdout.write(
        json.dumps(
            {
                "client": "naive" if naive else "screentest",
                "kills": tally.kills,
                "orders": len(tally.ordered),
                "found_dead_inside_a_submit": inside,
                "billed_twice": len(verdict.billed_twice),
                "lost": len(verdict.lost),
                "made_up": len(verdict.made_up),
                "unsettled": len(verdict.unsettled),
                "took_s": round(took_s, 1),
            }
        )
        + "\n"
    )
    if not naive and not verdict.clean:
        sys.stderr.write(f"{verdict}\n")


def _show_log(log: Path) -> None:
    if log.exists():
        sys.stderr.write(log.read_text(errors="replace")[-8000:])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--naive", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
