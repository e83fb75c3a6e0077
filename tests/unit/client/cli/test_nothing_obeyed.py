"""Whatever a service, an import or a file name says: no terminal obeys it, in any form of output."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from screentest.client.registry.exchange import exported
from tests.conftest import Command, Outcome
from tests.registry_parts import CLIP, FILE_NAME, WISH, Registry, brought, noted
from tests.scripted_service import Answer, scripted

# A title and a clear screen, in seven bits and in eight; a direction; a bell; a line of its own.
EVIL = "evil\x1b]0;pwned\x07\x1b[2J\x9b2J\x9d0;x\x9c\u202etxt\u2028\x7f\r\nend"
HOSTILE = "\x1b\x07\x9b\x9d\x9c\u202e\u2028\x7f\r"
KEY = "wsk-0123456789"

COMMANDS = [
    ("characters", "list"),
    ("characters", "show", "char_1"),
    ("characters", "export"),
    ("characters", "export", "--csv"),
    ("characters", "delete", EVIL),
    ("characters", "show", f"no {EVIL}"),
    ("characters", "import", f"no {EVIL}"),
    ("probe", f"no {EVIL}"),
    ("register", f"no {EVIL}", "--name", EVIL),
    ("video", EVIL, "--character", EVIL, "--yes"),
    ("doctor", "--model", EVIL),
    (EVIL,),
    ("characters", "list", f"--{EVIL}"),
]
ASKING = [("tasks", "list"), ("balance",), ("models",), ("price", "openai/sora-2/characters")]


def require_harmless(outcome: Outcome) -> None:
    for told in (outcome.out, outcome.err):
        assert not set(HOSTILE) & set(told), repr(told)
        assert KEY not in told


@pytest.fixture
def evil_home(home: Path) -> Path:
    """A home whose registry holds such a text wherever one can stand."""
    home.mkdir()
    with Registry(home / FILE_NAME) as registry:
        wish = replace(WISH, name=EVIL, source_path=f"/{EVIL}", service=EVIL, model=EVIL)
        clip = replace(CLIP, path=f"/{EVIL}", warnings=(EVIL,), model=EVIL)
        noted(registry, brought(registry, "done", wish=wish, clip=clip, key=EVIL, bucket=EVIL), EVIL)
        brought(registry, "unknown", wish=replace(wish, name=f"2 {EVIL}"), clip=clip, number=2)
    return home


@pytest.mark.parametrize("form", [(), ("--json",)], ids=["text", "json"])
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command)[:30].encode().hex())
def test_no_recorded_or_given_text_is_obeyed(
    evil_home: Path, screentest: Command, command: tuple[str, ...], form: tuple[str, ...]
) -> None:
    require_harmless(screentest(*command, *form))


@pytest.mark.parametrize("form", [(), ("--json",)], ids=["text", "json"])
@pytest.mark.parametrize("command", ASKING, ids=" ".join)
def test_no_word_of_the_service_is_obeyed_and_no_key_is_shown(
    screentest: Command,
    monkeypatch: pytest.MonkeyPatch,
    command: tuple[str, ...],
    form: tuple[str, ...],
) -> None:
    said = f"{EVIL} {KEY}"
    item = {"id": EVIL, "model": EVIL, "model_id": EVIL, "base_price": 1, "status": EVIL, "error": said}
    item |= {"outputs": [{"id": EVIL, "name": EVIL}], "created_at": EVIL}
    data = {"items": [item], "balance": EVIL, "price": 1, "currency": EVIL}
    replies = [
        Answer(document={"data": [item] if command == ("models",) else data}),
        Answer(400, {"code": 400, "message": said}),
        Answer(404, said.encode()),
    ]
    for answer in replies:
        with scripted(answer) as service:
            monkeypatch.setenv("WAVESPEED_BASE_URL", service.url)
            monkeypatch.setenv("WAVESPEED_API_KEY", KEY)
            require_harmless(screentest(*command, *form))
            assert service.asked


def test_an_export_is_read_back_as_it_was(evil_home: Path, screentest: Command) -> None:
    with Registry(evil_home / FILE_NAME) as registry:
        wanted = json.loads(json.dumps(exported(registry)["characters"]))
    assert json.loads(screentest("characters", "export").out)["characters"] == wanted
