"""The account of a data folder: one set of keys for as long as the folder lives."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from screentest.client.errors import SandboxError
from screentest.client.sandbox.account import load_account
from screentest.client.sandbox.folder import DataFolder


def test_a_damaged_account_is_an_error_and_never_replaced(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    folder.account.write_text("{", encoding="utf-8")
    with pytest.raises(SandboxError):
        load_account(folder)
    assert folder.account.read_text(encoding="utf-8") == "{"


def test_an_accounts_keys_do_not_show_in_its_repr(tmp_path: Path) -> None:
    account = load_account(DataFolder(tmp_path).create())
    assert not [secret for secret in account.secrets if secret in repr(account)]


def test_the_keys_stay_the_same_for_as_long_as_the_folder_lives(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    assert load_account(folder) == load_account(folder)


def test_two_folders_have_no_key_in_common(tmp_path: Path) -> None:
    one = load_account(DataFolder(tmp_path / "one").create())
    other = load_account(DataFolder(tmp_path / "other").create())
    assert not one.secrets & other.secrets


def test_only_the_owner_may_read_the_keys(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data").create()
    load_account(folder)
    assert stat.S_IMODE(folder.account.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700


@pytest.mark.parametrize("content", ["[]", '{"api_key": "a"}', '{"other": 1}'])
def test_an_account_without_all_its_keys_is_damaged(tmp_path: Path, content: str) -> None:
    folder = DataFolder(tmp_path)
    folder.account.write_text(content, encoding="utf-8")
    with pytest.raises(SandboxError, match="damaged") as refusal:
        load_account(folder)
    assert str(folder.path) in refusal.value.hint


def test_a_folder_that_cannot_be_created_is_told_with_the_callers_way_out(tmp_path: Path) -> None:
    (tmp_path / "file").write_text(json.dumps({}), encoding="utf-8")
    with pytest.raises(SandboxError, match="cannot be created") as refusal:
        DataFolder(tmp_path / "file" / "data").create(elsewhere="Name another place.")
    assert refusal.value.hint == "Name another place."
