"""What guards the bill is done in one place: a fault in it can be fixed there, for both kinds."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[4]
SOURCES = sorted((CHECKOUT / "client").glob("**/*.py"))


@cache
def called_in(file: Path) -> set[str]:
    """The last name of everything that a file calls: ``mark_ready`` of ``ledger.mark_ready(row)``."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute):
                found.add(node.func.attr)
            elif isinstance(node.func, ast.Name):
                found.add(node.func.id)
    return found


def callers_of(name: str) -> set[str]:
    return {
        file.relative_to(CHECKOUT / "client").as_posix()
        for file in SOURCES
        if not file.is_relative_to(CHECKOUT / "client" / "sandbox") and name in called_in(file)
    }


@pytest.mark.parametrize(
    ("name", "places"),
    [
        # A row says "submitting", and the time of the submit is taken, only before the one POST.
        ("mark_submitting", {"tasks/submit.py"}),
        # A row is freed for another submit.
        ("mark_ready", {"tasks/submit.py", "tasks/settle.py", "tasks/recover.py"}),
        # A task becomes a row's: just accepted, found, or named by its owner.
        ("mark_submitted", {"tasks/submit.py", "tasks/settle.py", "tasks/recover.py"}),
        # Whether a listed task is ours.
        (
            "decide",
            {
                "tasks/settle.py",
                # What a person decides about footage.
                "studio/server/studio.py",
                "studio/server/film_routes.py",
                "studio/server/many_routes.py",
                "studio/server/register_routes.py",
            },
        ),
        # Names are compared.
        ("same_name", {"tasks/ours.py", "characters/task.py", "tasks/recover.py"}),
        # The service's list is read.
        ("list_predictions", {"tasks/listing.py"}),
        ("list_unowned", {"tasks/settle.py"}),
        # Both kinds go through the same steps.
        (
            "submit",
            {
                "characters/run.py",
                "videos/make.py",
                "tasks/submit.py",
                "remote/wavespeed.py",
                # An executor's, an engine's and Dask's own word for a job, which costs nothing.
                "batch/driver/drive.py",
                "batch/driver/arriving.py",
                "batch/engine/dispatch.py",
                "batch/carrying/carry.py",
                "studio/server/studio.py",
                "studio/shelf/arriving.py",
                "studio/shelf/looker.py",
            },
        ),
        (
            "settle",
            {
                *("characters/run.py", "videos/make.py", "tasks/recover.py"),
                # A button, which asks ``recover`` to.
                "studio/server/settling_routes.py",
            },
        ),
        ("finish", {"characters/run.py", "videos/make.py", "tasks/recover.py"}),
    ],
)
def test_it_is_called_nowhere_else(name: str, places: set[str]) -> None:
    assert callers_of(name) == places


@pytest.mark.parametrize("folder", ["tasks", "registry"])
def test_tasks_and_registry_know_no_kind(folder: str) -> None:
    """Characters and videos know the paid task; it does not know them."""
    later = ("screentest.client.videos", "screentest.client.cli", "screentest.client.characters.task")
    for file in (CHECKOUT / "client" / folder).glob("*.py"):
        assert not [name for name in later if name in file.read_text(encoding="utf-8")], file
