"""A file that is a clip already is used as it is; anything that is to change about it is said."""

from __future__ import annotations

import struct
import subprocess
from pathlib import Path

import pytest

from screentest import KLING_ELEMENTS, SORA_2, check, prepare
from screentest.prep.clipping.as_it_is import standing
from screentest.prep.clipping.ffmpeg import executable
from screentest.prep.clipping.warnings import NO_FACE, own_warnings
from screentest.prep.core.errors import ScoreTooLow
from screentest.prep.core.files import sha256_of
from screentest.prep.core.values import Clip
from screentest.prep.core.wishes import NO_WISHES, Wishes
from screentest.prep.media.probe import probe
from screentest.prep.pipeline import Prepared, choose

COPIED = ("-c", "copy", "-fflags", "+bitexact", "-map_metadata", "-1", "-empty_hdlr_name", "1")
FAST = ("-movflags", "+faststart")
MADE_ANEW = "a new clip was made of it"


def ffmpeg(out: Path, *arguments: str | Path) -> Path:
    command = [executable(), "-v", "error", "-nostdin", "-y", *map(str, arguments), str(out)]
    subprocess.run(command, check=True, timeout=120)
    return out


def prepared(raw: Path | str, tmp_path: Path, wishes: Wishes = NO_WISHES) -> Prepared:
    return prepare(raw, wishes, SORA_2, out=tmp_path / "out" / "clip.mp4", scans=tmp_path / "scans")


