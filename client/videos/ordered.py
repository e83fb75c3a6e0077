"""An order that may be paid for, where its characters would be sent otherwise by now.

A newer registration of a character makes another order of the same command. Reads the registry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from screentest.client.config import Settings
from screentest.client.errors import RegistryError
from screentest.client.registry.records import Registration
from screentest.client.registry.registry import Registry
from screentest.client.registry.states import MAY_BE_PAID
from screentest.client.registry.videos import ShownCharacter, Video
from screentest.client.videos.cast import Member, kept
from screentest.client.videos.plan import VideoPlan
from screentest.prep.core.remedy import Remedy

if TYPE_CHECKING:
    from screentest.client.remote.models.body import Slot


def as_ordered(plan: VideoPlan, registry: Registry, settings: Settings) -> VideoPlan | None:
    """The plan with what the newest video of the same command that may be paid for is sent with.

    None where there is no such video. Raises RegistryError where it is not recorded any more what that
    one was sent with.
    """
    of_account = (settings.service, settings.account, plan.model.model_id, plan.order.prompt)
    for row in reversed(registry.videos.list_unfinished()):
        if (row.service, row.account, row.model, row.prompt) != of_account:
            continue
        if row.state in MAY_BE_PAID and _is_of_same_command(row, plan):
            return _with_cast_of(row, plan, registry)
    return None


def _is_of_same_command(row: Video, plan: VideoPlan) -> bool:
    """Whether a video shows the same characters by the same wishes, whatever is sent of them."""
    shown = {one.registration.character for one in plan.cast}
    if not shown or shown != {one.character for one in row.shows}:
        return False
    if plan.order.reference != "auto" and _ways_in(row.inputs, plan) != {plan.order.reference}:
        return False
    return _wishes_in(row.inputs, plan) == _wishes_in(plan.inputs(), plan)


_FROM_THE_CAST: tuple[Slot, ...] = ("prompt", "ratio", "characters", "clips", "stills")
"""What a body holds that follows from what is sent; the prompt names the places."""


def _wishes_in(inputs: Mapping[str, object], plan: VideoPlan) -> dict[str, object]:
    derived = {plan.model.fields.key_of(slot) for slot in _FROM_THE_CAST}
    return {key: value for key, value in inputs.items() if key not in derived}


def _ways_in(inputs: Mapping[str, object], plan: VideoPlan) -> set[str]:
    fields = plan.model.fields
    keys = {"video": fields.key_of("clips"), "images": fields.key_of("stills")}
    return {way for way, key in keys.items() if key and inputs.get(key)}


def _with_cast_of(row: Video, plan: VideoPlan, registry: Registry) -> VideoPlan:
    members = [_sent_of(one, row, registry) for one in row.shows]
    found = [one for one in members if one is not None]
    ratio = row.inputs.get(plan.model.fields.key_of("ratio"), "")
    ordered = replace(plan, ratio=str(ratio)).with_cast(found)
    if len(found) < len(members) or ordered.inputs() != dict(row.inputs):
        raise RegistryError(
            f"Nothing was submitted: {row.called} is at {row.state} with other references, and may be "
            "paid for.",
            Remedy("reconcile_video", (row.identity[:12],)),
        )
    return ordered


def _sent_of(shown: ShownCharacter, row: Video, registry: Registry) -> Member | None:
    """The character as it was sent; a deleted registration counts."""
    sent = str(row.inputs)
    rows = registry.registrations.list_begun(shown.registration)
    return next((kept(one) for one in reversed(rows) if _first_hash(one) in sent), None)


def _first_hash(row: Registration) -> str:
    """The SHA-256 of a registration's clip or first still."""
    if row.stills:
        return row.stills[0].sha256
    return row.clip.sha256 if row.clip else "nothing"
