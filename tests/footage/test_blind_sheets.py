"""A sheet shows windows and not whose they are."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from fixtures.blind import Shown, collect, drawn, shuffled, windows
from fixtures.verdicts import load
from screentest import pick
from tests.footage.conftest import Scanned

FILM = "cut-noface-face.mov"


def test_the_pick_and_the_first_seconds_are_among_the_windows_and_no_two_are_alike(
    shared_footage: Path, scanned: Scanned
) -> None:
    scan = scanned(shared_footage / FILM)
    found = windows(scan)
    best = pick(scan)
    assert [w for w in found if w.what == "pick"] == [Shown(best.start_s, best.end_s, "pick")]
    assert [(w.start_s, w.end_s) for w in found if w.what == "first"] == [(0.0, 4.0)]
    assert len(found) == 5
    assert not [(a, b) for a in found for b in found if a is not b and a.is_like(b)]
    assert all(w.start_s >= 0 and w.end_s <= scan.end_s + 0.01 for w in found)


def test_the_order_tells_nothing(shared_footage: Path, scanned: Scanned) -> None:
    found = windows(scanned(shared_footage / FILM))
    orders = [shuffled(found, random.Random(seed)) for seed in range(40)]
    assert {letter for order in orders for letter, w in order.items() if w.what == "pick"} == set(
        "ABCDE"
    )


def test_a_verdict_is_joined_with_its_key(
    shared_footage: Path, scanned: Scanned, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scan = scanned(shared_footage / FILM)
    drawn(scan, tmp_path, seed=1)
    assert {f.relative_to(tmp_path).as_posix() for f in tmp_path.rglob("*.*")} == {
        f"sheets/{FILM}.film.png",
        f"sheets/{FILM}.png",
        f"keys/{FILM}.json",
        f"verdicts/{FILM}.txt",
    }
    place, table = tmp_path / f"verdicts/{FILM}.txt", tmp_path / "table.tsv"
    empty = place.read_text()
    assert "pick" not in empty
    assert collect(tmp_path, table) == 1  # nothing was judged yet
    assert load(table) == {}
    key = json.loads((tmp_path / f"keys/{FILM}.json").read_text())
    said = {letter: "best" if what == "pick" else "wrong" for letter, what in key["rows"].items()}
    said |= {"best": "3.9-6.4", "wrong": "0-3.9", "words": "The face begins at the cut."}
    place.write_text("\n".join(filled(line, said) for line in empty.splitlines()))
    capsys.readouterr()
    assert collect(tmp_path, table) == 0
    assert list(load(table)) == [FILM]
    assert capsys.readouterr().out.splitlines() == [
        "pick  of 1: best 1 (100%), usable 0 (0%), wrong 0 (0%)",
        "first of 1: best 0 (0%), usable 0 (0%), wrong 1 (100%)",
    ]
    drawn(scan, tmp_path, seed=2)
    assert collect(tmp_path, table) == 0, "what was judged was overwritten"


def filled(line: str, said: dict[str, str]) -> str:
    """A line of an empty verdict with what is said of its letter or after its name."""
    name = line.partition(":")[0]
    return line.replace("?", said.get(line[0], "")) if "?" in line else line + said.get(name, "")
