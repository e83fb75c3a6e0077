"""Words for values: for any value short, finite and on one line."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screentest.client.cli.output import wording
from screentest.client.cli.params.seconds import Seconds


@given(text=st.text(st.characters()))
def test_anything_visible_is_printable_text_on_one_line(text: str) -> None:
    shown = wording.visible(text)
    assert shown.isprintable()
    shown.encode("utf-8")


@given(text=st.text(st.characters(categories=["L", "N", "P", "S"])))
def test_what_can_be_read_is_left_as_it_is(text: str) -> None:
    assert wording.visible(text) == text


@pytest.mark.parametrize(
    "hidden", ["\x00", "\x7f", "\x9b", "\u200e", "\u202e", "\u2028", "\u2066", "\ufeff"]
)
def test_letters_that_only_deceive_are_shown(hidden: str) -> None:
    # A right-to-left override makes "gpj.exe" of "exe.jpg".
    assert hidden not in wording.visible(f"a{hidden}b")
    assert "\\" in wording.visible(f"a{hidden}b")


@given(milliseconds=st.integers(0, 10**9))
def test_a_timecode_can_be_given_back_to_start(milliseconds: int) -> None:
    """And never starts later than what was meant, which would lose its first frame."""
    t_s = milliseconds / 1000
    given = Seconds().convert(wording.timecode(t_s), None, None)
    assert t_s - 0.01 < given <= t_s + 1e-6


@given(seconds=st.floats(0, 1e6))
def test_a_timecode_never_shows_sixty_seconds(seconds: float) -> None:
    *higher, last = wording.timecode(seconds).split(":")
    assert float(last) < 60
    assert all(int(part) < 60 for part in higher[1:])


@given(amount=st.integers(0, 10**8))
def test_money_is_told_to_the_hundredth_of_a_cent(amount: int) -> None:
    shown = wording.usd(amount / 10_000)
    assert float(shown.removeprefix("USD ")) == pytest.approx(amount / 10_000, abs=1e-9)
    assert not re.search(r"\.\d*0$|\.$", shown)


@pytest.mark.parametrize(
    ("amount", "shown"), [(100, "USD 100"), (0.1 + 0.2, "USD 0.3"), (1e-9, "USD 0"), (20, "USD 20")]
)
def test_round_amounts_keep_their_zeros_and_lose_the_noise(amount: float, shown: str) -> None:
    assert wording.usd(amount) == shown


@given(count=st.integers(0, 10**15))
def test_a_size_is_short_and_right(count: int) -> None:
    number, unit = wording.size(count).split(" ")
    factor, digit = {"B": (1, 1), "kB": (1e3, 1e3), "MB": (1e6, 1e5), "GB": (1e9, 1e8)}[unit]
    assert float(number) * factor == pytest.approx(count, abs=0.51 * digit)


@given(numerator=st.integers(1, 240_000), denominator=st.sampled_from([1, 1000, 1001]))
def test_a_rate_is_right_to_the_thousandth(numerator: int, denominator: int) -> None:
    shown = wording.rate(Fraction(numerator, denominator))
    assert float(shown.removesuffix(" fps")) == pytest.approx(numerator / denominator, abs=6e-4)


def test_a_window_names_both_ends_and_its_length() -> None:
    assert wording.window(62.48, 3.97) == "1:02.48 to 1:06.45 (3.97 s)"


@pytest.mark.parametrize(
    ("length_s", "shown"), [(100, "100 s"), (0.0, "0 s"), (Fraction(4, 3), "1.33 s")]
)
def test_a_length_keeps_its_zeros(length_s: float | Fraction, shown: str) -> None:
    assert wording.lasting(length_s) == shown
