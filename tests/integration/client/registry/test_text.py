"""Text that is not UTF-8: refused in one sentence or read as well as it can be, and never damage."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from screentest.client.errors import RegistryDamaged, RegistryError
from tests.registry_parts import CLIP, FILE_NAME, WISH, Registry, brought, everyone, noted

NOT_UTF8 = b"Jo\xff".decode("utf-8", "surrogateescape")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / FILE_NAME


def test_a_row_in_bytes_that_are_not_text_can_still_be_read(path: Path) -> None:
    with Registry(path) as registry:
        brought(registry, "done")
    with closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE registrations SET name = CAST(X'4A6FFF' AS TEXT)")
        db.commit()
    with Registry(path) as registry:
        assert [row.name for row in everyone(registry)] == ["Jo\ufffd"]


@pytest.mark.parametrize(
    "write",
    [
        pytest.param(
            lambda one: one.registrations.record_wish(replace(WISH, name=NOT_UTF8)), id="name"
        ),
        pytest.param(lambda one: one.registrations.find(NOT_UTF8), id="a name that is asked for"),
        pytest.param(lambda one: noted(one, brought(one, "done"), NOT_UTF8), id="consent"),
        pytest.param(
            lambda one: brought(one, "done", clip=replace(CLIP, path=NOT_UTF8)), id="a clip's path"
        ),
    ],
)
def test_what_is_not_text_is_refused_and_nothing_is_called_damaged(
    path: Path, write: Callable[[Registry], object]
) -> None:
    with Registry(path) as registry:
        with pytest.raises(RegistryError, match=r"udcff.* is not valid UTF-8") as caught:
            write(registry)
        assert not isinstance(caught.value, RegistryDamaged)
        assert brought(registry, "done", wish=replace(WISH, name="Ann"), number=2).state == "done"
