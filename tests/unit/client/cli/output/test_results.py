"""What a command prints as JSON beyond a value: who paid, what became of it, what to mind."""

from __future__ import annotations

import json
from dataclasses import replace

from screentest.client.characters.footage import LIKENESS_REMINDER, warnings_about
from screentest.client.characters.register import Registered
from screentest.client.cli.output.results import (
    clip_result,
    pick_result,
    registration_result,
    settled_result,
    video_result,
)
from screentest.client.tasks.recover import Settled
from screentest.client.videos.make import Made
from screentest.prep.clipping.warnings import FACE_BESIDE, NO_FACE
from screentest.prep.core.remedy import Remedy
from tests.made_up import source
from tests.unit.client.registry.test_encoding import CHARACTER, VIDEO
from tests.unit.prep.core.test_encoding import CLIP, SEGMENT


def test_a_pick_names_its_footage_first() -> None:
    found = pick_result(source(), SEGMENT)
    assert next(iter(found)) == "source"


def test_a_clip_s_window_is_rounded_and_without_reasons() -> None:
    assert json.dumps(clip_result(CLIP)) == (
        '{"clip": "/clips/ab.mp4", "sha256": "abab", "segment": {"start_s": 8.123457, '
        '"length_s": 4.0, "score": 0.9123, "subject": "face"}, "width_px": 1280, "height_px": 720, '
        '"fps": 29.97002997002997, "has_audio": true, "upscaled": false, "warnings": ["careful"]}'
    )


def test_a_clip_without_a_face_warns_of_it_after_its_own_warnings() -> None:
    faceless = replace(CLIP, segment=replace(SEGMENT, subject="other"))
    assert clip_result(faceless)["warnings"] == ["careful", NO_FACE]


def test_a_face_that_is_never_turned_to_the_camera_is_not_said_to_be_missing() -> None:
    turned = replace(CLIP, segment=replace(SEGMENT, subject="other", face_seen=True))
    assert clip_result(turned)["warnings"] == ["careful", FACE_BESIDE]
    assert LIKENESS_REMINDER in warnings_about(turned)


def registration(character_id: str | None) -> Registered:
    return Registered(
        name="Joe",
        character_id=character_id,
        model=CLIP.model,
        clip=CLIP.path,
        clip_sha256=CLIP.sha256,
        segment=SEGMENT,
        submitted=True,
        cost_usd=0.001,
        warnings=(),
        reused=(),
        task_id="task-1",
    )


def test_a_registration_on_its_way_names_its_task() -> None:
    assert registration_result(registration(None))["task_id"] == "task-1"


def test_a_registration_that_is_done_names_its_character_alone() -> None:
    found = registration_result(registration("char_1"))
    assert found["character_id"] == "char_1"
    assert "task_id" not in found


def test_a_video_names_its_file_and_who_paid() -> None:
    record = replace(VIDEO, out_path="/out.mp4", out_sha256="cdcd")
    assert json.dumps(video_result(Made(record, submitted=True))) == (
        '{"video": "/out.mp4", "sha256": "cdcd", "task_id": "task-2", '
        '"model": "openai/sora-2/text-to-video", "prompt": "Joe waves.", '
        '"inputs": {"prompt": "Joe waves.", "duration": 4}, "submitted": true, "cost_usd": 0.4, '
        '"has_nsfw_contents": true, "shows": [], "likeness": null}'
    )


def test_what_was_left_open_names_the_command_that_settles_it() -> None:
    left = Settled(CHARACTER, "unknown", "left", "it may not be listed yet.", (Remedy("reconcile"),))
    assert json.dumps(settled_result(left)) == (
        '{"name": "Joe", "identity": "id-1", "before": "unknown", "state": "done", '
        '"outcome": "left", "task_id": "task-1", "character_id": "char_1", '
        '"reason": "it may not be listed yet.", '
        '"hint": "Run `screentest characters reconcile --sandbox`."}'
    )


def test_from_python_what_was_left_open_names_no_command() -> None:
    left = Settled(CHARACTER, "unknown", "left", remedies=(Remedy("go_on"),))
    assert left.hint == "Register it the same way again, which goes on with it."
