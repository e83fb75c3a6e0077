"""A character as a paid task: what it costs, how its task is read, how its id is kept."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from screentest.client.characters.footage import NSFW
from screentest.client.characters.way import way_of
from screentest.client.errors import BadReply
from screentest.client.registry.records import Registration
from screentest.client.remote.character_models import model_of
from screentest.client.remote.replies import CharacterOutput, Prediction
from screentest.client.tasks.clean_up import take_out, take_stills_out
from screentest.client.tasks.kind import Kind
from screentest.client.tasks.ours import same_name
from screentest.client.tasks.session import Session
from screentest.prep.core.progress import stage
from screentest.prep.core.remedy import Remedy


def recorded(row: Registration, task: Prediction, session: Session) -> Registration:
    """The row at ``done`` with the character's id, its clip taken out of the bucket.

    Raises BadReply where the task's outputs hold no id.
    """
    with stage(session.watcher, "record") as under_way:
        made = character_in(task, row.name)
        row = session.registry.registrations.mark_done(
            row, character_id=made.character_id, has_nsfw=task.has_nsfw
        )
        under_way.summary = made.character_id
    if task.has_nsfw:
        session.watcher.warned(NSFW)
    if session.settings.keep_objects:
        return row
    return take_stills_out(row, session) if row.stills else take_out(row, session)


def character_in(task: Prediction, name: str) -> CharacterOutput:
    """The character of that name among a task's outputs, else the first. Raises BadReply for none."""
    found = task.characters
    if not found:
        raise BadReply(
            f"Task {task.task_id} is completed, but its outputs hold no character id.",
            "Look the task up at the service: the character may exist there.",
            task_id=task.task_id,
        )
    return next((one for one in found if one.name and same_name(one.name, name)), found[0])


def matches(row: Registration, inputs: Mapping[str, object]) -> bool | None:
    """Whether a task's inputs hold the row's name and its object; None where they hold no clip's."""
    name = inputs.get("name")
    if not isinstance(name, str):
        return None
    if not same_name(name, row.name):
        return False
    if row.object_key is None:
        return None
    # Not the query, whose signature looks like a clip's hash.
    places = [text.partition("?")[0] for text in _texts(inputs)]
    if any(_is_own(place, row.object_key, of_several=bool(row.stills)) for place in places):
        return True
    return False if any(map(_OTHER_FILE.search, places)) else None


def _is_own(place: str, key: str, *, of_several: bool) -> bool:
    """Whether a URL ends in the row's key; of stills, in one that differs by its number alone."""
    if not of_several:
        return place.endswith(key)
    start = key.rpartition("-")[0]
    return place.rpartition("-")[0].endswith(start)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from _texts(list(value.values()))
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)


_OTHER_FILE = re.compile(r"/(?:[0-9a-f]{64}\.mp4|images/[0-9a-f]{32}(?:-\d+)?\.\w+)$")
"""The end of a URL of a clip or a still that a home of this program put somewhere."""

CHARACTER: Kind[Registration] = Kind(
    ledger=lambda registry: registry.registrations,
    model=lambda row: model_of(row.model),
    price_usd=lambda row: model_of(row.model).price_usd_by(way_of(row)),
    kept_days=lambda row: model_of(row.model).results_kept_days,
    tells_name=True,
    label=lambda row: row.name,
    matches=matches,
    keep=recorded,
    see=Remedy("list_characters"),
    decide=Remedy("decide"),
    go_on=Remedy("go_on"),
)
