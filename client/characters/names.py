"""Whether a name is another character's already, before anything is paid for."""

from __future__ import annotations

import json
from collections.abc import Collection

from screentest.client.errors import NameTaken
from screentest.client.registry.identity import Wish, is_of_key
from screentest.client.registry.records import Registration
from screentest.client.registry.registry import Registry
from screentest.client.registry.states import MAY_BE_PAID
from screentest.prep.core.remedy import Remedy

_EXISTS = MAY_BE_PAID | {"uploaded", "done"}
"""The states of a character that exists, may, or is about to."""


def require_own_name(wish: Wish, registry: Registry, *, key_hash: str) -> None:
    """Raises NameTaken where another character has the name, however it is typed, or this one's other
    registration of this model.

    Not for one that was begun before: its name was agreed to then. Other accounts of the service count
    where they may be this one: those that the key was used for, and those that nobody named.
    """
    rows = [row for row in registry.registrations.list_named(wish.name) if row.deleted_at is None]
    if any(row.identity == wish.identity for row in rows):
        return
    own = wish.character_no or registry.characters.find_same(
        wish.name, footage=wish.source_fingerprint, overrides=json.dumps(dict(wish.overrides))
    )
    accounts = {wish.account, *registry.accounts.list_with_key(wish.service, key_hash)}
    if others := [row for row in rows if _is_another(row, wish, own, accounts)]:
        raise NameTaken(
            f"{others[0].called} is registered already: "
            f"{', '.join(_told(row, wish) for row in others)}.",
            Remedy("shares_name"),
            Remedy("by_hand", words="choose another name"),
            *_about_accounts(others, wish),
        )


def _is_another(row: Registration, wish: Wish, own: int | None, accounts: Collection[str]) -> bool:
    is_ours = row.service == wish.service and (row.account in accounts or is_of_key(row.account))
    is_other = row.model == wish.model or row.character_no != own
    return row.state in _EXISTS and is_ours and is_other


def _told(row: Registration, wish: Wish) -> str:
    elsewhere = f" in the account {row.account!r}" if row.account != wish.account else ""
    return f"{row.told_apart}{elsewhere}"


def _about_accounts(others: Collection[Registration], wish: Wish) -> tuple[Remedy, ...]:
    if all(row.account == wish.account for row in others):
        return ()
    return (Remedy("rename_account", words="if both are one account, rename it"),)
