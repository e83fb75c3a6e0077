"""Hints on a terminal: the option or the command that does it, and only ones that are there."""

import json
import re
from typing import get_args

import click
import pytest

from docs import generate as docs_page
from screentest.client.cli.output.remedies import _OF_SERVICES, SPOKEN, spoken
from screentest.client.cli.root import root
from screentest.client.cli.running.call import Call
from screentest.client.cli.running.failures import exit_code_of
from screentest.prep.core.errors import NoUsableSegment, TooShort
from screentest.prep.core.remedy import PLAIN, Kind, Remedy, remedies_of
from tests.command_parts import every_command

COMMANDS = {path: context.command for path, context in docs_page.commands(root, None, "screentest")}


def flags_of(command: click.Command) -> set[str]:
    return {flag for param in command.params for flag in param.opts}


FLAGS = {flag for command in COMMANDS.values() for flag in flags_of(command)}


@pytest.mark.parametrize("kind", SPOKEN)
def test_every_option_a_hint_names_is_there(kind: Kind) -> None:
    assert set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", SPOKEN[kind])) <= FLAGS


@pytest.mark.parametrize("kind", SPOKEN)
def test_every_command_a_hint_names_is_there(kind: Kind) -> None:
    named = re.findall(r"`(screentest [a-z -]+?)(?: RAW| --\w+| \{\w+\})*`", SPOKEN[kind])
    assert len(named) == SPOKEN[kind].count("`screentest ")
    assert set(named) <= COMMANDS.keys()


@pytest.mark.parametrize("kind", [kind for kind in PLAIN if kind != "note"])
def test_a_hint_of_any_kind_is_one_filled_sentence(kind: Kind) -> None:
    said = spoken([Remedy(kind, ("person",), at_least=2, at_most=4)])
    assert said
    assert not re.search(r"[{}\n]", said)


@pytest.mark.parametrize(
    ("remedies", "said"),
    [
        (
            (
                Remedy("start_s", words="choose a longer shot by hand"),
                Remedy("footage", words="use other footage of the same subject"),
            ),
            "Choose a longer shot by hand with --start, or use other footage of the same subject.",
        ),
        (
            (Remedy("length_s", at_least=2.0, at_most=4.0),),
            "Ask for 2 to 4 s with --length.",
        ),
        ((Remedy("without", ("person", "match")),), "Leave --person and --match out."),
        (
            (Remedy("one_of", ("start_s", "audio_track")),),
            "Keep only one of --start and --audio-track.",
        ),
        (
            ("Nothing was spent.", Remedy("max_cost_usd")),
            "Nothing was spent. Raise --max-cost to go on.",
        ),
        (
            (
                Remedy("settings", words="set WAVESPEED_API_KEY for the real services"),
                Remedy("sandbox", words="work with local ones"),
            ),
            "Set WAVESPEED_API_KEY for the real services, or run `screentest config init`, or pass "
            "--sandbox to work with local ones.",
        ),
        ((Remedy("model", ("a/b",)),), "Try --model a/b."),
        ((Remedy("prompt", ("Joe {walks} in",)),), "Use --fix-prompt, or write: Joe {walks} in"),
        ((Remedy("retry", at_least=20.0),), "Run the same command again in 20 s."),
        ((Remedy("out", words="a {name}"),), "A {name} with -o."),
        ((), ""),
    ],
)
def test_a_remedy_becomes_the_option_that_does_it(
    remedies: tuple[str | Remedy, ...], said: str
) -> None:
    assert spoken(remedies_of(*remedies)) == said


def test_a_failed_command_tells_machines_the_option(capfd: pytest.CaptureFixture[str]) -> None:
    def run() -> None:
        raise TooShort("Too short.", Remedy("start_s", words="choose an earlier start"))

    exit_code_of(run, call=Call(json=True))
    told = json.loads(capfd.readouterr().err)
    assert told["error"] == {
        "type": "TooShort",
        "message": "Too short.",
        "hint": "Choose an earlier start with --start.",
    }


def test_a_failed_command_tells_people_the_option(capfd: pytest.CaptureFixture[str]) -> None:
    def run() -> None:
        raise NoUsableSegment("Nothing.", Remedy("without", ("subject", "person")))

    exit_code_of(run, call=Call())
    assert capfd.readouterr().err.endswith("hint: Leave --subject and --person out.\n")


def test_every_kind_of_remedy_has_words_of_its_own() -> None:
    assert set(PLAIN) == set(get_args(Kind))


@pytest.mark.parametrize(
    ("remedy", "said"),
    [
        (Remedy("reconcile"), "Run `screentest characters reconcile --sandbox`."),
        (Remedy("wait"), "Run `screentest characters wait --sandbox`."),
        (Remedy("list_models"), "See what `screentest models --all --sandbox` lists."),
        (Remedy("list_characters"), "See what `screentest characters list` shows."),
        (Remedy("check"), "See what `screentest check` says."),
    ],
)
def test_a_command_of_the_services_keeps_the_sandbox_that_was_asked_for(
    remedy: Remedy, said: str
) -> None:
    assert spoken([remedy], sandbox=True) == said
    assert "--sandbox" not in spoken([remedy])


def test_each_command_that_gets_the_sandbox_takes_it_and_no_other_is_forgotten() -> None:
    takes = {
        " ".join(path)
        for path, command in every_command()
        if any("--sandbox" in param.opts for param in command.params)
    }
    names = {" ".join(path) for path, _ in every_command() if path}
    for text in SPOKEN.values():
        for typed in re.findall(r"`screentest ([^`]*)`", text):
            called = max((name for name in names if f"{typed} ".startswith(f"{name} ")), key=len)
            marked = _OF_SERVICES.search(f"`screentest {typed}`") is not None
            assert marked is (called in takes), typed
