"""Paths, times and counts, as people read them."""

from __future__ import annotations

from pathlib import Path

import pytest

from screentest.prep.core.text import counted, lasting, printable, shown, shown_name, timecode


@pytest.mark.parametrize(
    ("seconds", "wanted"),
    [
        (0.0, "0:00.00"),
        (0.0004, "0:00.00"),
        (9.5, "0:09.50"),
        (0.29, "0:00.29"),  # as floating point, less than 29 hundredths
        (59.999, "0:59.99"),
        (59.999999, "1:00.00"),
        (62.48, "1:02.48"),
        (3599.999999, "1:00:00.00"),
        (3602.48, "1:00:02.48"),
        (36_000.0, "10:00:00.00"),
    ],
)
def test_a_time_reads_as_in_a_player_and_never_shows_sixty_seconds(seconds: float, wanted: str) -> None:
    assert timecode(seconds) == wanted


@pytest.mark.parametrize(
    ("length_s", "wanted"),
    [(4, "4 s"), (0.0, "0 s"), (100, "100 s"), (2.04, "2.04 s"), (1.9996, "1.99 s"), (0.29, "0.29 s")],
)
def test_a_length_that_is_just_too_short_does_not_read_as_long_enough(
    length_s: float, wanted: str
) -> None:
    assert lasting(length_s) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Grüße 顔.mp4", "Grüße 顔.mp4"),
        ("a\nb", "a\\nb"),
        ("a\x1b[31mb", "a\\x1b[31mb"),
        ("a\u202eb", "a\\u202eb"),
        ("a\udce4b", "a\\udce4b"),
    ],
)
def test_what_moves_a_terminal_is_shown_instead(text: str, wanted: str) -> None:
    assert printable(text) == wanted


def test_a_path_keeps_its_folders_and_a_name_drops_them() -> None:
    assert shown(Path("/films/raw\n.mp4")) == "/films/raw\\n.mp4"
    assert shown_name("/films/raw\n.mp4") == "raw\\n.mp4"


@pytest.mark.parametrize(("count", "wanted"), [(0, "0 frames"), (1, "1 frame"), (2, "2 frames")])
def test_one_is_one_frame_and_everything_else_are_frames(count: int, wanted: str) -> None:
    assert counted(count, "frame") == wanted


def test_a_noun_may_have_a_plural_of_its_own() -> None:
    found = [counted(count, "runner-up", plural="runners-up") for count in (0, 1, 2)]
    assert found == ["0 runners-up", "1 runner-up", "2 runners-up"]
