"""The README's examples do what they say, as they stand there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.waiting import HANG_S

CHECKOUT = Path(__file__).parent.parent.parent
README = (CHECKOUT / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"<!-- example -->\n```(\w+)\n(.*?)```", README, re.DOTALL)


def run(words: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        words,
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        timeout=HANG_S,
        check=False,
    )


@pytest.fixture
def beside_the_fixtures(tmp_path: Path) -> Path:
    """A folder in which fixtures/... means what it means in the checkout."""
    (tmp_path / "fixtures").symlink_to(CHECKOUT / "fixtures")
    return tmp_path


def test_every_option_that_the_readme_names_exists() -> None:
    known = set(re.findall(r"--[a-z][a-z-]+", (CHECKOUT / "docs" / "cli.md").read_text("utf-8")))
    named = set(re.findall(r"--[a-z][a-z-]+", README))
    assert named
    assert named <= known


def test_every_make_target_that_the_readme_names_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (CHECKOUT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"(?:^|`)make ([a-z]+)", README, re.MULTILINE)) <= targets


def test_activating_the_environment_puts_the_command_on_the_path() -> None:
    activate = Path(sys.executable).parent / "activate"
    if not activate.exists():
        pytest.skip("these tests run in no virtual environment")
    script = f"PATH=/usr/bin:/bin; . '{activate}'; command -v screentest"
    ended = subprocess.run(
        ["/bin/sh", "-c", script], capture_output=True, text=True, timeout=HANG_S, check=True
    )
    assert ended.stdout.strip() == str(activate.parent / "screentest")


def test_there_are_examples_in_both_languages() -> None:
    assert {language for language, _ in EXAMPLES} == {"sh", "python"}


@pytest.mark.parametrize("code", [code for language, code in EXAMPLES if language == "python"])
def test_the_python_example_runs(code: str, beside_the_fixtures: Path) -> None:
    ended = run([sys.executable, "-P", "-c", code], beside_the_fixtures)
    assert ended.returncode == 0, ended.stderr
    assert "One person shows their face" in ended.stdout
    assert (beside_the_fixtures / "joe.mp4").exists()


@pytest.mark.parametrize("code", [code for language, code in EXAMPLES if language == "sh"])
def test_the_shell_example_registers_and_lists(code: str, beside_the_fixtures: Path) -> None:
    ended = run(["sh", "-e", "-c", code], beside_the_fixtures)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.count("char_") >= 2
