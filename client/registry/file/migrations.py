"""The registry's schema, version by version.

``MIGRATIONS[n]`` leads from version n to n+1. A published migration is never edited; a change is a
further one.
"""

from __future__ import annotations

import sqlite3

from screentest.client.registry.file.filling import (
    bring_characters_together,
    bring_names_into_one_form,
    fold_names,
    name_accounts,
)

APPLICATION_ID = 0x53435254
"""SQLite's mark of whose file it is: "SCRT"."""

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """
        CREATE TABLE characters (
            row_id INTEGER PRIMARY KEY,
            identity TEXT NOT NULL,
            generation INTEGER NOT NULL CHECK (generation >= 1),
            state TEXT NOT NULL CHECK (state IN ('planned', 'clipped', 'uploaded', 'submitting',
                'submitted', 'done', 'failed', 'unknown')),
            service TEXT NOT NULL,
            account TEXT NOT NULL,
            model TEXT NOT NULL,
            name TEXT NOT NULL,
            source_path TEXT NOT NULL,
            source_fingerprint TEXT NOT NULL,
            overrides TEXT NOT NULL,
            segment TEXT,
            clip TEXT,
            clip_path TEXT,
            clip_sha256 TEXT,
            bucket TEXT,
            object_key TEXT,
            submitting_at TEXT,
            task_id TEXT,
            character_id TEXT,
            cost_usd REAL,
            error_type TEXT,
            error TEXT,
            created_at TEXT NOT NULL,
            updated_at TEXT NOT NULL,
            done_at TEXT,
            UNIQUE (identity, generation),
            CHECK (state <> 'done' OR character_id IS NOT NULL),
            CHECK (state NOT IN ('submitted', 'done') OR task_id IS NOT NULL)
        ) STRICT
        """,
        # At most one registration of the same thing is under way.
        """
        CREATE UNIQUE INDEX one_open ON characters (identity) WHERE state <> 'done'
        """,
        "CREATE INDEX characters_by_name ON characters (name)",
        "CREATE INDEX characters_by_character_id ON characters (character_id)",
        # Every task this registry has ever known, failed ones too: none is claimed twice.
        """
        CREATE TABLE tasks (
            task_id TEXT PRIMARY KEY,
            row_id INTEGER NOT NULL REFERENCES characters (row_id),
            known_at TEXT NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE moves (
            move_id INTEGER PRIMARY KEY,
            row_id INTEGER NOT NULL REFERENCES characters (row_id),
            at TEXT NOT NULL,
            before TEXT,
            after TEXT NOT NULL,
            note TEXT NOT NULL
        ) STRICT
        """,
        "CREATE INDEX moves_by_row ON moves (row_id)",
    ),
    (
        "ALTER TABLE characters ADD COLUMN consent TEXT",
        "ALTER TABLE characters ADD COLUMN has_nsfw INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE characters ADD COLUMN object_deleted_at TEXT",
        # A deleted registration stays as a tombstone: what was paid for is never forgotten.
        "ALTER TABLE characters ADD COLUMN deleted_at TEXT",
        "DROP INDEX one_open",
        """
        CREATE UNIQUE INDEX one_open ON characters (identity)
            WHERE state <> 'done' AND deleted_at IS NULL
        """,
        """
        CREATE TABLE videos (
            video_id INTEGER PRIMARY KEY,
            identity TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('planned', 'submitting', 'submitted', 'done',
                'failed', 'unknown')),
            service TEXT NOT NULL,
            account TEXT NOT NULL,
            model TEXT NOT NULL,
            prompt TEXT NOT NULL,
            inputs TEXT NOT NULL,
            cost_usd REAL NOT NULL,
            submitting_at TEXT,
            task_id TEXT UNIQUE,
            out_path TEXT,
            out_sha256 TEXT,
            has_nsfw INTEGER NOT NULL DEFAULT 0,
            error_type TEXT,
            error TEXT,
            created_at TEXT NOT NULL,
            updated_at TEXT NOT NULL,
            done_at TEXT,
            CHECK (state NOT IN ('submitted', 'done') OR task_id IS NOT NULL)
        ) STRICT
        """,
        # At most one video of the same order is under way.
        """
        CREATE UNIQUE INDEX one_open_video ON videos (identity)
            WHERE state NOT IN ('done', 'failed')
        """,
    ),
    (
        # What this registry calls its own in a bucket that others may share.
        "CREATE TABLE home (folder TEXT NOT NULL) STRICT",
        "INSERT INTO home VALUES ('screentest/' || lower(hex(randomblob(8))))",
    ),
    (
        # The service's clock just before a submit: ours may be wrong, or be set between two runs.
        "ALTER TABLE characters ADD COLUMN served_at TEXT",
        "ALTER TABLE videos ADD COLUMN served_at TEXT",
    ),
    (
        # An account has a name, and keys that come and go. A submit remembers which one it went with:
        # the list that another key is shown may be another account's.
        """
        CREATE TABLE keys (
            service TEXT NOT NULL,
            account TEXT NOT NULL,
            key_hash TEXT NOT NULL,
            known_at TEXT NOT NULL,
            PRIMARY KEY (service, account, key_hash)
        ) STRICT
        """,
        "ALTER TABLE characters ADD COLUMN key_hash TEXT",
        "ALTER TABLE videos ADD COLUMN key_hash TEXT",
    ),
    (
        # A character is its owner's; what was one table is its registrations, each at one model of one
        # account. One whose reference is sent with every video has neither a task nor an id.
        "ALTER TABLE characters RENAME TO old_registrations",
        "DROP INDEX one_open",
        "DROP INDEX characters_by_name",
        "DROP INDEX characters_by_character_id",
        "DROP INDEX moves_by_row",
        """
        CREATE TABLE characters (
            character_no INTEGER PRIMARY KEY,
            key TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL,
            consent TEXT,
            created_at TEXT NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE registrations (
            row_id INTEGER PRIMARY KEY,
            character_no INTEGER NOT NULL REFERENCES characters (character_no),
            identity TEXT NOT NULL,
            generation INTEGER NOT NULL CHECK (generation >= 1),
            state TEXT NOT NULL CHECK (state IN ('planned', 'clipped', 'uploaded', 'submitting',
                'submitted', 'done', 'failed', 'unknown')),
            service TEXT NOT NULL,
            account TEXT NOT NULL,
            model TEXT NOT NULL,
            name TEXT NOT NULL,
            source_path TEXT NOT NULL,
            source_fingerprint TEXT NOT NULL,
            overrides TEXT NOT NULL,
            segment TEXT,
            clip TEXT,
            clip_path TEXT,
            clip_sha256 TEXT,
            stills TEXT,
            bucket TEXT,
            object_key TEXT,
            submitting_at TEXT,
            served_at TEXT,
            key_hash TEXT,
            task_id TEXT,
            character_id TEXT,
            cost_usd REAL,
            has_nsfw INTEGER NOT NULL DEFAULT 0,
            error_type TEXT,
            error TEXT,
            created_at TEXT NOT NULL,
            updated_at TEXT NOT NULL,
            done_at TEXT,
            object_deleted_at TEXT,
            deleted_at TEXT,
            UNIQUE (identity, generation),
            CHECK (state <> 'done' OR (character_id IS NULL) = (task_id IS NULL)),
            CHECK (state <> 'submitted' OR task_id IS NOT NULL)
        ) STRICT
        """,
        # The same name and the same choice from the same footage is one character, at whatever model.
        # Which of the footage's people, in which moment: what tells two of one name apart.
        """
        ALTER TABLE old_registrations ADD COLUMN choice TEXT GENERATED ALWAYS AS (
            CASE WHEN json_valid(overrides) THEN json_array(
                json_extract(overrides, '$.start_s'), json_extract(overrides, '$.person'),
                json_extract(overrides, '$.match'), json_extract(overrides, '$.subject'))
            ELSE overrides END) VIRTUAL
        """,
        """
        INSERT INTO characters
            SELECT min(row_id), lower(hex(randomblob(8))), name, NULL, min(created_at)
            FROM old_registrations GROUP BY name, source_fingerprint, choice
        """,
        """
        INSERT INTO registrations
            SELECT row_id, min(row_id) OVER (PARTITION BY name, source_fingerprint, choice),
                identity, generation, state, service, account, model, name, source_path,
                source_fingerprint, overrides, segment, clip, clip_path, clip_sha256, NULL, bucket,
                object_key, submitting_at, served_at, key_hash, task_id, character_id, cost_usd,
                has_nsfw, error_type, error, created_at, updated_at, done_at, object_deleted_at,
                deleted_at
            FROM old_registrations
        """,
        """
        UPDATE characters SET consent = (SELECT group_concat(consent, '; ') FROM (
            SELECT DISTINCT consent FROM old_registrations JOIN registrations USING (row_id)
            WHERE character_no = characters.character_no))
        """,
        "ALTER TABLE tasks RENAME TO old_tasks",
        """
        CREATE TABLE tasks (
            task_id TEXT PRIMARY KEY,
            row_id INTEGER NOT NULL REFERENCES registrations (row_id),
            known_at TEXT NOT NULL
        ) STRICT
        """,
        "INSERT INTO tasks SELECT * FROM old_tasks",
        "DROP TABLE old_tasks",
        "ALTER TABLE moves RENAME TO old_moves",
        """
        CREATE TABLE moves (
            move_id INTEGER PRIMARY KEY,
            row_id INTEGER NOT NULL REFERENCES registrations (row_id),
            at TEXT NOT NULL,
            before TEXT,
            after TEXT NOT NULL,
            note TEXT NOT NULL
        ) STRICT
        """,
        "INSERT INTO moves SELECT * FROM old_moves",
        "DROP TABLE old_moves",
        "DROP TABLE old_registrations",
        "CREATE INDEX moves_by_row ON moves (row_id)",
        # At most one registration of the same thing is under way.
        """
        CREATE UNIQUE INDEX one_open ON registrations (identity)
            WHERE state <> 'done' AND deleted_at IS NULL
        """,
        "CREATE INDEX registrations_by_name ON registrations (name)",
        "CREATE INDEX registrations_by_character_id ON registrations (character_id)",
        "CREATE INDEX registrations_by_character ON registrations (character_no)",
        # A registration as it is told: with what belongs to its character.
        """
        CREATE VIEW registrations_told AS
            SELECT registrations.*, characters.key AS character, characters.consent AS consent
            FROM registrations JOIN characters USING (character_no)
        """,
        # Whom a video shows, and how it was found to look like them.
        "ALTER TABLE videos ADD COLUMN shows TEXT NOT NULL DEFAULT '[]'",
        "ALTER TABLE videos ADD COLUMN likeness TEXT",
    ),
    (
        # What people decided about footage, each step with all that held from then on. The latest that
        # was not undone counts.
        """
        CREATE TABLE decisions (
            decision_id INTEGER PRIMARY KEY,
            source_fingerprint TEXT NOT NULL,
            footage TEXT NOT NULL,
            decided TEXT NOT NULL,
            who TEXT NOT NULL,
            at TEXT NOT NULL,
            undone_at TEXT
        ) STRICT
        """,
        """
        CREATE INDEX decisions_that_count ON decisions (source_fingerprint, at, decision_id)
            WHERE undone_at IS NULL
        """,
        # What an identity is made of where a decision made the name or the choice another one: so the
        # same order is the same thing, whatever is decided about its footage, and when.
        "ALTER TABLE registrations ADD COLUMN asked TEXT",
        # What an order is looked for by, so that a hundred thousand rows take no longer than ten. The
        # folded name is kept: SQLite alone does not know how names are compared.
        "ALTER TABLE registrations ADD COLUMN name_folded TEXT",
        "CREATE INDEX registrations_by_folded_name ON registrations (name_folded)",
        "CREATE INDEX registrations_by_identity ON registrations (identity)",
        "CREATE INDEX registrations_by_footage ON registrations (source_fingerprint)",
        "CREATE INDEX registrations_by_clip ON registrations (clip_sha256)",
        "CREATE INDEX tasks_by_row ON tasks (row_id)",
        "DROP VIEW registrations_told",
        """
        CREATE VIEW registrations_told AS
            SELECT registrations.*, characters.key AS character, characters.consent AS consent
            FROM registrations JOIN characters USING (character_no)
        """,
    ),
)

LATEST = len(MIGRATIONS)
_NAMES_IN_ONE_FORM = 4
"""The first version whose identities hold names in one Unicode form."""
ACCOUNTS_NAMED = 5
"""The first version whose accounts have names; before, each key was one."""
_CHARACTERS_APART = 6
"""The first version that tells characters from their registrations."""
_NAMES_FOLDED = 7
"""The first version that keeps names as they are compared."""


def version_of(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the schema to the latest version, each step one transaction.

    The connection must be in autocommit mode. Does nothing where another process did it first.
    """
    while version_of(connection) < LATEST:
        connection.execute("BEGIN IMMEDIATE")
        try:
            if (version := version_of(connection)) < LATEST:
                for statement in MIGRATIONS[version]:
                    connection.execute(statement)
                if version + 1 == _NAMES_IN_ONE_FORM:
                    bring_names_into_one_form(connection)
                if version + 1 == ACCOUNTS_NAMED:
                    name_accounts(connection)
                if version + 1 == _CHARACTERS_APART:
                    bring_characters_together(connection)
                if version + 1 == _NAMES_FOLDED:
                    fold_names(connection)
                connection.execute(f"PRAGMA user_version = {version + 1}")
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
