"""The name of a video's file: of the prompt's first words, one that any file system takes."""

from __future__ import annotations

import pytest

from screentest.client.videos.out import file_name

IDENTITY = "1a2b3c" + "0" * 58


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        ("Joe waves at the sea.", "joe-waves-at-the-sea"),
        ("Joe's dog, (slowly) running: fast and far away", "joes-dog-slowly-running-fast-and"),
        ("../../etc/passwd", "etc-passwd"),
        ("  \n-- rm *", "rm"),
        ("Zoe\u0308 und \u540d\u524d", "zo\u00eb-und-\u540d\u524d"),
        ("\U0001f600!", "video"),
        ("CON", "con"),
        ("x" * 61, "video"),
        ("\u540d" * 20 + " b", "\u540d" * 20),
    ],
)
def test_a_file_is_named_after_the_first_words(prompt: str, name: str) -> None:
    assert file_name(prompt, IDENTITY) == f"{name}-1a2b3c.mp4"
