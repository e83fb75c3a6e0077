"""What the README and the docs have people type exists, and the examples do what they say there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.waiting import HANG_S

CHECKOUT = Path(__file__).parent.parent.parent
PAGES = {
    file.name: file.read_text(encoding="utf-8")
    for file in (CHECKOUT / "README.md", CHECKOUT / "SECURITY.md", *sorted(CHECKOUT.glob("docs/*.md")))
}
EXAMPLES = sorted(
    {
        found
        for text in PAGES.values()
        for found in re.findall(r"<!-- example -->\n```(\w+)\n(.*?)```", text, re.DOTALL)
    }
)


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


@pytest.mark.parametrize("page", sorted(PAGES.keys() - {"cli.md"}))
def test_every_option_and_target_that_a_page_names_exists(page: str) -> None:
    known = {"--force-reinstall", "--network"}  # pip's, docker's
    known |= set(re.findall(r"--[a-z][a-z-]+", PAGES["cli.md"]))
    targets = set(re.findall(r"^([a-z]+):", (CHECKOUT / "Makefile").read_text("utf-8"), re.MULTILINE))
    text = re.sub(r"dask (?:\\\n|[^\n`])*", "", PAGES[page])  # has options of its own
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text)) <= known
    assert set(re.findall(r"(?:^|`)make ([a-z]+)", text, re.MULTILINE)) <= targets


@pytest.mark.parametrize("page", ["README.md", "SECURITY.md"])
def test_every_link_of_the_readme_leads_somewhere(page: str) -> None:
    """Those of the docs are followed by `make site`."""
    links = re.findall(r"\]\(([^)#]+)", PAGES[page])
    assert links
    assert not [link for link in links if not (CHECKOUT / link).exists()]


@pytest.mark.parametrize("page", sorted(PAGES.keys() - {"cli.md"}))
def test_every_command_that_a_page_names_exists(page: str) -> None:
    known = set(re.findall(r"^##+ screentest (.+)$", PAGES["cli.md"], re.MULTILINE))
    groups = {name.split()[0] for name in known if " " in name}
    for first, second in re.findall(r"`?screentest ([a-z][a-z-]+)(?: ([a-z][a-z-]+))?", PAGES[page]):
        if first in groups and second:
            assert f"{first} {second}" in known
        elif re.search(rf"(?:`|^|\$ )screentest {first}", PAGES[page], re.MULTILINE):
            assert first in known


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
