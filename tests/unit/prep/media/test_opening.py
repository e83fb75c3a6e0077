"""Which names are opened at all, and what is told of the others."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import av
import numpy as np
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


def film(path: Path) -> bytes:
    """The bytes of a second of noise, written as the suffix says: an MP4 has its index at the end."""
    noise = np.random.default_rng(7)
    with av.open(str(path), "w") as out:
        stream = out.add_stream("mpeg4", rate=25)
        stream.width = stream.height = 64
        stream.pix_fmt = "yuv420p"
        for _ in range(25):
            picture = noise.integers(0, 255, (64, 64, 3), np.uint8)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        out.mux(stream.encode())
    return path.read_bytes()


def refusal_of(file: Path, content: bytes) -> NotAVideo:
    file.write_bytes(content)
    with pytest.raises(NotAVideo) as caught, opened(file, Deadline(file, 60)):
        pytest.fail("it opens")
    return caught.value


@pytest.mark.parametrize(
    ("suffix", "share", "lack"),
    [
        ("mp4", 0.6, "its index is missing"),
        ("mov", 0.1, "its index is missing"),
        ("mp4", 0.995, "its index is not all there"),
        ("mkv", 0.01, "it is shorter than it says"),
        ("avi", 0.01, "it is shorter than it says"),
    ],
)
def test_a_video_whose_end_is_gone_is_told_to_be_copied_again(
    suffix: str, share: float, lack: str, tmp_path: Path
) -> None:
    whole = film(tmp_path / f"whole.{suffix}")
    error = refusal_of(tmp_path / f"raw.{suffix}", whole[: int(len(whole) * share)])
    assert error.message.endswith(f"looks cut off: {lack}.")
    assert "Copy it again from the card" in error.hint


@pytest.mark.parametrize(
    "content",
    [
        np.random.default_rng(7).bytes(5000),
        b"Dear diary, " * 400,
        b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(900),
        b"RIFF\xff\xff\x00\x00WAVEfmt " + bytes(900),
        b"G" + bytes(500),
    ],
    ids=["noise", "text", "photo", "sound", "letter"],
)
def test_what_is_no_video_is_not_called_one_that_was_cut_off(content: bytes, tmp_path: Path) -> None:
    error = refusal_of(tmp_path / "raw.mp4", content)
    assert "is not a video that can be read" in error.message
    assert "cut off" not in error.message


def test_a_whole_mp4_that_cannot_be_read_is_not_called_cut_off(tmp_path: Path) -> None:
    whole = film(tmp_path / "whole.mp4")
    error = refusal_of(tmp_path / "raw.mp4", whole.replace(b"moov", b"moo?") + b"\0\0\0\3junkjunk")
    assert "is an MP4 or MOV file that cannot be read" in error.message
    assert "may be damaged" in error.hint


@pytest.mark.parametrize("script", ["concat", "hls", "dash", "image2", "lavfi", "tee", "imf"])
def test_no_format_that_opens_other_files_is_let_in(script: str) -> None:
    assert script not in FORMAT_WHITELIST.split(",")


def test_files_alone_are_read_and_no_addresses() -> None:
    assert PROTOCOL_WHITELIST == "file"


@pytest.mark.parametrize("name", ["-vf.mp4", "a:b.mp4", "c%02d.png", "http://host/a.mp4"])
def test_whatever_a_name_looks_like_it_is_read_as_a_file(name: str) -> None:
    assert file_url(Path("/films") / name).startswith("file:/films/")
