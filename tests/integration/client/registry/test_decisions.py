"""What people decided about footage: kept, merged, undone, carried along, and never made up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from screentest.client.errors import ConfigError, RegistryError
from screentest.client.registry.decisions import DECIDED, Decision, DecisionLedger, user_name
from screentest.client.registry.exchange import exported, imported
from screentest.client.registry.identity import AskedFor
from screentest.client.registry.registry import FILE_NAME, Registry
from tests.registry_parts import NO, WISH, brought

START = datetime(2026, 2, 1, tzinfo=UTC)


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def registry(tmp_path: Path, clock: Clock) -> Iterator[Registry]:
    with Registry(tmp_path / FILE_NAME, now=clock) as registry:
        yield registry


def test_a_decision_is_there_when_the_registry_is_opened_again(
    registry: Registry, clock: Clock
) -> None:
    assert registry.decisions.of("f00d") is None
    made = registry.decisions.decide("f00d", footage="/raw/joe.mov", start_s=5, length_s=4.0)
    assert made.said == {"start_s": 5.0, "length_s": 4.0}
    assert (made.who, made.at, made.footage) == (user_name(), START, "/raw/joe.mov")
    with Registry(registry.path) as another:
        assert another.decisions.of("f00d") == made
        assert another.decisions.of("f00e") is None


def test_changes_are_merged_and_none_or_blank_takes_one_back(registry: Registry) -> None:
    registry.decisions.decide("f00d", start_s=5.0, name=" Joe ", skip=True)
    made = registry.decisions.decide("f00d", start_s=None, name="  ", note="by the door\nin red")
    assert made.said == {"skip": True, "note": "by the door\nin red"}
    assert registry.decisions.decide("f00d", skip=False).skip is False, "said no is not unsaid"


def test_undo_leads_back_step_by_step_and_says_who_decided_then(
    registry: Registry, clock: Clock
) -> None:
    first = registry.decisions.decide("f00d", person=1)
    clock.at += timedelta(minutes=1)
    registry.decisions.decide("f00d", person=2)
    registry.decisions.decide("f00d", person=2)  # pressed twice: one step
    assert registry.decisions.undo("f00d") == first
    assert registry.decisions.undo("f00d") is None
    assert registry.decisions.undo("f00d") is None
    assert registry.decisions.of("f00d") is None
    assert [step.decision.person for step in registry.decisions.list_steps()] == [1, 2]


def test_the_last_step_counts_though_the_clock_was_set_back(registry: Registry, clock: Clock) -> None:
    registry.decisions.decide("f00d", person=1)
    clock.at -= timedelta(days=1)
    registry.decisions.decide("f00d", person=2)
    decided = registry.decisions.of("f00d")
    assert decided is not None
    assert decided.person == 2


def test_footage_that_moved_is_shown_where_it_was_last_seen(registry: Registry) -> None:
    registry.decisions.decide("f00d", footage="/raw/joe.mov", person=1)
    registry.decisions.mark_seen("f00d", "/archive/joe.mov")
    decided = registry.decisions.decide("f00d", person=2)
    assert decided.footage == "/archive/joe.mov"
    back = registry.decisions.undo("f00d")
    assert back is not None
    assert back.footage == "/archive/joe.mov"


def test_every_decision_comes_once_in_order_with_pages_between(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("screentest.client.registry.decisions._PAGE", 3)
    for number in range(10):
        registry.decisions.decide(f"f{9 - number}", person=number + 1)
        registry.decisions.decide(f"f{9 - number}", skip=True)
    registry.decisions.undo("f4")
    registry.decisions.decide("gone", skip=True)
    registry.decisions.undo("gone")
    found = list(registry.decisions.every())
    assert [fingerprint for fingerprint, _ in found] == [f"f{number}" for number in range(10)]
    assert [decision.person for _, decision in found] == list(range(10, 0, -1))
    assert [fingerprint for fingerprint, decision in found if not decision.skip] == ["f4"]


WRONG: list[tuple[str, object]] = [
    ("start_s", float("nan")),
    ("start_s", -1.0),
    ("start_s", float("inf")),
    ("start_s", True),
    ("start_s", "5"),
    ("length_s", 0),
    ("length_s", 1e9),
    ("person", 0),
    ("person", 1.0),
    ("person", 2**70),
    ("fit", "stretch"),
    ("orientation", 1),
    ("audio", "loud"),
    ("name", "J\x1b[31moe"),
    ("name", "Joe\nAnn"),
    ("name", "J" * 201),
    ("note", "\ud800"),
    ("note", 5),
    ("description", "d" * 10_001),
    ("consent", "signed\x00"),
    ("skip", 1),
    ("approved", "yes"),
]


@pytest.mark.parametrize(("field", "value"), WRONG)
def test_a_value_that_cannot_be_is_neither_kept_nor_imported(
    registry: Registry, field: str, value: Any
) -> None:
    with pytest.raises(ConfigError):
        registry.decisions.decide("f00d", **{field: value})
    assert registry.decisions.of("f00d") is None
    registry.decisions.decide("f00d", skip=True)
    content = json.loads(json.dumps(exported(registry)))
    content["decisions"][0] |= {"decided": {field: value}, "at": "2026-03-01T00:00:00Z"}
    with pytest.raises(RegistryError, match="cannot be read"):
        imported(content, registry)
    assert len(registry.decisions.list_steps()) == 1


@pytest.mark.parametrize(
    "entry",
    [
        {"decided": {"colour": "red"}},
        {"decided": {"skip": None}},
        {"decided": []},
        {"at": "2026-03-01T00:00:00"},
        {"at": None},
        {"undone_at": "soon"},
        {"footage": "/raw/\x1b.mov"},
        {"who": 5},
        {"source_fingerprint": None},
    ],
)
def test_an_export_with_a_step_that_is_none_is_refused_whole(
    registry: Registry, entry: dict[str, Any]
) -> None:
    registry.decisions.decide("f00d", skip=True)
    content = json.loads(json.dumps(exported(registry)))
    content["decisions"] = [{**content["decisions"][0], **entry}]
    with pytest.raises(RegistryError, match="cannot be read"):
        imported(content, registry)


def test_no_field_of_that_name_is_a_fault_of_the_caller(registry: Registry) -> None:
    with pytest.raises(TypeError, match="colour"):
        registry.decisions.decide("f00d", colour="red")
    with pytest.raises(ConfigError, match="path"):
        registry.decisions.decide("f00d", footage="/raw/\n.mov", skip=True)


def test_decisions_go_to_another_registry_once_and_the_latest_counts_there(
    registry: Registry, clock: Clock, tmp_path: Path
) -> None:
    ours = registry.decisions
    ours.decide("a", footage="/a.mov", **{name: _some(name) for name in DECIDED})
    ours.decide("b", person=1)
    ours.decide("b", person=2)
    ours.undo("b")
    content = json.loads(json.dumps(exported(registry)))
    with Registry(tmp_path / "other" / FILE_NAME, now=clock) as other:
        clock.at -= timedelta(days=1)
        other.decisions.decide("a", person=9)
        clock.at += timedelta(days=2)
        other.decisions.decide("c", person=3)
        assert imported(content, other).decisions == 3
        assert imported(content, other).decisions == 0
        assert other.decisions.of("a") == ours.of("a")
        assert other.decisions.of("b") == ours.of("b")
        assert [fingerprint for fingerprint, _ in other.decisions.every()] == ["a", "b", "c"]


def _some(name: str) -> object:
    words = {"fit": "crop", "orientation": "portrait", "audio": "remove"}
    numbers = {"start_s": 1.5, "length_s": 4.0, "person": 2, "skip": True, "approved": False}
    return numbers[name] if name in numbers else words.get(name, f"Some {name}")


def test_a_user_whom_the_system_does_not_know_is_told_by_number(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.getuid", lambda: 4_000_000_000)
    assert user_name() == "uid 4000000000"
    ledger = DecisionLedger(registry.database, now=registry.now, who=lambda: "anna")
    assert ledger.decide("f00d", skip=True).who == "anna"


@pytest.mark.parametrize("state", ["submitting", "submitted", "unknown", "done"])
def test_what_was_ordered_stays_as_it_was_ordered(registry: Registry, state: str) -> None:
    row = brought(registry, state)
    wish = replace(WISH, name="Jim", asked=AskedFor(WISH.name, WISH.overrides))
    assert wish.identity == row.identity
    with pytest.raises(RegistryError, match="stays as it was ordered"):
        registry.registrations.record_choice(row, wish)
    assert registry.registrations.find_row(row.row_id) == row


@pytest.mark.parametrize("state", ["planned", "clipped", "uploaded", "failed"])
def test_what_was_not_ordered_takes_the_new_choice_and_goes_along_with_an_export(
    registry: Registry, state: str, tmp_path: Path
) -> None:
    row = brought(registry, "submitted" if state == "failed" else state)
    if state == "failed":
        row = registry.registrations.mark_failed(row, NO)
        assert row.task_id
    asked = AskedFor(WISH.name, WISH.overrides)
    wish = replace(WISH, name="Jim", overrides={"start_s": 5.0}, asked=asked)
    row = registry.registrations.record_choice(row, wish)
    assert (row.state, row.name, row.overrides, row.clip) == ("planned", "Jim", {"start_s": 5.0}, None)
    assert (row.identity, row.task_id) == (WISH.identity, None)
    assert [one.name for one in registry.characters.list_all()] == ["Jim"]
    assert registry.registrations.find("jim").row_id == row.row_id
    with Registry(tmp_path / "other" / FILE_NAME) as other:
        imported(json.loads(json.dumps(exported(registry))), other)
        (there,) = other.registrations.list_all()
        assert (there.identity, there.asked) == (WISH.identity, asked)
        other.accounts.record_name("acc", "mine")
        renamed = replace(wish, account="mine")
        assert other.registrations.find_under_way(renamed.identity)


def test_a_decision_says_nothing_until_somebody_does() -> None:
    assert Decision().said == {}
