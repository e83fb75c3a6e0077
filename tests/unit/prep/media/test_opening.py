"""Which names are opened at all, and what is told of the others."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from screentest.prep.core.errors import FootageError, NotAFile, NotAVideo, NotFound
from screentest.prep.media.deadline import Deadline
from screentest.prep.media.opening import (
    FORMAT_WHITELIST,
    PROTOCOL_WHITELIST,
    file_url,
    opened,
    regular_file,
)


def test_a_relative_name_becomes_an_absolute_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "raw.mp4").write_bytes(b"raw")
    monkeypatch.chdir(tmp_path)
    assert regular_file("raw.mp4") == tmp_path / "raw.mp4"


def test_a_link_is_followed_by_the_system_and_keeps_its_name(tmp_path: Path) -> None:
    (tmp_path / "raw.mp4").write_bytes(b"raw")
    (tmp_path / "today.mp4").symlink_to("raw.mp4")
    assert regular_file(tmp_path / "today.mp4").name == "today.mp4"


@pytest.mark.parametrize("name", ["gone.mp4", "raw.mp4/inside.mp4", "dangling.mp4"])
def test_what_is_not_there_is_not_found(name: str, tmp_path: Path) -> None:
    (tmp_path / "raw.mp4").write_bytes(b"raw")
    (tmp_path / "dangling.mp4").symlink_to("nowhere.mp4")
    with pytest.raises(NotFound, match=r"^There is no file "):
        regular_file(tmp_path / name)


def test_standard_input_is_refused_with_a_way_out() -> None:
    with pytest.raises(NotAFile) as caught:
        regular_file("-")
    assert "save it to a file" in caught.value.hint


def test_a_pipe_is_refused_before_it_can_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "live.mp4")
    with pytest.raises(NotAFile, match="is a pipe"):
        regular_file(tmp_path / "live.mp4")


def test_a_socket_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # names of sockets are short
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("camera.sock")
        with pytest.raises(NotAFile, match="is a socket"):
            regular_file("camera.sock")


@pytest.mark.parametrize(("name", "kind"), [("/dev/null", "a device"), ("/", "a folder")])
def test_what_is_no_file_is_called_what_it_is(name: str, kind: str) -> None:
    with pytest.raises(NotAFile, match=f"is {kind}, not a video file"):
        regular_file(name)


@pytest.mark.parametrize("name", ["a\0b.mp4", "a" * 300])
def test_a_name_that_no_file_can_have_is_told_in_one_line(name: str, tmp_path: Path) -> None:
    with pytest.raises(FootageError) as caught:
        regular_file(tmp_path / name)
    assert "\n" not in caught.value.message
    assert caught.value.message.isprintable()


def test_an_empty_file_is_told_as_a_copy_that_did_not_go_through(tmp_path: Path) -> None:
    empty = tmp_path / "raw.mp4"
    empty.touch()
    with pytest.raises(NotAVideo, match="not a single byte"), opened(empty, Deadline(empty, 60)):
        pytest.fail("there is nothing to open")


@pytest.mark.parametrize("script", ["concat", "hls", "dash", "image2", "lavfi", "tee", "imf"])
def test_no_format_that_opens_other_files_is_let_in(script: str) -> None:
    assert script not in FORMAT_WHITELIST.split(",")


def test_files_alone_are_read_and_no_addresses() -> None:
    assert PROTOCOL_WHITELIST == "file"


@pytest.mark.parametrize("name", ["-vf.mp4", "a:b.mp4", "c%02d.png", "http://host/a.mp4"])
def test_whatever_a_name_looks_like_it_is_read_as_a_file(name: str) -> None:
    assert file_url(Path("/films") / name).startswith("file:/films/")
