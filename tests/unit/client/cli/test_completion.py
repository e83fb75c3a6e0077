"""What a shell is offered: files, models, characters of this home; never an error, never a command."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from screentest.client.cli.running.settings import user_file
from screentest.client.remote.video_models import every_model
from tests.conftest import Command
from tests.registry_parts import FILE_NAME, WISH, Registry, brought
from tests.waiting import HANG_S

Offered = Callable[..., list[str]]


@pytest.fixture
def offered(screentest: Command, monkeypatch: pytest.MonkeyPatch) -> Offered:
    """What a shell is told after these words; the last one is incomplete."""

    def ask(*words: str) -> list[str]:
        monkeypatch.setenv("_SCREENTEST_COMPLETE", "bash_complete")
        monkeypatch.setenv("COMP_WORDS", " ".join(("screentest", *words)))
        monkeypatch.setenv("COMP_CWORD", str(len(words)))
        outcome = screentest()
        assert outcome.err == ""
        return list(filter(None, outcome.out.splitlines()))

    return ask


def filled(home: Path, *names: str) -> None:
    home.mkdir(parents=True)
    with Registry(home / FILE_NAME) as registry:
        for number, name in enumerate(names, 1):
            brought(registry, "done", wish=replace(WISH, name=name), number=number)


@pytest.mark.parametrize(
    "words",
    [
        ("characters", "show", ""),
        ("characters", "delete", ""),
        ("video", "x", "--character", ""),
        ("compare", "x.mp4", "--character", ""),
        ("characters", "wait", ""),
    ],
    ids=" ".join,
)
def test_characters_are_offered_by_name(home: Path, offered: Offered, words: tuple[str, ...]) -> None:
    filled(home, "Joe", "Ann")
    assert offered(*words) == ["plain,Ann", "plain,Joe"]


def test_only_those_are_offered_that_begin_so(home: Path, offered: Offered) -> None:
    filled(home, "Joe", "Ann")
    assert offered("characters", "show", "J") == ["plain,Joe"]


@pytest.mark.parametrize("name", ["Old Joe", "x;reboot", "$(reboot)", "-x", "*"])
def test_a_name_that_a_shell_would_not_take_as_it_is_goes_by_its_id(
    home: Path, offered: Offered, name: str
) -> None:
    filled(home, name)
    assert offered("characters", "show", "") == ["plain,char_1"]


def test_characters_of_the_home_that_the_line_names_are_offered(
    tmp_path: Path, offered: Offered
) -> None:
    filled(tmp_path / "other", "Zoe")
    assert offered("--home", f"{tmp_path}/other", "characters", "show", "") == ["plain,Zoe"]


def test_characters_of_the_home_in_ones_own_settings_are_offered(
    tmp_path: Path, offered: Offered, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(tmp_path / "other", "Zoe")
    monkeypatch.delenv("SCREENTEST_HOME")
    user_file().parent.mkdir(parents=True)
    user_file().write_text(f'home = "{tmp_path}/other"\n')
    assert offered("characters", "show", "") == ["plain,Zoe"]


@pytest.mark.parametrize("content", [None, b"", b"not a database at all" * 100])
def test_without_a_registry_nothing_is_offered_and_none_is_made(
    home: Path, offered: Offered, content: bytes | None
) -> None:
    if content is not None:
        home.mkdir()
        (home / FILE_NAME).write_bytes(content)
    assert offered("characters", "show", "") == []
    assert home.exists() is (content is not None)


@pytest.mark.parametrize("words", [("pick", "x", "--model"), ("models",), ("tasks", "list", "--model")])
def test_models_are_offered(offered: Offered, words: tuple[str, ...]) -> None:
    found = offered(*words, "")
    assert {f"plain,{one.model_id}" for one in every_model()} == set(found)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (("pick",), "file"),
        (("register",), "file"),
        (("clip", "x", "-o"), "file"),
        (("sheet", "x", "-o"), "dir"),
        (("pick", "x", "--match"), "file"),
        (("--home",), "dir"),
    ],
)
def test_files_are_left_to_the_shell(offered: Offered, words: tuple[str, ...], kind: str) -> None:
    assert offered(*words, "") == [f"{kind},"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_script(screentest: Command, shell: str) -> None:
    script = screentest("completion", shell).out
    assert "_SCREENTEST_COMPLETE" in script
    assert screentest("completion", shell, "--json").result["script"].rstrip() == script.rstrip()


def test_bash_completes_by_the_script(home: Path) -> None:
    filled(home, "Joe", "Ann")
    asked = 'eval "$(screentest completion bash)"; COMP_WORDS=(screentest characters show J); '
    asked += 'COMP_CWORD=3; _screentest_completion screentest; printf "%s\\n" "${COMPREPLY[@]}"'
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    run = subprocess.run(
        ["bash", "--norc", "-c", asked],
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        timeout=HANG_S,
        check=True,
    )
    assert (run.stdout, run.stderr) == ("Joe\n", "")
