"""The accounts that registrations and videos belong to, and the keys they were seen with.

A key is kept as the start of its hash: enough to know it again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from screentest.client.config import DEFAULT_ACCOUNT
from screentest.client.errors import ConfigError, RegistryError
from screentest.client.registry.file.database import Database
from screentest.client.registry.locks import locked
from screentest.client.registry.records import iso
from screentest.client.registry.transfer import Key, names_of_keys, transferred
from screentest.prep.core.remedy import Remedy


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A key that an account was used with. ``known_at``: since when, as a moment of the registry."""

    service: str
    account: str
    key_hash: str
    known_at: str


@dataclass(frozen=True, slots=True)
class KnownAccount:
    """One account of one service. ``keys``: the hashes of its keys, the one known last at the end.

    ``used_keys``: those that something was submitted with, as far as the service did not refuse it.
    ``registrations`` and ``videos``: how many rows it has, deleted ones included.
    """

    service: str
    name: str
    keys: tuple[str, ...]
    used_keys: tuple[str, ...]
    registrations: int
    videos: int
    last_used_at: datetime | None


class AccountLedger:
    """Which account a key belongs to, as far as it was told or can be concluded."""

    def __init__(self, database: Database, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    # Reading

    def list_all(self) -> tuple[KnownAccount, ...]:
        """Every account that has a key or a row, by service and name."""
        with self._database.mapped():
            rows = self._database.run(
                "SELECT service, account, sum(registered), sum(made), max(used_at) FROM ("
                "SELECT service, account, 1 AS registered, 0 AS made, "
                "coalesce(submitting_at, created_at) AS used_at FROM registrations UNION ALL "
                "SELECT service, account, 0, 1, coalesce(submitting_at, created_at) FROM videos "
                "UNION ALL SELECT service, account, 0, 0, NULL FROM keys) "
                "GROUP BY service, account ORDER BY service, account"
            ).fetchall()
            return tuple(
                KnownAccount(
                    service=service,
                    name=name,
                    keys=self.keys_of(service, name),
                    used_keys=self._used_keys(service, name),
                    registrations=registered,
                    videos=made,
                    last_used_at=datetime.fromisoformat(used_at) if used_at else None,
                )
                for service, name, registered, made, used_at in rows
            )

    def keys_of(self, service: str, account: str) -> tuple[str, ...]:
        """The hashes of an account's keys, the one known last at the end."""
        return self._column(
            "SELECT key_hash FROM keys WHERE service = ? AND account = ? ORDER BY known_at, key_hash",
            service,
            account,
        )

    def list_with_key(self, service: str, key_hash: str) -> tuple[str, ...]:
        """The names of a service's accounts that a key was seen with."""
        return self._column(
            "SELECT account FROM keys WHERE service = ? AND key_hash = ? ORDER BY account",
            service,
            key_hash,
        )

    def list_keys(self) -> tuple[KnownKey, ...]:
        """Every key of every account."""
        with self._database.mapped():
            found = self._database.run("SELECT * FROM keys ORDER BY service, account, key_hash")
            return tuple(KnownKey(*row) for row in found)

    # Writing

    def record_key(self, service: str, account: str, key_hash: str) -> None:
        """A key is an account's; it leaves those where nothing was submitted with it."""
        with self._database.transaction():
            for other in self.list_with_key(service, key_hash):
                if other != account and key_hash not in self._used_keys(service, other):
                    self._database.run(
                        "DELETE FROM keys WHERE service = ? AND account = ? AND key_hash = ?",
                        *(service, other, key_hash),
                    )
            self._add_key(service, account, key_hash, iso(self._now()))

    def record_name(
        self, before: str, after: str, *, service: str = "", key_hash: str = ""
    ) -> tuple[KnownAccount, int]:
        """The account under its other name, and how many rows went there.

        One that exists takes the rows in. ``service``: needed where several have an account of that
        name. ``key_hash``: how the key's hash begins whose rows alone are meant. Raises RegistryError
        where none is meant, or several could be, HeldElsewhere while a run works on one of its rows.
        """
        with self._held(before), self._database.transaction():
            account = self._one(before, service)
            keys = [one for one in account.keys if one.startswith(key_hash)]
            if key_hash and len(keys) != 1:
                raise RegistryError(
                    f"{before!r} has {len(keys)} keys whose hash begins with {key_hash!r}.",
                    Remedy("list_accounts"),
                )
            count = transferred(
                self._database.run,
                service=account.service,
                before=before,
                after=after,
                key_hash=keys[0] if key_hash else None,
            )
            for key in keys:
                self._move_key(account.service, before, after, key)
            return self._one(after, account.service), count

    def add_imported(self, known: Iterable[KnownKey]) -> None:
        """The keys of another registry's accounts."""
        with self._database.transaction():
            for key in known:
                self._add_key(key.service, key.account, key.key_hash, key.known_at)

    def names_of(self, newest_first: Sequence[Key]) -> dict[Key, str]:
        """What the accounts of keys are called here, which an earlier release recorded as accounts."""
        taken = {one.service for one in self.list_all() if one.name == DEFAULT_ACCOUNT}
        known = {key: self.list_with_key(*key) for key in newest_first}
        unknown = [key for key in newest_first if not known[key]]
        named = {key: _preferred(names) for key, names in known.items() if names}
        return {**named, **names_of_keys(unknown, taken=taken)}

    @contextmanager
    def _held(self, account: str) -> Iterator[None]:
        """No other run works on anything of an account that is under way."""
        under_way = self._column(
            "SELECT identity FROM registrations WHERE account = ? AND state NOT IN ('done', 'failed') "
            "AND deleted_at IS NULL UNION "
            "SELECT identity FROM videos WHERE account = ? AND state NOT IN ('done', 'failed')",
            account,
            account,
        )
        with ExitStack() as stack:
            for identity in under_way:
                locks = self._database.path.parent / "locks"
                stack.enter_context(locked(locks, identity, what=f"the account {account!r}"))
            yield

    def _used_keys(self, service: str, account: str) -> tuple[str, ...]:
        # Refused with its key, a row is ready again, without a task.
        sent = "key_hash IS NOT NULL AND (task_id IS NOT NULL OR state IN ('submitting', 'unknown'))"
        return self._column(
            f"SELECT key_hash FROM registrations WHERE service = ?1 AND account = ?2 AND {sent} UNION "  # noqa: S608
            f"SELECT key_hash FROM videos WHERE service = ?1 AND account = ?2 AND {sent}",
            service,
            account,
        )

    def _add_key(self, *key: str) -> None:
        self._database.run("INSERT OR IGNORE INTO keys VALUES (?, ?, ?, ?)", *key)

    def _move_key(self, service: str, before: str, after: str, key_hash: str) -> None:
        self._database.run(
            "UPDATE OR REPLACE keys SET account = ? WHERE service = ? AND account = ? AND key_hash = ?",
            *(after, service, before, key_hash),
        )

    def _one(self, name: str, service: str) -> KnownAccount:
        found = [one for one in self.list_all() if one.name == name and service in ("", one.service)]
        if not found:
            raise RegistryError(f"No account {name!r} is recorded.", Remedy("list_accounts"))
        if len(found) > 1:
            places = ", ".join(one.service for one in found)
            raise RegistryError(
                f"Several services have an account {name!r}: {places}.", Remedy("one_service")
            )
        return found[0]

    def _column(self, sql: str, *values: object) -> tuple[str, ...]:
        with self._database.mapped():
            return tuple(row[0] for row in self._database.run(sql, *values))


@dataclass(frozen=True, slots=True)
class Taken:
    """Which account a key is taken for. ``said``: what its owner has to know, "" for nothing."""

    account: str
    said: str = ""
    remedies: tuple[Remedy, ...] = ()


def taken_for(
    named: str | None,
    *,
    service: str,
    key_hash: str,
    accounts: Sequence[KnownAccount],
) -> Taken:
    """The account that a run works for: the one it names, else the one its key was seen with.

    A key that nobody has seen is the default account's, or that of the only account that was used where
    its owner renamed the default one. ``accounts``: all that are recorded. Raises ConfigError where
    several could be meant and none is named.
    """
    here = {one.name: one for one in accounts if one.service == service}
    with_key = [name for name, one in here.items() if key_hash in one.keys]
    name = named or (_one_of(with_key) if with_key else _of_new_key(here.values()))
    if name in with_key:
        return Taken(name)
    place = urlsplit(service).netloc or f"the {service}"
    if name in here and here[name].used_keys:
        return Taken(
            name,
            f"The API key is new to the account {name!r} at {place}. It is taken for another key of "
            "the same account: what is registered there is found as before and not registered again.",
            (Remedy("account", words="if it is another account's key, name that account"),),
        )
    if others := [name for name, one in here.items() if key_hash in one.used_keys]:
        names = " and ".join(map(repr, others))
        return Taken(
            name,
            f"The API key was used for the account {names} at {place} so far. What is registered "
            f"there is not looked for in {name!r}.",
            (Remedy("rename_account", words="if both are one account, rename it"),),
        )
    return Taken(name)


def _one_of(with_key: Sequence[str]) -> str:
    if len(with_key) > 1 and DEFAULT_ACCOUNT not in with_key:
        raise ConfigError(
            f"The API key was used for several accounts: {', '.join(with_key)}.",
            Remedy("account", words="name one"),
        )
    return _preferred(with_key)


def _of_new_key(here: Iterable[KnownAccount]) -> str:
    """The account of a key that nobody has seen: never a new one beside one that was paid with."""
    names = [one.name for one in here if one.used_keys]
    if DEFAULT_ACCOUNT in names or not names:
        return DEFAULT_ACCOUNT
    if len(names) > 1:
        raise ConfigError(
            f"The API key is new, and there are several accounts: {', '.join(names)}.",
            Remedy("account", words="name the one it belongs to"),
        )
    return names[0]


def _preferred(names: Sequence[str]) -> str:
    return DEFAULT_ACCOUNT if DEFAULT_ACCOUNT in names else names[0]
