"""The frame of a page: what it lets in, and what it makes of text."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest

from screentest.prep.report.markup import MARKER, data_uri, escaped, framed, policy_for, sentence


def test_a_page_says_who_made_it_so_that_it_may_be_replaced() -> None:
    assert MARKER in framed("<main></main>", title="t")[:4096]


def test_a_title_is_text_whatever_it_looks_like() -> None:
    whole = framed("", title="</title><script>x</script>")
    assert "<script" not in whole
    assert "&lt;/title&gt;" in whole


def test_a_dollar_in_a_name_fills_in_nothing() -> None:
    assert "<title>$style ${policy}" in framed("", title="$style ${policy}")
    assert "<main>$title</main>" in framed("<main>$title</main>", title="t")


def test_a_policy_names_the_one_style_by_its_hash() -> None:
    digest = base64.b64encode(hashlib.sha256(b"body { }").digest()).decode()
    policy = policy_for("body { }")
    assert f"style-src 'sha256-{digest}'" in policy
    assert policy != policy_for("body {  }")
    assert "unsafe" not in policy
    assert "http" not in policy


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("choose with --start.", "choose with <code>--start</code>."),
        ("--fit crop helps", "<code>--fit</code> crop helps"),
        ("use --no-audio, or --start", "use <code>--no-audio</code>, or <code>--start</code>"),
        ("a--b -- c ---d --X", "a--b -- c ---d --X"),
        ("--<b>", "--&lt;b&gt;"),
    ],
)
def test_options_in_a_sentence_are_code_and_dashes_are_dashes(text: str, wanted: str) -> None:
    assert sentence(text) == wanted


def test_bytes_travel_in_the_page_itself() -> None:
    assert data_uri("image/jpeg", b"\xff\xd8") == "data:image/jpeg;base64,/9g="


def test_quotes_cannot_end_an_attribute() -> None:
    assert not re.search(r"[\"'<>]", escaped("\" onload='x' <b>"))
