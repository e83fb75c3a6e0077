"""What is to be made of a film, and whether what was made is still that."""

from __future__ import annotations

from dataclasses import dataclass, replace

from screentest.client.batch.driver.handing import handing
from screentest.client.characters.cautions import sound_for
from screentest.client.characters.order import Order
from screentest.client.characters.preparing import Making
from screentest.client.remote.models.inline import Registrable
from screentest.client.worker.job import ClipMade
from screentest.prep.core.spec import ClipSpec
from screentest.prep.core.wishes import Wishes


@dataclass(frozen=True, slots=True)
class ClipAim:
    """The model's rules for a clip, and what is asked of it; its sound is chosen."""

    spec: ClipSpec
    wishes: Wishes


def aim_of(order: Order, model: Registrable) -> ClipAim:
    """What an order wants made. Raises ConfigError for a model that takes stills alone."""
    return ClipAim(model.clip, replace(order.wishes, audio=sound_for(order.wishes, model)))


def making_of(made: ClipMade, aim: ClipAim) -> Making:
    """Gives ``register`` the clip that was made, where the order still wants that; else makes another.

    Between a look at the page and the order, another studio may have decided otherwise.
    """
    return handing(made, lambda order, model: aim_of(order, model) == aim)
