"""Which account a key is taken for: nothing is looked for, or paid for, in another by surprise."""

from __future__ import annotations

import pytest

from screentest.client.cli.output.remedies import spoken
from screentest.client.registry.accounts import KnownAccount, Taken, taken_for
from screentest.client.registry.identity import account_of_key, is_of_key
from screentest.client.registry.transfer import names_of_keys
from screentest.prep.core.errors import ConfigError

SERVICE = "https://api.example/api/v3"


def account(name: str, *keys: str, service: str = SERVICE, used: bool = True) -> KnownAccount:
    paid = keys if used else ()
    return KnownAccount(service, name, keys, paid, registrations=1, videos=0, last_used_at=None)


def taken(named: str | None, key: str, *accounts: KnownAccount) -> Taken:
    return taken_for(named, service=SERVICE, key_hash=key, accounts=accounts)


def test_a_first_key_is_the_default_accounts_and_nothing_is_said() -> None:
    assert taken(None, "k1") == Taken("default")
    assert taken("studio", "k1") == Taken("studio")


@pytest.mark.parametrize(("named", "name"), [(None, "default"), ("studio", "studio")])
def test_a_new_key_of_a_known_account_is_said_with_the_way_to_another(
    named: str | None, name: str
) -> None:
    found = taken(named, "k2", account(name, "k1"))
    assert found.account == name
    assert f"new to the account {name!r} at api.example" in found.said
    assert "--account NAME" in spoken(found.remedies)


def test_a_known_key_is_silent() -> None:
    assert taken(None, "k2", account("default", "k1", "k2")) == Taken("default")


def test_a_key_goes_with_the_account_that_it_was_used_for() -> None:
    assert taken(None, "k2", account("default", "k1"), account("studio", "k2")) == Taken("studio")


def test_a_key_of_several_accounts_is_the_default_ones_or_has_to_be_told() -> None:
    studio = account("studio", "k1")
    assert taken(None, "k1", studio, account("default", "k1")) == Taken("default")
    with pytest.raises(ConfigError, match="several accounts: studio, home") as caught:
        taken(None, "k1", studio, account("home", "k1"))
    assert "--account NAME" in spoken(caught.value.remedies)


def test_the_same_key_at_another_service_is_another_matter() -> None:
    elsewhere = account("studio", "k1", service="sandbox")
    assert taken(None, "k1", elsewhere) == Taken("default")


def test_a_second_name_for_a_key_that_paid_says_where_the_first_things_are() -> None:
    found = taken("studio", "k1", account("default", "k1"))
    assert found.account == "studio"
    assert "used for the account 'default'" in found.said
    assert "rename-account" in spoken(found.remedies)
    assert taken("studio", "k1", account("default", "k1", used=False)) == Taken("studio")


def test_a_key_after_one_that_never_worked_is_nothing_to_say() -> None:
    assert taken(None, "k2", account("default", "mistyped", used=False)) == Taken("default")


def test_the_sandbox_is_called_by_its_name() -> None:
    accounts = [account("default", "k1", service="sandbox")]
    found = taken_for(None, service="sandbox", key_hash="k2", accounts=accounts)
    assert "at the sandbox" in found.said


def test_the_last_key_of_each_service_is_the_default_accounts() -> None:
    a, b = "a" * 16, "b" * 16
    newest_first = [("s", b), ("t", a), ("s", a)]
    assert names_of_keys(newest_first) == {
        ("s", b): "default",
        ("t", a): "default",
        ("s", a): "key-aaaaaaaa",
    }
    assert names_of_keys(newest_first, taken={"s", "t"})["s", b] == "key-bbbbbbbb"


def test_the_name_of_a_key_is_known_for_one() -> None:
    assert is_of_key(account_of_key("0123456789abcdef"))
    assert not is_of_key("key-holder")
    assert not is_of_key("default")


def test_a_new_key_where_the_default_account_was_renamed_is_the_renamed_ones() -> None:
    # A new account for it would have everything paid for again.
    found = taken(None, "k2", account("work", "k1"), account("spare", "k0", used=False))
    assert found.account == "work"
    assert "new to the account 'work'" in found.said


def test_a_new_key_among_several_renamed_accounts_wants_a_name() -> None:
    with pytest.raises(ConfigError, match="several accounts: work, studio"):
        taken(None, "k3", account("work", "k1"), account("studio", "k2"))
