"""The id of a character in the sandbox."""

from __future__ import annotations

from screentest.client.sandbox.work.clip_identity import ClipIdentity, character_id


def test_a_character_id_tells_clips_names_and_tasks_apart() -> None:
    base = {"name": "Joe", "task_id": "t1"}
    one = character_id(ClipIdentity("face", "aa"), **base)
    assert character_id(ClipIdentity("face", "aa"), **base) == one
    others = [
        character_id(ClipIdentity("face", "ab"), **base),
        character_id(ClipIdentity("face", "aa"), name="Jo", task_id="t1"),
        character_id(ClipIdentity("face", "aa"), name="Joe", task_id="t2"),
    ]
    assert len({one, *others}) == 4
