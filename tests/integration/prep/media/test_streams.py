"""Streams: the picture and the sound that a player would play, and nothing else of the file."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from fixtures.formats import QUADRANTS
from screentest import probe
from screentest.prep.clipping.check import look_inside
from screentest.prep.core.errors import NotAVideo
from tests.clips import SMALL, Sound, first_luma, short_clip, sound
from tests.conftest import Footage


def pitch_hz(samples: Sound) -> float:
    spectrum = np.abs(np.fft.rfft(samples[0][:48_000]))
    return float(np.argmax(spectrum))


def test_the_default_sound_is_taken(footage: Footage, tmp_path: Path) -> None:
    made = short_clip(footage("two-tracks"), tmp_path, spec=SMALL)
    assert pitch_hz(sound(made)) == pytest.approx(1200, abs=5)


def test_another_sound_can_be_asked_for(footage: Footage, tmp_path: Path) -> None:
    track = probe(footage("two-tracks")).audio_tracks[0]
    made = short_clip(footage("two-tracks"), tmp_path, spec=SMALL, audio_index=track)
    assert pitch_hz(sound(made)) == pytest.approx(400, abs=5)


def test_a_default_track_that_is_silent_gives_way_to_one_that_sounds(
    footage: Footage, tmp_path: Path
) -> None:
    made = short_clip(footage("silent-default"), tmp_path, spec=SMALL)
    assert pitch_hz(sound(made)) == pytest.approx(400, abs=5)
    assert "track 1 was taken" in " ".join(made.warnings)
    track = probe(footage("silent-default")).audio_tracks[1]
    asked = short_clip(footage("silent-default"), tmp_path, spec=SMALL, audio_index=track)
    assert np.abs(sound(asked)).max() < 1e-3


def test_a_clip_can_be_asked_for_without_sound(footage: Footage, tmp_path: Path) -> None:
    made = short_clip(footage("two-tracks"), tmp_path, spec=SMALL, audio="remove")
    assert not made.has_audio
    assert not look_inside(Path(made.path)).audio
    assert not any("sound" in warning for warning in made.warnings)


def test_the_middle_of_surround_sound_is_heard_on_both_sides(footage: Footage, tmp_path: Path) -> None:
    heard = sound(short_clip(footage("surround"), tmp_path, spec=SMALL))
    assert heard.shape[0] == 2
    assert np.abs(heard[0]).max() == pytest.approx(np.abs(heard[1]).max(), rel=0.05)
    assert np.abs(heard).max() > 0.02


def test_sound_that_ends_early_is_followed_by_silence(footage: Footage, tmp_path: Path) -> None:
    heard = sound(short_clip(footage("short-sound"), tmp_path, spec=SMALL))
    assert heard.shape[1] / 48_000 > 1.9
    assert np.abs(heard[:, : 48_000 // 4]).max() > 0.05
    assert np.abs(heard[:, 48_000:]).max() < 0.01


@pytest.mark.parametrize(
    ("name", "start_s", "said"),
    [
        ("ambisonic", 0.0, "The sound is ambisonic 1"),
        ("many-channels", 0.0, "The sound is 20 channels"),
        ("surround-then-stereo", 2.0, "The sound changes from 5.1(side) to stereo"),
    ],
)
def test_sound_that_ffmpeg_cannot_mix_costs_neither_picture_nor_sound(
    name: str, start_s: float, said: str, footage: Footage, tmp_path: Path
) -> None:
    made = short_clip(footage(name), tmp_path, start_s=start_s, spec=SMALL)
    heard = sound(made)
    assert made.frames == 50
    assert said in made.warnings[-1]
    assert heard.shape[0] == 2
    assert all(np.abs(ear[48_000:72_000]).max() > 0.02 for ear in heard), (
        "in both ears, through the end"
    )
    assert pitch_hz(heard[:, 24_000:]) == pytest.approx(440 if "surround" in name else 400, abs=5)


def test_sound_that_does_not_decode_leaves_the_picture(footage: Footage, tmp_path: Path) -> None:
    made = short_clip(footage("undecodable-sound"), tmp_path, spec=SMALL)
    assert (made.frames, made.has_audio) == (50, False)
    assert "has none" in made.warnings[-1]


def test_a_bare_stream_is_told_what_it_lacks(footage: Footage) -> None:
    with pytest.raises(NotAVideo, match=r"a bare H\.264 stream") as caught:
        probe(footage("bare-h264"))
    assert "MP4" in caught.value.hint
    assert "damaged" not in str(caught.value)


def test_a_cover_picture_is_not_the_film(footage: Footage, tmp_path: Path) -> None:
    luma = first_luma(short_clip(footage("cover"), tmp_path, spec=SMALL))
    assert luma[25, 25] == pytest.approx(16 + QUADRANTS[0][0] * 219 / 255, abs=5)


def test_nothing_told_beside_the_film_survives(footage: Footage, tmp_path: Path) -> None:
    raw = footage("secrets").read_bytes()
    data = Path(short_clip(footage("secrets"), tmp_path, spec=SMALL).path).read_bytes()
    shown = (b"48.2082", b"SecretPhone", b"2026-05-04", b"SecretComment", b"SecretTitle")
    for secret in (*shown, b"SecretChapter", b"SecretCaption"):
        assert secret in raw
        assert secret not in data
    assert b"SecretTrack" not in data
    assert b"01:02:03" not in data
    with av.open(str(tmp_path / "out.mp4")) as container:
        assert [s.type for s in container.streams] == ["video", "audio"]


def test_dolby_vision_that_nothing_else_can_show_is_refused(
    shared_footage: Path, tmp_path: Path
) -> None:
    """A phone's profile 8 recording, relabelled as profile 5."""
    data = bytearray((shared_footage / "fmt-hlg10-hevc-rot90-editlist.mp4").read_bytes())
    place = max(data.find(b"dvcC"), data.find(b"dvvC"))
    assert place > 0
    assert data[place + 6] >> 1 == 8
    data[place + 6] = 5 << 1 | data[place + 6] & 1
    data[place + 8] &= 0x0F
    relabelled = tmp_path / "profile5.mp4"
    relabelled.write_bytes(data)
    with pytest.raises(NotAVideo, match="Dolby Vision") as caught:
        probe(relabelled)
    assert "HDR10" in caught.value.hint
