"""The house: which room may use which, and rooms that stay small enough to be found."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from docs.generate import ROOMS

CHECKOUT = Path(__file__).parents[2]

# Each room uses itself and those before it: the order of the map in CONTRIBUTING.md.
ORDER = tuple(dict.fromkeys(".".join(Path(room).with_suffix("").parts[:2]) for room in ROOMS))
# What a room may not use though it stands before it.
NEVER = {
    # A kept scan must not go stale because a weight or a rule of picking changed.
    "prep.scanning": ("prep.scoring", "prep.picking"),
    # A stand-in that shares code with the client would share its mistakes.
    "client.sandbox": (
        "client.config",
        "client.remote",
        "client.registry",
        "client.tasks",
        "client.characters",
        "client.videos",
        "client.doctor",
    ),
}
MOST_LINES = 400
MOST_ENTRIES = 15


@cache
def sources() -> dict[str, Path]:
    """Module -> file, without the leading ``screentest.``."""
    files = [*CHECKOUT.glob("prep/**/*.py"), *CHECKOUT.glob("client/**/*.py")]
    return {_module_of(file): file for file in sorted(files)}


def _module_of(file: Path) -> str:
    parts = file.relative_to(CHECKOUT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def arrows() -> tuple[tuple[str, str], ...]:
    """(module, module that it imports), anywhere in it, for types too."""
    return tuple(
        (module, used) for module, file in sources().items() for used in sorted(_used_by(file))
    )


def _used_by(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        ours = [name.removeprefix("screentest.") for name in names if name.startswith("screentest.")]
        found = [name for name in ours if name in sources()]
        # "from room import module" uses the module; the room's own file holds no code.
        yield from found[1:] or found


def room_of(module: str) -> str:
    return ".".join(module.split(".")[:2])


def rank_of(module: str) -> int:
    room = room_of(module)
    assert room in ORDER, f"{room} has no place in the house: give it one in docs/generate.py"
    return ORDER.index(room)


def is_root(module: str) -> bool:
    return "." not in module


def test_every_room_uses_itself_and_rooms_before_it_only() -> None:
    wrong = [
        f"{one} uses {used}"
        for one, used in arrows()
        if not is_root(one) and not is_root(used) and rank_of(used) > rank_of(one)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("room", NEVER)
def test_some_rooms_may_not_know_what_stands_before_them(room: str) -> None:
    wrong = [
        f"{one} uses {used}"
        for one, used in arrows()
        if room_of(one) == room and room_of(used) in NEVER[room]
    ]
    assert not wrong, "\n".join(wrong)


def test_no_modules_import_one_another_in_a_circle() -> None:
    uses: dict[str, set[str]] = {module: set() for module in sources()}
    for one, used in arrows():
        if one != used:
            uses[one].add(used)
    left = set(uses)
    while True:
        wanted = {name for module in left for name in uses[module] & left}
        ends = {module for module in left if module not in wanted or not uses[module] & left}
        if not ends:
            break
        left -= ends
    assert not left, f"a circle among {', '.join(sorted(left))}"


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    files = [*CHECKOUT.glob("tests/**/*.py"), *CHECKOUT.glob("fixtures/*.py"), *sources().values()]
    long = {
        file.relative_to(CHECKOUT).as_posix(): count
        for file in files
        if (count := len(file.read_text(encoding="utf-8").splitlines())) > MOST_LINES
    }
    assert not long, f"split these by what they do: {long}"


def test_no_folder_holds_more_than_a_reader_can_survey() -> None:
    folders = {file.parent for file in sources().values()}
    folders |= {file.parent for file in CHECKOUT.glob("tests/**/*.py")}
    full = {
        folder.relative_to(CHECKOUT).as_posix(): count
        for folder in folders
        if (count := sum(1 for _ in _entries(folder))) > MOST_ENTRIES
    }
    assert not full, f"these want rooms of their own: {full}"


def _entries(folder: Path) -> Iterator[Path]:
    for entry in folder.iterdir():
        if (entry.suffix == ".py" and entry.name != "__init__.py") or (
            entry.is_dir() and any(entry.glob("*.py"))
        ):
            yield entry


def test_the_map_shows_every_room_and_no_other() -> None:
    folders = {file.parent.relative_to(CHECKOUT).as_posix() for file in sources().values()}
    mapped = {room for room in ROOMS if not room.endswith(".py")}
    assert mapped == folders - {"prep", "client"}


def test_every_room_says_what_it_holds() -> None:
    silent = [
        module
        for module, file in sources().items()
        if not ast.get_docstring(ast.parse(file.read_text(encoding="utf-8")))
    ]
    assert not silent
