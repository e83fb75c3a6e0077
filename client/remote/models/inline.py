"""A video model as one that characters are registered with: what they are known by is kept for it."""

from __future__ import annotations

from dataclasses import dataclass

from screentest.client.errors import ConfigError
from screentest.client.remote.models.character import CharacterModel, require_plain_name
from screentest.client.remote.models.reference import Reference, Way
from screentest.client.remote.models.video import VideoModel
from screentest.prep.core.remedy import Remedy
from screentest.prep.core.spec import ClipSpec

_NAME_MAX = 80
"""Nothing limits a name that is only read in prompts: as long as others take it."""


@dataclass(frozen=True, slots=True)
class InlineModel:
    """``video``: the model, which gets a character's clip or stills with every video.

    Registering a character submits nothing and costs nothing: each video pays for its references.
    """

    video: VideoModel

    delivery = "inline"
    price_source = "nothing is submitted: each video pays for what is sent with it"

    @property
    def model_id(self) -> str:
        return self.video.model_id

    @property
    def takes(self) -> Reference:
        """What it knows a character by. Raises ConfigError where it takes nothing."""
        if self.video.takes is None:
            raise ConfigError(f"{self.model_id} takes no characters.", Remedy("list_models"))
        return self.video.takes

    @property
    def clip(self) -> ClipSpec:
        """The rules for a clip. Raises ConfigError where it takes stills only."""
        if self.takes.clip is None:
            raise ConfigError(f"{self.model_id} takes images, not a clip.", Remedy("list_models"))
        return self.takes.clip

    def price_usd_by(self, _: Way) -> float:
        return 0.0

    def require_name(self, name: str) -> None:
        """Raise InvalidName unless prompts could refer to a character by this name."""
        require_plain_name(name, most=_NAME_MAX, model_id=self.model_id)

    def require_description(self, description: str) -> None:
        """Raise ConfigError for any."""
        if description:
            raise ConfigError(f"{self.model_id} takes no description.", "Leave it out.")


Registrable = CharacterModel | InlineModel
"""What a character can be registered with."""
