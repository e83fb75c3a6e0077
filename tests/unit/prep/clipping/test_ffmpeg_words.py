"""What is told when ffmpeg fails, by ffmpegs that fail in known ways."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from screentest.prep.clipping.ffmpeg import encode, executable
from screentest.prep.clipping.plan import Plan, plan
from screentest.prep.core.errors import DiskFull, EncodeFailed, EncodeTimeout, SetupError
from screentest.prep.core.spec import SORA_2
from screentest.prep.core.values import Segment
from tests.made_up import source


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    executable.cache_clear()
    yield
    executable.cache_clear()


@pytest.fixture
def planned() -> Plan:
    segment = Segment(0.0, 4.0, 0.9, "face", ())
    return plan(source(), segment, frame_times_s=(0.0,), spec=SORA_2)


@pytest.fixture
def ffmpeg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a test writes what runs in ffmpeg's place."""
    script = tmp_path / "ffmpeg"
    monkeypatch.setenv("SCREENTEST_FFMPEG", str(script))
    return script


def ends(script: Path, *, says: str = "", code: int = 1, writes: str = "") -> None:
    (script.parent / "words").write_text(says, encoding="utf-8")
    (script.parent / "lines").write_text(writes, encoding="utf-8")
    body = f'cd "$(dirname "$0")"; cat lines; cat words >&2; exit {code}'
    script.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    script.chmod(0o755)


def failure(planned: Plan, out: Path) -> EncodeFailed:
    with pytest.raises(EncodeFailed) as caught:
        encode(planned, out)
    return caught.value


@pytest.mark.parametrize("words", ["No space left on device", "Disk quota exceeded"])
def test_a_full_disk_is_told_as_one(words: str, planned: Plan, ffmpeg: Path) -> None:
    ends(ffmpeg, says=f"[out#0/mp4] Error writing trailer: {words}\nConversion failed!\n")
    with pytest.raises(DiskFull, match="No room is left at /clips for the clip"):
        encode(planned, Path("/clips/joe.mp4"))


def test_the_last_telling_words_are_handed_on_without_the_noise(planned: Plan, ffmpeg: Path) -> None:
    ends(ffmpeg, says="one\n\ntwo\nthree\n  four.  \nConversion failed!\nTask finished with error\n")
    message = failure(planned, Path("/clips/joe.mp4")).message
    assert message == "ffmpeg could not make the clip: two; three; four."


@pytest.mark.parametrize(
    ("words", "is_damaged"),
    [
        (
            "[h264 @ 0x1] Error submitting packet to decoder: Invalid data found",
            True,
        ),
        ("[vf#0:0] Error initializing filters: Invalid argument", False),
        ("[aost#0:1/aac] Could not open encoder before EOF", False),
    ],
)
def test_damage_is_suspected_only_where_decoding_failed(
    words: str, is_damaged: bool, planned: Plan, ffmpeg: Path
) -> None:
    ends(ffmpeg, says=words)
    assert ("damaged" in failure(planned, Path("/clips/joe.mp4")).hint) is is_damaged


def test_an_ffmpeg_that_says_nothing_is_told_to(planned: Plan, ffmpeg: Path) -> None:
    ends(ffmpeg, says="\n  \n", code=139)
    assert "it gave no reason" in failure(planned, Path("/clips/joe.mp4")).message


def test_names_in_its_words_move_no_terminal(planned: Plan, ffmpeg: Path) -> None:
    ends(ffmpeg, says="cannot open \x1b[2J\x07film\n")
    assert failure(planned, Path("/clips/joe.mp4")).message.isprintable()


def test_a_decoder_that_it_lacks_is_told_with_the_way_out(planned: Plan, ffmpeg: Path) -> None:
    ends(ffmpeg, says="Unknown decoder 'libvpx-vp9'\n")
    told = failure(planned, Path("/clips/joe.mp4"))
    assert "libvpx" in told.message
    assert "SCREENTEST_FFMPEG" in told.hint


def test_an_ffmpeg_that_hangs_is_ended(planned: Plan, ffmpeg: Path) -> None:
    ffmpeg.write_text("#!/bin/sh\nexec sleep 600\n", encoding="utf-8")
    ffmpeg.chmod(0o755)
    with pytest.raises(EncodeTimeout, match="within 0 s"):
        encode(planned, Path("/clips/joe.mp4"), timeout_s=0.2)


def test_progress_is_the_share_of_the_clip_and_nonsense_is_none(planned: Plan, ffmpeg: Path) -> None:
    lines = "frame=1\nout_time_us=N/A\nout_time_us=-40000\nout_time_us=1000000\nout_time_us=9000000\n"
    ends(ffmpeg, writes=lines, code=0)
    told: list[float] = []
    encode(planned, Path("/clips/joe.mp4"), progress=told.append)
    assert told == [0.0, 0.0, 0.25, 1.0]


def test_an_ffmpeg_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCREENTEST_FFMPEG", "/nowhere/ffmpeg")
    with pytest.raises(SetupError, match="/nowhere/ffmpeg, which cannot be run") as caught:
        executable()
    assert "Unset it" in caught.value.hint


def test_a_file_that_cannot_be_run_is_no_ffmpeg(ffmpeg: Path) -> None:
    ffmpeg.write_text("no program", encoding="utf-8")
    with pytest.raises(SetupError, match="cannot be run"):
        executable()


def test_without_a_wish_the_installed_ffmpeg_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SCREENTEST_FFMPEG", raising=False)
    assert Path(executable()).is_file()
