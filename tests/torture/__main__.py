"""Clients killed at random, over real processes and sockets, and their books compared afterwards.

    python -m tests.torture --kills 30 --seed 1           Screentest must come out clean
    python -m tests.torture --kills 30 --seed 1 --naive   a naive client must be caught

Replies to submits are held 0-4 s, some are dropped, and some submits never arrive, so that kills land
inside a submit. Half the clients have a clock that is wrong, by minutes or days. Other programs use
the same account, the list of tasks comes in pages of 50 and tells inputs or does not, characters are
deleted, and the service itself is restarted. When the kills are done every order is brought to its
end, what only its owner can tell by its owner, and the service's books are held against what the
client recorded: each order billed exactly once, and its id kept.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from screentest import clip, probe, segment_at
from tests.torture.audit import Verdict, accepted_submits, audit, failed_tasks, made_ids
from tests.torture.clients import Client, Naive, Screentest
from tests.torture.lives import Life, Submits
from tests.torture.strangers import Strangers

FOOTAGE = Path(__file__).parent.parent.parent / "fixtures" / "cap13_edit2.mp4"
AT_ONCE = 3
"""Client processes that live at the same time; now and then two of them on one order."""
ROUNDS = 10
LEAST_KILLS = 15
"""Of a round, after which the service is restarted: with other faults, and another list of tasks."""
TO_THE_END_S = 900.0
OWNER_AFTER_S = 30.0
"""How long an owner waits for what settles itself."""
SETTINGS = {"queue_s": 0.0, "character_s": 0.3, "balance_usd": 1000.0, "page_most": 50}
SUBMIT = "POST /openai/sora-2/characters"
AHEAD_S = (0.0, 0.0, 0.0, 0.0, -90.0, 90.0, -1200.0, 11_000.0, -200_000.0, 800_000.0)
"""Clients' clocks less the service's."""
STRANGERS_BEFORE = 60
STRANGERS_ACT = 2
"""How often, for each client that is started."""
DELETED = 0.15
"""How often, for each client that is started, something is deleted."""


@dataclass(slots=True)
class Tally:
    """What happened so far. ``ordered``: every name, in order; ``open``: those not yet done.

    ``deleted``: how often a character was; ``by_owner``: how many orders only their owner could settle.
    """

    ordered: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    kills: int = 0
    deleted: int = 0
    by_owner: int = 0


@dataclass(slots=True)
class Place:
    """Where one torture happens: the sandbox's folder and what lies beside it."""

    folder: Path

    @property
    def data(self) -> Path:
        return self.folder / "sandbox"

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def journal(self) -> Path:
        return self.data / "journal.jsonl"

    @property
    def tasks(self) -> Path:
        return self.data / "tasks.sqlite"


def main() -> int:
    given = _arguments()
    with tempfile.TemporaryDirectory(prefix="torture-") as folder:
        place, chance = Place(Path(folder)), random.Random(given.seed)
        return tortured(place, given.kills, chance, naive=given.naive)


