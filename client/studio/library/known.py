"""Characters as the library shows them: each with its registrations, its videos, and what they cost.

Pure functions over rows of the registry.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from screentest.client.registry.identity import folded
from screentest.client.registry.records import Registration
from screentest.client.registry.states import MAY_BE_PAID
from screentest.client.registry.videos import Video, spent_usd

SANDBOX: Final = "sandbox"


@dataclass(frozen=True, slots=True)
class Known:
    """One character. ``rows``: its registrations that are not deleted, oldest first, never none;
    ``gone``: its tombstones. ``videos``: those that show it, oldest first.
    """

    number: int
    rows: tuple[Registration, ...]
    gone: tuple[Registration, ...] = ()
    videos: tuple[Video, ...] = ()

    @property
    def current(self) -> Registration:
        """The newest registration that is done, else the newest."""
        done = [row for row in self.rows if row.state == "done"]
        return (done or self.rows)[-1]

    @property
    def name(self) -> str:
        return self.current.name

    @property
    def pictured(self) -> Registration | None:
        """The registration whose clip or stills stand for the character; None where there are none."""
        shown = [row for row in (*self.rows, self.current) if row.clip or row.stills]
        return shown[-1] if shown else None

    @property
    def asked_by(self) -> str:
        """What an order means it by, and nobody else of its name."""
        return self.current.character_id or self.current.identity

    @property
    def consent(self) -> str:
        return self.current.consent or ""

    @property
    def since(self) -> datetime:
        return self.rows[0].created_at

    @property
    def is_free(self) -> bool:
        """Whether all of it is the sandbox's, where nothing is billed."""
        services = {row.service for row in (*self.rows, *self.gone)}
        return services | {one.service for one in self.videos} == {SANDBOX}

    @property
    def cost_usd(self) -> float:
        """What its registrations and videos at real services cost, tombstones included."""
        return registered_usd((*self.rows, *self.gone)) + spent_usd(self.videos)

    @property
    def is_open(self) -> bool:
        """Whether a registration of it waits to be settled."""
        return any(row.state in MAY_BE_PAID for row in self.rows)


def everyone(rows: Iterable[Registration], videos: Sequence[Video]) -> tuple[Known, ...]:
    """Every character with a registration that is not deleted, the newest first.

    ``rows``: all registrations, tombstones included, oldest first.
    """
    of: dict[int, list[Registration]] = {}
    for row in rows:
        of.setdefault(row.character_no, []).append(row)
    shown = _shown(videos)
    found = [_known(number, own, shown.get(own[0].character, ())) for number, own in of.items()]
    living = [one for one in found if one is not None]
    return tuple(sorted(living, key=lambda one: one.rows[-1].row_id, reverse=True))


def _shown(videos: Sequence[Video]) -> Mapping[str, Sequence[Video]]:
    """Videos by the key of each character that they show."""
    by: dict[str, list[Video]] = {}
    for video in videos:
        for key in dict.fromkeys(one.character for one in video.shows):
            by.setdefault(key, []).append(video)
    return by


def _known(number: int, rows: Sequence[Registration], videos: Sequence[Video]) -> Known | None:
    living = tuple(row for row in rows if row.deleted_at is None)
    gone = tuple(row for row in rows if row.deleted_at is not None)
    return Known(number, living, gone, tuple(videos)) if living else None


def matching(known: Iterable[Known], search: str) -> tuple[Known, ...]:
    """Those whose name, id, model, consent note or footage holds every word that is searched for."""
    words = folded(search).split()
    return tuple(one for one in known if all(word in _text(one) for word in words))


def _text(one: Known) -> str:
    told = [
        text
        for row in one.rows
        for text in (row.name, row.character_id, row.model, row.consent, row.source_path, row.state)
    ]
    return folded(" ".join(text for text in told if text))


def usd(amount_usd: float) -> str:
    """A sum of money: USD 0.40, USD 0.001."""
    return f"USD {money(amount_usd)}"


def money(amount_usd: float) -> str:
    """A sum with two decimals, or as many as it has up to four."""
    return max(f"{amount_usd:.2f}", f"{amount_usd:.4f}".rstrip("0"), key=len)


def registered_usd(rows: Iterable[Registration]) -> float:
    """What registrations at real services cost, USD."""
    return math.fsum(row.cost_usd or 0.0 for row in rows if row.service != SANDBOX)


def likenesses(video: Video) -> tuple[tuple[str, str, str], ...]:
    """What was found of each character in a video: name, verdict, in words.

    () where it was not compared.
    """
    found = video.likeness or {}
    return tuple(
        (name, str(one.get("verdict")), _in_words(one))
        for name, one in found.items()
        if isinstance(one, Mapping)
    )


def _in_words(likeness: Mapping[str, object]) -> str:
    verdict, share = str(likeness.get("verdict")), likeness.get("share")
    words = _VERDICTS.get(verdict, verdict)
    if isinstance(share, int | float):
        return f"{words}; alike in {100 * share:.0f} % of the moments that show a face"
    return words if verdict == "no face" else "cannot be told: no human face"


_VERDICTS: Final = {
    "same": "the same person",
    "unsure": "cannot be told",
    "other": "somebody else",
    "no face": "no face shows in the video",
}
