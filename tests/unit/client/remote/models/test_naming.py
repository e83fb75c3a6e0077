"""A prompt names each character as the model wants it: by name, by its place, or by both."""

from __future__ import annotations

import pytest

from screentest.client.remote.models.naming import Naming, Shown, named_in
from screentest.client.remote.models.reference import Way
from screentest.client.remote.video_models import VIDEO_MODELS

O3 = "kwaivgi/kling-video-o3-pro/reference-to-video"
WAN = "alibaba/wan-3.0/reference-to-video"
V4 = "kwaivgi/kling-v4.0/reference-to-video"


@pytest.mark.parametrize(
    ("model", "way", "said"),
    [
        ("openai/sora-2/text-to-video", None, "Joe meets Zoë."),
        (O3, None, "Joe (<<<element_1>>>) meets Zoë (<<<element_2>>>)."),
        (WAN, "video", "Joe (Video 1) meets Zoë (Video 2)."),
        (WAN, "images", "Joe (Image 1) meets Zoë (Image 2)."),
        (V4, "video", "@Video1 meets @Video2."),
    ],
)
def test_each_model_has_its_own_way_to_name_a_character(model: str, way: Way | None, said: str) -> None:
    cast = VIDEO_MODELS[model].cast
    assert cast
    shown = [Shown("Joe", 1, way), Shown("Zoë", 2, way)]
    assert named_in("Joe meets Zoë.", shown, cast.naming) == said


def test_a_name_is_found_as_a_word_and_never_in_what_was_put_in() -> None:
    naming = Naming(by_id="{name} (<<<element_{place}>>>)")
    shown = [Shown("Jo", 1), Shown("element_1", 2), Shown("Jo Ann", 3)]
    assert named_in("Jo Ann, Joe, Jo.", shown, naming) == (
        "Jo Ann (<<<element_3>>>), Joe, Jo (<<<element_1>>>)."
    )


def test_a_prompt_of_nobody_stays_as_it_is() -> None:
    assert named_in("Rain (falls).", [], Naming(by_id="x")) == "Rain (falls)."
