"""register with several files of one person, and with what people decided about them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from screentest import probe
from screentest.client.registry.registry import FILE_NAME, Registry
from screentest.prep.core.values import Clip
from tests.conftest import Command


@pytest.fixture
def files(made: Clip, tmp_path: Path) -> tuple[Path, Path]:
    """A file that nobody can open, and footage that is a clip already: nothing is encoded."""
    torn = tmp_path / "torn.mp4"
    torn.write_bytes(Path(made.path).read_bytes()[:3000])
    return torn, Path(shutil.copy(made.path, tmp_path / "joe.mp4"))


@pytest.mark.slow
def test_several_files_are_one_character_whichever_order_they_come_in(
    screentest: Command, home: Path, files: tuple[Path, Path]
) -> None:
    torn, good = files
    foreseen = screentest("register", torn, good, "--name", "Joe", "--dry-run", "--json").result
    assert Path(foreseen["footage"]) == good
    done = screentest("register", torn, good, "--name", "Joe", "--sandbox", "--json")
    assert (done.code, Path(done.result["footage"])) == (0, good)
    assert "torn.mp4 is passed over" in done.err
    character_id = done.result["character_id"]

    with Registry(home / FILE_NAME) as registry:
        decided = registry.decisions.decide(probe(good).fingerprint, start_s=0.5, length_s=2.0)
    for command in ((good, torn), (good,)):
        again = screentest("register", *command, "--name", "Joe", "--sandbox", "--json")
        assert (again.result["character_id"], again.result["submitted"]) == (character_id, False)
        (told,) = (one for one in again.result["warnings"] if "decided since" in one)
        assert "0:00.50 to 0:02.50. Pass --again to order it again as it is decided now." in told
        assert told in again.err
    foreseen = screentest("register", good, "--name", "Joe", "--sandbox", "--dry-run", "--json").result
    assert foreseen["character_id"] == character_id
    assert any("decided since" in one for one in foreseen["warnings"])

    with Registry(home / FILE_NAME) as registry:
        registry.decisions.decide(probe(good).fingerprint, skip=True, start_s=None)
        assert registry.decisions.of(probe(good).fingerprint) != decided
    refused = screentest("register", good, "--name", "Jim", "--sandbox", "--json")
    assert (refused.code, refused.error["type"]) == (1, "SkipDecided")
    assert "--yes" in refused.error["hint"]


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("a.mp4", "b.mp4"), "--name"),
        (("a.mp4", "b.mp4", "--character", "Joe"), "--name"),
        (("--name", "Joe"), "RAW"),
    ],
)
def test_several_files_need_the_name_of_the_one_person(
    screentest: Command, arguments: tuple[str, ...], hint: str
) -> None:
    refused = screentest("register", *arguments)
    assert refused.code == 2
    assert hint in refused.err
