"""How a prompt names a character: by the name alone, or by the place of what is sent with it. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from screentest.client.remote.models.reference import Way


@dataclass(frozen=True, slots=True)
class Naming:
    """What stands in a prompt where a character is named; {name} and {place} are filled in.

    ``by_id``: where it has an id. ``by_video``/``by_images``: where its clip or its stills are sent;
    {place} counts those of the same kind from 1, and is the place of its first.
    """

    by_id: str = "{name}"
    by_video: str = ""
    by_images: str = ""

    def form(self, way: Way | None) -> str:
        """The form for a reference given this way, None for an id."""
        if way is None:
            return self.by_id
        return self.by_video if way == "video" else self.by_images


NAME_ALONE = Naming()


@dataclass(frozen=True, slots=True)
class Shown:
    """A character of a video. ``place``: of its id, its clip or its first still, from 1."""

    name: str
    place: int
    way: Way | None = None


def named_in(prompt: str, characters: Sequence[Shown], naming: Naming) -> str:
    """The prompt with each name, where it stands verbatim as a word, said as the model wants it."""
    if not characters:
        return prompt
    said = {one.name: naming.form(one.way).format(name=one.name, place=one.place) for one in characters}
    # One pass, the longest name first: a form may itself hold a word that is somebody's name.
    names = "|".join(re.escape(name) for name in sorted(said, key=len, reverse=True))
    return re.sub(rf"(?<!\w)(?:{names})(?!\w)", lambda found: said[found[0]], prompt)
