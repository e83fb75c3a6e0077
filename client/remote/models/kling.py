"""Kling as WaveSpeed serves it: elements, and the videos that show them by reference."""

from __future__ import annotations

from dataclasses import replace

from screentest.client.remote.models.body import Body, BodyField
from screentest.client.remote.models.character import CharacterModel
from screentest.client.remote.models.facts import Sources, assumed, documented, observed, seen
from screentest.client.remote.models.naming import Naming
from screentest.client.remote.models.price import PriceRule
from screentest.client.remote.models.reference import Reference, all_are
from screentest.client.remote.models.video import CastRule, VideoModel
from screentest.prep.core.spec import KLING_ELEMENTS, KLING_STILLS

_ELEMENTS = "kwaivgi/kling-elements-advanced"
_SCHEMA = documented(f"WaveSpeed's schema of {_ELEMENTS}")
_KLING = documented("Kling's own page on elements")
_WORDS = (BodyField("name", "name"), BodyField("description", "description"))

KLING_ELEMENTS_ADVANCED = CharacterModel(
    model_id=_ELEMENTS,
    takes=Reference(
        clip=KLING_ELEMENTS,
        stills=KLING_STILLS,
        clip_subjects=(
            ("person", "taken"),
            ("animal", "refused"),
            ("drawing", "refused"),
            ("object", "refused"),
        ),
        still_subjects=all_are("taken"),
        sound="cloned",
    ),
    by_video=Body(
        (*_WORDS, BodyField("element_video_list", "clip", as_list=True)),
        constants=(("reference_type", "video_refer"),),
    ),
    by_images=Body(
        (*_WORDS, BodyField("frontal_image", "frontal"), BodyField("refer_images", "others")),
        constants=(("reference_type", "image_refer"),),
    ),
    name_max=20,
    description_max=100,
    needs_description=True,
    price=PriceRule(
        "task", (("video_refer", 0.01), ("image_refer", 0.01)), by="reference_type", asks=True
    ),
    sources=(
        ("delivery", observed("an element_id in the task's output")),
        ("inputs", _SCHEMA),
        ("subjects", _KLING),
        ("length", _KLING),
        ("size", _KLING),
        ("ratio", _KLING),
        ("bytes", _KLING),
        ("sound", _KLING),
        ("stills", observed("WaveSpeed's page says up to 4 beside the frontal one; 1-3 are enforced")),
        ("name", _SCHEMA),
        ("description", _SCHEMA),
        ("body", _SCHEMA),
        ("price", assumed("0.01 was observed for images; a video's price is unknown")),
    ),
)


def _reference_to_video(model_id: str, *, sources: Sources) -> VideoModel:
    return VideoModel(
        model_id,
        fields=Body(
            (
                BodyField("prompt", "prompt"),
                BodyField("element_list", "characters", item_key="element_id"),
                BodyField("aspect_ratio", "ratio"),
                BodyField("duration", "duration"),
                BodyField("sound", "sound"),
            )
        ),
        price=PriceRule("output_s", (("false", 0.112), ("true", 0.14)), by="sound", asks=True),
        durations_s=(5, 3, 4, *range(6, 16)),
        ratios=("16:9", "9:16", "1:1"),
        cast=CastRule(
            "id",
            most=4,
            made_by=_ELEMENTS,
            naming=Naming(by_id="{name} (<<<element_{place}>>>)"),
        ),
        sources=sources,
    )


_VIDEO_PAGE = documented("WaveSpeed's pages of Kling O3 reference-to-video")
_VIDEO_SOURCES: Sources = (
    ("delivery", seen("element_list holds ids of elements")),
    ("characters", observed("4 elements with a video, 3 with an image")),
    ("prompt", observed("<<<element_1>>> or @Element1 by host; the name beside its place is assumed")),
    ("durations", _VIDEO_PAGE),
    ("ratios", _VIDEO_PAGE),
    ("body", _VIDEO_PAGE),
)

KLING_O3_PRO = _reference_to_video(
    "kwaivgi/kling-video-o3-pro/reference-to-video",
    sources=(*_VIDEO_SOURCES, ("price", observed("0.112, with sound 0.14; a video element may add"))),
)
KLING_O3_STD = _reference_to_video(
    "kwaivgi/kling-video-o3-std/reference-to-video",
    sources=(*_VIDEO_SOURCES, ("price", assumed("at most what the pro model costs"))),
)

_V4 = "kwaivgi/kling-v4.0/reference-to-video"
_V4_PAGE = documented(f"WaveSpeed model page {_V4}")
_V4_NOBODY = assumed("nobody has seen it for this model")

KLING_V4 = VideoModel(
    _V4,
    fields=Body(
        (
            BodyField("prompt", "prompt"),
            BodyField("images", "stills"),
            BodyField("videos", "clips"),
            BodyField("resolution", "size"),
            BodyField("aspect_ratio", "ratio"),
            BodyField("duration", "duration"),
        )
    ),
    price=PriceRule("total_s", (("", 0.14),), asks=True),
    durations_s=(5, 3, 4, *range(6, 31)),
    sizes=("720p", "1080p", "4k"),
    ratios=("16:9", "9:16", "1:1"),
    cast=CastRule(
        "inline",
        most=5,
        takes=Reference(
            clip=KLING_ELEMENTS,
            stills=replace(KLING_STILLS, model=_V4, least=1, most=10, frontal=False, sources=()),
            clip_subjects=(("person", "taken"),),
            still_subjects=(("person", "taken"),),
            sound="unknown",
        ),
        naming=Naming(by_video="@Video{place}", by_images="@Image{place}"),
        most_clips=5,
        most_stills=10,
    ),
    sources=(
        ("delivery", _V4_PAGE),
        ("inputs", _V4_PAGE),
        ("subjects", _V4_NOBODY),
        ("length", assumed("as elements take it")),
        ("size", assumed("as elements take it")),
        ("ratio", assumed("as elements take it")),
        ("bytes", assumed("as elements take it")),
        ("sound", _V4_NOBODY),
        ("stills", _V4_PAGE),
        ("characters", assumed("one a clip, and at most 5 clips")),
        ("files", _V4_PAGE),
        ("prompt", _V4_PAGE),
        ("durations", _V4_PAGE),
        ("sizes", _V4_PAGE),
        ("ratios", _V4_NOBODY),
        ("body", _V4_NOBODY),
        ("price", assumed("as Kling O3 with sound, for the clips as well: Kling bills video input")),
    ),
)
"""Its field names were not seen."""
