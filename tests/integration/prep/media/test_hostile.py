"""Hostile files: no other file is opened, no memory is filled, nothing waits for ever."""

from __future__ import annotations

import ctypes
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from fixtures.fuzz import tried
from fixtures.generate import generate
from screentest import clip, probe, segment_at
from screentest.prep.clipping.clip import planned_clip
from screentest.prep.clipping.ffmpeg import encode, executable
from screentest.prep.core.errors import (
    EncodeFailed,
    EncodeTimeout,
    FootageError,
    NotAFile,
    NotAVideo,
    Unreadable,
)
from screentest.prep.media import opening as media
from screentest.prep.media.opening import MAX_SIDE_PX
from tests.conftest import Command, Footage

_IN_OPEN = 0x20

# Everything that makes a demuxer open other files; {bait} is a real video.
SCRIPTS = {
    "playlist": "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n{bait}\n#EXT-X-ENDLIST\n",
    "concat": "ffconcat version 1.0\nfile '{bait}'\n",
    "dash": (
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
        'mediaPresentationDuration="PT5S"><Period><AdaptationSet mimeType="video/mp4">'
        '<Representation id="1" bandwidth="1"><BaseURL>{bait}</BaseURL><SegmentBase/>'
        "</Representation></AdaptationSet></Period></MPD>"
    ),
    "remote": "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nhttp://127.0.0.1:9/x.ts\n",
    "smil": '<smil><body><video src="{bait}"/></body></smil>',
    "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\n",
}
NAMES = [
    "clip.mp4",
    "clip.mov",
    "clip.mkv",
    "clip.m3u8",
    "clip.ffconcat",
    "clip.mpd",
    "clip",
    "c%02d.png",
]


@contextmanager
def watched(path: Path) -> Iterator[list[bool]]:
    """A list that is not empty afterwards if anybody opened the file meanwhile (inotify)."""
    libc = ctypes.CDLL(None, use_errno=True)
    handle = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
    assert handle >= 0
    assert libc.inotify_add_watch(handle, os.fsencode(path), _IN_OPEN) >= 0
    opened: list[bool] = []
    try:
        yield opened
        with suppress(BlockingIOError):
            opened.extend([True] if os.read(handle, 4096) else [])
    finally:
        os.close(handle)


def bait_in(folder: Path, footage: Footage) -> Path:
    """A real video that no other test opens."""
    bait = folder / "bait.ts"
    bait.write_bytes(footage("counter-ts").read_bytes())
    return bait


def test_the_watch_sees_an_open(tmp_path: Path) -> None:
    bait = tmp_path / "bait"
    bait.write_bytes(b"x")
    with watched(bait) as opened:
        bait.read_bytes()
    assert opened


@pytest.mark.parametrize("kind", SCRIPTS)
def test_a_script_under_any_name_opens_no_other_file(
    kind: str, footage: Footage, tmp_path: Path
) -> None:
    bait = bait_in(tmp_path, footage)
    for name in NAMES:
        crafted = tmp_path / name
        crafted.write_text(SCRIPTS[kind].format(bait=bait))
        with watched(bait) as opened, pytest.raises(NotAVideo):
            probe(crafted)
        assert not opened, f"{kind} as {name} was followed"


@pytest.mark.parametrize("kind", ["playlist", "concat", "dash"])
def test_ffmpeg_itself_follows_no_script_either(kind: str, footage: Footage, tmp_path: Path) -> None:
    """As when a file is exchanged between the look at it and the encode."""
    bait = bait_in(tmp_path, footage)
    source = probe(bait)
    planned = planned_clip(source, segment_at(source, start_s=0.0))
    crafted = tmp_path / "clip.mp4"
    crafted.write_text(SCRIPTS[kind].format(bait=bait))
    exchanged = replace(planned, source=replace(source, path=str(crafted)))
    with watched(bait) as opened, pytest.raises(EncodeFailed):
        encode(exchanged, tmp_path / "out.mp4")
    assert not opened


def test_a_picture_too_large_for_memory_is_refused_before_it_is_decoded(footage: Footage) -> None:
    with pytest.raises(NotAVideo, match=f"9216x16.*{MAX_SIDE_PX}"):
        probe(footage("too-wide"))


