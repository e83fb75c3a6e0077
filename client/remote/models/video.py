"""A model that makes a video: what it can be asked for, and how characters come into it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from screentest.client.errors import ConfigError
from screentest.client.remote.models.body import Body, Slot, Value
from screentest.client.remote.models.character import EXAMPLE
from screentest.client.remote.models.facts import Limit, Provenance, Sources, limits_of, span
from screentest.client.remote.models.naming import NAME_ALONE, Naming
from screentest.client.remote.models.polling import OF_A_VIDEO, Polling
from screentest.client.remote.models.price import PriceRule
from screentest.client.remote.models.reference import Reference
from screentest.prep.core.remedy import Remedy

Delivery = Literal["id", "inline"]


@dataclass(frozen=True, slots=True)
class CastRule:
    """How characters come into a video.

    ``delivery``: by the ids that ``made_by``, a character model, gave them; or inline, each by its
    clip or stills (``takes``), sent with every video. ``most``: how many characters. ``naming``: how a
    prompt names them. Inline: ``most_clips``/``most_stills``: how many files of all characters;
    ``most_reference_s``: length of all clips together; ``most_total_s``: of clips and video.
    """

    delivery: Delivery
    most: int
    made_by: str = ""
    takes: Reference | None = None
    naming: Naming = NAME_ALONE
    most_clips: int = 0
    most_stills: int = 0
    most_reference_s: float | None = None
    most_total_s: float | None = None


@dataclass(frozen=True, slots=True)
class References:
    """What is sent of the characters: ids, or URLs of clips and stills that the service can fetch."""

    ids: tuple[str, ...] = ()
    clips: tuple[str, ...] = ()
    stills: tuple[str, ...] = ()


NO_REFERENCES = References()


@dataclass(frozen=True, slots=True)
class VideoModel:
    """One model of the service that makes a video.

    ``fields``: its body. ``sizes``: sizes or resolutions, the default first, () where the image or the
    model decides; ``ratios``: aspect ratios, the same way. ``durations_s``: lengths it makes, the
    default first where they are few. ``cast``: how characters come into it, None where it shows
    none. ``results_kept_days``: how long the service answers for a task. ``sources``: limit -> where it
    comes from.
    """

    model_id: str
    fields: Body
    price: PriceRule
    durations_s: tuple[int, ...]
    sizes: tuple[str, ...] = ()
    ratios: tuple[str, ...] = ()
    cast: CastRule | None = None
    polling: Polling = OF_A_VIDEO
    results_kept_days: int | None = 7
    sources: Sources = ()

    kind = "video"

    @property
    def delivery(self) -> Delivery | None:
        """How a character reaches it, None where it shows none."""
        return self.cast.delivery if self.cast else None

    @property
    def takes(self) -> Reference | None:
        """What it takes of a character inline."""
        return self.cast.takes if self.cast else None

    @property
    def takes_image(self) -> bool:
        """Whether the video begins with an image that is sent."""
        return self.fields.takes("image")

    @property
    def characters_max(self) -> int:
        return self.cast.most if self.cast else 0

    @property
    def is_verified(self) -> bool:
        """Whether somebody has seen the fields of its body."""
        return self.source_of("body").mark != "assumed"

    def price_usd(
        self, *, size: str, duration_s: int, ratio: str = "", reference_s: Sequence[float] = ()
    ) -> float:
        """The list price of a video, USD. ``reference_s``: lengths of the clips sent with it."""
        body = self.body(prompt="", size=size, duration_s=duration_s, ratio=ratio)
        return self.price.usd(body, reference_s=reference_s)

    def body(
        self,
        *,
        prompt: str,
        size: str,
        duration_s: int,
        ratio: str = "",
        image: str = "",
        references: References = NO_REFERENCES,
        sound: bool | None = None,
    ) -> dict[str, object]:
        """The submit's JSON body.

        ``size``, ``ratio``: "" for the model's first. ``image``: URL of the first frame. ``sound``:
        whether it is made with sound; None: as the model does, and without where sound costs more.
        """
        values: dict[Slot, Value] = {
            "prompt": prompt,
            "duration": duration_s,
            "size": size or next(iter(self.sizes), ""),
            "ratio": ratio or next(iter(self.ratios), ""),
            "image": image,
            "characters": references.ids,
            "clips": references.clips,
            "stills": references.stills,
        }
        if sound is None and self.price.by and self.price.by == self.fields.key_of("sound"):
            sound = False
        if sound is not None:
            values["sound"] = sound
        return self.fields.filled(values)

    def samples(self) -> Iterator[dict[str, object]]:
        """Bodies as they would be sent, with words, ids and URLs made up: every size, every ratio."""
        cast = self.cast
        ids = ("000000000000000001",) if cast and cast.delivery == "id" else ()
        clips = (f"{EXAMPLE}/clip.mp4",) if cast and cast.most_clips else ()
        stills = (f"{EXAMPLE}/still.png",) if cast and cast.most_stills else ()
        for size in self.sizes or ("",):
            for ratio in self.ratios or ("",):
                yield self.body(
                    prompt="Joe waves.",
                    size=size,
                    duration_s=self.durations_s[0],
                    ratio=ratio,
                    image=f"{EXAMPLE}/first.png" if self.takes_image else "",
                    references=References(ids, clips, stills),
                )

    def ratio_for(self, *, upright: bool) -> str:
        """The first ratio of a shape; "" where the model takes none."""
        return next((one for one in self.ratios if is_upright(one) is upright), "")

    def poll_interval_s(self, polls: int) -> float:
        """Seconds to wait after so many polls: at least 5, as the service asks, and growing."""
        return self.polling.interval_s(polls)

    def require(self, *, size: str, duration_s: int, reference_s: Sequence[float] = ()) -> None:
        """Raise ConfigError for a size or length the model does not make.

        ``reference_s``: lengths of the clips that are sent with it.
        """
        if size and not self.sizes:
            raise ConfigError(
                f"{self.model_id} makes no videos of {size}.",
                "Leave the size out: the image or the model decides it.",
            )
        if self.sizes and size not in self.sizes:
            raise ConfigError(
                f"{self.model_id} makes no videos of {size}.", f"It makes: {', '.join(self.sizes)}."
            )
        if duration_s not in self.durations_s:
            raise ConfigError(
                f"{self.model_id} makes no videos of {duration_s} s.",
                f"It makes: {_lengths(self.durations_s)} s.",
            )
        self._require_references(reference_s, duration_s)

    def require_verified(self) -> None:
        """Raise ConfigError where nobody has seen the fields of its body."""
        if not self.is_verified:
            raise ConfigError(
                f"The fields of {self.model_id} are assumed: a submit may cost money and show nobody.",
                Remedy("unverified"),
                Remedy("list_models"),
            )

    def _require_references(self, lengths_s: Sequence[float], duration_s: int) -> None:
        cast = self.cast
        if cast is None or not lengths_s:
            return
        whole_s = sum(lengths_s)
        if cast.most_reference_s is not None and whole_s > cast.most_reference_s:
            raise ConfigError(
                f"The clips are {whole_s:g} s long together.",
                f"{self.model_id} takes {cast.most_reference_s:g} s of them.",
            )
        if cast.most_total_s is not None and whole_s + duration_s > cast.most_total_s:
            raise ConfigError(
                f"{whole_s:g} s of clips and {duration_s} s of video are too long together.",
                f"{self.model_id} takes {cast.most_total_s:g} s of both.",
            )

    def limits(self) -> tuple[Limit, ...]:
        """All that is known of it, each with its source."""
        cast = self.cast
        reference = cast.takes.limits() if cast and cast.takes else {}
        of_cast = _cast_limits(cast) if cast else {}
        return limits_of({**reference, **of_cast, **self._own()}, self.sources)

    def source_of(self, limit: str) -> Provenance:
        """Where a limit comes from. Raises KeyError for one that it does not have."""
        return dict(self.sources)[limit]

    def _own(self) -> Mapping[str, str]:
        return {
            "durations": f"{_lengths(self.durations_s)} s",
            "sizes": ", ".join(self.sizes),
            "ratios": ", ".join(self.ratios),
            "body": ", ".join(dict.fromkeys(key for body in self.samples() for key in body)),
            "price": self.price.words,
        }


def is_upright(size: str) -> bool | None:
    """Whether a size (W*H) or ratio (W:H) is upright, None where it tells no shape or is square."""
    for sign in ("*", ":"):
        width, found, height = size.partition(sign)
        if found and width.isdigit() and height.isdigit() and width != height:
            return int(height) > int(width)
    return None


def _cast_limits(cast: CastRule) -> dict[str, str]:
    reference_s, total_s = cast.most_reference_s, cast.most_total_s
    files = {"clips": cast.most_clips, "stills": cast.most_stills}
    naming = cast.naming
    of_id = naming.by_id if cast.delivery == "id" else ""
    forms = dict.fromkeys([of_id, naming.by_video, naming.by_images])
    return {
        "delivery": f"id of {cast.made_by}" if cast.made_by else cast.delivery,
        "characters": f"at most {cast.most}",
        "files": ", ".join(f"{most} {what}" for what, most in files.items() if most),
        "reference": f"{reference_s:g} s of clips" if reference_s is not None else "",
        "total": f"{total_s:g} s of clips and video" if total_s is not None else "",
        "prompt": " or ".join(form for form in forms if form),
    }


def _lengths(durations_s: tuple[int, ...]) -> str:
    in_order = sorted(durations_s)
    if in_order == list(range(in_order[0], in_order[-1] + 1)) and len(in_order) > 2:
        return span(in_order[0], in_order[-1], "")
    return ", ".join(map(str, durations_s))
