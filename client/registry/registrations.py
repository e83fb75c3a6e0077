"""The registrations of characters in an open registry."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from screentest.client.errors import RegistryError, UnknownCharacter
from screentest.client.registry.characters import CharacterLedger
from screentest.client.registry.encoding import move_json, registration_json
from screentest.client.registry.file.database import Database
from screentest.client.registry.identity import NAMED, Wish, folded, forms_of
from screentest.client.registry.ledger import NO_ERROR, Ledger, Table, error_columns
from screentest.client.registry.locks import locked
from screentest.client.registry.records import (
    Move,
    Registration,
    Values,
    choice_columns,
    clip_columns,
    iso,
    move_from,
    of_clip,
    one_meant,
    record_from,
    require_forgettable,
    stills_columns,
)
from screentest.client.registry.states import CHARACTER_COURSE, MAY_BE_PAID, UNSETTLED, State
from screentest.prep.core.encoding import Json
from screentest.prep.core.remedy import Remedy
from screentest.prep.core.values import Clip
from screentest.prep.stills.values import Still

REGISTRATIONS = Table(
    name="registrations",
    told_by="registrations_told",
    key="row_id",
    course=CHARACTER_COURSE,
    read=record_from,
    living="deleted_at IS NULL",
    failure={"cost_usd": None},
    keeps_history=True,
)


class RegistrationLedger(Ledger[Registration]):
    """Every registration, its state and its history; a deleted one stays as a tombstone."""

    def __init__(self, database: Database, *, now: Callable[[], datetime]) -> None:
        super().__init__(database, table=REGISTRATIONS, now=now)
        self._characters = CharacterLedger(database, now=now)

    # Reading

    def list_all(self, *, deleted: bool = False) -> tuple[Registration, ...]:
        """Every registration, oldest first; ``deleted``: with the tombstones of deleted ones."""
        return self._select("WHERE ? OR deleted_at IS NULL ORDER BY row_id", deleted)

    def list_named(self, name: str) -> tuple[Registration, ...]:
        """Every registration under a name, however it is typed, newest first."""
        return self._select(f"WHERE {NAMED} ORDER BY row_id DESC", folded(name))

    def list_of_footage(self, fingerprint: str) -> tuple[Registration, ...]:
        """Every registration of this footage, oldest first."""
        return self._select("WHERE source_fingerprint = ? ORDER BY row_id", fingerprint)

    def list_of(self, character_no: int, *, deleted: bool = False) -> tuple[Registration, ...]:
        """A character's registrations, oldest first; ``deleted``: with tombstones."""
        return self._select(
            "WHERE character_no = ? AND (? OR deleted_at IS NULL) ORDER BY row_id",
            character_no,
            deleted,
        )

    def list_begun(self, start: str) -> tuple[Registration, ...]:
        """Every registration whose identity begins like this, deleted ones included."""
        return self._select("WHERE substr(identity, 1, length(?1)) = ?1", start)

    def find_origin(
        self, character_no: int, *, besides: tuple[str, str, str] | None = None
    ) -> Registration | None:
        """The registration whose window a character's others take: the first from its newest footage.

        A deleted one counts. ``besides``: a service, an account and a model whose own registrations do
        not count where there are others: what an order finds must not change by what it made. None
        where no clip was made.
        """
        rows = self.list_of(character_no, deleted=True)
        newest = next((row.source_fingerprint for row in reversed(rows)), None)
        same = [row for row in rows if row.source_fingerprint == newest]
        others = [row for row in same if (row.service, row.account, row.model) != besides]
        return next((row for row in others or same if row.clip is not None), None)

    def list_needing(self, sha256: str, *, besides: Registration) -> tuple[Registration, ...]:
        """Other registrations that still need a clip's object in the bucket."""
        return self._select(
            "WHERE clip_sha256 = ? AND row_id <> ? AND deleted_at IS NULL "
            "AND state NOT IN ('planned', 'done', 'failed')",
            sha256,
            besides.row_id,
        )

    def list_with_clip(self, sha256: str) -> tuple[Registration, ...]:
        """Registrations that this clip was made for, deleted ones included."""
        return self._select("WHERE clip_sha256 = ?", sha256)

    def list_with_object(self, bucket: str) -> tuple[Registration, ...]:
        """Registrations that put a clip into a bucket and never heard that it was taken out."""
        return self._select("WHERE bucket = ? AND object_deleted_at IS NULL", bucket)

    def find(self, name_or_id: str, *, deleted: bool = True) -> Registration:
        """The character of that id, or the current one of that name, however it is typed.

        Several may have a name over time: the newest done is the current one; where none is done,
        the newest; a deleted one only where no other is left, and ``deleted``. One whose name is
        typed like that comes before one whose name only means the same. Raises UnknownCharacter.
        """
        found = self._select(
            "WHERE (character_id = ? OR folded(name) = ?) AND (? OR deleted_at IS NULL) "
            "ORDER BY deleted_at IS NULL DESC, character_id IS ? DESC, "
            "name IN (?, ?, ?) DESC, state = 'done' DESC, row_id DESC LIMIT 1",
            name_or_id,
            folded(name_or_id),
            deleted,
            name_or_id,
            *forms_of(name_or_id),
        )
        if not found:
            raise UnknownCharacter(
                f"No character {name_or_id!r} is recorded in {self._database.path}.",
                Remedy("list_characters"),
            )
        return found[0]

    def list_meant(self, name_or_id: str) -> tuple[Registration, ...]:
        """Every living registration of that id or name, newest first; or whose identity begins so.

        An identity is how one is named that has no id yet, by its first 12 digits or more.
        """
        meant = "character_id = ?1 OR folded(name) = ?2"
        meant += " OR (length(?1) >= 12 AND substr(identity, 1, length(?1)) = ?1)"
        return self._select(
            f"WHERE deleted_at IS NULL AND ({meant}) ORDER BY row_id DESC",
            name_or_id,
            folded(name_or_id),
        )

    def find_one(self, name_or_id: str, *, deleted: bool = True) -> Registration:
        """The one character that a name or an id means: of several registrations of it the current one.

        Raises SeveralMeant where different ones have the name, UnknownCharacter.
        """
        rows = self.list_meant(name_or_id)
        return one_meant(name_or_id, rows) if rows else self.find(name_or_id, deleted=deleted)

    def find_done(self, identity: str) -> Registration | None:
        """The newest finished registration of this very thing."""
        return self._first(
            "WHERE identity = ? AND state = 'done' AND deleted_at IS NULL ORDER BY row_id DESC",
            identity,
        )

    def task_ids_of(self, row: Registration) -> tuple[str, ...]:
        """Every task that a registration has or had, oldest first."""
        tasks = "SELECT task_id FROM tasks WHERE row_id = ? ORDER BY known_at, task_id"
        with self._database.mapped():
            return tuple(found[0] for found in self._database.run(tasks, row.row_id))

    def moves_of(self, row: Registration) -> tuple[Move, ...]:
        """The steps of a registration in order."""
        moves = "SELECT * FROM moves WHERE row_id = ? ORDER BY move_id"
        with self._database.mapped():
            return tuple(move_from(found) for found in self._database.run(moves, row.row_id))

    def history_of(self, row: Registration) -> Json:
        """The registration and its steps as JSON."""
        return {**registration_json(row), "moves": [move_json(move) for move in self.moves_of(row)]}

    # Writing

    def record_wish(self, wish: Wish, *, again: bool = False) -> Registration:
        """The registration a wish is about: the finished one, the one under way, or a new one.

        ``again``: a finished one does not count.
        """
        with self._database.transaction():
            if not again and (finished := self.find_done(wish.identity)):
                return finished
            return self.find_under_way(wish.identity) or self._add_wish(wish)

    def record_choice(self, row: Registration, wish: Wish) -> Registration:
        """The row with the name and choice of its wish as decided now; a clip of another choice is out.

        Raises RegistryError for a row whose task exists, or may: what was ordered stays as it is.
        """
        with self._database.transaction():
            current = self.find_row(row.row_id)
            if current.state in MAY_BE_PAID | {"done"} or current.identity != wish.identity:
                raise RegistryError(f"{row.called} is at {current.state}: it stays as it was ordered.")
            columns = {**choice_columns(wish), **NO_ERROR}
            columns["character_no"] = self._characters.record_for(current, columns)
            note = "as it is decided now" if wish.asked else "nothing is decided any more"
            if of_clip(current.overrides) == of_clip(wish.overrides):
                return self._change(current, columns, note=note)
            made = ("segment", "clip", "clip_path", "clip_sha256", "stills", "task_id")
            columns |= dict.fromkeys(made)
            if current.state == "planned":
                return self._change(current, columns, note=note)
            return self._move(current, "planned", columns, note=note)

    def mark_clipped(self, row: Registration, clip: Clip) -> Registration:
        """The clip is made."""
        made = {**clip_columns(clip), "stills": None, **NO_ERROR}
        return self._move(row, "clipped", made, note=f"sha256 {clip.sha256}")

    def mark_with_stills(self, row: Registration, stills: Sequence[Still]) -> Registration:
        """The stills are made, which are sent instead of a clip."""
        note = f"{len(stills)} stills, sha256 {', '.join(one.sha256 for one in stills)}"
        return self._move(row, "clipped", {**stills_columns(stills), **NO_ERROR}, note=note)

    def mark_kept(self, row: Registration) -> Registration:
        """Done without a submit: its clip or stills are sent with every video."""
        return self._mark_done(row, {}, has_nsfw=False, note="kept for every video")

    def mark_uploaded(self, row: Registration, *, bucket: str, key: str) -> Registration:
        """The clip is in the bucket."""
        place = {"bucket": bucket, "object_key": key}
        return self._move(row, "uploaded", place, note=f"{bucket}/{key}")

    def mark_back(
        self, row: Registration, to: State, *, note: str, error: Exception | None = None
    ) -> Registration:
        """Back to an earlier step of making the clip, from which the same command goes on.

        Raises RegistryError for a lost submit: only ``mark_ready`` frees one.
        """
        if row.state in UNSETTLED:
            raise RegistryError(f"{row.called} cannot go from {row.state} to {to}: it may be paid for.")
        columns: dict[str, object] = {"task_id": None} if row.state == "failed" else {}
        return self._move(row, to, columns | (error_columns(error) if error else {}), note=note)

    def record_error(self, row: Registration, error: Exception) -> Registration:
        """Why there is no clip, kept with a row that stays where it is until its next step."""
        return self._change(row, error_columns(error), note=str(error))

    def mark_done(
        self, row: Registration, *, character_id: str, has_nsfw: bool = False
    ) -> Registration:
        """The character exists."""
        columns = {"character_id": character_id}
        return self._mark_done(row, columns, has_nsfw=has_nsfw, note=character_id)

    def mark_object_deleted(self, row: Registration) -> Registration:
        """The clip was taken out of the bucket."""
        gone = {"object_deleted_at": iso(self._now())}
        return self._change(row, gone, note=f"{row.bucket}/{row.object_key} deleted")

    def mark_deleted(self, row: Registration) -> Registration:
        """The tombstone of a registration, as it is now and not as it was read.

        Raises RegistryError where a task may be lost by it, HeldElsewhere while a run works on it,
        which may be about to pay.
        """
        locks = self._database.path.parent / "locks"
        with locked(locks, row.identity, what=row.called), self._database.transaction():
            row = self.find_row(row.row_id)
            require_forgettable(row)
            if row.deleted_at:
                return row
            return self._change(row, {"deleted_at": iso(self._now())}, note="deleted")

    def add_consent(self, row: Registration, note: str) -> Registration:
        """The registration with one more note of consent beside those that its character has."""
        known = self.find_row(row.row_id).consent
        if known and note in known:
            return row
        return self.record_consent(row, f"{known}; {note}" if known else note)

    def record_consent(self, row: Registration, note: str) -> Registration:
        """The registration with its character's note of consent, empty for none."""
        with self._database.transaction():
            self._characters.record_consent(row.character_no, note)
            return self._change(row, {}, note="consent noted")

    def add_imported(
        self, columns: Mapping[str, object], *, moves: Sequence[Values], task_ids: Sequence[str]
    ) -> bool:
        """Whether a registration of another registry was added, with its steps and all its tasks.

        One that is known here, or that shares an unfinished one's identity, is left out; what was
        paid for is not: it becomes a further generation, or the end of the row that waits for its task.
        Raises RegistryError where it cannot.
        """
        with self._database.transaction():
            if self._ends_one_here(columns):
                return True
            if self._is_paid_for_elsewhere(columns):
                columns = self._as_further(columns)
            elif self._is_known(columns):
                if columns["deleted_at"] is None:
                    self._require_nothing_lost(columns, called=repr(columns["name"]))
                return False
            row_id = self._insert(self._of_character(columns))
            for task_id in task_ids:
                if not self._has_task(task_id):
                    self._own(task_id, row_id)
            for move in moves:
                self._add_move(row_id, *move)
            return True

    def _of_character(self, columns: Mapping[str, object]) -> dict[str, object]:
        """A row's columns with the number of its character instead of what is told of that."""
        known = self._of_same_identity(columns["identity"])
        number = self._characters.add_for(columns, number=known)
        own = {name: value for name, value in columns.items() if name not in ("character", "consent")}
        return {**own, "name_folded": folded(str(columns["name"])), "character_no": number}

    def _add_wish(self, wish: Wish) -> Registration:
        (newest,) = self._database.run(
            "SELECT coalesce(max(generation), 0) FROM registrations WHERE identity = ?",
            wish.identity,
        ).fetchone()
        columns = {"generation": newest + 1, **choice_columns(wish)}
        number = (
            wish.character_no
            or self._of_same_identity(wish.identity)
            or self._characters.add_for(columns)
        )
        return self._add_planned(wish, {**columns, "character_no": number}, note=wish.source_path)

    def _of_same_identity(self, identity: object) -> int | None:
        row = self._first("WHERE identity = ? ORDER BY row_id DESC", identity)
        return row.character_no if row else None

    def _has_task(self, task_id: object) -> bool:
        known = self._database.run("SELECT 1 FROM tasks WHERE task_id = ?", task_id).fetchone()
        return known is not None

    def _ends_one_here(self, columns: Mapping[str, object]) -> bool:
        """Whether a row here had this task and no id of it: it has the other registry's now."""
        if columns["state"] != "done":
            return False
        row = self._first(
            "WHERE task_id = ? AND state IN ('submitted', 'failed') AND character_id IS NULL "
            "AND service = ? AND model = ? AND deleted_at IS NULL",
            columns["task_id"],
            columns["service"],
            columns["model"],
        )
        if row is None:
            return False
        ended = ("state", "character_id", "cost_usd", "done_at", "error_type", "error", "has_nsfw")
        self._change(row, {name: columns.get(name) for name in ended}, note="its id was imported")
        return True

    def _is_paid_for_elsewhere(self, columns: Mapping[str, object]) -> bool:
        """Whether no row here has the task that was accepted, or the id that was made."""
        if columns["state"] == "submitted":
            return not self._has_task(columns["task_id"])
        if columns["task_id"] is None:
            return False  # kept, and never paid for
        # A task that is in the history of a row alone failed here, and made an id there.
        return columns["state"] == "done" and not self._select(
            "WHERE task_id = ? OR (character_id = ? AND service = ? AND account = ?)",
            columns["task_id"],
            columns["character_id"],
            columns["service"],
            columns["account"],
        )

    def _as_further(self, columns: Mapping[str, object]) -> Mapping[str, object]:
        """A registration of the same thing as one that is here, with a generation of its own."""
        same = self._select("WHERE identity = ?", columns["identity"])
        is_open = columns["state"] != "done" and columns["deleted_at"] is None
        if is_open and self.find_under_way(str(columns["identity"])):
            raise RegistryError(
                f"{columns['name']!r} is under way here, and in the export with task "
                f"{columns['task_id']}: nothing was imported.",
                Remedy("reconcile"),
            )
        taken = {row.generation for row in same}
        is_taken = columns["generation"] in taken
        return {**columns, "generation": max(taken) + 1} if is_taken else columns

    def _is_known(self, columns: Mapping[str, object]) -> bool:
        return bool(
            self._select(
                "WHERE identity = ? AND (generation = ? OR (state <> 'done' AND ? <> 'done'))",
                columns["identity"],
                columns["generation"],
                columns["state"],
            )
        )