def test_a_picture_larger_than_the_file_claims_is_refused_by_the_decoder(
    footage: Footage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit stands in for the size: nothing is known of the picture before it is decoded."""
    monkeypatch.setattr(media, "MAX_PIXELS", 100 * 100)
    with pytest.raises(Unreadable):
        probe(footage("quadrants"))


def test_an_index_that_would_fill_the_memory_is_not_built(footage: Footage) -> None:
    raw = footage("endless-index")
    assert raw.stat().st_size < 20_000
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(NotAVideo, match="more pictures than it has bytes for"):
        probe(raw)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb < 100_000


@pytest.mark.parametrize("kind", ["fifo", "device", "folder"])
def test_what_is_not_a_file_is_refused_unread(kind: str, tmp_path: Path) -> None:
    path = {"fifo": tmp_path / "pipe.mp4", "device": Path("/dev/zero"), "folder": tmp_path}[kind]
    if kind == "fifo":
        os.mkfifo(path)
    with pytest.raises(NotAFile):
        probe(path)


def test_standard_input_is_refused_with_a_hint() -> None:
    with pytest.raises(NotAFile, match="Standard input") as caught:
        probe("-")
    assert "save it to a file" in caught.value.hint


def test_a_decoder_that_hangs_is_stopped(footage: Footage, tmp_path: Path) -> None:
    stuck = tmp_path / "ffmpeg"
    stuck.write_text("#!/bin/sh\nexec sleep 600\n")
    stuck.chmod(0o755)
    source = probe(footage("quadrants"))
    planned = planned_clip(source, segment_at(source, start_s=0.0))
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SCREENTEST_FFMPEG", str(stuck))
        executable.cache_clear()
        try:
            with pytest.raises(EncodeTimeout):
                encode(planned, tmp_path / "out.mp4", timeout_s=0.5)
        finally:
            executable.cache_clear()


def test_what_only_one_of_the_two_decoders_reads_is_a_clear_error(
    footage: Footage, tmp_path: Path
) -> None:
    """An ffmpeg that decodes nothing stands in for one that lacks the codec."""
    blind = tmp_path / "ffmpeg"
    blind.write_text("#!/bin/sh\nexit 0\n")
    blind.chmod(0o755)
    source = probe(footage("quadrants"))
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SCREENTEST_FFMPEG", str(blind))
        executable.cache_clear()
        try:
            with pytest.raises(EncodeFailed, match="0 of 55 pictures"):
                clip(source, segment_at(source, start_s=0.0), out=tmp_path / "out.mp4")
        finally:
            executable.cache_clear()
    assert not list(tmp_path.glob("*.mp4")) + list(tmp_path.glob(".screentest*"))


def test_an_ffmpeg_that_cannot_read_transparency_says_so(footage: Footage, tmp_path: Path) -> None:
    """A script that says what an ffmpeg without libvpx says."""
    lacking = tmp_path / "ffmpeg"
    lacking.write_text("#!/bin/sh\necho \"Unknown decoder 'libvpx-vp9'\" >&2\nexit 8\n")
    lacking.chmod(0o755)
    source = probe(footage("half-seen-vp9"))
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SCREENTEST_FFMPEG", str(lacking))
        executable.cache_clear()
        try:
            with pytest.raises(EncodeFailed, match="libvpx") as caught:
                clip(source, segment_at(source, start_s=0.0), out=tmp_path / "out.mp4")
        finally:
            executable.cache_clear()
    assert "SCREENTEST_FFMPEG" in caught.value.hint


def test_a_damaged_file_names_itself_and_leaves_nothing(
    footage: Footage, tmp_path: Path, screentest: Command
) -> None:
    data = footage("quadrants").read_bytes()
    broken = tmp_path / "-broken\n.mp4"
    broken.write_bytes(data[: len(data) // 3])
    outcome = screentest("clip", "--json", "--", broken)
    assert outcome.code == 1
    assert set(outcome.error) == {"type", "message", "hint"}
    assert "Traceback" not in outcome.err
    with pytest.raises(FootageError):
        probe(broken)


def test_a_name_like_an_image_pattern_opens_no_row_of_files(footage: Footage, tmp_path: Path) -> None:
    (tmp_path / "c01.png").write_bytes(b"not looked at")
    pattern = tmp_path / "c%02d.png"
    pattern.write_bytes(footage("quadrants").read_bytes())
    with watched(tmp_path / "c01.png") as opened, pytest.raises(NotAVideo):
        probe(pattern)
    assert not opened


@pytest.mark.parametrize(
    ("base", "seed", "case"),
    [
        pytest.param("counter-ts", 3, 61, id="a stream shows up on the way"),
        pytest.param("counter-flv", 5, 87, id="an hour lies between two pictures"),
    ],
)
def test_what_once_slipped_through_the_fuzzer_ends_well(
    tmp_path: Path, base: str, seed: int, case: int
) -> None:
    generate(base, tmp_path)
    assert tried(seed, case, tmp_path).fault == ""
