"""Records as JSON: what `characters` and `video` print and an export keeps, without secrets."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from screentest.client.registry.encoding import move_json, registration_json, task_json, video_json
from screentest.client.registry.records import Move, Registration
from screentest.client.registry.videos import Video
from screentest.client.remote.replies import Prediction
from tests.unit.prep.core.test_encoding import CLIP

AT = datetime(2026, 11, 2, 10, 30, 0, 123456, tzinfo=UTC)
CHARACTER = Registration(
    character_no=3,
    character="0123456789abcdef",
    row_id=7,
    identity="id-1",
    generation=2,
    state="done",
    service="sandbox",
    account="acc",
    model="openai/sora-2/characters",
    name="Joe",
    source_path="/raw/joe.mov",
    source_fingerprint="f00d",
    overrides={"start_s": 8.0},
    clip=CLIP,
    bucket="b",
    object_key="clips/ab.mp4",
    submitting_at=AT,
    task_id="task-1",
    character_id="char_1",
    cost_usd=0.001,
    error_type=None,
    error=None,
    created_at=AT,
    updated_at=AT,
    done_at=None,
    consent="Joe agreed.",
    has_nsfw=False,
)
VIDEO = Video(
    row_id=3,
    identity="vi-1",
    state="failed",
    service="sandbox",
    account="acc",
    model="openai/sora-2/text-to-video",
    prompt="Joe waves.",
    inputs={"prompt": "Joe waves.", "duration": 4},
    cost_usd=0.4,
    submitting_at=None,
    task_id="task-2",
    out_path=None,
    out_sha256=None,
    has_nsfw=True,
    error_type="TaskFailed",
    error="No luck.",
    created_at=AT,
    done_at=AT,
)


CHARACTER_LINE = (
    '{"name": "Joe", "character_id": "char_1", "state": "done", "model": "openai/sora-2/characters", '
    '"service": "sandbox", "source": "/raw/joe.mov", "source_fingerprint": "f00d", '
    '"overrides": {"start_s": 8.0}, "segment": {"start_s": 8.123456789, "length_s": 4.0, '
    '"score": 0.912345, "subject": "face", "reasons": ["Best.", "Eyes open."], '
    '"alternatives": [{"start_s": 1.0000001, "length_s": 4.0, "score": 0.55555}, {"start_s": 12.5, '
    '"length_s": 2.0, "score": 0.25}], "face_seen": false}, "clip": "/clips/ab.mp4", '
    '"clip_sha256": "abab", '
    '"clip_facts": {"bytes": 10, "width_px": 1280, "height_px": 720, "fps": 29.97002997002997, '
    '"frames": 119, "length_s": 3.9706333333333332, "has_audio": true, "upscaled": false, '
    '"warnings": ["careful"]}, "bucket": "b", "object_key": "clips/ab.mp4", "task_id": "task-1", '
    '"cost_usd": 0.001, "error": null, "created_at": "2026-11-02T10:30:00.123Z", '
    '"updated_at": "2026-11-02T10:30:00.123Z", "submitting_at": "2026-11-02T10:30:00.123Z", '
    '"done_at": null, "consent": "Joe agreed.", "has_nsfw_contents": false, '
    '"object_deleted_at": null, "deleted_at": null, "generation": 2, "identity": "id-1", '
    '"account": "acc", "character": "0123456789abcdef", "stills": []}'
)
VIDEO_LINE = (
    '{"identity": "vi-1", "state": "failed", "model": "openai/sora-2/text-to-video", '
    '"service": "sandbox", "account": "acc", "prompt": "Joe waves.", '
    '"inputs": {"prompt": "Joe waves.", "duration": 4}, "cost_usd": 0.4, "task_id": "task-2", '
    '"video": null, "video_sha256": null, "has_nsfw_contents": true, "error": {"type": "TaskFailed", '
    '"message": "No luck."}, "created_at": "2026-11-02T10:30:00.123Z", "submitting_at": null, '
    '"done_at": "2026-11-02T10:30:00.123Z", "shows": [], "likeness": null}'
)
TASK_LINE = (
    '{"task_id": "t-1", "model": "m", "status": "completed", '
    '"created_at": "2026-11-02T10:30:00.123Z", "characters": [{"character_id": "char_1", '
    '"name": "Joe"}], "error": "", "code": null, "has_nsfw_contents": false}'
)


def line(value: object) -> str:
    return json.dumps(value)


def test_a_character_is_told_in_the_order_that_scripts_read() -> None:
    assert line(registration_json(CHARACTER)) == CHARACTER_LINE


def test_a_character_without_a_clip_has_the_same_keys() -> None:
    bare = registration_json(replace(CHARACTER, clip=None))
    assert list(bare) == list(registration_json(CHARACTER))
    assert [bare[name] for name in ("segment", "clip", "clip_sha256", "clip_facts")] == [None] * 4


def test_a_character_s_error_names_its_type() -> None:
    failed = replace(CHARACTER, error_type="Rejected", error="No.")
    assert registration_json(failed)["error"] == {"type": "Rejected", "message": "No."}


def test_moments_are_told_in_utc() -> None:
    east = replace(CHARACTER, done_at=AT.astimezone(timezone(timedelta(hours=5))))
    assert registration_json(east)["done_at"] == "2026-11-02T10:30:00.123Z"


def test_a_step_is_told_with_where_it_came_from() -> None:
    assert line(move_json(Move(AT, None, "planned", "new"))) == (
        '{"at": "2026-11-02T10:30:00.123Z", "before": null, "after": "planned", "note": "new"}'
    )


def test_a_video_is_told_as_an_export_keeps_it() -> None:
    assert line(video_json(VIDEO)) == VIDEO_LINE


def test_a_video_without_an_error_says_so() -> None:
    assert video_json(replace(VIDEO, error_type=None, error=None))["error"] is None


def test_a_task_is_told_with_the_characters_it_made() -> None:
    outputs = ({"id": "char_1", "name": "Joe"},)
    task = Prediction("t-1", "m", "completed", outputs=outputs, created_at=AT)
    assert line(task_json(task)) == TASK_LINE


def test_a_task_of_unknown_age_has_no_time() -> None:
    assert task_json(Prediction("t-1", "m", "created"))["created_at"] is None
