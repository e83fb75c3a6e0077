"""A video with characters: what is asked for, held against everything that can be known before.

Pure: nothing here is sent or written. ``client.videos.make`` does it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from screentest.client.config import Settings, require_text, require_webhook
from screentest.client.errors import ConfigError
from screentest.client.registry.records import Registration
from screentest.client.registry.registrations import one_meant
from screentest.client.registry.registry import Registry
from screentest.client.remote.models.naming import NAME_ALONE, Shown, named_in
from screentest.client.remote.models.video import References, VideoModel, is_upright
from screentest.client.remote.video_models import IMAGE_MODEL, TEXT_MODEL, VIDEO_MODELS, video_model_of
from screentest.client.videos.prompts import require_names
from screentest.prep.core.remedy import Remedy

if TYPE_CHECKING:
    from screentest.prep.core.values import Clip


@dataclass(frozen=True, slots=True)
class VideoOrder:
    """What to make.

    ``characters``: names or ids from the registry. ``model``: "" for the first that shows them.
    ``size``: "" for the one whose aspect is the characters' own. ``image``: path or URL of the first
    frame, "" for none. ``duration_s``: of the video. ``max_cost_usd``: refuse before spending more.
    ``unverified``: take a model whose fields nobody has seen.
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
    unverified: bool = False


@dataclass(frozen=True, slots=True)
class VideoPlan:
    """An order that can be made. ``ratio``: "" where the size tells it. ``cost_usd``: by list price."""

    order: VideoOrder
    model: VideoModel
    size: str
    characters: tuple[Registration, ...]
    cost_usd: float
    ratio: str = ""

    def inputs(self, *, image: str = "") -> dict[str, object]:
        """The submit's JSON body."""
        return self.model.body(
            prompt=self._prompt(),
            size=self.size,
            ratio=self.ratio,
            duration_s=self.order.duration_s,
            image=image,
            references=References(ids=tuple(one.character_id or "" for one in self.characters)),
        )

    def _prompt(self) -> str:
        """The prompt, with each character named as the model wants it."""
        shown = [Shown(one.name, place) for place, one in enumerate(self.characters, start=1)]
        naming = self.model.cast.naming if self.model.cast else NAME_ALONE
        return named_in(self.order.prompt, shown, naming)


def planned(order: VideoOrder, registry: Registry, settings: Settings) -> VideoPlan:
    """The plan of an order.

    Raises PromptProblem where a character's name is missing in the prompt, UnknownCharacter,
    SeveralMeant, and ConfigError for everything that the model cannot make.
    """
    _require_texts(order)
    if not order.prompt.strip():
        raise ConfigError("The prompt is empty.", "Say what the video shows.")
    model = video_model_of(order.model or _default_model(order, registry, settings))
    if not order.unverified:
        model.require_verified()
    _require_image(order, model)
    characters = tuple(_meant(name, model, registry, settings) for name in order.characters)
    _require_usable(characters, model, settings)
    require_names(order.prompt, [record.name for record in characters])
    upright = _upright(characters)
    size = _size(order.size, model, characters, upright)
    ratio = "" if upright is None else model.ratio_for(upright=upright)
    model.require(size=size, duration_s=order.duration_s)
    cost_usd = model.price_usd(size=size, ratio=ratio, duration_s=order.duration_s)
    return VideoPlan(order, model, size, characters, cost_usd, ratio)


def _default_model(order: VideoOrder, registry: Registry, settings: Settings) -> str:
    """The first model that shows characters of one making that all of these have, if any is shown."""
    if order.image or not order.characters:
        return IMAGE_MODEL if order.image else TEXT_MODEL
    makers = [
        {
            row.model
            for row in registry.registrations.list_meant(name)
            if _is_here(row, settings) and row.character_id
        }
        for name in order.characters
    ]
    common = set.intersection(*makers)
    showing = [one for one in VIDEO_MODELS.values() if one.cast and one.cast.made_by in common]
    return showing[0].model_id if showing else TEXT_MODEL


def _is_here(row: Registration, settings: Settings) -> bool:
    return (row.service, row.account) == (settings.service, settings.account)


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


def _meant(name_or_id: str, model: VideoModel, registry: Registry, settings: Settings) -> Registration:
    """The one that the model can show for this account, else what tells why there is none.

    Raises SeveralMeant where several have the name, UnknownCharacter.
    """
    made_by = model.cast.made_by if model.cast else ""
    usable = [
        row
        for row in registry.registrations.list_meant(name_or_id)
        if _is_here(row, settings) and row.model == made_by
    ]
    if usable:
        return one_meant(name_or_id, usable)
    return registry.registrations.find(name_or_id, deleted=False)


def _require_image(order: VideoOrder, model: VideoModel) -> None:
    if order.image and not model.takes_image:
        raise ConfigError(f"{model.model_id} takes no image.", Remedy("model", (IMAGE_MODEL,)))
    if model.takes_image and not order.image:
        raise ConfigError(f"{model.model_id} begins with an image.", Remedy("image"))


def _require_usable(characters: Sequence[Registration], model: VideoModel, settings: Settings) -> None:
    if model.delivery == "inline":
        raise ConfigError(
            f"{model.model_id} takes a character's clip or images with each video, which cannot be "
            "ordered here yet.",
            Remedy("list_models"),
        )
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
        if not _is_here(record, settings):
            raise ConfigError(
                f"{record.name!r} belongs to another account or service "
                f"({record.account!r} at {record.service}).",
                Remedy("sandbox", words="show a character of the sandbox"),
                Remedy("by_hand", words="register it here"),
            )
        if model.cast and record.model != model.cast.made_by:
            raise ConfigError(
                f"{record.name!r} was made by {record.model}, which {model.model_id} cannot show.",
                Remedy("register", (model.cast.made_by,)),
            )


def _upright(characters: Sequence[Registration]) -> bool | None:
    """Whether the characters' clips are upright, None where there is none.

    A clip whose aspect differs from the video's comes out stretched (documented by the service).
    """
    shapes = {_is_portrait(record.clip) for record in characters if record.clip}
    if len(shapes) > 1:
        raise ConfigError(
            "One character's clip is upright, the other's is not: one would come out stretched.",
            "Register one of them again from footage of the other shape.",
        )
    return next(iter(shapes), None)


def _size(
    asked: str, model: VideoModel, characters: Sequence[Registration], upright: bool | None
) -> str:
    """The size asked for, or the model's first with the characters' aspect; "" where it has none."""
    fits = (None,) if upright is None else (None, upright)
    fitting = [one for one in model.sizes if upright is None or is_upright(one) in fits]
    if asked in model.sizes and asked not in fitting:
        raise ConfigError(
            f"A video of {asked} would stretch {characters[0].name!r}, whose clip is "
            f"{'upright' if upright else 'wide'}.",
            *(Remedy("size", (fit,)) for fit in fitting[:1]),
        )
    return asked or next(iter((*fitting, *model.sizes)), "")


def _is_portrait(clip: Clip) -> bool:
    return clip.height_px > clip.width_px
