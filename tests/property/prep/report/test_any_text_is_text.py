"""Whatever a file, a reason or a warning says, a page shows it as text and nothing else."""

from __future__ import annotations

import base64
import html
import re
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from screentest.prep.core.text import printable
from screentest.prep.report.markup import data_uri, escaped, framed, sentence

tags = st.sampled_from(
    ["<script>", "</p>", '" onload="', "' x='", "<!--", "]]>", "&lt;", "--start", "&#0;"]
)
texts = st.one_of(
    st.text(st.characters(codec=None, exclude_categories=())),
    st.lists(st.one_of(tags, st.text(max_size=6))).map("".join),
)


class Read(HTMLParser):
    """What a browser makes of markup: its elements, their attributes, and its words."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[str] = []
        self.attributes: dict[str, str | None] = {}
        self.words = ""
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes |= dict(attrs)

    def handle_data(self, data: str) -> None:
        self.words += data

    def handle_comment(self, data: str) -> None:
        self.elements.append(f"<!--{data}")


@given(texts)
def test_in_an_element_it_is_words_alone(text: str) -> None:
    read = Read(f"<p>{escaped(text)}</p>")
    assert read.elements == ["p"]
    assert read.words == printable(text)


@given(texts)
def test_in_an_attribute_it_is_its_value_alone(text: str) -> None:
    read = Read(f'<img alt="{escaped(text)}">')
    assert read.elements == ["img"]
    assert read.attributes == {"alt": printable(text)}


@given(texts)
def test_a_sentence_keeps_its_words_and_adds_nothing_but_code(text: str) -> None:
    read = Read(f"<p>{sentence(text)}</p>")
    assert set(read.elements) <= {"p", "code"}
    assert read.words == printable(text)


@given(texts)
def test_as_a_title_it_is_one(text: str) -> None:
    whole = framed("<main></main>", title=text)
    found = re.search(r"<title>(.*?)</title>", whole, re.DOTALL)
    assert found is not None
    assert html.unescape(found[1]) == printable(text)
    assert "<script" not in whole.lower()


@given(st.binary(max_size=200))
def test_any_bytes_come_back_out_of_their_address(content: bytes) -> None:
    kind, _, coded = data_uri("video/mp4", content).partition(",")
    assert kind == "data:video/mp4;base64"
    assert base64.b64decode(coded) == content
    assert not re.search(r"[\"'<>\s]", coded)
