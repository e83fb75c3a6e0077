"""OpenAI's Sora 2 as WaveSpeed serves it, while it does: characters by id, and the videos they are in.

Its maker ended its own video API on 2026-09-24, and WaveSpeed announces that it will retire.
"""

from __future__ import annotations

from screentest.client.remote.models.body import Body, BodyField
from screentest.client.remote.models.character import CharacterModel
from screentest.client.remote.models.facts import Provenance, Sources, assumed, documented
from screentest.client.remote.models.naming import Naming
from screentest.client.remote.models.price import PriceRule
from screentest.client.remote.models.reference import Reference
from screentest.client.remote.models.video import CastRule, VideoModel
from screentest.prep.core.spec import SORA_2

_MADE_BY = "openai/sora-2/characters"
_PAGE = documented(f"WaveSpeed model page {_MADE_BY}")

SORA_2_CHARACTERS = CharacterModel(
    model_id=_MADE_BY,
    takes=Reference(
        clip=SORA_2,
        clip_subjects=(
            ("person", "may be refused"),
            ("animal", "taken"),
            ("drawing", "taken"),
            ("object", "taken"),
        ),
        sound="unknown",
    ),
    by_video=Body((BodyField("video", "clip"), BodyField("name", "name"))),
    name_max=80,
    price=PriceRule("task", (("", 0.001),)),
    sources=(
        ("delivery", _PAGE),
        ("inputs", _PAGE),
        ("subjects", documented("OpenAI's pages: animals, mascots, objects; human likenesses blocked")),
        ("length", _PAGE),
        ("size", _PAGE),
        ("ratio", _PAGE),
        ("bytes", assumed("a safe target, the service documents nothing")),
        ("sound", assumed("nobody tells")),
        ("name", _PAGE),
        ("description", _PAGE),
        ("body", _PAGE),
        ("price", _PAGE),
    ),
)

_AT_720P = ("720*1280", "1280*720")
_AT_1024P = ("1024*1792", "1792*1024")
_AT_1080P = ("1080*1920", "1920*1080")
_DURATIONS_S = (4, 8, 12, 16, 20)
_TEXT_BODY = Body(
    (
        BodyField("prompt", "prompt"),
        BodyField("duration", "duration"),
        BodyField("size", "size"),
        BodyField("characters", "characters"),
    )
)
_CAST = CastRule("id", most=2, made_by=_MADE_BY, naming=Naming(by_id="{name}"))


_OF_ALL = ("durations", "body", "price")
_OF_TEXT = (*_OF_ALL, "delivery", "prompt", "sizes")
_TWO = ("characters", assumed("2, as OpenAI and fal have it; WaveSpeed names no limit"))


def _sources(model_id: str, limits: tuple[str, ...], *others: tuple[str, Provenance]) -> Sources:
    page = documented(f"WaveSpeed model page {model_id}")
    return tuple({**dict.fromkeys(limits, page), **dict(others)}.items())


TEXT_TO_VIDEO = VideoModel(
    "openai/sora-2/text-to-video",
    fields=_TEXT_BODY,
    price=PriceRule("output_s", (("", 0.10),)),
    durations_s=_DURATIONS_S,
    sizes=_AT_720P,
    cast=_CAST,
    sources=_sources("openai/sora-2/text-to-video", _OF_TEXT, _TWO),
)

PRO_TEXT_TO_VIDEO = VideoModel(
    "openai/sora-2-pro/text-to-video",
    fields=_TEXT_BODY,
    price=PriceRule(
        "output_s",
        (
            *((size, 0.30) for size in _AT_720P),
            *((size, 0.50) for size in _AT_1024P),
            *((size, 0.70) for size in _AT_1080P),
        ),
        by="size",
        asks=True,
    ),
    durations_s=_DURATIONS_S,
    sizes=(*_AT_720P, *_AT_1024P, *_AT_1080P),
    cast=_CAST,
    sources=_sources(
        "openai/sora-2-pro/text-to-video",
        _OF_TEXT,
        _TWO,
        ("price", assumed("the model's page says from 0.30; more above 720p is assumed")),
        ("sizes", assumed("the model's page names 1024p and 1080p, not the pixels")),
    ),
)

IMAGE_TO_VIDEO = VideoModel(
    "openai/sora-2/image-to-video",
    fields=Body(
        (BodyField("prompt", "prompt"), BodyField("image", "image"), BodyField("duration", "duration"))
    ),
    price=PriceRule("output_s", (("", 0.10),)),
    durations_s=_DURATIONS_S,
    sources=_sources("openai/sora-2/image-to-video", _OF_ALL),
)

PRO_IMAGE_TO_VIDEO = VideoModel(
    "openai/sora-2-pro/image-to-video",
    fields=Body(
        (
            BodyField("prompt", "prompt"),
            BodyField("image", "image"),
            BodyField("duration", "duration"),
            BodyField("resolution", "size"),
        )
    ),
    price=PriceRule("output_s", (("720p", 0.30), ("1080p", 0.50)), by="resolution"),
    durations_s=_DURATIONS_S,
    sizes=("720p", "1080p"),
    sources=_sources("openai/sora-2-pro/image-to-video", (*_OF_ALL, "sizes")),
)
