"""What can be told before anything is started, scanned or paid for."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from screentest.client.cli.running.call import Call
from screentest.prep.core.errors import OutputNotWritable
from screentest.prep.core.files import may_write
from screentest.prep.core.text import shown

if TYPE_CHECKING:
    from screentest.client.characters.direction import Direction
    from screentest.client.characters.register import Order


def require_order(order: Order) -> None:
    """Raises what an order that cannot come to anything raises: ConfigError, FootageError."""
    from screentest.client.characters.order import model_for

    model_for(order)
    require_files(order.footage, order.direction)


def require_files(footage: str, direction: Direction) -> None:
    """Raises NotFound, NotAFile or FootageError where footage or photo cannot be opened."""
    from screentest.prep.media.opening import regular_file

    regular_file(footage)
    if direction.match is not None:
        regular_file(direction.match)


def require_writable(target: Path) -> None:
    """Raises OutputNotWritable unless a file may be put at ``target``, or in its place."""
    folder = target.parent
    if target.is_dir():
        raise OutputNotWritable(f"{shown(target)} is a folder.", "Name a file with -o.")
    if target.exists() and not target.is_file():
        raise OutputNotWritable(f"{shown(target)} is not a regular file.", "Name a file with -o.")
    if not folder.is_dir():
        raise OutputNotWritable(
            f"There is no folder {shown(folder)}.", "Name a file in a folder that exists with -o."
        )
    if not may_write(folder):
        raise OutputNotWritable(
            f"No file can be written into {shown(folder)}.", "Name a file in another folder with -o."
        )


def require_known(call: Call, names: Iterable[str], *, deleted: bool = True) -> None:
    """Raises UnknownCharacter for the first name or id that this home's registry lacks.

    ``deleted``: whether a tombstone counts.
    """
    from screentest.client.registry.registry import FILE_NAME, Registry

    with Registry(call.home / FILE_NAME) as registry:
        for name in names:
            registry.characters.find(name, deleted=deleted)
