"""What colours mean where the file says it, says it in part, or says nothing."""

from __future__ import annotations

import pytest

from screentest.prep.clipping.colour import Colour, colour_of
from tests.made_up import source


def colour(*, matrix: str = "", primaries: str = "", transfer: str = "", lines: int = 720) -> Colour:
    return colour_of(
        source(
            matrix=matrix,
            primaries=primaries,
            transfer=transfer,
            is_hdr=transfer in ("smpte2084", "arib-std-b67"),
            coded_width_px=lines * 16 // 9,
            coded_height_px=lines,
        )
    )


def test_tagged_footage_is_taken_at_its_word_and_nothing_is_said() -> None:
    assert colour(matrix="bt709", primaries="bt709", transfer="bt709").assumed == ""
    whole = colour(matrix="bt2020nc", primaries="bt2020", transfer="smpte2084")
    assert (whole.matrix, whole.primaries, whole.tone_map) == ("bt2020nc", "bt2020", "smpte2084")
    assert whole.assumed == ""


@pytest.mark.parametrize(("lines", "matrix"), [(720, "bt709"), (576, "smpte170m")])
def test_untagged_footage_is_what_players_assume(lines: int, matrix: str) -> None:
    assert colour(lines=lines) == Colour(matrix=matrix, full_range=False, tone_map="")


@pytest.mark.parametrize("transfer", ["smpte2084", "arib-std-b67", "bt2020-10"])
def test_a_transfer_alone_brings_the_rest_of_bt2020(transfer: str) -> None:
    alone = colour(transfer=transfer, lines=360)
    assert (alone.matrix, alone.primaries) == ("bt2020nc", "bt2020")
    assert "without matrix and primaries" in alone.assumed


def test_a_matrix_alone_brings_the_primaries_and_no_hdr() -> None:
    alone = colour(matrix="bt2020nc")
    assert (alone.primaries, alone.tone_map) == ("bt2020", "")
    assert "without transfer and primaries" in alone.assumed


def test_display_p3_is_converted_with_the_matrix_it_comes_with() -> None:
    phone = colour(matrix="bt709", primaries="smpte432", transfer="bt709")
    assert (phone.matrix, phone.primaries, phone.assumed) == ("bt709", "smpte432", "")


def test_primaries_as_good_as_those_of_bt709_are_left_alone() -> None:
    for primaries in ("bt709", "smpte170m", "bt470bg", ""):
        assert colour(matrix="smpte170m", primaries=primaries).primaries == ""
