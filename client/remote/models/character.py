"""A model that makes a character: a task whose result is an id that later prompts use."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from screentest.client.errors import ConfigError, InvalidName
from screentest.client.remote.models.body import Body, Slot, Value
from screentest.client.remote.models.facts import Limit, Provenance, Sources, limits_of
from screentest.client.remote.models.polling import OF_A_CHARACTER, Polling
from screentest.client.remote.models.price import PriceRule
from screentest.client.remote.models.reference import Reference, StillUrls, Way
from screentest.prep.core.remedy import Remedy
from screentest.prep.core.spec import ClipSpec

EXAMPLE = "https://example.invalid"
"""Stands in a body for a URL that is not made yet."""


@dataclass(frozen=True, slots=True)
class CharacterModel:
    """One model of the service that makes a character and gives it an id.

    ``takes``: what it knows the character by. ``by_video``/``by_images``: the body for a clip and for
    stills, None where it takes none. ``name_max``/``description_max``: characters; None: no
    description is taken. ``needs_description``: whether it must not be empty. ``results_kept_days``:
    how long the service answers for a task. ``sources``: limit -> where it comes from.
    """

    model_id: str
    takes: Reference
    price: PriceRule
    name_max: int
    by_video: Body | None = None
    by_images: Body | None = None
    description_max: int | None = None
    needs_description: bool = False
    polling: Polling = OF_A_CHARACTER
    results_kept_days: int = 7
    sources: Sources = ()

    kind = "character"
    delivery = "id"

    @property
    def clip(self) -> ClipSpec:
        """The rules for a clip. Raises ConfigError where it takes stills only."""
        if self.takes.clip is None or self.by_video is None:
            raise ConfigError(f"{self.model_id} takes images, not a clip.", Remedy("list_models"))
        return self.takes.clip

    @property
    def price_usd(self) -> float:
        """The list price of a character made from a clip, or from stills where it takes no clip."""
        return self.price.usd(next(self.samples()))

    @property
    def price_source(self) -> str:
        """Where the price comes from, and when it was read."""
        return dict(self.sources)["price"].words

    def body(
        self, *, name: str, description: str = "", video: str = "", stills: StillUrls | None = None
    ) -> dict[str, object]:
        """The submit's JSON body. ``video``, ``stills``: URLs that the service can fetch; one of them.

        Raises ConfigError for a way in that the model does not have.
        """
        words: dict[Slot, Value] = {"name": name, "description": description}
        if stills is None:
            return self._body(self.by_video, "clip").filled({**words, "clip": video})
        shown: dict[Slot, Value] = {"frontal": stills.frontal, "others": stills.others}
        if not self._body(self.by_images, "images").takes("frontal"):
            shown = {"stills": stills.all}
        return self._body(self.by_images, "images").filled({**words, **shown})

    def _body(self, body: Body | None, what: str) -> Body:
        if body is None:
            raise ConfigError(f"{self.model_id} takes no {what}.", Remedy("list_models"))
        return body

    def samples(self) -> Iterator[dict[str, object]]:
        """Bodies as they would be sent, one a way in, with words and URLs made up."""
        description = "A person." if self.description_max else ""
        if self.by_video:
            yield self.example("video", name="Joe", description=description)
        if self.by_images and self.takes.stills:
            yield self.example("images", name="Joe", description=description)

    def example(self, way: Way, *, name: str, description: str = "") -> dict[str, object]:
        """The body of a submit whose files are not there yet: its URLs are made up."""
        if way == "video":
            return self.body(name=name, description=description, video=f"{EXAMPLE}/clip.mp4")
        most = self.takes.stills.most if self.takes.stills else 1
        others = tuple(f"{EXAMPLE}/{number}.png" for number in range(1, most))
        stills = StillUrls(f"{EXAMPLE}/0.png", others)
        return self.body(name=name, description=description, stills=stills)

    def price_usd_by(self, way: Way) -> float:
        """The list price of a character made this way."""
        return self.price.usd(self.example(way, name="Joe"))

    def poll_interval_s(self, polls: int) -> float:
        """Seconds to wait after so many polls: growing, then constant."""
        return self.polling.interval_s(polls)

    def require_name(self, name: str) -> None:
        """Raise InvalidName unless prompts could refer to a character by this name."""
        require_plain_name(name, most=self.name_max, model_id=self.model_id)

    def require_description(self, description: str) -> None:
        """Raise ConfigError for a description it does not take, or for none where it wants one."""
        if description and self.description_max is None:
            raise ConfigError(f"{self.model_id} takes no description.", "Leave it out.")
        if not description.strip() and self.needs_description:
            raise ConfigError(
                f"{self.model_id} wants a description of the character.",
                Remedy("description", at_most=float(self.description_max or 0)),
            )
        if len(description) > (self.description_max or 0):
            raise ConfigError(
                f"The description has {len(description)} characters.",
                f"{self.model_id} takes at most {self.description_max}.",
            )

    def limits(self) -> tuple[Limit, ...]:
        """All that is known of it, each with its source."""
        known = {"delivery": self.delivery, **self.takes.limits(), **self._own()}
        return limits_of(known, self.sources)

    def source_of(self, limit: str) -> Provenance:
        """Where a limit comes from. Raises KeyError for one that it does not have."""
        return dict(self.sources)[limit]

    def _own(self) -> Mapping[str, str]:
        required = "required, " if self.needs_description else ""
        most = self.description_max
        return {
            "name": f"1-{self.name_max} characters",
            "description": f"{required}at most {most} characters" if most else "none",
            "body": "; ".join(", ".join(body) for body in self.samples()),
            "price": self.price.words,
        }


def require_plain_name(name: str, *, most: int, model_id: str) -> None:
    """Raise InvalidName unless prompts could refer to a character by this name at a model."""
    if problem := _name_problem(name, most=most):
        raise InvalidName(
            problem,
            f"{model_id} takes 1 to {most} characters; prompts must repeat the name exactly, so choose "
            'a plain one like "Joe".',
        )


_JOINERS = "\u200c\u200d"
"""What Persian, Hindi and other scripts write between two letters, and emoji between two pictures."""


def _hidden_in(name: str) -> str:
    """The first invisible character that no script needs there, "" for none: as no prompt that a person
    types would repeat it.
    """
    for before, letter, after in zip(f" {name}", name, f"{name[1:]} ", strict=False):
        is_hidden = unicodedata.category(letter) in ("Cf", "Zl", "Zp")
        joins = letter in _JOINERS and all(c.isprintable() and c != " " for c in (before, after))
        if is_hidden and not joins:
            return letter
    return ""


def _name_problem(name: str, *, most: int) -> str:
    if not name.strip():
        return "The name is empty."
    if name != name.strip():
        return f"The name {name!r} begins or ends with a space."
    if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in name):
        return "The name holds a control character."
    if hidden := _hidden_in(name):
        return f"The name holds a character that nobody sees (U+{ord(hidden):04X})."
    if len(name) > most:
        return f"The name has {len(name)} characters."
    return ""
