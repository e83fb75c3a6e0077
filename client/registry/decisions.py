"""What people decided about footage, whoever registers it and when; every step is kept.

A decision belongs to the content of a file, so that it holds wherever the file lies. It is about what
is still to be made: what is recorded stays as it is.
"""

from __future__ import annotations

import json
import os
import pwd
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any, Final, Literal

from screentest.client.errors import ConfigError
from screentest.client.registry.file.database import Database
from screentest.client.registry.records import Row, iso
from screentest.prep.core.encoding import Json
from screentest.prep.core.text import printable

_PAGE = 500
"""How many decisions are read at once where all are."""
_ENDLESS_S = 10**6
_LAST_PERSON = 10_000
_LONGEST_NAME = 200
_LONGEST_TEXT = 10_000
_LONGEST_PATH = 4096
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody decided about footage; None for what nobody did.

    ``start_s``/``length_s``: the window, on the source's own clock. ``person``: its number in the list
    of ``scan``. ``fit``, ``orientation``, ``audio``: as of ``Wishes``. ``name``, ``description``,
    ``consent``: as of ``Order``. ``note``: for people alone. ``skip``: it is not to be registered.
    ``approved``: somebody looked at it and agreed; False: what they agreed to was changed since.
    ``footage``: where the file was last seen, "" where nobody said. ``who``: the user who decided last,
    ``at``: when.
    """

    start_s: float | None = None
    length_s: float | None = None
    person: int | None = None
    fit: Literal["pad", "crop", "auto"] | None = None
    orientation: Literal["landscape", "portrait"] | None = None
    audio: Literal["keep", "remove"] | None = None
    name: str | None = None
    description: str | None = None
    consent: str | None = None
    note: str | None = None
    skip: bool | None = None
    approved: bool | None = None
    footage: str = ""
    who: str = ""
    at: datetime = _NEVER

    @property
    def said(self) -> Mapping[str, Any]:
        """What is decided: name of the field -> value."""
        return {name: value for name in DECIDED if (value := getattr(self, name)) is not None}


DECIDED: Final = tuple(
    field.name for field in fields(Decision) if field.name not in ("footage", "who", "at")
)
"""The fields that a decision is about."""
NOTHING_DECIDED: Final = Decision()


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the history: what held from then on, and when it was undone."""

    source_fingerprint: str
    decision: Decision
    undone_at: datetime | None = None


SEEN: Final = ("start_s", "length_s", "person", "fit", "orientation", "audio")
"""The fields that make another clip than the one that somebody looked at."""


def user_name() -> str:
    """Who runs this process, as the system calls them."""
    try:
        return printable(pwd.getpwuid(os.getuid()).pw_name)
    except KeyError:  # a container may run as nobody that it knows
        return f"uid {os.getuid()}"


