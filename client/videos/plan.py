"""A video with characters: what is asked for, held against everything that can be known before.

Pure: nothing here is sent or written. ``client.videos.make`` does it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from screentest.client.characters.way import ASKED, Asked
from screentest.client.config import Settings, require_text, require_webhook
from screentest.client.errors import ConfigError
from screentest.client.registry.registry import Registry
from screentest.client.remote.models.naming import NAME_ALONE, named_in
from screentest.client.remote.models.video import VideoModel, is_upright
from screentest.client.remote.video_models import IMAGE_MODEL, video_model_of
from screentest.client.videos.cast import (
    Member,
    ReferenceFile,
    files_of,
    lengths_s,
    named_at,
    references_of,
    require_room,
    with_stills_shared,
)
from screentest.client.videos.casting import default_model, members_of, require_ids
from screentest.client.videos.prompts import require_names
from screentest.prep.core.remedy import Remedy


@dataclass(frozen=True, slots=True)
class VideoOrder:
    """What to make.

    ``out``: its file, None for a name of its own in the current folder. ``characters``: names or ids
    from the registry. ``model``: "" for the first that shows them. ``size``: "" for the one whose
    aspect is the characters' own. ``image``: path or URL of the first frame, "" for none.
    ``duration_s``: of the video. ``max_cost_usd``: refuse before spending more. ``unverified``: take a
    model whose fields nobody has seen. ``reference``: how characters go to a model that takes them
    inline, "video", "images" or "auto". ``overwrite``: replace a file that has the name of its own.
    """

    prompt: str
    out: Path | None = None
    characters: tuple[str, ...] = ()
    model: str = ""
    size: str = ""
    duration_s: int = 4
    image: str = ""
    max_cost_usd: float | None = None
    webhook: str = ""
    unverified: bool = False
    reference: Asked = "auto"
    overwrite: bool = False


@dataclass(frozen=True, slots=True)
class VideoPlan:
    """An order that can be made.

    ``ratio``: "" where the size tells it. ``cost_usd``: by list price, with what is sent of the cast.
    """

    order: VideoOrder
    model: VideoModel
    size: str
    cast: tuple[Member, ...]
    cost_usd: float
    ratio: str = ""

    @property
    def is_known(self) -> bool:
        """Whether everything that is sent of the cast is there, or was once."""
        return all(one.is_known for one in self.cast)

    @property
    def files(self) -> tuple[ReferenceFile, ...]:
        """The clips and stills that are sent, in order."""
        return files_of(self.cast)

    @property
    def reference_s(self) -> float:
        """The length of all clips that are sent."""
        return sum(lengths_s(self.cast))

    @property
    def billed_reference_s(self) -> int:
        """The same as it is billed: each clip's length rounded up."""
        return sum(map(math.ceil, lengths_s(self.cast)))

    def inputs(self, *, image: str = "", urls: Sequence[str] = ()) -> dict[str, object]:
        """The submit's JSON body. ``urls``: of the files; () for their hashes, as it is recorded."""
        return self.model.body(
            prompt=self._prompt(),
            size=self.size,
            ratio=self.ratio,
            duration_s=self.order.duration_s,
            image=image,
            references=references_of(self.cast, urls),
        )

    def _prompt(self) -> str:
        """The prompt, with each character named as the model wants it."""
        naming = self.model.cast.naming if self.model.cast else NAME_ALONE
        return named_in(self.order.prompt, named_at(self.cast), naming)

    def with_cast(self, cast: Sequence[Member]) -> VideoPlan:
        """The plan with what is really sent. Raises ConfigError where it is too much for the model."""
        most_stills = self.model.cast.most_stills if self.model.cast else 0
        cast = with_stills_shared(cast, most=most_stills)
        return replace(self, cast=cast, cost_usd=_listed_usd(self, cast))


def planned(order: VideoOrder, registry: Registry, settings: Settings) -> VideoPlan:
    """The plan of an order. Inline, what is sent of the cast may have to be made first.

    Raises PromptProblem where a character's name is missing in the prompt, UnknownCharacter,
    SeveralMeant, and ConfigError for everything that the model cannot make.
    """
    _require_texts(order)
    if not order.prompt.strip():
        raise ConfigError("The prompt is empty.", "Say what the video shows.")
    chosen = order.model or default_model(order.characters, order.image, registry, settings)
    model = video_model_of(chosen)
    if not order.unverified:
        model.require_verified()
    _require_image(order, model)
    cast = members_of(order.characters, model, order.reference, registry, settings)
    require_room(cast, model)
    require_ids(cast, model, settings)
    require_names(order.prompt, [one.name for one in cast])
    upright = _upright(cast, model)
    size = _size(order.size, model, cast, upright)
    ratio = "" if upright is None else model.ratio_for(upright=upright)
    return VideoPlan(order, model, size, cast, 0.0, ratio).with_cast(cast)


def _listed_usd(plan: VideoPlan, cast: Sequence[Member]) -> float:
    """The list price. Raises ConfigError for lengths and a size that the model does not make."""
    known_s, duration_s = lengths_s(cast), plan.order.duration_s
    plan.model.require(size=plan.size, duration_s=duration_s, reference_s=known_s)
    return plan.model.price_usd(
        size=plan.size, ratio=plan.ratio, duration_s=duration_s, reference_s=known_s
    )


def _require_texts(order: VideoOrder) -> None:
    """Raises ConfigError for a webhook that nobody can call, and for what cannot be recorded."""
    require_webhook(order.webhook)
    if order.reference not in ASKED:
        raise ConfigError(
            f"There is no reference {order.reference!r}.", f"It can be {' or '.join(ASKED)}."
        )
    for what, text in (
        ("path", str((order.out or Path()).absolute())),
        ("prompt", order.prompt),
        ("model", order.model),
        ("size", order.size),
        ("image", order.image),
        *(("name", name) for name in order.characters),
    ):
        require_text(text, what=what)


def _require_image(order: VideoOrder, model: VideoModel) -> None:
    if order.image and not model.takes_image:
        raise ConfigError(f"{model.model_id} takes no image.", Remedy("model", (IMAGE_MODEL,)))
    if model.takes_image and not order.image:
        raise ConfigError(f"{model.model_id} begins with an image.", Remedy("image"))


def _upright(cast: Sequence[Member], model: VideoModel) -> bool | None:
    """Whether the video is upright, as its characters' clips are; None where there is none.

    A clip known by an id whose aspect differs from the video's comes out stretched (documented by the
    service); inline, the first character's counts.
    """
    shapes = [one.upright for one in cast if one.upright is not None]
    if len(set(shapes)) > 1 and model.delivery == "id":
        raise ConfigError(
            "One character's clip is upright, the other's is not: one would come out stretched.",
            "Register one of them again from footage of the other shape.",
        )
    return next(iter(shapes), None)


def _size(asked: str, model: VideoModel, cast: Sequence[Member], upright: bool | None) -> str:
    """The size asked for, or the model's first with the characters' aspect; "" where it has none."""
    fits = (None,) if upright is None else (None, upright)
    fitting = [one for one in model.sizes if upright is None or is_upright(one) in fits]
    if asked in model.sizes and asked not in fitting:
        raise ConfigError(
            f"A video of {asked} would stretch {cast[0].name!r}, whose clip is "
            f"{'upright' if upright else 'wide'}.",
            *(Remedy("size", (fit,)) for fit in fitting[:1]),
        )
    return asked or next(iter((*fitting, *model.sizes)), "")
