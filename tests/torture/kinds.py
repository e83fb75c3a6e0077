"""What is ordered under torture: each kind of order is one value, each order of it one label.

The label stands in what the service is sent, so that its books tell whose a task is.
"""

from __future__ import annotations

import random
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from screentest.client.remote.character_models import DEFAULT_MODEL
from screentest.client.remote.video_models import IMAGE_MODEL, TEXT_MODEL

Made = Literal["character", "video"]

KLING_ELEMENTS = "kwaivgi/kling-elements-advanced"
WAN_VIDEO = "alibaba/wan-3.0/reference-to-video"
KLING_VIDEO = "kwaivgi/kling-video-o3-std/reference-to-video"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of order.

    ``model``: the one whose tasks it makes. ``share``: how often it is ordered, beside the others.
    ``plain``: whether the naive client takes it. Of a character, ``start_s``, ``length_s``: its window
    of the footage; ``reference``: by clip or stills; ``description``: for models that take one. Of a
    video, ``duration_s``, ``cast``:
    whom it shows, ``with_image``: whether it begins with a file, ``has_files``: whether clips or stills
    are sent along.
    """

    name: str
    makes: Made
    model: str
    share: int
    plain: bool = False
    start_s: float = 1.0
    length_s: float = 2.0
    reference: Literal["auto", "images"] = "auto"
    description: str = ""
    duration_s: int = 4
    cast: tuple[str, ...] = ()
    with_image: bool = False
    has_files: bool = False

    @property
    def stages(self) -> tuple[str, ...]:
        """The stages of its command that a client may die in."""
        is_put = self.makes == "character" or self.with_image or self.has_files
        put = ("upload", "prove") if is_put else ()
        return (*put, "submit", "wait", *(("download",) if self.makes == "video" else ()))


@dataclass(frozen=True, slots=True)
class Order:
    """Something that was ordered. ``label``: of it alone. ``copy``: which of it, from 1."""

    label: str
    kind: Kind
    copy: int = 1

    @property
    def is_kept(self) -> bool:
        """Whether it leaves in the bucket what a clean-up takes out: every third does."""
        return self.label.endswith(("0", "3", "6"))

    @property
    def is_placed(self) -> bool:
        """Whether its video goes to a named file, and not to one of its own name: most do."""
        return not self.label.endswith(("2", "7"))

    @property
    def prompt(self) -> str:
        """What its video shows."""
        return f"{' and '.join(self.kind.cast) or 'The picture'} in the rain, {self.label}."


BY_CLIP = Kind("character by clip", "character", DEFAULT_MODEL, share=6, plain=True)
BY_STILLS = Kind(
    "element by stills",
    "character",
    KLING_ELEMENTS,
    share=3,
    start_s=18.0,
    length_s=6.0,
    reference="images",
    description="A man at his desk.",
)
KINDS = (
    BY_CLIP,
    BY_STILLS,
    Kind("video of one", "video", TEXT_MODEL, share=2, cast=("Ada",)),
    Kind("video of two", "video", TEXT_MODEL, share=1, cast=("Ada", "Ben")),
    Kind("video of an element", "video", KLING_VIDEO, share=2, duration_s=3, cast=("Ann",)),
    Kind("video inline", "video", WAN_VIDEO, share=3, duration_s=2, cast=("Ada",), has_files=True),
    Kind("video from an image", "video", IMAGE_MODEL, share=3, with_image=True, plain=True),
)
CAST: Mapping[str, Kind] = {
    "Ada": BY_CLIP,
    "Ben": BY_CLIP,
    "Ann": Kind(
        "element by clip",
        "character",
        KLING_ELEMENTS,
        share=0,
        length_s=3.0,
        description="A man in red.",
    ),
}
"""Who is in the videos: registered before anything goes wrong."""
MODELS = frozenset(kind.model for kind in (*KINDS, *CAST.values()))


def label_in(inputs: Mapping[str, Any]) -> str | None:
    """The label of the order that a task's inputs belong to, None for nobody's."""
    if isinstance(name := inputs.get("name"), str):
        return name
    found = re.search(r"take \d+", str(inputs.get("prompt", "")))
    return found[0] if found else None


def next_of(kinds: Sequence[Kind], known: Collection[Kind], chance: random.Random) -> Kind:
    """The first kind that is not known, so that none is left out; then one as its share says."""
    [drawn] = chance.choices(kinds, weights=[kind.share for kind in kinds])
    return next((kind for kind in kinds if kind not in known), drawn)


def new_order(number: int, kind: Kind) -> Order:
    """The order of a number."""
    return Order(f"Joe {number}" if kind.makes == "character" else f"take {number}", kind)