class DecisionLedger:
    """What is decided about each footage; ``of`` and ``every`` read, ``decide`` and ``undo`` write."""

    def __init__(
        self,
        database: Database,
        *,
        now: Callable[[], datetime],
        who: Callable[[], str] = user_name,
    ) -> None:
        self._database = database
        self._now = now
        self._who = who

    # Reading

    def of(self, fingerprint: str) -> Decision | None:
        """What is decided about the footage of that fingerprint, None where nobody decided anything."""
        found = self._select(
            "WHERE source_fingerprint = ? AND undone_at IS NULL ORDER BY at DESC, decision_id DESC "
            "LIMIT 1",
            fingerprint,
        )
        return found[0].decision if found else None

    def find_window_since(self, fingerprint: str) -> tuple[str, int]:
        """Since which step the window is as it is decided now, as a value that sorts by time.

        Steps of one moment come in the order in which they were made.
        """
        steps = (
            "SELECT decided, at, decision_id FROM decisions "
            "WHERE source_fingerprint = ? AND undone_at IS NULL ORDER BY at, decision_id"
        )
        since, window = ("", 0), None
        with self._database.mapped():
            for row in self._database.run(steps, fingerprint):
                said = json.loads(row["decided"])
                if (now := (said.get("start_s"), said.get("length_s"))) != window:
                    since, window = (row["at"], row["decision_id"]), now
        return since

    def every(self) -> Iterator[tuple[str, Decision]]:
        """The fingerprint and the decision of each footage, in the order of the fingerprints.

        Read page by page: one that is made meanwhile may be among them or not.
        """
        after = ""
        while page := self._page_after(after):
            for step in page:
                yield step.source_fingerprint, step.decision
            after = page[-1].source_fingerprint

    def list_steps(self) -> tuple[Step, ...]:
        """Every step that was ever made, undone ones included, in order."""
        return self._select("ORDER BY at, decision_id")

    # Writing

    def decide(self, fingerprint: str, *, footage: str = "", **changes: object) -> Decision:
        """The decision with these changes; a field that becomes None or blank is not decided any more.

        ``footage``: where the file lies now, "" to keep what is known. Nothing is added where nothing
        changes. Raises ConfigError for a value that cannot be, TypeError for a field that is none.
        """
        if unknown := changes.keys() - set(DECIDED):
            raise TypeError(f"no field of a decision: {', '.join(sorted(unknown))}")
        given = {name: sound(name, value) for name, value in changes.items()}
        _require_path(footage)
        with self._database.transaction():
            before = self.of(fingerprint) or NOTHING_DECIDED
            if footage and footage != before.footage:
                self.mark_seen(fingerprint, footage)
            seen = footage or before.footage
            after = replace(before, **given, footage=seen)
            if "approved" not in given:
                after = _approved_still(before, after)
            if after.said == before.said:
                return after
            # Never before the last step, whatever a clock says: the last one counts.
            at = max(self._now(), self._latest(fingerprint))
            after = replace(after, who=self._who(), at=at)
            self._add(Step(fingerprint, after))
            return self.of(fingerprint) or after

    def undo(self, fingerprint: str) -> Decision | None:
        """What was decided before the last step, None for nothing; the step stays in the history."""
        with self._database.transaction():
            self._database.run(
                "UPDATE decisions SET undone_at = ? WHERE decision_id = (SELECT decision_id "
                "FROM decisions WHERE source_fingerprint = ? AND undone_at IS NULL "
                "ORDER BY at DESC, decision_id DESC LIMIT 1)",
                iso(self._now()),
                fingerprint,
            )
            return self.of(fingerprint)

    def mark_seen(self, fingerprint: str, footage: str) -> None:
        """The footage lies there now."""
        _require_path(footage)
        update = "UPDATE decisions SET footage = ?1 WHERE source_fingerprint = ?2 AND footage <> ?1"
        with self._database.transaction():
            self._database.run(update, footage, fingerprint)

    def add_imported(self, step: Step) -> bool:
        """Whether a step of another registry was added; one that is known is left out.

        The latest step counts, whichever registry it was made in.
        """
        known = "SELECT 1 FROM decisions WHERE source_fingerprint = ? AND decided = ? AND at = ?"
        decided, at = _decided(step.decision), iso(step.decision.at)
        with self._database.transaction():
            if self._database.run(known, step.source_fingerprint, decided, at).fetchone():
                return False
            self._add(step)
            return True

    def _latest(self, fingerprint: str) -> datetime:
        latest = "SELECT max(at) FROM decisions WHERE source_fingerprint = ?"
        (at,) = self._database.run(latest, fingerprint).fetchone()
        return datetime.fromisoformat(at) if at else NOTHING_DECIDED.at

    def _add(self, step: Step) -> None:
        decision = step.decision
        self._database.run(
            "INSERT INTO decisions (source_fingerprint, footage, decided, who, at, undone_at) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            step.source_fingerprint,
            decision.footage,
            _decided(decision),
            decision.who,
            iso(decision.at),
            iso(step.undone_at) if step.undone_at else None,
        )

    def _page_after(self, fingerprint: str) -> tuple[Step, ...]:
        return self._select(
            "AS one WHERE undone_at IS NULL AND source_fingerprint > ? AND NOT EXISTS ("
            "SELECT 1 FROM decisions AS later WHERE later.source_fingerprint = one.source_fingerprint "
            "AND later.undone_at IS NULL "
            "AND (later.at, later.decision_id) > (one.at, one.decision_id)) "
            "ORDER BY source_fingerprint LIMIT ?",
            fingerprint,
            _PAGE,
        )

    def _select(self, clause: str, *values: object) -> tuple[Step, ...]:
        with self._database.mapped():
            rows = self._database.run(f"SELECT * FROM decisions {clause}", *values)  # noqa: S608
            return tuple(map(_step_from, rows))


