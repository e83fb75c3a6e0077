"""What scripts read: every key of every result, in its order, with its type."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from screentest.client.cli import main
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
def found(tmp_path_factory: pytest.TempPathFactory, footage: Footage) -> dict[str, Any]:
    """Each command's result, run one after the other in one home with one sandbox."""
    folder = tmp_path_factory.mktemp("shapes")
    (folder / "raw.mp4").symlink_to(footage("face-short"))
    with pytest.MonkeyPatch.context() as patched:
        for name in [name for name in os.environ if name.startswith(FOREIGN)]:
            patched.delenv(name)
        patched.setenv("SCREENTEST_HOME", str(folder / "home"))
        patched.chdir(folder)
        up = [sys.executable, "-m", "screentest.client.cli", "sandbox", "up", "--json"]
        with subprocess.Popen(up, stdout=subprocess.PIPE, text=True) as sandbox:
            assert sandbox.stdout is not None
            assert sandbox.stdout.readline()
            try:
                return {name: result(arguments) for name, arguments in COMMANDS.items()}
            finally:
                sandbox.terminate()


def result(arguments: str) -> Any:
    """What a command writes, run in this process: a start of Python costs more than most of them."""
    words = [word.replace("~", " ") for word in arguments.split()]
    out, told = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(told), pytest.raises(SystemExit) as left:
        main([*words, "--json"])
    assert not left.value.code, f"{arguments}: {told.getvalue()}"
    return json.loads(out.getvalue())


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_a_result_has_the_keys_and_types_that_scripts_read(name: str, found: dict[str, Any]) -> None:
    assert json.dumps(shape(found[name]), indent=1) == json.dumps(SHAPES[name], indent=1)
