"""Two people in one framing, one after the other: a clip never begins as one and ends as the other."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from screentest import pick, probe, scan
from screentest.prep.core.errors import NoUsableSegment
from screentest.prep.core.spec import SORA_2
from screentest.prep.core.values import Scan, Span
from screentest.prep.core.wishes import Wishes
from screentest.prep.people.closeups import Memory
from screentest.prep.people.grouping import find_people
from screentest.prep.picking.casting import cast, refusal_of, with_hidden_cuts
from screentest.prep.pipeline import choose
from tests.known_pose.interview import FPS, Turn, made, photo_of

FRAME_S = 1 / FPS
# Two people differ in how surely they are recognised, so that shorter clips keep to one by that alone.
FOUR_SECONDS = replace(SORA_2, min_length_s=Fraction(4))
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
    assert pick(scanned, spec=FOUR_SECONDS).start_s < 2.3
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
    once = with_hidden_cuts(scanned, spec=FOUR_SECONDS)
    assert once.cuts_s == pytest.approx((2.3,), abs=FRAME_S / 2)
    monkeypatch.setattr(
        "screentest.prep.picking.finalists.hidden_cut_s", lambda *_, **__: pytest.fail("looked again")
    )
    known = replace(scanned, checked=once.checked, traced=once.traced)
    assert with_hidden_cuts(known, spec=FOUR_SECONDS) == once


def test_what_was_asked_before_does_not_change_a_choice(tmp_path: Path) -> None:
    """What checks found is kept; a choice has to be the one of a run that was the first."""
    path = made((Turn("man", 3.3), Turn("woman", 4.7)), tmp_path / "both.mp4")
    for wishes in (Wishes(length_s=3.0), Wishes(person=2)):
        choose(path, wishes, scans=tmp_path / "used")
    first = choose(path, scans=tmp_path / "fresh")
    assert choose(path, scans=tmp_path / "used").segment == first.segment


def looked_until(whole: Scan, end_s: float) -> Scan:
    """A scan whose close look ended there; from then on it holds what a coarse pass sees."""
    signals = tuple(replace(s, fine=s.t_s < end_s) for s in whole.signals)
    return replace(whole, signals=signals, refined=(Span(0.0, end_s),))


@pytest.mark.parametrize("wish", ["photo", "number"])
def test_good_seconds_that_were_not_looked_at_are_found_before_fewer_are_given(
    interview: Scan, tmp_path: Path, wish: str
) -> None:
    """The look that told of the woman ended 2.7 s after she came; she stays for two more."""
    photo = photo_of("woman", tmp_path / "photo.png")
    wishes = Wishes(match=photo) if wish == "photo" else Wishes(person=2)
    shares: list[float] = []
    choice = cast(looked_until(interview, 6.0), wishes, progress=shares.append)
    assert choice.segment.length_s == 4.0
    assert choice.segment.start_s >= 3.3 - 1e-3
    assert shares == sorted(shares)
    assert shares[-1] > 0.4


def test_whom_pick_would_refuse_the_list_tells_beforehand_and_nobody_else(interview: Scan) -> None:
    """The woman is seen for 1.5 s, and nothing comes after."""
    short = looked_until(interview, 4.8)
    short = replace(short, signals=tuple(s for s in short.signals if s.fine), end_s=4.8)
    refused = refusal_of(short, 2, spec=SORA_2, memory=Memory())
    assert isinstance(refused, NoUsableSegment)
    with pytest.raises(NoUsableSegment) as picked:
        cast(short, Wishes(person=2))
    assert refused.message == picked.value.message
    assert "Person 2 never shows their face for 2 s without a break" in refused.message
    assert re.search(r"the longest stretch is 1\.\d+ s, from 0:03\.\d\d on", refused.message)
    assert refusal_of(short, 1, spec=SORA_2, memory=Memory()) is None


def test_whom_a_longer_look_would_show_is_not_called_refused(interview: Scan) -> None:
    assert refusal_of(looked_until(interview, 4.8), 2, spec=SORA_2, memory=Memory()) is None


def test_a_woman_who_moves_to_another_chair_is_one_person_in_one_window(filmed: Filmed) -> None:
    """Her track breaks as she jumps; neither half is as long as she shows."""
    scanned = filmed(Turn("woman", 2.2, places=(0.3,)), Turn("woman", 2.4, places=(0.7,)))
    assert pick(scanned).length_s < 4.0
    assert pick(with_hidden_cuts(scanned)).length_s == 4.0
    assert cast(scanned, Wishes(person=1)).segment.length_s == 4.0
