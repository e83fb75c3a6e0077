"""The list and the story of characters: what a reader sees, and what to do next."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pytest
from rich.console import Console

from screentest.client.cli.output.history import show_history, show_records
from screentest.client.registry.records import Move, Registration
from screentest.prep.core.text import timecode
from tests.unit.client.cli.output.made_up import CLIP

MADE = datetime(2026, 3, 1, 12, tzinfo=UTC)
CHARACTER_ID = "char_" + "a" * 32
HASH = "0123456789ab" + "c" * 52


def a_record(**said: Any) -> Registration:
    values: dict[str, Any] = {
        **dict.fromkeys(Registration.__dataclass_fields__),
        **{"row_id": 1, "identity": "f" * 64, "generation": 1, "state": "done", "overrides": {}},
        **{"service": "sandbox", "account": "0" * 16, "model": "openai/sora-2/characters"},
        **{"name": "Joe", "source_path": "/raw.mov", "source_fingerprint": "e" * 64},
        **{"created_at": MADE, "updated_at": MADE, "has_nsfw": False, "cost_usd": 0.001, "stills": ()},
    }
    return Registration(**{**values, **said})


@pytest.fixture
def console() -> Console:
    return Console(file=io.StringIO(), width=100, highlight=False, markup=False, emoji=False)


def printed(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_the_list_and_the_story_agree_on_what_the_sandbox_costs(console: Console) -> None:
    record = a_record(character_id=CHARACTER_ID)
    show_records(console, [record], spent_usd=0.0)
    show_history(console, record, [], [])
    assert "USD 0 spent; the sandbox costs nothing" in printed(console)
    assert "USD 0.001 at the real service, nothing in the sandbox" in printed(console)


def test_what_was_paid_for_is_told_without_a_word_of_the_sandbox(console: Console) -> None:
    record = a_record(service="https://api.example/api/v3", character_id=CHARACTER_ID)
    show_records(console, [record], spent_usd=0.001)
    show_history(console, record, [], [])
    assert "USD 0.001 spent\n" in printed(console)
    assert "sandbox" not in printed(console)


@pytest.mark.parametrize(
    ("said", "way_out"),
    [
        (
            {"state": "failed", "error_type": "TaskFailed", "error": "Refused."},
            "TaskFailed: Refused. The",
        ),
        ({"state": "failed", "error_type": "TaskFailed", "error": "no face"}, "no face. The same"),
        ({"state": "failed", "name": "Joe B"}, "characters show 'Joe B'"),
        ({"state": "unknown"}, "characters reconcile Joe --sandbox"),
        ({"state": "submitting", "service": "https://api.example"}, "characters reconcile Joe`"),
        ({"state": "submitted"}, "characters wait Joe --sandbox"),
        ({"state": "clipped"}, "the same `register` command continues it"),
    ],
)
def test_a_registration_without_an_id_names_its_way_out(
    console: Console, said: dict[str, Any], way_out: str
) -> None:
    show_records(console, [a_record(**said)], spent_usd=0.0)
    assert way_out in " ".join(printed(console).split())


def test_a_list_in_which_all_is_done_tells_nothing_is_open(console: Console) -> None:
    show_records(console, [a_record(), a_record(state="failed", deleted_at=MADE)], spent_usd=0.0)
    assert "Left open" not in printed(console)


def test_an_id_stays_in_one_piece_on_a_narrow_terminal(console: Console) -> None:
    console.width = 40
    show_records(console, [a_record(character_id=CHARACTER_ID)], spent_usd=0.0)
    assert f"Joe    {CHARACTER_ID}   done (sandbox)" in printed(console)


def test_a_list_tells_what_each_was_made_of_and_what_it_cost(console: Console) -> None:
    real = "https://api.example/api/v3"
    records = [
        a_record(character_id=CHARACTER_ID, service=real, clip=CLIP, source_path="/raw/joe.mov"),
        a_record(name="Ann", state="planned", cost_usd=None, source_path="/" + "x" * 30 + "take2.mov"),
    ]
    show_records(console, records, spent_usd=0.001)
    lines = [" ".join(line.split()) for line in printed(console).splitlines()]
    start, end = CLIP.segment.start_s, CLIP.segment.start_s + CLIP.segment.length_s
    assert f"joe.mov {timecode(start)}-{timecode(end)} {CLIP.segment.score:.2f} USD 0.001" in lines
    assert "xxxxxxxxx...ake2.mov - -" in lines


def test_a_list_names_accounts_only_where_there_are_several(console: Console) -> None:
    show_records(console, [a_record(account="studio")], spent_usd=0.0)
    assert "Account" not in printed(console)
    show_records(console, [a_record(account="studio"), a_record(account="film")], spent_usd=0.0)
    assert "Account" in printed(console)
    assert "film" in printed(console)


def test_a_step_takes_one_line_and_names_hashes_by_their_beginning(console: Console) -> None:
    move = Move(MADE, "clipped", "uploaded", f"clips/clips/{HASH}.mp4")
    show_history(console, a_record(), [move], [])
    assert "uploaded    clips/clips/0123456789ab....mp4\n" in printed(console)


def test_an_object_s_place_can_be_copied_whole(console: Console) -> None:
    console.width = 60
    key = f"clips/{HASH}.mp4"
    record = a_record(bucket="my-clips", object_key=key, object_deleted_at=MADE)
    show_history(console, record, [], [])
    assert f"s3://my-clips/{key}\n" in printed(console)
    assert "deleted from the bucket 2026" in printed(console)


def test_a_character_s_registrations_stand_together(console: Console) -> None:
    joe = a_record(character_no=1, character_id="char_1")
    ann = a_record(character_no=2, character_id="char_2", name="Ann")
    kept = a_record(character_no=1, model="alibaba/wan-3.0/reference-to-video")
    show_records(console, [joe, ann, kept], spent_usd=0.0)
    text = printed(console)
    assert text.count("Joe") == 1
    places = [text.index(one) for one in ("Joe", "char_1", "sent with each video", "Ann", "char_2")]
    assert places == sorted(places)
    assert "2 characters, 3 registrations" in text


def test_a_character_s_other_models_are_told_with_it(console: Console) -> None:
    joe = a_record(character_no=1, character_id="char_1")
    other = a_record(
        character_no=1, character_id="8631", model="kling", cost_usd=0.01, service="https://s"
    )
    show_history(console, joe, [], [], registrations=[other])
    assert "Also registered" in printed(console)
    assert "kling: 8631, done, USD 0.01" in printed(console)
