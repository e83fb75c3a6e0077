"""Whether footage lies on its side: what the faces in a few pictures tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from screentest.client.cli.output.remedies import spoken
from screentest.prep.core.remedy import Remedy, in_words
from screentest.prep.core.spec import SORA_2
from screentest.prep.media.orientation import turned
from screentest.prep.picking.interest import interest_in
from screentest.prep.scanning.cache import kept_file
from screentest.prep.scanning.upright import TURNS_DEG, Looks, Lying, lying, upright_turn
from tests.made_up import face, scan_of, source


def looks(**best: float) -> Looks:
    return {turn: best.get(f"at_{turn}", 0.0) for turn in TURNS_DEG}


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_footage_is_turned_to_where_its_faces_are_sure(turn: int) -> None:
    assert upright_turn([looks(**{f"at_{turn}": 0.93, "at_0": 0.4})] * 4) == turn


def test_upright_faces_stay_however_many_are_seen_in_them_turned() -> None:
    assert upright_turn([looks(at_0=0.94, at_180=0.89, at_90=0.85)] * 8) == 0


def test_an_upside_down_face_that_passes_for_an_upright_one_is_told_by_a_small_lead() -> None:
    assert upright_turn([looks(at_0=0.86, at_180=0.93)] * 8) == 180


def test_a_dark_or_covered_face_is_not_turned_for_a_small_lead() -> None:
    assert upright_turn([looks(at_0=0.7, at_90=0.8)] * 8) == 0


def test_one_face_seen_in_the_bark_of_a_tree_turns_nothing() -> None:
    assert upright_turn([looks(at_90=0.95), *[looks()] * 7]) == 0
    assert upright_turn([]) == 0


def test_where_faces_are_surely_upright_no_file_is_opened() -> None:
    sure = scan_of(lambda _: face(clarity=0.93), length_s=4.0)
    assert not Path(sure.source.path).exists()
    assert lying(sure) is None


@pytest.mark.parametrize(
    ("turned_deg", "turn_deg", "said", "remedy"),
    [
        (0, 90, "rotate it clockwise by 90 degrees.", Remedy("rotate", ("90",))),
        (90, 90, "rotate it clockwise by 180 degrees instead of 90.", Remedy("rotate", ("180",))),
        (270, 180, "rotate it clockwise by 90 degrees instead of 270.", Remedy("rotate", ("90",))),
    ],
)
def test_the_turn_to_ask_for_counts_from_what_the_file_says(
    turned_deg: int, turn_deg: int, said: str, remedy: Remedy
) -> None:
    how = Lying(turn_deg, turned_deg)
    assert how.warning.endswith(f" If all of the picture is, {said}")
    assert how.remedy == remedy


@pytest.mark.parametrize("turned_deg", [90, 180, 270])
def test_a_wrong_rotation_of_a_right_file_is_to_be_left_out(turned_deg: int) -> None:
    how = Lying(360 - turned_deg, turned_deg)
    assert how.warning.endswith("leave the rotation out.")
    assert how.remedy.kind == "without"
    assert spoken([how.remedy]) == "Leave --rotate out."
    assert in_words([how.remedy]) == "Leave the rotation out."


def test_a_scan_of_turned_footage_is_kept_apart(tmp_path: Path) -> None:
    kept = {
        kept_file(turned(source(), turn), interest_in(source(), SORA_2), folder=tmp_path)
        for turn in TURNS_DEG
    }
    assert len(kept) == len(TURNS_DEG)
