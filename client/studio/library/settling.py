"""What earlier runs left open, settled by a press: looked up, adopted or forgotten.

Nothing here submits anything, and nothing costs money.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from screentest.client.characters.task import CHARACTER
from screentest.client.errors import ConfigError, RegistryError
from screentest.client.registry.records import Registration
from screentest.client.registry.states import MAY_BE_PAID, UNSETTLED
from screentest.client.registry.videos import Video, shortened
from screentest.client.tasks import recover
from screentest.client.tasks.kind import Kind
from screentest.client.tasks.session import Session
from screentest.client.videos.likeness import compared
from screentest.client.videos.out import file_name
from screentest.client.videos.task import lies_at, video_to
from screentest.prep.core.files import private_folder

How = Literal["reconcile", "adopt", "forget"]
WAYS: Final[tuple[How, ...]] = ("reconcile", "adopt", "forget")
Kinds = Literal["registration", "video"]


@dataclass(frozen=True, slots=True)
class Act:
    """What is done about one row. ``task_id``: of the task that is adopted."""

    kind: Kinds
    row_id: int
    how: How
    task_id: str = ""


@dataclass(frozen=True, slots=True)
class Open:
    """A row that is not finished though a task of it exists, or may."""

    kind: Kinds
    row_id: int
    called: str
    state: str
    model: str
    service: str

    @property
    def key(self) -> str:
        return f"{self.kind}-{self.row_id}"

    @property
    def can_be_decided(self) -> bool:
        """Whether its owner may adopt a task or forget the submit: its reply was lost."""
        return self.state in UNSETTLED


def left_open(rows: tuple[Registration, ...], videos: tuple[Video, ...]) -> tuple[Open, ...]:
    """Everything whose task exists, or may, the oldest first; lost submits before what goes on."""
    found = [
        *(_open("registration", row, row.name) for row in rows),
        *(_open("video", one, shortened(one.prompt)) for one in videos),
    ]
    may_be_paid = [one for one in found if one.state in MAY_BE_PAID]
    return tuple(sorted(may_be_paid, key=lambda one: not one.can_be_decided))


def _open(kind: Kinds, row: Registration | Video, called: str) -> Open:
    return Open(kind, row.row_id, called, row.state, row.model, row.service)


def settled(act: Act, session: Session, *, videos: Path) -> recover.Settled[Any]:
    """What became of the row. ``videos``: the folder that a video goes to.

    Raises RegistryError for a decision about a row whose submit is not lost, ConfigError for one that
    names no task, and what ``recover`` raises.
    """
    if act.kind == "registration":
        row = session.registry.registrations.find_row(act.row_id)
        return _settled(act, row, CHARACTER, session)
    video = session.registry.videos.find_row(act.row_id)
    one = _settled(act, video, video_to(_place(video, videos)), session)
    if one.outcome == "done":
        compared(one.record, session)
    return one


def _settled(act: Act, row: Any, kind: Kind[Any], session: Session) -> recover.Settled[Any]:
    if act.how == "reconcile":
        (one,) = recover.reconcile([row], kind=kind, session=session)
        return one
    if row.state not in UNSETTLED:
        raise RegistryError(f"{row.called} is at {row.state}: no submit of it is lost.")
    if act.how == "forget":
        return recover.forget(row, kind=kind, session=session)
    if not act.task_id.strip():
        raise ConfigError("Which task is it?", "Type the id of the task that the service shows.")
    return recover.adopt(row, act.task_id.strip(), kind=kind, session=session)


def _place(video: Video, folder: Path) -> Path:
    """A file of its own in the folder, which another one's does not have."""
    private_folder(folder)
    out = folder / file_name(video.prompt, f"{video.row_id:06d}")
    taken = 0
    while out.exists() and not lies_at(out, video):
        taken += 1
        out = out.with_name(f"{out.stem}-{taken}.mp4")
    return out
