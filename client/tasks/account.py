"""Which account a run works for, settled once its registry is open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from screentest.client.config import Settings
from screentest.client.registry.accounts import Taken, taken_for
from screentest.client.registry.registry import Registry
from screentest.prep.core.remedy import in_words


def with_account(settings: Settings, registry: Registry, *, told: Callable[[Taken], None]) -> Settings:
    """The settings with the name of the account that they are for, whose key is known from now on.

    ``told``: called once for a key that is new to its account. Raises ConfigError where the key was
    seen with several accounts and none is named.
    """
    service, key_hash = settings.service, settings.key_hash
    taken = taken_for(
        settings.account_name,
        service=service,
        key_hash=key_hash,
        accounts=registry.accounts.list_all(),
    )
    if taken.said:
        told(taken)
    if key_hash not in registry.accounts.keys_of(service, taken.account):
        registry.accounts.record_key(service, taken.account, key_hash)
    return replace(settings, account_name=taken.account)


def in_plain_words(taken: Taken) -> str:
    """What a key's owner has to know, and what to do about it."""
    return f"{taken.said} {in_words(taken.remedies)}"
