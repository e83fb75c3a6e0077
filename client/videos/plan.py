"""A video with characters: what is asked for, held against everything that can be known before.

Pure: nothing here is sent or written. ``client.videos.make`` does it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from screentest.client.config import Settings, require_text, require_webhook
from screentest.client.errors import ConfigError
from screentest.client.registry.characters import one_meant
from screentest.client.registry.records import Character
from screentest.client.registry.registry import Registry
from screentest.client.remote.video_models import VideoModel, video_model_of
from screentest.client.videos.prompts import require_names
from screentest.prep.core.remedy import Remedy

TEXT_MODEL = "openai/sora-2/text-to-video"
IMAGE_MODEL = "openai/sora-2/image-to-video"


@dataclass(frozen=True, slots=True)
class VideoOrder:
    """What to make.

    ``characters``: names or ids from the registry. ``model``: "" for the cheapest that fits.
    ``size``: "" for the one whose aspect is the characters' own. ``image``: path or URL of the first
    frame, "" for none. ``duration_s``: of the video. ``max_cost_usd``: refuse before spending more.
    """

    prompt: str
    out: Path
    characters: tuple[str, ...] = ()
    model: str = ""
    size: str = ""
    duration_s: int = 4
    image: str = ""
    max_cost_usd: float | None = None
    webhook: str = ""


@dataclass(frozen=True, slots=True)
class VideoPlan:
    """An order that can be made. ``cost_usd``: by list price."""

    order: VideoOrder
    model: VideoModel
    size: str
    characters: tuple[Character, ...]
    cost_usd: float

    def inputs(self, *, image: str = "") -> dict[str, object]:
        """The submit's JSON body."""
        return self.model.body(
            prompt=self.order.prompt,
            size=self.size,
            duration_s=self.order.duration_s,
            characters=tuple(record.character_id or "" for record in self.characters),
            image=image,
        )


def planned(order: VideoOrder, registry: Registry, settings: Settings) -> VideoPlan:
    """The plan of an order.

    Raises PromptProblem where a character's name is missing in the prompt, UnknownCharacter,
    SeveralMeant, and ConfigError for everything that the model cannot make.
    """
    _require_texts(order)
    if not order.prompt.strip():
        raise ConfigError("The prompt is empty.", "Say what the video shows.")
    model = video_model_of(order.model or (IMAGE_MODEL if order.image else TEXT_MODEL))
    _require_image(order, model)
    characters = tuple(_meant(name, model, registry, settings) for name in order.characters)
    _require_usable(characters, model, settings)
    require_names(order.prompt, [record.name for record in characters])
    size = _size(order.size, model, characters)
    model.require(size=size, duration_s=order.duration_s)
    cost_usd = model.price_usd(size=size, duration_s=order.duration_s)
    return VideoPlan(order, model, size, characters, cost_usd)


def _require_texts(order: VideoOrder) -> None:
    """Raises ConfigError for a webhook that nobody can call, and for what cannot be recorded."""
    require_webhook(order.webhook)
    for what, text in (
        ("path", str(order.out.absolute())),
        ("prompt", order.prompt),
        ("model", order.model),
        ("size", order.size),
        ("image", order.image),
        *(("name", name) for name in order.characters),
    ):
        require_text(text, what=what)


def _meant(name_or_id: str, model: VideoModel, registry: Registry, settings: Settings) -> Character:
    """The one that the model can show for this account, else what tells why there is none.

    Raises SeveralMeant where several have the name, UnknownCharacter.
    """
    usable = [
        row
        for row in registry.characters.list_meant(name_or_id)
        if row.state == "done"
        and (row.service, row.account) == (settings.service, settings.account)
        and row.model == model.character_model
    ]
    if usable:
        return one_meant(name_or_id, usable)
    return registry.characters.find(name_or_id, deleted=False)


def _require_image(order: VideoOrder, model: VideoModel) -> None:
    if order.image and not model.takes_image:
        raise ConfigError(f"{model.model_id} takes no image.", Remedy("model", (IMAGE_MODEL,)))
    if model.takes_image and not order.image:
        raise ConfigError(f"{model.model_id} begins with an image.", Remedy("image"))


def _require_usable(characters: Sequence[Character], model: VideoModel, settings: Settings) -> None:
    if characters and not model.characters_max:
        raise ConfigError(f"{model.model_id} shows no characters.", Remedy("model", (TEXT_MODEL,)))
    if len(characters) > model.characters_max:
        raise ConfigError(
            f"{len(characters)} characters are too many.",
            f"{model.model_id} shows at most {model.characters_max} in one video.",
        )
    for record in characters:
        if record.character_id is None:
            raise ConfigError(
                f"{record.name!r} has no id yet: it is at {record.state}.",
                Remedy("wait"),
                Remedy("reconcile"),
            )
        if (record.service, record.account) != (settings.service, settings.account):
            raise ConfigError(
                f"{record.name!r} belongs to another account or service "
                f"({record.account!r} at {record.service}).",
                Remedy("sandbox", words="show a character of the sandbox"),
                Remedy("by_hand", words="register it here"),
            )
        if record.model != model.character_model:
            raise ConfigError(
                f"{record.name!r} was made by {record.model}, which {model.model_id} cannot show.",
                Remedy("register", (model.character_model,)),
            )


def _size(asked: str, model: VideoModel, characters: Sequence[Character]) -> str:
    """The size asked for, or the model's first with the characters' aspect.

    A clip whose aspect differs from the video's comes out stretched (documented by the service).
    """
    upright = {_is_portrait(*_pixels(record)) for record in characters if record.clip}
    if len(upright) > 1:
        raise ConfigError(
            "One character's clip is upright, the other's is not: one would come out stretched.",
            "Register one of them again from footage of the other shape.",
        )
    fitting = [size for size in model.sizes if not upright or _aspect_of(size) in (None, *upright)]
    size = asked or (fitting[0] if fitting else model.sizes[0])
    if upright and asked in model.sizes and _aspect_of(asked) not in (None, *upright):
        raise ConfigError(
            f"A video of {asked} would stretch {characters[0].name!r}, whose clip is "
            f"{'upright' if upright == {True} else 'wide'}.",
            *(Remedy("size", (fit,)) for fit in fitting[:1]),
        )
    return size


def _pixels(record: Character) -> tuple[int, int]:
    clip = record.clip
    return (clip.width_px, clip.height_px) if clip else (1, 1)


def _aspect_of(size: str) -> bool | None:
    """Whether a size is upright, None where it is not told in pixels."""
    width, star, height = size.partition("*")
    return _is_portrait(int(width), int(height)) if star else None


def _is_portrait(width_px: int, height_px: int) -> bool:
    return height_px > width_px
