"""One film of a studio: its footage, what was picked of it, and what became of that."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, get_args

from screentest.client.batch.outcome import Reason
from screentest.client.fetching.elsewhere import elsewhere, is_elsewhere, name_at
from screentest.client.registry.decisions import Decision
from screentest.client.registry.records import Registration
from screentest.client.registry.states import MAY_BE_PAID
from screentest.client.remote.character_models import DEFAULT_MODEL
from screentest.client.remote.replies import advice_on
from screentest.client.studio.shelf.aim import ClipAim
from screentest.client.studio.shelf.warned import warnings_of
from screentest.client.worker.job import ClipMade
from screentest.prep.core.remedy import in_words
from screentest.prep.core.values import Segment, Source

State = Literal["waiting", "looking", "picked", "approved", "registered", "failed", "skipped"]
STATES: Final[tuple[State, ...]] = get_args(State)


@dataclass(frozen=True, slots=True)
class Registering:
    """A registration under way: its stage, and how much of it is done, in [0, 1]."""

    stage: str
    fraction: float = 0.0

    @property
    def words(self) -> str:
        """What is being done, for people."""
        return _DOING.get(self.stage, self.stage)


_DOING: Final[Mapping[str, str]] = {
    "starting": "Starting",
    "probe": "Reading the footage",
    "scan": "Looking at the footage",
    "pick": "Picking the window",
    "clip": "Making the clip",
    "stills": "Making the stills",
    "check": "Checking the rules",
    "upload": "Uploading",
    "prove": "Checking the upload",
    "submit": "Submitting",
    "wait": "Waiting for the service",
    "record": "Recording",
}


@dataclass(frozen=True, slots=True)
class Film:
    """``key``: what addresses name the film by, the same in every run. ``address``: the absolute path,
    or the address as it may be shown of footage that lies elsewhere; ``url`` is that one's own, which
    may hold a signature. ``coming``: how much of it is fetched, in [0, 1], while it is.
    ``number``: in which order it came, from 1 on. ``called``: what a batch calls it whose
    user gave no name. ``made``: the newest clip, and ``aim`` what it was
    made for. ``fault``: why there is none. ``row``: the registration of this footage at its model.
    ``registering``: that which this studio has under way; ``refusal``: why its last one ended.
    """

    key: str
    address: str
    number: int
    called: str = ""
    model: str = DEFAULT_MODEL
    source: Source | None = None
    made: ClipMade | None = None
    aim: ClipAim | None = None
    is_looking: bool = False
    fault: Reason | None = None
    decision: Decision | None = None
    row: Registration | None = None
    registering: Registering | None = None
    refusal: Reason | None = None
    url: str = field(default="", repr=False)
    coming: float | None = None

    @property
    def title(self) -> str:
        """The file's name."""
        return name_at(self.address) if self.url else Path(self.address).name

    @property
    def given(self) -> str:
        """What a batch would be given to have it."""
        return self.url or self.address

    @property
    def segment(self) -> Segment | None:
        return self.made.clip.segment if self.made else None

    @property
    def name(self) -> str:
        """The character's name: as decided, as recorded, else as a batch would call it."""
        decided = self.decision.name if self.decision else None
        recorded = self.row.name if self.row else None
        return decided or recorded or self.called

    @property
    def is_registered(self) -> bool:
        return self.row is not None and self.row.state == "done"

    @property
    def is_open(self) -> bool:
        """Whether a submit of it may have been accepted that nobody knows the end of."""
        return self.row is not None and self.row.state in MAY_BE_PAID

    @property
    def last_refusal(self) -> Reason | None:
        """Why the last try came to nothing, of this studio or of whatever tried before; None where one
        is under way, or what is recorded came to its end or may yet.
        """
        row = self.row
        if self.refusal is not None or self.registering is not None or row is None or self.is_open:
            return self.refusal
        if not row.error or row.state == "done":
            return None
        return Reason(row.error_type or "", row.error, in_words(advice_on(row.error)))

    @property
    def has_lost_clip(self) -> bool:
        """Whether it was looked at, and its clip was deleted since."""
        return self.source is not None and self.made is None and not (self.fault or self.is_looking)

    @property
    def is_skipped(self) -> bool:
        return bool(self.decision and self.decision.skip)

    @property
    def is_approved(self) -> bool:
        return bool(self.decision and self.decision.approved)

    @property
    def has_lost_approval(self) -> bool:
        """Whether it was changed since somebody approved it."""
        return self.decision is not None and self.decision.approved is False

    @property
    def warnings(self) -> tuple[str, ...]:
        return warnings_of(self.made.clip) if self.made else ()

    @property
    def state(self) -> State:
        """How far it is, in one word: what is recorded first, then what was decided, then the look.

        It failed where there is no clip of it, or where the last try to register it came to nothing.
        """
        if self.is_registered:
            return "registered"
        if self.is_skipped:
            return "skipped"
        if self.is_looking:
            return "looking"
        if self.fault is not None or self.last_refusal is not None:
            return "failed"
        if self.made is None:
            return "waiting"
        return "approved" if self.is_approved else "picked"


def newest_of(
    rows: Sequence[Registration], *, service: str, account: str, model: str
) -> Registration | None:
    """The registration of a footage at a model that its film shows: what is open first, which wants
    somebody, then what is done, then what was begun last. ``service`` and ``account``: those that
    count; "" for any, but for the sandbox.
    """
    here = [
        row
        for row in rows
        if row.deleted_at is None
        and row.model == model
        and (row.service == service or (not service and row.service != "sandbox"))
        and (not account or row.account == account)
    ]
    by_state = sorted(here, key=lambda row: (_FIRST.get(row.state, 2), -row.row_id))
    return next(iter(by_state), None)


_FIRST: Final[Mapping[str, int]] = {**dict.fromkeys(MAY_BE_PAID, 0), "done": 1}


def key_of(address: str) -> str:
    """What names a film in the studio's addresses: 16 hex digits that tell nothing of its path."""
    return hashlib.sha256(address.encode(errors="surrogateescape")).hexdigest()[:16]


def film_at(given: str, *, number: int, model: str) -> Film:
    """The film of a path or an address. One whose signature is another one now is the same film.

    Raises ConfigError for an address that cannot be.
    """
    if not is_elsewhere(given):
        return Film(key_of(given), given, number, model=model)
    place = elsewhere(given)
    return Film(key_of(place.names), place.shown, number, model=model, url=given)
