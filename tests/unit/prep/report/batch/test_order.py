"""The order of a batch's rows, and which of them find room."""

from __future__ import annotations

from screentest.prep.report.batch.order import PageRoom, SpooledRow, Warned, worst_first
from screentest.prep.report.batch.spool import SpoolPlace

UPSCALED, CONSENT = 0, 1


def kept(
    number: int, status: str = "prepared", score: float = 0.9, warnings: tuple[int, ...] = ()
) -> SpooledRow:
    return SpooledRow(
        number, status, score, warnings, SpoolPlace(0, 0), words_bytes=10, picture_bytes=100
    )


def numbers(rows: list[SpooledRow]) -> list[int]:
    return [row.number for row in rows]


def test_what_failed_comes_first_then_what_wants_a_look_then_the_others_and_what_was_skipped() -> None:
    rows = [
        kept(1, score=0.95),
        kept(2, score=0.8),
        kept(3, "skipped", score=0.1, warnings=(UPSCALED,)),
        kept(4, "exists", score=0.97, warnings=(UPSCALED,)),
        kept(5, score=0.69),
        kept(6, "failed", score=1.0),
        kept(7, score=0.9, warnings=(UPSCALED,)),
        kept(8, "failed", score=0.2),
    ]
    ordered, pictured = worst_first(rows, ())
    assert numbers(ordered) == [8, 6, 5, 7, 4, 2, 1, 3]
    assert pictured == 8


def test_what_is_said_of_most_items_makes_none_of_them_worth_a_look() -> None:
    rows = [kept(1, warnings=(CONSENT,)), kept(2, score=0.8), kept(3, warnings=(CONSENT, UPSCALED))]
    assert numbers(worst_first(rows, {CONSENT})[0]) == [3, 2, 1]


def test_a_warning_is_common_from_three_items_and_more_than_half_on() -> None:
    warned = Warned()
    for place in range(6):
        warned.add(["consent"] if place < 4 else ["dark", "dark"])
    assert warned.common(6) == {"consent": 4}
    assert warned.common(7) == {"consent": 4}
    assert warned.common(8) == {}
    assert warned.common(1) == {"consent": 4}, "two of one item are not common"


def test_thousands_of_different_warnings_are_not_all_remembered() -> None:
    warned = Warned()
    for place in range(5_000):
        warned.add([f"frame {place} is torn", "torn"])
    assert len(warned.numbers) <= 2_000
    assert warned.common(5_000) == {"torn": 5_000}
    assert warned.add(["frame 4999 is torn"]) == (-1,)


def test_the_worst_get_the_room_for_rows_and_for_pictures() -> None:
    rows = [kept(number, score=1 - number / 100) for number in range(20)]
    shown, pictured = worst_first(
        rows, (), room=PageRoom(rows=8, words_bytes=1_000, pictures_bytes=350)
    )
    assert (numbers(shown), pictured) == ([19, 18, 17, 16, 15, 14, 13, 12], 3)
    shown, pictured = worst_first(rows, (), room=PageRoom(rows=8, words_bytes=59, pictures_bytes=9_000))
    assert (len(shown), pictured) == (5, 5)
