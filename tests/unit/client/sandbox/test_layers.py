"""The sandbox is written from the contract: it knows nothing of the client that it is there to test."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[4]
ROOT = CHECKOUT / "client" / "sandbox"
PACKAGE = "screentest.client.sandbox"
FILES = sorted(ROOT.rglob("*.py"))
LAYERED = [file for file in FILES if file != ROOT / "__init__.py"]
# Imports point to the same layer or an earlier one; `work` and `s3` do not know each other.
LAYERS: list[set[str]] = [
    {"account", "faults", "folder", "models", "ports", "redact", "settings"},
    {"s3", "work"},
    {"api"},
    {"running"},
    {"serve"},
    {"__main__"},
]


def imports_of(file: Path) -> Iterator[str]:
    """Every module a file imports, also inside functions; names imported from a package count too."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{file}: a relative import"
            found = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name if is_module(name) else str(node.module) for name in found)


def is_module(name: str) -> bool:
    path = CHECKOUT.joinpath(*name.removeprefix("screentest.").split("."))
    return path.with_suffix(".py").is_file() or path.is_dir()


def own_imports(file: Path) -> set[str]:
    """The modules of the sandbox that a file imports, by their name inside it."""
    prefix = f"{PACKAGE}."
    return {name.removeprefix(prefix) for name in imports_of(file) if name.startswith(prefix)}


def room_of(module: str) -> str:
    return module.split(".")[0]


def layer_of(module: str) -> int:
    return next(index for index, rooms in enumerate(LAYERS) if room_of(module) in rooms)


def module_of(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@pytest.mark.parametrize("file", FILES, ids=module_of)
def test_of_the_client_only_errors_and_serving_are_known(file: Path) -> None:
    known = ("screentest.prep.", f"{PACKAGE}.", "screentest.client.errors", "screentest.client.serving")
    ours = [name for name in imports_of(file) if f"{name}.".startswith("screentest.")]
    assert not [name for name in ours if not name.startswith(known) and name != PACKAGE]


@pytest.mark.parametrize(
    "file", [f for f in FILES if f.parent != ROOT or f.stem != "__init__"], ids=module_of
)
def test_imports_point_to_the_same_layer_or_an_earlier_one(file: Path) -> None:
    module = module_of(file)
    layer = layer_of(module)
    assert not [name for name in own_imports(file) if layer_of(name) > layer]
    beside = LAYERS[layer] - {room_of(module)} if layer else set()
    assert not [name for name in own_imports(file) if room_of(name) in beside]


def test_no_module_imports_itself_by_way_of_others() -> None:
    graph = {module_of(file): own_imports(file) for file in FILES}
    assert list(TopologicalSorter(graph).static_order())


def test_every_module_has_a_layer() -> None:
    rooms = {room_of(module_of(file)) for file in FILES} - {"__init__"}
    assert rooms == set().union(*LAYERS)


@pytest.mark.parametrize("folder", [ROOT, *(ROOT / name for name in ("api", "models", "s3", "work"))])
def test_a_folder_can_be_read_at_a_glance(folder: Path) -> None:
    assert len([entry for entry in folder.iterdir() if entry.name != "__pycache__"]) <= 15
