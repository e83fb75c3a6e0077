"""The service's video models as data: sizes, prices and body fields, with source and date.

A further model is a further value in ``VIDEO_MODELS``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from screentest.client.errors import ConfigError

Shape = Literal["size", "resolution", "none"]
"""How a body says how large the video is to be."""

_DURATIONS_S = (4, 8, 12, 16, 20)


@dataclass(frozen=True, slots=True)
class VideoModel:
    """One model of the service that makes a video.

    ``sizes_usd``: size or resolution -> USD per second, the default first; ``shape``: the body key
    it goes under, "none" where the model takes the image's. ``characters_max``: how many characters
    a video may show, 0 where it takes none; ``character_model``: which model's characters.
    ``results_kept_days``: how long the service answers for a task, None where that is not known.
    """

    model_id: str
    takes_image: bool
    shape: Shape
    sizes_usd: tuple[tuple[str, float], ...]
    price_source: str
    characters_max: int = 0
    character_model: str = "openai/sora-2/characters"
    durations_s: tuple[int, ...] = _DURATIONS_S
    results_kept_days: int | None = 7
    poll_first_s: float = 5.0
    poll_growth: float = 1.25
    poll_most_s: float = 15.0

    @property
    def sizes(self) -> tuple[str, ...]:
        return tuple(size for size, _ in self.sizes_usd)

    def price_usd(self, *, size: str, duration_s: int) -> float:
        """The list price of a video, USD."""
        return round(dict(self.sizes_usd)[size] * duration_s, 6)

    def body(
        self, *, prompt: str, size: str, duration_s: int, characters: tuple[str, ...], image: str
    ) -> dict[str, object]:
        """The submit's JSON body; ``image`` is a URL that the service can fetch."""
        body: dict[str, object] = {"prompt": prompt, "duration": duration_s}
        if self.shape != "none":
            body[self.shape] = size
        if self.takes_image:
            body["image"] = image
        if characters:
            body["characters"] = list(characters)
        return body

    def poll_interval_s(self, polls: int) -> float:
        """Seconds to wait after so many polls: at least 5, as the service asks, and growing."""
        if polls > 64:
            return self.poll_most_s
        return min(self.poll_most_s, self.poll_first_s * self.poll_growth**polls)

    def require(self, *, size: str, duration_s: int) -> None:
        """Raise ConfigError for a size or length the model does not make."""
        if size not in self.sizes:
            raise ConfigError(
                f"{self.model_id} makes no videos of {size}.", f"It makes: {', '.join(self.sizes)}."
            )
        if duration_s not in self.durations_s:
            known = ", ".join(map(str, self.durations_s))
            raise ConfigError(
                f"{self.model_id} makes no videos of {duration_s} s.", f"It makes: {known} s."
            )


_AT_720P = ("720*1280", "1280*720")
_AT_1024P = ("1024*1792", "1792*1024")
_AT_1080P = ("1080*1920", "1920*1080")

_ALL = (
    VideoModel(
        "openai/sora-2/text-to-video",
        takes_image=False,
        shape="size",
        sizes_usd=tuple((size, 0.10) for size in _AT_720P),
        price_source="WaveSpeed model page openai/sora-2/text-to-video, 2026",
        characters_max=2,
    ),
    VideoModel(
        "openai/sora-2-pro/text-to-video",
        takes_image=False,
        shape="size",
        sizes_usd=(
            *((size, 0.30) for size in _AT_720P),
            *((size, 0.50) for size in _AT_1024P),
            *((size, 0.70) for size in _AT_1080P),
        ),
        price_source="WaveSpeed model page openai/sora-2-pro/text-to-video, 2026: from 0.30; more "
        "above 720p is assumed",
        characters_max=2,
    ),
    VideoModel(
        "openai/sora-2/image-to-video",
        takes_image=True,
        shape="none",
        sizes_usd=(("as the image", 0.10),),
        price_source="WaveSpeed model page openai/sora-2/image-to-video, 2026",
    ),
    VideoModel(
        "openai/sora-2-pro/image-to-video",
        takes_image=True,
        shape="resolution",
        sizes_usd=(("720p", 0.30), ("1080p", 0.50)),
        price_source="WaveSpeed model page openai/sora-2-pro/image-to-video, 2026",
    ),
)

VIDEO_MODELS: Mapping[str, VideoModel] = {model.model_id: model for model in _ALL}


def video_model_of(model_id: str) -> VideoModel:
    """The model by its id; raises ConfigError that lists the known ones."""
    try:
        return VIDEO_MODELS[model_id]
    except KeyError:
        raise ConfigError(
            f"No video model {model_id!r} is known.", f"Known: {', '.join(VIDEO_MODELS)}."
        ) from None
