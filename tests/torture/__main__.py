"""Clients killed at random, over real processes and sockets, and their books compared afterwards.

    python -m tests.torture --kills 30 --seed 1           Screentest must come out clean
    python -m tests.torture --kills 30 --seed 1 --naive   a naive client must be caught

Characters are registered, and videos made of them or from an image (``kinds``). Replies to submits
are held 0-4 s, some are dropped, and some submits never arrive, so that kills land inside a submit;
others land in an upload, a wait, a download and right after it. Half the clients have a clock that is
wrong, by minutes or days. Other programs use the same account, the list of tasks comes in pages of 50
and tells inputs or does not, characters are deleted, the bucket is cleaned up, and the service itself
is restarted. What only its owner can tell is decided by its owner. When the kills are done every order
is brought to its end, and the service's books are held against what the client recorded: each order
billed exactly once, what it made kept, every file whole and no draft left.
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
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from screentest import clip, probe, segment_at
from tests.torture import books
from tests.torture.audit import Verdict, astray, audit
from tests.torture.clients import Client, Env, Naive, Process, Screentest
from tests.torture.faults import faults
from tests.torture.kinds import CAST, Order, new_order
from tests.torture.place import Place
from tests.torture.rounds import Round, Tally, overdue
from tests.torture.strangers import Strangers

FOOTAGE = Path(__file__).parent.parent.parent / "fixtures" / "cap13_edit2.mp4"
ROUNDS = 10
LEAST_KILLS = 15
"""Of a round, after which the service is restarted: with other faults, and another list of tasks."""
TO_THE_END_S = 900.0
SETTINGS = {
    "queue_s": 0.0,
    "character_s": 0.3,
    "video_s": 0.5,
    "balance_usd": 10_000.0,
    "page_most": 50,
    "strict": True,
}
STRANGERS_BEFORE = 60


def main() -> int:
    given = _arguments()
    with tempfile.TemporaryDirectory(prefix="torture-") as folder:
        place, chance = Place(Path(folder)), random.Random(given.seed)
        return tortured(place, given.kills, chance, naive=given.naive)


def tortured(place: Place, kills: int, chance: random.Random, *, naive: bool) -> int:
    """0 where Screentest's books are clean, or no kind of the naive client's is; 1 otherwise."""
    began = time.monotonic()
    client, tally = _set_up(place, naive=naive), Tally()
    if isinstance(client, Screentest):
        _register_cast(client, tally, place)
    for number in itertools.count():
        if (done := tally.kills.total()) >= kills:
            break
        most = done + min(max(LEAST_KILLS, kills // ROUNDS), kills - done)
        # Every other service tells the inputs of what it lists.
        _one_round(client, tally, most, place, chance, number % 2 == 1)
    with _sandbox(place) as env:
        _bring_to_its_end(client, env, tally)
    verdict = _audited(client, tally, place)
    by_kind = _by_kind(verdict, tally)
    _tell(client, tally, verdict, by_kind, took_s=time.monotonic() - began)
    is_well = not any(one.clean for one in by_kind.values()) if naive else verdict.clean
    if not is_well:
        sys.stderr.write(f"{verdict}\n")
        _show_log(place.log)
    return int(not is_well)


def _set_up(place: Place, *, naive: bool) -> Client:
    cv2.imwrite(str(place.image), np.full((720, 1280, 3), 128, np.uint8))
    place.data.mkdir(mode=0o700)
    place.outs.mkdir()
    _write_settings(place, shows_inputs=True)
    if not naive:
        return Screentest(place, FOOTAGE)
    clip(source := probe(FOOTAGE), segment_at(source, start_s=1.0, length_s=2.0), out=place.clip)
    return Naive(place)


def _write_settings(place: Place, *, shows_inputs: bool) -> None:
    settings = SETTINGS | {"list_includes_inputs": shows_inputs}
    (place.data / "settings.json").write_text(json.dumps(settings))


def _register_cast(client: Screentest, tally: Tally, place: Place) -> None:
    with _sandbox(place) as env:
        for name, kind in CAST.items():
            order = Order(name, kind)
            tally.add(order)
            ended = _end(client.begin(order, env), 300)
            assert ended == 0, place.log.read_text()[-2000:]
            tally.settle(order, client)


def _one_round(
    client: Client,
    tally: Tally,
    most: int,
    place: Place,
    chance: random.Random,
    shows_inputs: bool,
) -> None:
    _write_settings(place, shows_inputs=shows_inputs)
    place.faults.write_text(json.dumps(faults(most - tally.kills.total(), chance)))
    with (
        _sandbox(place, "--faults", str(place.faults)) as env,
        closing(Strangers(place.tasks, chance, shows_inputs=shows_inputs)) as strangers,
    ):
        to_come = [new_order(len(tally.orders) + ahead, client.kinds[0]) for ahead in range(1, 4)]
        strangers.have_been_here(STRANGERS_BEFORE, to_come)
        strangers.begin_one_that_never_ends()
        Round(client, env, tally, most, place, chance, strangers).run()
    sys.stderr.write(
        f"{tally.kills.total()} kills, {len(tally.orders)} orders, {tally.deleted} deleted\n"
    )


def _bring_to_its_end(client: Client, env: Env, tally: Tally) -> None:
    deadline = time.monotonic() + TO_THE_END_S
    if isinstance(client, Screentest):
        _end(client.reconcile(env), 120)
    while tally.open and time.monotonic() < deadline:
        for order in list(tally.open):
            _end(client.begin(order, env), 120)
            tally.settle(order, client)
        if isinstance(client, Screentest):
            for order in overdue(client, tally):
                tally.by_owner += 1
                _end(client.decide(order, env), 120)


def _end(process: Process, wait_s: float) -> int:
    try:
        return process.wait(wait_s)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait(10)


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


# The books


def _audited(client: Client, tally: Tally, place: Place) -> Verdict:
    verdict = audit(
        tally.times,
        billed=books.accepted_submits(place.journal) - books.failed_tasks(place.tasks),
        made=books.made_ids(place.tasks),
        recorded=client.recorded(),
    )
    if not isinstance(client, Screentest):
        return verdict
    return replace(
        verdict,
        astray=astray(books.paid_tasks(place.tasks), books.owners_of_tasks(place.home)),
        broken=books.broken_files(place.home, place.outputs),
        left=books.left_files(place.home, place.outs),
        taken=(*tally.taken, *books.starved_tasks(place.tasks)),
    )


def _by_kind(verdict: Verdict, tally: Tally) -> dict[str, Verdict]:
    """The verdict on each kind that was ordered."""
    kinds = {label: order.kind.name for label, order in tally.orders.items()}
    return {
        name: verdict.about({label for label, kind in kinds.items() if kind == name}.__contains__)
        for name in dict.fromkeys(kinds.values())
    }


def _tell(
    client: Client, tally: Tally, verdict: Verdict, by_kind: dict[str, Verdict], *, took_s: float
) -> None:
    names = [order.kind.name for order in tally.orders.values()]
    told: dict[str, object] = {
        "client": type(client).__name__.lower(),
        "kills": dict(sorted(tally.kills.items())),
        "deleted": tally.deleted,
        "cleaned": tally.cleaned,
        "settled_by_owner": tally.by_owner,
    }
    if isinstance(client, Screentest):
        told["found_dead_inside_a_submit"] = client.killed_inside_a_submit()
    orders = {
        name: {"ordered": names.count(name)} | {what: n for what, n in one.counts.items() if n}
        for name, one in by_kind.items()
    }
    told |= {"orders": orders, "wrong": verdict.counts, "took_s": round(took_s, 1)}
    sys.stdout.write(json.dumps(told) + "\n")


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
