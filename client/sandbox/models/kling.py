"""Kling. Sources, read in 2026: the service's schema of elements, Kling's own page on them, and the
service's pages of O3 reference-to-video.

Results, element counts and O3's prices were observed by third parties. A video element's price, O3
std's price, and all of 4.0 but its counts are assumed; the catalogue shows no fields of it.
"""

from __future__ import annotations

from screentest.client.sandbox.models.fields import Count, Field
from screentest.client.sandbox.models.media import CastField, ClipRules, ImageRules, Media, Result
from screentest.client.sandbox.models.model import Model

_PROMPT = Field("prompt", "string", required=True, min_length=1)
_RATIO = Field("aspect_ratio", "string", choices=("16:9", "9:16", "1:1"), default="16:9")
_KEEP_SOUND = Field("keep_original_sound", "boolean")
_STILL = ImageRules(min_side_px=300, max_aspect=2.5, max_bytes=10_000_000)
_CLIP = ClipRules(
    min_short_px=1080,
    exact_aspect=16 / 9,
    kept_s=8.0,
    min_s=3.0,
    max_s=8.0,
    takes_mov=True,
    people_only=True,
)
_KIND = "reference_type"

_ELEMENTS = Model(
    id="kwaivgi/kling-elements-advanced",
    kind="character",
    type="video-to-element",
    description="SANDBOX STAND-IN: a reusable element from a 3-8 s video, or from images.",
    price_usd=0.01,
    fields=(
        Field("name", "string", required=True, min_length=1, max_length=20),
        Field("description", "string", required=True, min_length=1, max_length=100),
        Field(_KIND, "string", choices=("image_refer", "video_refer"), default="image_refer"),
        Field("frontal_image", "string", min_length=1),
        Field("refer_images", "array"),
        Field("element_video_list", "array"),
        Field("element_voice_id", "string"),
        Field("tag_list", "array"),
    ),
    counts=(
        Count(_KIND, "video_refer", "element_video_list", 1, 1),
        Count(_KIND, "image_refer", "frontal_image", 1, 1),
        Count(_KIND, "image_refer", "refer_images", 1, 3),
    ),
    media=(
        Media("element_video_list", _CLIP),
        Media("frontal_image", _STILL),
        Media("refer_images", _STILL),
    ),
    result=Result(
        id_key="element_id",
        name_key="element_name",
        id_prefix="",
        extras=(("element_type", _KIND), ("element_description", "description")),
    ),
)


def _o3(name: str, *, usd: float, with_sound_usd: float) -> Model:
    return Model(
        id=f"kwaivgi/kling-video-o3-{name}/reference-to-video",
        kind="video",
        type="reference-to-video",
        description="SANDBOX STAND-IN: a labelled video that shows the prompt and the elements.",
        price_usd=usd,
        unit="output_s",
        fields=(
            _PROMPT,
            Field("images", "array", max_length=7),
            Field("video", "string", min_length=1),
            _KEEP_SOUND,
            Field("element_list", "array", max_length=4, item_key="element_id"),
            _RATIO,
            Field("duration", "integer", minimum=3, maximum=15, default=5),
            Field("sound", "boolean"),
        ),
        priced_by=("sound",),
        higher_usd=(("true", with_sound_usd),),
        counts=(Count("video", "*", "images", 0, 4),),
        media=(
            Media("images", ImageRules(), form="Image {place}"),
            Media("video", ClipRules(min_short_px=1, takes_mov=True, max_s=15.0, kept_s=15.0)),
        ),
        cast=(
            CastField(
                "element_list",
                pattern=r"\d{18}",
                item_key="element_id",
                forms=("<<<element_{place}>>>", "@Element{place}", "{name}"),
            ),
        ),
    )


_V4 = Model(
    id="kwaivgi/kling-v4.0/reference-to-video",
    kind="video",
    type="reference-to-video",
    description="SANDBOX STAND-IN: its fields are assumed.",
    price_usd=0.14,
    unit="total_s",
    fields=(
        _PROMPT,
        Field("images", "array", max_length=10),
        Field("videos", "array", max_length=5),
        Field("audios", "array", max_length=3),
        Field("resolution", "string", choices=("720p", "1080p", "4k"), default="720p"),
        _RATIO,
        Field("duration", "integer", minimum=3, maximum=30, default=5),
        _KEEP_SOUND,
    ),
    media=(
        Media("images", ImageRules(), form="@Image{place}"),
        Media("videos", ClipRules(min_short_px=1, takes_mov=True, kept_s=30.0), form="@Video{place}"),
    ),
    shows_schema=False,
)

KLING = (
    _ELEMENTS,
    _o3("pro", usd=0.112, with_sound_usd=0.14),
    _o3("std", usd=0.084, with_sound_usd=0.112),
    _V4,
)
