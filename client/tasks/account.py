"""Which account a run works for, settled once its registry is open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from screentest.client.config import Settings
from screentest.client.registry.accounts import Taken, taken_for
from screentest.client.registry.registry import Registry
from screentest.prep.core.progress import Watcher, is_silent
from screentest.prep.core.remedy import in_words


def with_account(
    settings: Settings, registry: Registry, *, told: Callable[[Taken], None] | None
) -> Settings:
    """The settings with the name of the account that they are for, whose key is known from now on.

    ``told``: called once for a key that is new to its account; None where nobody would hear it, so that
    it is said the next time. Raises ConfigError where the key was seen with several accounts and none
    is named.
    """
    service, key_hash = settings.service, settings.key_hash
    taken = taken_for(
        settings.account_name,
        service=service,
        key_hash=key_hash,
        accounts=registry.accounts.list_all(),
    )
    if taken.said and told:
        told(taken)
    is_heard = told is not None or not taken.said
    if is_heard and key_hash not in registry.accounts.keys_of(service, taken.account):
        registry.accounts.record_key(service, taken.account, key_hash)
    return replace(settings, account_name=taken.account)


def told_to(watcher: Watcher) -> Callable[[Taken], None] | None:
    """What tells a watcher in plain words what a key's owner has to know; None for one that is deaf."""
    if is_silent(watcher):
        return None
    return lambda taken: watcher.warned(f"{taken.said} {in_words(taken.remedies)}")
