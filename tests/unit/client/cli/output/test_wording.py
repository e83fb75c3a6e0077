"""Values in words, as people read them."""

from __future__ import annotations

from fractions import Fraction

import pytest

from screentest.client.cli.output import wording
from screentest.client.cli.output.wording import visible


@pytest.mark.parametrize(
    ("fps", "shown"),
    [
        (Fraction(25), "25 fps"),
        (Fraction(30000, 1001), "29.97 fps"),
        (Fraction(24000, 1001), "23.976 fps"),
        (Fraction(100), "100 fps"),
    ],
)
def test_a_rate_has_no_needless_digits(fps: Fraction, shown: str) -> None:
    assert wording.rate(fps) == shown


@pytest.mark.parametrize(
    ("amount", "shown"), [(0, "USD 0"), (0.001, "USD 0.001"), (10, "USD 10"), (1.5, "USD 1.5")]
)
def test_money_is_exact_and_short(amount: float, shown: str) -> None:
    assert wording.usd(amount) == shown


@pytest.mark.parametrize(
    ("count", "shown"),
    [(999, "999 B"), (608_000, "608 kB"), (1_250_000, "1.2 MB"), (3_000_000_000, "3.0 GB")],
)
def test_a_size_is_in_a_unit_people_know(count: int, shown: str) -> None:
    assert wording.size(count) == shown


@pytest.mark.parametrize(
    ("service", "now", "shown"),
    [
        ("https://api.example", True, "USD 0.4"),
        ("https://api.example", False, "USD 0.4, billed by an earlier run"),
        ("sandbox", True, "USD 0.4 at the real service, nothing in the sandbox"),
    ],
)
def test_a_bill_says_who_was_paid(service: str, now: bool, shown: str) -> None:
    assert wording.bill(0.4, service=service, now=now) == shown


def test_one_is_not_plural() -> None:
    assert (wording.counted(1, "cut"), wording.counted(2, "cut")) == ("1 cut", "2 cuts")


def test_control_characters_are_shown_and_not_obeyed() -> None:
    assert visible("a\x1b[31mb\nc\u202e") == "a\\x1b[31mb\\nc\\u202e"


def test_ordinary_text_of_any_language_stays_as_it_is() -> None:
    assert visible("Müller 東京 5°") == "Müller 東京 5°"


def test_a_file_name_that_is_not_text_can_still_be_shown() -> None:
    assert visible(b"caf\xe9.mp4".decode("utf-8", "surrogateescape")) == "caf?.mp4"
