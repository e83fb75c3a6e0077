"""Alibaba's Wan 3.0 as WaveSpeed serves it: characters inline, a clip or stills with each video."""

from __future__ import annotations

from dataclasses import replace

from screentest.client.remote.models.body import Body, BodyField
from screentest.client.remote.models.facts import Sources, assumed, documented, observed, seen
from screentest.client.remote.models.naming import Naming
from screentest.client.remote.models.price import PriceRule
from screentest.client.remote.models.reference import Receptions, Reference
from screentest.client.remote.models.video import CastRule, VideoModel
from screentest.prep.core.spec import WAN_3, WAN_STILLS

_PAGE = documented("WaveSpeed's pages of Wan 3.0 reference-to-video")
_RATES = (("720p", 0.10), ("480p", 0.05), ("1080p", 0.20))
_TAKEN: Receptions = (("person", "taken"), ("animal", "taken"))

_SOURCES: Sources = (
    ("delivery", _PAGE),
    ("inputs", _PAGE),
    ("subjects", _PAGE),
    ("length", _PAGE),
    ("size", assumed("the service takes 240-4096 px a side; this is what every player shows")),
    ("ratio", assumed("the service takes up to 8:1; the video's own shape is never stretched")),
    ("bytes", _PAGE),
    ("sound", assumed("nobody tells")),
    ("stills", assumed("10 are documented; size and type are not, so Kling's are kept")),
    ("characters", assumed("one a clip, and at most 5 clips")),
    ("files", _PAGE),
    ("reference", _PAGE),
    ("total", seen("an official client's source: error 1405 above it")),
    ("prompt", _PAGE),
    ("durations", _PAGE),
    ("sizes", _PAGE),
    ("ratios", assumed("the field is documented, its values are not")),
    ("body", _PAGE),
    ("price", observed("reference and video seconds, each rounded up")),
)


def _reference_to_video(model_id: str, *, times: float) -> VideoModel:
    return VideoModel(
        model_id,
        fields=Body(
            (
                BodyField("prompt", "prompt"),
                BodyField("reference_images", "stills"),
                BodyField("reference_videos", "clips"),
                # Always sent: other hosts default to the dearest.
                BodyField("resolution", "size"),
                BodyField("aspect_ratio", "ratio"),
                BodyField("duration", "duration"),
            )
        ),
        price=PriceRule(
            "total_s",
            tuple((size, round(usd * times, 6)) for size, usd in _RATES),
            by="resolution",
            asks=True,
        ),
        durations_s=(5, *range(2, 5), *range(6, 31)),
        sizes=tuple(size for size, _ in _RATES),
        ratios=("16:9", "9:16", "1:1"),
        cast=CastRule(
            "inline",
            most=5,
            takes=Reference(
                clip=WAN_3,
                stills=replace(WAN_STILLS, model=model_id),
                clip_subjects=_TAKEN,
                still_subjects=_TAKEN,
                sound="unknown",
            ),
            naming=Naming(by_video="{name} (Video {place})", by_images="{name} (Image {place})"),
            most_clips=5,
            most_stills=10,
            most_reference_s=15.0,
            most_total_s=30.0,
        ),
        sources=_SOURCES,
    )


WAN_3_REFERENCE = _reference_to_video("alibaba/wan-3.0/reference-to-video", times=1.0)
WAN_3_PRIME_REFERENCE = _reference_to_video("alibaba/wan-3.0-prime/reference-to-video", times=1.5)
