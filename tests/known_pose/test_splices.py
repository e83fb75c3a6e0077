"""Two people in one framing, one after the other: a clip never begins as one and ends as the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from screentest import pick, probe, scan
from screentest.prep.core.values import Scan
from screentest.prep.core.wishes import Wishes
from screentest.prep.people.grouping import find_people
from screentest.prep.picking.casting import cast, with_hidden_cuts
from screentest.prep.pipeline import choose
from tests.known_pose.interview import FPS, Turn, made, photo_of

FRAME_S = 1 / FPS
Filmed = Callable[..., Scan]


@pytest.fixture(scope="module")
def filmed(tmp_path_factory: pytest.TempPathFactory) -> Filmed:
    """The scan of an interview, as it is where the cut detector passes every cut."""
    folder = tmp_path_factory.mktemp("interview")

    def scan_of(*turns: Turn) -> Scan:
        path = made(turns, folder / f"{len(list(folder.iterdir()))}.mp4")
        return replace(scan(probe(path)), cuts_s=(), checked=())

    return scan_of


@pytest.fixture(scope="module")
def interview(filmed: Filmed) -> Scan:
    """A man until 3.3 s, a woman to 8 s."""
    return filmed(Turn("man", 3.3), Turn("woman", 4.7))


def test_a_window_stays_with_one_person_though_no_cut_was_noticed(filmed: Filmed) -> None:
    scanned = filmed(Turn("man", 2.3), Turn("woman", 2.3))
    assert pick(scanned).length_s == 4.0
    chosen = pick(with_hidden_cuts(scanned))
    assert chosen.end_s <= 2.3 + 1e-3 or chosen.start_s >= 2.3 - 1e-3
    assert chosen.length_s >= 2.0


def test_small_faces_that_change_are_cut_too(tmp_path: Path) -> None:
    turns = (Turn("man", 2.3, face_px=80), Turn("woman", 2.3, face_px=80))
    chosen = cast(scan(probe(made(turns, tmp_path / "small.mp4")))).segment
    assert chosen.end_s <= 2.3 + 1e-3 or chosen.start_s >= 2.3 - 1e-3


def test_an_insert_of_somebody_else_is_found_at_its_frame(filmed: Filmed) -> None:
    scanned = with_hidden_cuts(filmed(Turn("man", 1.3), Turn("woman", 0.8), Turn("man", 2.9)))
    assert scanned.cuts_s == pytest.approx((1.3, 2.1), abs=FRAME_S / 2)


def test_one_person_who_goes_on_makes_no_cut(filmed: Filmed) -> None:
    scanned = filmed(Turn("woman", 4.6))
    assert with_hidden_cuts(scanned).cuts_s == scanned.cuts_s


def test_the_two_are_listed_apart_each_with_the_time_that_each_is_seen(interview: Scan) -> None:
    woman, man = find_people(interview).people
    assert woman.seen_s == pytest.approx(4.7, abs=0.2)
    assert man.seen_s == pytest.approx(3.3, abs=0.2)


def test_somebody_beside_a_mirror_is_one_person_whose_time_counts_once(filmed: Filmed) -> None:
    (person,) = find_people(filmed(Turn("woman", 3.0, places=(0.3, 0.7)))).people
    assert len(person.tracks) == 2
    assert person.seen_s == pytest.approx(3.0, abs=0.1)


@pytest.mark.parametrize(("who", "first_s", "end_s"), [("man", 0, 3.3), ("woman", 3.3, 8)])
def test_a_photo_finds_its_own_half_of_one_framing(
    interview: Scan, tmp_path: Path, who: str, first_s: float, end_s: float
) -> None:
    chosen = cast(interview, Wishes(match=photo_of(who, tmp_path / "photo.png"))).segment
    assert first_s - 1e-3 <= chosen.start_s
    assert chosen.end_s <= end_s + 1e-3


def test_a_person_by_number_is_that_person_alone(interview: Scan) -> None:
    assert cast(interview, Wishes(person=1)).segment.start_s >= 3.3 - 1e-3
    assert cast(interview, Wishes(person=2)).segment.end_s <= 3.3 + 1e-3


def test_what_was_checked_is_not_looked_at_again(
    filmed: Filmed, monkeypatch: pytest.MonkeyPatch
) -> None:
    scanned = filmed(Turn("man", 2.3), Turn("woman", 2.3))
    once = with_hidden_cuts(scanned)
    assert once.cuts_s == pytest.approx((2.3,), abs=FRAME_S / 2)
    monkeypatch.setattr(
        "screentest.prep.picking.finalists.hidden_cut_s", lambda *_, **__: pytest.fail("looked again")
    )
    known = replace(scanned, checked=once.checked, traced=once.traced)
    assert with_hidden_cuts(known) == once
    assert cast(once).segment == pick(once)


def test_what_was_asked_before_does_not_change_a_choice(tmp_path: Path) -> None:
    """What checks found is kept; a choice has to be the one of a run that was the first."""
    path = made((Turn("man", 3.3), Turn("woman", 4.7)), tmp_path / "both.mp4")
    for wishes in (Wishes(length_s=3.0), Wishes(person=2)):
        choose(path, wishes, scans=tmp_path / "used")
    first = choose(path, scans=tmp_path / "fresh")
    assert choose(path, scans=tmp_path / "used").segment == first.segment
