"""Sora 2. Sources, read in 2026: the service's pages ``openai/sora-2/*`` and ``openai/sora-2-pro/*``.

Pro prices above 720p for text-to-video are assumed.
"""

from __future__ import annotations

from screentest.client.sandbox.models.fields import Field
from screentest.client.sandbox.models.media import SORA_2, CastField, ImageRules, Media
from screentest.client.sandbox.models.model import Model

_SIZES = ("720*1280", "1280*720")
_PRO_SIZES = (*_SIZES, "1024*1792", "1792*1024", "1080*1920", "1920*1080")

_PROMPT = Field("prompt", "string", required=True, min_length=1)
_DURATION = Field("duration", "integer", choices=(4, 8, 12, 16, 20), default=4)
_CHARACTERS = Field("characters", "array")
_IMAGE = Field("image", "string", required=True, min_length=1)
_FIRST_FRAME = Media("image", ImageRules(formats=()))
_BY_NAME = CastField("characters", pattern=r"char_\w+", forms=("{name}",))

SORA = (
    Model(
        id="openai/sora-2/characters",
        kind="character",
        type="video-to-character",
        description="SANDBOX STAND-IN: a reusable character from a 2-4 s clip.",
        price_usd=0.001,
        fields=(
            Field("video", "string", required=True, min_length=1),
            Field("name", "string", required=True, min_length=1, max_length=80),
        ),
        media=(Media("video", SORA_2),),
    ),
    Model(
        id="openai/sora-2/text-to-video",
        kind="video",
        type="text-to-video",
        description="SANDBOX STAND-IN: a labelled video that shows the prompt and the characters.",
        price_usd=0.10,
        unit="output_s",
        fields=(
            _PROMPT,
            Field("size", "string", choices=_SIZES, default="720*1280"),
            _DURATION,
            _CHARACTERS,
        ),
        cast=(_BY_NAME,),
    ),
    Model(
        id="openai/sora-2-pro/text-to-video",
        kind="video",
        type="text-to-video",
        description="SANDBOX STAND-IN: the same in larger sizes.",
        price_usd=0.30,
        unit="output_s",
        fields=(
            _PROMPT,
            Field("size", "string", choices=_PRO_SIZES, default="720*1280"),
            _DURATION,
            _CHARACTERS,
        ),
        priced_by=("size",),
        higher_usd=(*((s, 0.50) for s in _PRO_SIZES[2:4]), *((s, 0.70) for s in _PRO_SIZES[4:])),
        cast=(_BY_NAME,),
    ),
    Model(
        id="openai/sora-2/image-to-video",
        kind="video",
        type="image-to-video",
        description="SANDBOX STAND-IN: a labelled video that shows the image and the prompt.",
        price_usd=0.10,
        unit="output_s",
        fields=(_IMAGE, _PROMPT, _DURATION),
        media=(_FIRST_FRAME,),
    ),
    Model(
        id="openai/sora-2-pro/image-to-video",
        kind="video",
        type="image-to-video",
        description="SANDBOX STAND-IN: the same in larger sizes.",
        price_usd=0.30,
        unit="output_s",
        fields=(
            _IMAGE,
            _PROMPT,
            _DURATION,
            Field("resolution", "string", choices=("720p", "1080p")),
            Field("size", "string", choices=_PRO_SIZES),
        ),
        priced_by=("size", "resolution"),
        higher_usd=(("1080p", 0.50), *((size, 0.50) for size in _PRO_SIZES[2:])),
        media=(_FIRST_FRAME,),
    ),
)