@pytest.fixture(autouse=True)
def out(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()


@pytest.mark.parametrize(
    "wishes",
    [
        NO_WISHES,
        Wishes(start_s=0.0),
        Wishes(length_s=4.0),
        Wishes(subject="face"),
        Wishes(fit="auto"),
        Wishes(min_score=0.01),
    ],
    ids=["nothing", "its start", "more than it has", "a face", "auto", "score"],
)
def test_an_approved_clip_stays_what_was_approved(made: Clip, tmp_path: Path, wishes: Wishes) -> None:
    used = prepared(made.path, tmp_path, wishes)
    assert sha256_of(Path(used.clip.path)) == used.clip.sha256 == made.sha256
    assert (used.clip.frames, used.clip.fps, used.clip.bytes) == (made.frames, made.fps, made.bytes)
    assert used.report.ok
    assert "byte for byte" in used.segment.reasons[0]
    assert not any(MADE_ANEW in warning for warning in used.clip.warnings)


def test_the_window_of_an_approved_clip_is_all_of_it(made: Clip) -> None:
    segment = choose(made.path).segment
    assert (segment.start_s, segment.length_s) == (0.0, float(made.length_s))
    assert segment.subject == "face"


@pytest.mark.parametrize(
    ("wishes", "why"),
    [
        (Wishes(orientation="portrait"), "another orientation"),
        (Wishes(audio="remove"), "but no sound was wanted"),
        (Wishes(audio_track=1), ""),
    ],
)
def test_a_wish_that_the_file_does_not_meet_makes_a_new_clip_and_is_named(
    face_clip: Path, made: Clip, tmp_path: Path, wishes: Wishes, why: str
) -> None:
    sounding = ffmpeg(
        tmp_path / "sounding.mp4",
        *("-i", made.path, "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=2.5"),
        *("-c:v", "copy", "-c:a", "aac", "-t", "2"),
        *(*COPIED[2:], "-flags:a", "+bitexact", *FAST),
    )
    used = prepared(sounding, tmp_path, wishes)
    assert (used.clip.sha256 == sha256_of(sounding)) == (not why)
    assert any(why in w and MADE_ANEW in w for w in used.clip.warnings) == bool(why)
    assert used.clip.has_audio == (wishes.audio != "remove")


REMUXED: dict[str, tuple[str, tuple[str, ...], str]] = {
    "QuickTime": ("a.mov", (*COPIED, *FAST), "container"),
    "fragmented": ("a.mp4", (*COPIED, "-movflags", "+frag_keyframe+empty_moov"), "container"),
    "place": ("a.mp4", (*COPIED, *FAST, "-metadata", "location=+48.2+016.3/"), "metadata"),
    "time": ("a.mp4", (*COPIED, *FAST, "-metadata", "creation_time=2026-03-01T12:00:00Z"), "metadata"),
    "index last": ("a.mp4", COPIED, "faststart"),
    "hidden start": ("a.mp4", ("-ss", "0.5", *COPIED, *FAST), "edits"),
    "note in a picture": (
        "a.mp4",
        (*COPIED, *FAST, "-bsf:v", f"h264_metadata=sei_user_data={'0f' * 16}+home"),
        "metadata",
    ),
}


@pytest.mark.parametrize("kind", REMUXED)
def test_what_only_looks_like_a_clip_is_told_by_its_rule(made: Clip, tmp_path: Path, kind: str) -> None:
    name, options, rule = REMUXED[kind]
    before = options[:2] if options[0] == "-ss" else ()
    raw = ffmpeg(tmp_path / name, *before, "-i", made.path, *options[len(before) :])
    found = standing(probe(raw), SORA_2)
    assert found is not None
    assert rule in found.broken


def test_a_box_that_ffmpeg_does_not_read_is_metadata_all_the_same(made: Clip, tmp_path: Path) -> None:
    raw = tmp_path / "a.mp4"
    secret = b"<x:xmpmeta>at home</x:xmpmeta>"
    box = struct.pack(">I4s16s", 24 + len(secret), b"uuid", b"\xbe\x7a\xcf\xcb" * 4) + secret
    raw.write_bytes(Path(made.path).read_bytes() + box)
    found = standing(probe(raw), SORA_2)
    assert found is not None
    assert found.broken == ("metadata",)


def test_what_does_not_decode_to_its_end_is_no_clip(made: Clip, tmp_path: Path) -> None:
    raw = tmp_path / "a.mp4"
    content = bytearray(Path(made.path).read_bytes())
    middle = len(content) * 2 // 3
    content[middle : middle + 4000] = bytes(4000)
    raw.write_bytes(content)
    found = standing(probe(raw), SORA_2)
    assert found is not None
    assert found.broken == ("undamaged pictures",)


def test_a_film_whose_colour_changes_on_the_way_is_no_clip(tmp_path: Path) -> None:
    def stream(name: str, *colour: str) -> bytes:
        return ffmpeg(
            tmp_path / name,
            *("-f", "lavfi", "-i", "testsrc2=size=1280x720:rate=25:duration=1.2"),
            *("-c:v", "libx264", "-pix_fmt", "yuv420p", "-preset", "ultrafast"),
            *colour,
        ).read_bytes()

    wide = ("-colorspace", "bt2020nc", "-color_primaries", "bt2020", "-color_trc", "smpte2084")
    both = tmp_path / "both.h264"
    both.write_bytes(stream("a.h264") + stream("b.h264", *wide))
    without_notes = ("-bsf:v", "filter_units=remove_types=6")
    raw = ffmpeg(tmp_path / "a.mp4", "-r", "25", "-i", both, *COPIED, *FAST, *without_notes)
    assert check(raw).ok, "the first picture is one of a clip"
    found = standing(probe(raw), SORA_2)
    assert found is not None
    assert found.broken == ("colour",)


def test_a_clip_with_another_recording_appended_is_no_clip(made: Clip, tmp_path: Path) -> None:
    raw = tmp_path / "a.mp4"
    raw.write_bytes(2 * Path(made.path).read_bytes())
    assert standing(probe(raw), SORA_2) is None
    (broken,) = [rule for rule in check(raw).rules if not rule.ok]
    assert (broken.rule, broken.found) == ("metadata", "second ftyp, second moov")


def test_a_clip_in_another_wrapping_is_made_anew_and_its_rule_is_named(
    made: Clip, tmp_path: Path
) -> None:
    raw = ffmpeg(tmp_path / "a.mov", "-i", made.path, *COPIED, *FAST)
    used = prepared(raw, tmp_path)
    (said,) = [warning for warning in used.clip.warnings if MADE_ANEW in warning]
    assert "container" in said
    assert used.report.ok


def test_one_model_s_clip_is_footage_to_another(made: Clip) -> None:
    found = standing(probe(made.path), KLING_ELEMENTS)
    assert found is not None
    assert set(found.broken) == {"length", "resolution"}


def test_a_clip_without_a_face_is_used_as_it_is_and_the_lack_is_said(tmp_path: Path) -> None:
    raw = ffmpeg(
        tmp_path / "a.mp4",
        *("-f", "lavfi", "-i", "testsrc2=size=1280x720:rate=25:duration=3"),
        *("-c:v", "libx264", "-pix_fmt", "yuv420p", "-preset", "ultrafast"),
        *("-fflags", "+bitexact", "-empty_hdlr_name", "1", *FAST),
    )
    used = prepared(raw, tmp_path)
    assert used.clip.sha256 == sha256_of(raw)
    assert NO_FACE in own_warnings(used.clip)


def test_a_window_that_scores_less_than_asked_is_refused_with_its_score(
    made: Clip, tmp_path: Path
) -> None:
    score = choose(made.path).segment.score
    with pytest.raises(ScoreTooLow, match=rf"scores {score:.2f}, less than the 0\.99") as caught:
        prepared(made.path, tmp_path, Wishes(min_score=0.99))
    assert "lower score" in caught.value.hint
    assert not (tmp_path / "out" / "clip.mp4").exists()
