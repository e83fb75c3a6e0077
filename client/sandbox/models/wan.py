"""Wan 3.0. Sources, read in 2026: the service's pages of ``alibaba/wan-3.0*/reference-to-video``.

The total of 30 s was read in an official client's source; prices were observed by third parties.
"""

from __future__ import annotations

from screentest.client.sandbox.models.fields import Field
from screentest.client.sandbox.models.media import ClipRules, ImageRules, Media
from screentest.client.sandbox.models.model import Model

_CLIP = ClipRules(
    min_short_px=240,
    max_side_px=4096,
    max_aspect=8.0,
    kept_s=15.0,
    min_s=1.0,
    max_s=15.0,
    max_bytes=100_000_000,
    takes_mov=True,
)


def _wan(name: str, *, times: float) -> Model:
    return Model(
        id=f"alibaba/{name}/reference-to-video",
        kind="video",
        type="reference-to-video",
        description="SANDBOX STAND-IN: a labelled video that shows the prompt and its references.",
        price_usd=0.10 * times,
        unit="total_s",
        fields=(
            Field("prompt", "string", required=True, min_length=1),
            Field("reference_images", "array", max_length=10),
            Field("reference_videos", "array", max_length=5),
            Field("reference_audios", "array", max_length=5),
            Field("resolution", "string", choices=("480p", "720p", "1080p"), default="720p"),
            Field("aspect_ratio", "string"),
            Field("duration", "integer", minimum=2, maximum=30, default=5),
            Field("generate_audio", "boolean"),
            Field("enable_prompt_expansion", "boolean"),
            Field("seed", "integer"),
        ),
        priced_by=("resolution",),
        higher_usd=(("480p", 0.05 * times), ("720p", 0.10 * times), ("1080p", 0.20 * times)),
        media=(
            Media("reference_images", ImageRules(), form="Image {place}"),
            Media("reference_videos", _CLIP, form="Video {place}", total_s=15.0),
        ),
        most_total_s=30.0,
    )


WAN = (_wan("wan-3.0", times=1.0), _wan("wan-3.0-prime", times=1.5))
