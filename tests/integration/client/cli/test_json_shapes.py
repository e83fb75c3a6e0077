"""What scripts read: every key of every result, in its order, with its type."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Footage

GOLDEN = Path(__file__).with_name("json_shapes.json")
SHAPES: dict[str, Any] = json.loads(GOLDEN.read_text(encoding="utf-8"))

FOREIGN = ("AWS_", "WAVESPEED_", "SCREENTEST_")
COMMANDS = {
    "probe": "probe raw.mp4",
    "scan": "scan raw.mp4",
    "pick": "pick raw.mp4 --length 2",
    "clip": "clip raw.mp4 --length 2 -o clip.mp4",
    "check": "check clip.mp4",
    "register --dry-run": "register raw.mp4 --name Joe --length 2 --sandbox --dry-run",
    "register": "register raw.mp4 --name Joe --length 2 --sandbox",
    "register --no-wait": "register raw.mp4 --name Ann --length 2 --sandbox --no-wait",
    "characters wait": "characters wait --sandbox",
    "characters list": "characters list",
    "characters show": "characters show Joe",
    "characters consent": "characters consent Joe agreed",
    "video": "video Joe~waves. --character Joe --sandbox --yes",
    "characters export": "characters export",
    "characters delete": "characters delete Ann --yes",
    "tasks list": "tasks list --sandbox",
}


def shape(value: object) -> object:
    """A value with the name of its type for each leaf; of a list, the shapes it holds."""
    if isinstance(value, dict):
        return {name: shape(part) for name, part in value.items()}
    if isinstance(value, list):
        return list({json.dumps(found): found for found in map(shape, value)}.values())
    return "null" if value is None else type(value).__name__


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory, footage: Footage) -> Iterator[dict[str, Any]]:
    """Each command's result, run one after the other in one home with one sandbox."""
    folder = tmp_path_factory.mktemp("shapes")
    (folder / "raw.mp4").symlink_to(footage("face-short"))
    ours = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    environ = {**ours, "SCREENTEST_HOME": str(folder / "home")}
    command = [sys.executable, "-m", "screentest.client.cli"]

    def result(arguments: str) -> Any:
        words = [word.replace("~", " ") for word in arguments.split()]
        run = subprocess.run(
            [*command, *words, "--json"],
            cwd=folder,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert run.returncode == 0, f"{arguments}: {run.stderr}"
        return json.loads(run.stdout)

    up = [*command, "sandbox", "up", "--json"]
    with subprocess.Popen(up, env=environ, stdout=subprocess.PIPE, text=True) as sandbox:
        assert sandbox.stdout is not None
        assert sandbox.stdout.readline()
        try:
            yield {name: result(arguments) for name, arguments in COMMANDS.items()}
        finally:
            sandbox.terminate()


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_a_result_has_the_keys_and_types_that_scripts_read(name: str, found: dict[str, Any]) -> None:
    assert json.dumps(shape(found[name]), indent=1) == json.dumps(SHAPES[name], indent=1)