def tortured(place: Place, kills: int, chance: random.Random, *, naive: bool) -> int:
    """0 where Screentest's books are clean, or the naive client's are not; 1 otherwise."""
    began = time.monotonic()
    made = clip(
        source := probe(FOOTAGE),
        segment_at(source, start_s=1.0, length_s=2.0),
        out=place.folder / "clip.mp4",
    )
    place.data.mkdir(mode=0o700)
    screentest = Screentest(place.home, FOOTAGE, made)
    kept = place.folder / "ids.json"
    client: Client = Naive(kept, place.folder / "clip.mp4") if naive else screentest
    tally = Tally()
    for number in itertools.count():
        if tally.kills >= kills:
            break
        most = min(max(LEAST_KILLS, kills // ROUNDS), kills - tally.kills)
        # Every other service tells the inputs of what it lists.
        _one_round(client, tally, most, place, chance, number % 2 == 1)
    with _sandbox(place) as env:
        if not naive:
            _end(screentest.reconcile(env), 120)
        _bring_to_its_end(client, env, tally, place)
    verdict = audit(
        tally.ordered,
        billed=accepted_submits(place.journal) - failed_tasks(place.tasks),
        made=made_ids(place.tasks),
        recorded=client.recorded(),
    )
    inside = 0 if naive else screentest.killed_inside_a_submit()
    _tell(tally, verdict, naive=naive, inside=inside, took_s=time.monotonic() - began)
    if verdict.clean == naive:
        _show_log(place.folder / "client.log")
    return int(verdict.clean == naive)


def _one_round(
    client: Client, tally: Tally, kills: int, place: Place, chance: random.Random, shows_inputs: bool
) -> None:
    settings = SETTINGS | {"list_includes_inputs": shows_inputs}
    (place.data / "settings.json").write_text(json.dumps(settings))
    (place.folder / "faults.json").write_text(json.dumps(_faults(kills, chance)))
    with (
        _sandbox(place, "--faults", str(place.folder / "faults.json")) as env,
        closing(Strangers(place.tasks, chance, shows_inputs=shows_inputs)) as strangers,
    ):
        to_come = [_name_of(len(tally.ordered) + ahead) for ahead in range(1, 4)]
        strangers.have_been_here(STRANGERS_BEFORE, to_come)
        strangers.begin_one_that_never_ends()
        _kill(Kills(client, env, tally, tally.kills + kills, place, chance), strangers)
    sys.stderr.write(f"{tally.kills} kills, {len(tally.ordered)} orders, {tally.deleted} deleted\n")


@dataclass(frozen=True, slots=True)
class Kills:
    """One round of them, until ``most`` were killed in all."""

    client: Client
    env: Mapping[str, str]
    tally: Tally
    most: int
    place: Place
    chance: random.Random


def _kill(kills: Kills, strangers: Strangers) -> None:
    """Start clients and kill them at random moments of their lives."""
    tally = kills.tally
    submits = Submits(kills.place.journal)
    submits.read()
    living: list[Life] = []
    deletes: list[tuple[str, subprocess.Popen[bytes]]] = []
    while tally.kills < kills.most:
        while len(living) < AT_ONCE:
            living.append(_begun(kills, submits))
            deletes += _maybe_deletes(kills)
            for _ in range(STRANGERS_ACT):
                strangers.act(tally.open)
        time.sleep(0.02)
        submits.read()
        _look_at(living, tally)
        deletes = [one for one in deletes if not _is_over(*one, tally)]
    for life in living:
        life.end()
    for one in deletes:
        one[1].wait(120)
        _is_over(*one, tally)


def _begun(kills: Kills, submits: Submits) -> Life:
    name = _next_order(kills.tally, kills.chance)
    ahead_s = kills.chance.choice(AHEAD_S)
    process = kills.client.begin(name, kills.env, ahead_s=ahead_s)
    return Life(process, name, submits, kills.chance)


def _look_at(living: list[Life], tally: Tally) -> None:
    for life in list(living):
        if life.process.poll() is not None:
            living.remove(life)
            if life.process.returncode == 0 and life.name in tally.open:
                tally.open.remove(life.name)
        elif life.is_over():
            life.end()
            living.remove(life)
            tally.kills += 1


def _maybe_deletes(kills: Kills) -> list[tuple[str, subprocess.Popen[bytes]]]:
    client, chance = kills.client, kills.chance
    if not isinstance(client, Screentest) or chance.random() >= DELETED:
        return []
    name = chance.choice(kills.tally.ordered)
    return [(name, client.delete(name, kills.env))]


def _is_over(name: str, process: subprocess.Popen[bytes], tally: Tally) -> bool:
    """Whether a delete has ended; what was deleted is ordered anew."""
    if process.poll() is None:
        return False
    if process.returncode == 0:
        tally.deleted += 1
        if name not in tally.open:
            tally.open.append(name)
    return True


def _next_order(tally: Tally, chance: random.Random) -> str:
    """An order that is open, twice as often as a new one."""
    if not tally.open or (len(tally.open) < 2 * AT_ONCE and chance.random() < 1 / 3):
        name = _name_of(len(tally.ordered) + 1)
        tally.ordered.append(name)
        tally.open.append(name)
        return name
    return chance.choice(tally.open)


def _name_of(number: int) -> str:
    return f"Joe {number}"


def _bring_to_its_end(client: Client, env: Mapping[str, str], tally: Tally, place: Place) -> None:
    deadline, owner_at = time.monotonic() + TO_THE_END_S, time.monotonic() + OWNER_AFTER_S
    while tally.open and time.monotonic() < deadline:
        for name in list(tally.open):
            if _end(client.begin(name, env), 120) == 0:
                tally.open.remove(name)
        if isinstance(client, Screentest) and time.monotonic() > owner_at:
            _decide_as_owner(client, env, tally, place)


def _decide_as_owner(client: Screentest, env: Mapping[str, str], tally: Tally, place: Place) -> None:
    """What stays ambiguous is for its owner, who knows what the service has of theirs."""
    for name in client.unsettled():
        tally.by_owner += 1
        found = client.unowned(place.tasks, name)
        decision = ["--adopt", found[0]] if found else ["--forget"]
        _end(client.reconcile(env, name, *decision), 120)


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
        {"match": "POST /predictions", "skip": 9, "times": 2, "drop": "after"},
        {"match": "GET /balance", "skip": 4, "times": 2, "drop": "after"},
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
def _sandbox(place: Place, *more: str) -> Iterator[dict[str, str]]:
    command = [sys.executable, "-m", "screentest.client.sandbox", "--json"]
    where = ["--data", str(place.data), "--home", str(place.home), *more]
    with subprocess.Popen([*command, *where], stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())["env"]
        finally:
            process.terminate()
            process.wait(30)


def _tell(tally: Tally, verdict: Verdict, *, naive: bool, inside: int, took_s: float) -> None:
    sys.stdout.write(
        json.dumps(
            {
                "client": "naive" if naive else "screentest",
                "kills": tally.kills,
                "orders": len(tally.ordered),
                "deleted": tally.deleted,
                "found_dead_inside_a_submit": inside,
                "settled_by_owner": tally.by_owner,
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
