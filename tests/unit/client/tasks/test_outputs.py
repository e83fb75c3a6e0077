"""What a completed task made: the right id, the right URL, or a plain word that there is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from screentest.client.characters.task import CHARACTER, character_in
from screentest.client.errors import BadReply
from screentest.client.remote.replies import Prediction
from screentest.client.videos.task import url_in, video_to


def completed(*outputs: object) -> Prediction:
    return Prediction("task-1", "m", "completed", outputs)


@pytest.mark.parametrize(
    "outputs",
    [
        ({"id": "char_1", "name": "Joe"},),
        ({"id": "char_2", "name": "Ann"}, {"id": "char_1", "name": "Joe"}),
        ("char_1", "char_2"),
        ({"id": "char_1"}, {"id": "char_2", "name": "Ann"}),
        ([{"id": "char_1", "name": "Joe"}],),
    ],
)
def test_a_character_is_the_one_of_its_name_or_the_first(outputs: tuple[object, ...]) -> None:
    assert character_in(completed(*outputs), "Joe").character_id == "char_1"


@pytest.mark.parametrize("outputs", [(), (None,), ([],), ({"name": "Joe"},), (5,)])
def test_outputs_without_an_id_are_told(outputs: tuple[object, ...]) -> None:
    with pytest.raises(BadReply, match="task-1") as caught:
        character_in(completed(*outputs), "Joe")
    assert caught.value.task_id == "task-1"


@pytest.mark.parametrize(
    "outputs",
    [
        ("https://s/out.mp4",),
        ("http://127.0.0.1/out.mp4", "https://s/other.mp4"),
        ({"url": "https://s/out.mp4"},),
        ({"video": "https://s/out.mp4"},),
        (["thumbnail", "https://s/out.mp4"],),
        (None, {"id": 5}, [["https://s/out.mp4"]]),
        ({"id": "v1", "name": "out.mp4", "url": "https://s/out.mp4"},),
        ({"name": "https://s/name.mp4", "video": {"name": "x", "url": "https://s/out.mp4"}},),
        ('{"name": "out", "url": "https://s/out.mp4"}',),
        ('["https://s/out.mp4"]',),
        ({"thumbnail": "https://s/thumb.jpg", "videos": [{"url": "https://s/out.mp4"}]},),
    ],
)
def test_a_video_is_at_the_first_url(outputs: tuple[object, ...]) -> None:
    assert url_in(completed(*outputs)).endswith("/out.mp4")


@pytest.mark.parametrize(
    "outputs",
    [
        (),
        (None,),
        ("ftp://s/out.mp4",),
        ({"id": "x"},),
        ({"name": "https://s/x"},),
        ("file:///x",),
        ("{",),
        (json.loads("[" * 50 + '"https://s/out.mp4"' + "]" * 50),),
    ],
)
def test_outputs_without_a_url_are_told(outputs: tuple[object, ...]) -> None:
    with pytest.raises(BadReply, match="no URL"):
        url_in(completed(*outputs))


def test_a_characters_task_tells_its_name_and_a_videos_does_not() -> None:
    assert CHARACTER.tells_name
    assert not video_to(Path("/out.mp4")).tells_name
