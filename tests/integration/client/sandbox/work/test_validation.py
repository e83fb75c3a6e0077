"""What the stand-in accepts as a clip, and what it makes of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from screentest.client.sandbox.work.validation import TaskRefused, validate
from tests.integration.sandbox_parts import (
    CHARACTERS,
    QUICK,
    MakeClip,
    Service,
    serving,
)

pytest_plugins = ["tests.integration.sandbox_fixtures"]


@pytest.mark.parametrize("size", ["1280x720", "720x1280", "1920x1080", "1920x720", "720x720"])
def test_a_clip_that_keeps_the_rules_is_accepted(make_clip: MakeClip, size: str) -> None:
    footage = validate(make_clip(size=size))
    assert f"{footage.width_px}x{footage.height_px}" == size
    assert footage.samples


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"size": "1278x718"}, "below 720p"),
        ({"size": "540x960"}, "below 720p"),
        ({"size": "1940x720"}, "aspect"),
    ],
)
def test_a_clip_of_a_wrong_shape_is_refused_with_the_rule(
    make_clip: MakeClip, arguments: dict[str, str], reason: str
) -> None:
    with pytest.raises(TaskRefused, match=reason) as refusal:
        validate(make_clip(**arguments))
    assert refusal.value.code == 1401


@pytest.mark.parametrize("name", ["clip.mkv", "clip.mov", "clip.avi"])
def test_another_container_is_refused_as_not_an_mp4(make_clip: MakeClip, name: str) -> None:
    with pytest.raises(TaskRefused, match="not an MP4"):
        validate(make_clip(name=name))


def test_sound_alone_is_refused(make_clip: MakeClip) -> None:
    sound = ("-f", "lavfi", "-i", "sine=duration=1", "-map", "1:a", "-c:a", "aac")
    with pytest.raises(TaskRefused, match="no video"):
        validate(make_clip(*sound, encode=False, name="sound.mp4"))


@pytest.mark.parametrize("content", [b"", b"not a video", b"\x00\x00\x00\x18ftypisom" + bytes(64)])
def test_what_is_not_a_video_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.mp4"
    path.write_bytes(content)
    with pytest.raises(TaskRefused):
        validate(path)


def test_pictures_that_cannot_be_decoded_are_refused(make_clip: MakeClip, tmp_path: Path) -> None:
    whole = make_clip("-movflags", "+faststart").read_bytes()
    media = whole.index(b"mdat") + 4
    path = tmp_path / "broken.mp4"
    path.write_bytes(whole[:media] + bytes(len(whole) - media))
    with pytest.raises(TaskRefused, match="decoded"):
        validate(path)


def test_a_playlist_cannot_make_the_stand_in_open_other_files(
    make_clip: MakeClip, tmp_path: Path
) -> None:
    path = tmp_path / "list.mp4"
    path.write_text(f"ffconcat version 1.0\nfile '{make_clip()}'\n", encoding="utf-8")
    with pytest.raises(TaskRefused, match="not an MP4"):
        validate(path)


def test_only_the_first_four_seconds_count(make_clip: MakeClip) -> None:
    assert validate(make_clip(seconds=6.0)).frames == 96


def test_a_refused_clip_fails_its_task_with_1401_and_the_reason(
    service: Service, make_clip: MakeClip
) -> None:
    video = service.uploaded(make_clip(size="640x360"))
    done = service.ended(service.submit(CHARACTERS, video=video, name="Joe")["id"])
    assert (done["status"], done["code"]) == ("failed", 1401)
    assert "720" in done["error"]
    assert not list(service.folder.clips.iterdir())


def test_one_clip_registered_twice_gives_two_ids(service: Service, make_clip: MakeClip) -> None:
    assert service.character(make_clip(), "Joe") != service.character(make_clip(), "Joe")


def test_a_clip_with_a_face_is_refused_as_moderation_where_human_faces_are_rejected(
    tmp_path: Path, make_clip: MakeClip, face_clip: Path
) -> None:
    with serving(tmp_path, replace(QUICK, reject_human_faces=True)) as service:
        video = service.uploaded(make_clip(source=face_clip, name="face.mp4"))
        done = service.ended(service.submit(CHARACTERS, video=video, name="Joe")["id"])
        assert (done["status"], done["code"]) == ("failed", 1200)


def test_a_clip_without_a_face_passes_where_human_faces_are_rejected(
    tmp_path: Path, make_clip: MakeClip
) -> None:
    with serving(tmp_path, replace(QUICK, reject_human_faces=True)) as service:
        assert service.character(make_clip(), "Blob").startswith("char_")