def _approved_still(before: Decision, after: Decision) -> Decision:
    """The decision after a change: an approval is of what was seen, and falls with it."""
    is_other = any(getattr(before, name) != getattr(after, name) for name in SEEN)
    return replace(after, approved=False) if before.approved and is_other else after


def step_json(step: Step) -> Json:
    """A step as an export holds it."""
    told = asdict(step.decision)
    return {
        "source_fingerprint": step.source_fingerprint,
        "decided": dict(step.decision.said),
        "footage": told["footage"],
        "who": told["who"],
        "at": iso(step.decision.at),
        "undone_at": iso(step.undone_at) if step.undone_at else None,
    }


def stored_step(entry: Mapping[str, Any]) -> Step:
    """The step of an export's entry; raises KeyError, TypeError or ValueError for none."""
    return _step_from({**entry, "decided": json.dumps(entry["decided"])})


def sound(name: str, value: object) -> Any:
    """A field's value as it is kept. Raises ConfigError for one that cannot be."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if fault := _fault_in(name, value):
        raise ConfigError(f"The {name.removesuffix('_s')} cannot be decided so: {fault}.")
    if type(value) is int and name != "person":
        return float(value)
    return value.strip() if name == "name" and isinstance(value, str) else value


def _step_from(row: Row | Mapping[str, Any]) -> Step:
    said = json.loads(row["decided"])
    for name, value in said.items():
        if fault := _fault_in(name, value) if name in DECIDED else "nothing has that name":
            raise ValueError(f"not a {name} of a decision: {fault}")
    for text in ("source_fingerprint", "footage", "who"):
        if not isinstance(row[text], str) or _controls_in(row[text]):
            raise ValueError(f"the {text} of a decision is not a line of text")
    at, undone_at = row["at"], row["undone_at"]
    decision = Decision(**said, footage=row["footage"], who=row["who"], at=_moment(at))
    return Step(row["source_fingerprint"], decision, _moment(undone_at) if undone_at else None)


def _decided(decision: Decision) -> str:
    return json.dumps(dict(decision.said), sort_keys=True)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"not a moment: {text!r}")
    return moment


_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "fit": ("pad", "crop", "auto"),
    "orientation": ("landscape", "portrait"),
    "audio": ("keep", "remove"),
}


def _fault_in(name: str, value: object) -> str:
    """What is wrong with a value, "" for nothing; None is none."""
    if name in _WORDS:
        return "" if value in _WORDS[name] else f"it can be {' or '.join(_WORDS[name])}"
    if name in ("skip", "approved"):
        return "" if isinstance(value, bool) else "it is yes or no"
    if name == "person":
        is_one = type(value) is int and 1 <= value <= _LAST_PERSON
        return "" if is_one else f"people are numbered from 1 to {_LAST_PERSON}"
    if name in ("start_s", "length_s"):
        return _fault_in_seconds(value, above_zero=name == "length_s")
    return _fault_in_text(value, one_line=name == "name")


def _fault_in_seconds(value: object, *, above_zero: bool) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "it is a number of seconds"
    if not 0 <= value < _ENDLESS_S or (above_zero and value == 0):
        return f"it is {'more than 0' if above_zero else '0 or more'} and less than {_ENDLESS_S} s"
    return ""


def _fault_in_text(value: object, *, one_line: bool) -> str:
    longest = _LONGEST_NAME if one_line else _LONGEST_TEXT
    if not isinstance(value, str) or not value.strip():
        return "it is a text"
    if len(value) > longest:
        return f"it has more than {longest} letters"
    return "it holds control characters" if _controls_in(value, but="" if one_line else "\n") else ""


def _controls_in(text: str, *, but: str = "") -> bool:
    return any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") and c not in but for c in text)


def _require_path(footage: str) -> None:
    if len(footage) > _LONGEST_PATH or _controls_in(footage):
        raise ConfigError(f"Not a path that can be kept: {printable(footage[:80])}.")
