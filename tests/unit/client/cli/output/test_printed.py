"""Results for people: nothing from outside moves the cursor, and narrow terminals lose nothing."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from screentest.client.characters.register import STAGES
from screentest.client.cli.output.history import (
    show_forecast,
    show_history,
    show_records,
    show_registration,
)
from screentest.client.cli.output.settled import show_settled
from screentest.client.cli.output.tables import (
    plain_table,
    print_table,
    say,
    show_check,
    show_clip,
    show_facts,
    show_list,
    show_scan,
    show_segment,
    show_source,
)
from screentest.client.registry.states import State
from screentest.client.tasks.recover import Settled
from screentest.prep.core.remedy import Remedy
from screentest.prep.core.values import CheckReport, RuleResult, Subject
from screentest.prep.people.grouping import Person
from screentest.prep.report.portraits import Portrait
from screentest.prep.stills.values import Still
from tests.made_up import face, scan_of, source
from tests.unit.client.cli.output.made_up import (
    CLIP,
    DONE,
    FORECAST,
    REPORT,
    SEGMENT,
    SHA,
    a_record,
    a_step,
)

STILL = Still(
    "/home/joe/stills/front.jpg", "frontal", 8.5, 1.0, 2.0, 720, 900, 0.9, "/raw.mov", SHA, 90_000
)
EVIL = "evil\x1b[2J\x07\r\n\u202ename.mp4"
Show = Callable[[Console], None]


def printed(show: Show, *, columns: int = 100) -> str:
    out = io.StringIO()
    show(Console(file=out, width=columns, highlight=False, markup=False, emoji=False))
    return out.getvalue()


def everything(text: str) -> dict[str, Show]:
    """Each result with a text from outside wherever one can stand."""
    segment = replace(SEGMENT, reasons=(text,))
    clip = replace(CLIP, path=text, segment=segment)
    record = a_record(
        name=text,
        character_id=text,
        source_path=text,
        consent=text,
        error=text,
        error_type="TaskFailed",
        state="failed",
        clip=clip,
        bucket="b",
        object_key=text,
        task_id=text,
    )
    rule = RuleResult("container", text, "mp4", False, "page")
    done = replace(DONE, name=text, character_id=text, clip=text, segment=segment)
    return {
        "source": lambda console: show_source(console, source(path=text, codec=text, container=text)),
        "scan": lambda console: show_scan(
            console, replace(scan_of(lambda _: face()), source=source(path=text)), ()
        ),
        "segment": lambda console: show_segment(console, segment),
        "clip": lambda console: show_clip(console, clip),
        "check": lambda console: show_check(console, CheckReport(text, "m", (rule,))),
        "list": lambda console: show_records(console, [record], spent_usd=0.0),
        "story": lambda console: show_history(console, record, [a_step(note=text)], [record]),
        "registration": lambda console: show_registration(console, done, record, Path("/r")),
        "forecast": lambda console: show_forecast(
            console, replace(FORECAST, name=text, steps=(text,), warnings=(text,), clip=clip)
        ),
    }


RESULTS = sorted(everything(""))


@pytest.mark.parametrize("result", RESULTS)
def test_no_name_of_a_file_or_service_moves_the_cursor(result: str) -> None:
    told = printed(everything(EVIL)[result])
    assert not re.search(r"[^\n\x20-\U0010ffff]", told), repr(told)
    assert "\u202e" not in told
    assert "evil\\x1b[2J" in "".join(told.split())


@pytest.mark.parametrize("result", RESULTS)
@settings(max_examples=15, deadline=None)
@given(text=st.text(st.characters(), min_size=1, max_size=30))
def test_any_text_from_outside_can_be_printed(result: str, text: str) -> None:
    told = printed(everything(text)[result])
    told.encode("utf-8")
    assert "\x1b" not in told


@pytest.mark.parametrize("result", RESULTS)
def test_square_brackets_of_a_name_stay(result: str) -> None:
    assert "[red]joe[/red]" in printed(everything("[red]joe[/red]")[result]).replace("\n", "")


@pytest.mark.parametrize("columns", [40, 80])
@pytest.mark.parametrize("path", ["/footage/" + "deep/" * 30 + "joe.mov", "/with space/" + "x" * 120])
def test_a_path_can_be_copied_whole_from_a_narrow_terminal(columns: int, path: str) -> None:
    told = printed(lambda console: show_source(console, source(path=path)), columns=columns)
    assert path in told


@pytest.mark.parametrize("columns", [40, 80])
def test_a_hash_can_be_copied_whole_from_a_narrow_terminal(columns: int) -> None:
    assert SHA in printed(lambda console: show_clip(console, CLIP), columns=columns)


@pytest.mark.parametrize("columns", [40, 80])
def test_a_new_id_can_be_copied_whole_from_a_narrow_terminal(columns: int) -> None:
    told = printed(
        lambda console: show_registration(console, DONE, a_record(clip=CLIP), Path("/home/r.sqlite3")),
        columns=columns,
    )
    assert DONE.character_id is not None
    assert DONE.character_id in told


@pytest.mark.parametrize("columns", [40, 80])
def test_sentences_wrap_at_words_and_stay_within_the_terminal(columns: int) -> None:
    reasons = ("The face looks ahead for all of the window and is sharp in every frame of it.",)
    told = printed(lambda console: show_list(console, "Why", reasons), columns=columns)
    assert max(map(len, told.splitlines())) <= columns
    assert reasons[0] in " ".join(told.split())


@pytest.mark.parametrize("columns", [40, 80])
def test_a_long_value_continues_under_itself(columns: int) -> None:
    words = " ".join(["word"] * 40)
    told = printed(lambda console: show_facts(console, [("Consent", words)]), columns=columns)
    first, *others = told.splitlines()
    assert first.startswith("Consent  word")
    assert all(line.startswith(" " * 9 + "word") for line in others)
    assert len(told.split()) == 41


def test_labels_line_up() -> None:
    told = printed(lambda console: show_facts(console, [("Id", "a"), ("Registry", "b")]))
    assert told == "Id        a\nRegistry  b\n"


def test_a_list_of_nothing_is_not_announced() -> None:
    assert printed(lambda console: show_list(console, "Why", ())) == ""


def test_a_table_wider_than_the_terminal_keeps_every_column() -> None:
    table = plain_table("Name", "Id", "State")
    table.add_row("Joe", "char_" + "a" * 60, "done")
    told = printed(lambda console: print_table(console, table), columns=40)
    assert "char_" + "a" * 60 in told
    assert "done" in told
    assert "State" in told


# What each result says


def test_broken_rules_are_marked_and_counted() -> None:
    told = printed(lambda console: show_check(console, REPORT))
    assert re.search(r"length +30\.6 s +2-4 s +broken", told)
    assert re.search(r"sound +none +any +ok", told)
    assert "1 rule broken" in told


def test_a_clip_that_keeps_every_rule_is_told_so() -> None:
    kept = replace(REPORT, rules=REPORT.rules[1:])
    assert "every rule kept" in printed(lambda console: show_check(console, kept))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"rotation_deg": 90}, "90 degrees"),
        ({"mirrored": True}, "mirrored"),
        ({"rotation_deg": 180, "mirrored": True}, "180 degrees clockwise, mirrored"),
        ({"sar": Fraction(4, 3)}, "4:3, not square"),
        ({"is_hdr": True}, "high dynamic range"),
        ({"is_interlaced": True}, "interlaced"),
        ({"is_vfr": True}, "25 fps, variable"),
        ({"joined": (source(), source(video_start_s=30.0))}, "2 recordings; the next begins at 0:30"),
        ({"audio_index": None}, "no sound"),
        ({"coded_width_px": 720}, "1280x720 (stored as 720x720)"),
    ],
)
def test_what_is_out_of_the_ordinary_about_footage_is_said(
    changes: dict[str, object], words: str
) -> None:
    plain = printed(lambda console: show_source(console, source()))
    told = printed(lambda console: show_source(console, source(**changes)))
    assert words in told
    assert words not in plain


@pytest.mark.parametrize(
    ("path", "container", "shown"),
    [
        ("/a/joe.mov", "mov,mp4,m4a", "mov,"),
        ("/a/joe.MP4", "mov,mp4,m4a", "mp4,"),
        ("/a/joe", "mov,mp4,m4a", "mov,"),
        ("/a/joe.webm", "matroska,webm", "webm,"),
    ],
)
def test_a_format_is_one_name_and_the_files_own(path: str, container: str, shown: str) -> None:
    told = printed(lambda console: show_source(console, source(path=path, container=container)))
    assert re.search(rf"Format +{shown} h264", told)


def test_whom_pick_would_refuse_is_told_with_the_list() -> None:
    ann, joe = (
        Person(number, frozenset(), 2.5, 0.3, 1.25, face().box, np.zeros((8, 8, 3), np.uint8))
        for number in (1, 2)
    )
    listed = (Portrait(ann, "/1.jpg"), Portrait(joe, "/2.jpg", refusal="Person 2 hides."))
    shown = printed(lambda console: show_scan(console, scan_of(lambda _: None), listed))
    told = " ".join(shown.split())
    assert "1: face shown for 2.5 s of the 20 s looked at closely, best at 0:01.25, /1.jpg - 2:" in told
    assert told.endswith("/2.jpg - cannot be picked: Person 2 hides.")


def test_many_cuts_are_counted_and_not_all_listed() -> None:
    cuts = tuple(float(number) for number in range(1, 20))
    told = printed(lambda console: show_scan(console, scan_of(lambda _: None, cuts_s=cuts), ()))
    assert "0:12.00" in told
    assert "0:13.00" not in told
    assert "and 7 more" in told


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "registered now"),
        ({"submitted": False, "reused": STAGES[1:]}, "already exists; nothing was submitted"),
        ({"submitted": False, "reused": ("scan", "submit")}, "now, by the submit of an earlier run"),
        ({"character_id": None}, "task-1"),
        ({"character_id": None, "submitted": False}, "submitted by an earlier run; not waiting"),
    ],
)
def test_a_registration_says_whether_it_was_paid_for_now(
    changes: dict[str, object], words: str
) -> None:
    done = replace(DONE, **changes)  # type: ignore[arg-type]
    record = a_record(service="https://api.example/api/v3", clip=CLIP)
    told = printed(lambda console: show_registration(console, done, record, Path("/r")))
    assert words in " ".join(told.split())


@pytest.mark.parametrize(
    ("state", "cost_usd", "status", "cost"),
    [
        ("done", 0.0, "already exists; nothing would be submitted", "nothing more"),
        ("submitted", 0.0, "already submitted; nothing would be submitted again", "nothing more"),
        ("unknown", 0.001, "an earlier run may have submitted it", "at most USD 0.001"),
    ],
)
def test_a_dry_run_says_what_an_earlier_run_left(
    state: State, cost_usd: float, status: str, cost: str
) -> None:
    row = a_record(service="https://api.example/api/v3", clip=CLIP, state=state)
    forecast = replace(FORECAST, recorded=row, cost_usd=cost_usd)
    told = " ".join(printed(lambda console: show_forecast(console, forecast)).split())
    assert f"dry run: {status}" in told
    assert cost in told


def test_a_dry_run_names_the_clip_that_it_kept() -> None:
    assert FORECAST.clip is not None
    assert FORECAST.clip.path in printed(lambda console: show_forecast(console, FORECAST))


def test_a_dry_run_never_looks_like_a_registration() -> None:
    told = printed(lambda console: show_forecast(console, FORECAST))
    assert "dry run" in told
    assert "registered" not in told
    assert "USD 0.001" in told
    for line in (*FORECAST.steps, *FORECAST.warnings):
        assert line in told


def test_a_face_without_a_note_of_consent_is_pointed_at() -> None:
    record = a_record(clip=CLIP)
    told = printed(lambda console: show_history(console, record, [], []))
    assert "human face" in told
    noted = printed(lambda console: show_history(console, replace(record, consent="signed"), [], []))
    assert "signed" in noted
    assert "human face" not in noted


def test_a_deleted_character_is_told_as_one_everywhere() -> None:
    record = a_record(state="done", deleted_at=datetime(2026, 3, 2, 12, tzinfo=UTC))
    assert "deleted" in printed(lambda console: show_records(console, [record], spent_usd=0.0))
    assert "Deleted" in printed(lambda console: show_history(console, record, [], []))


def test_an_empty_registry_says_how_to_begin() -> None:
    assert "register" in printed(lambda console: show_records(console, [], spent_usd=0.0))


@pytest.mark.parametrize(
    ("subject", "face_seen", "words"),
    [
        ("face", True, "a face"),
        ("other", True, "a human face shows in it"),
        ("other", False, "no human face"),
    ],
)
def test_every_kind_of_subject_has_words(subject: Subject, face_seen: bool, words: str) -> None:
    segment = replace(SEGMENT, subject=subject, face_seen=face_seen)
    assert words in printed(partial(show_segment, segment=segment))


def test_what_was_settled_is_shown_with_the_services_words_defused() -> None:
    record = replace(a_record(), name=EVIL, character_id=f"char_{EVIL}", state="done")
    found = [Settled(record, "unknown", "done", reason=EVIL, remedies=(Remedy("by_hand", words=EVIL),))]
    shown = printed(partial(show_settled, found=found, none=""), columns=400)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202e]", shown)
    assert "char_evil" in shown


def test_a_single_line_obeys_nothing_that_it_quotes() -> None:
    shown = printed(partial(say, line=f"USD 1 for one task of {EVIL}"))
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202e]", shown)


def test_a_registration_by_images_names_its_stills_and_no_window() -> None:
    stills = (STILL, replace(STILL, role="left", path="/home/joe/stills/left.jpg"))
    done = replace(DONE, clip=None, clip_sha256=None, segment=None, stills=stills)
    # A clip that an earlier run made for it is not what the model got.
    record = a_record(clip=CLIP, stills=stills, bucket="b", object_key="f/images/1-1.jpg")
    for told in (
        printed(lambda console: show_registration(console, done, record, Path("/r"))),
        printed(lambda console: show_history(console, record, [], [])),
        printed(lambda console: show_forecast(console, replace(FORECAST, clip=None, stills=stills))),
    ):
        assert "2 stills: frontal, left" in told
        assert "/home/joe/stills/left.jpg" in " ".join(told.split())
        assert "Window" not in told
    assert "s3://b/f/images/1-1.jpg and 1 more" in printed(
        lambda console: show_history(console, record, [], [])
    )
    assert "raw.mov 2 stills" in printed(lambda console: show_records(console, [record], spent_usd=0.0))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"audio_index": None, "audio_tracks": ()}, "no sound"),
        ({"audio_index": 1, "audio_tracks": (1,)}, "sound, track 1"),
        (
            {"audio_index": 3, "audio_tracks": (1, 3)},
            "sound, tracks 1, 2 for --audio-track; a player takes 2",
        ),
    ],
)
def test_a_file_tells_the_tracks_that_can_be_kept(changes: dict[str, object], told: str) -> None:
    assert told in printed(lambda console: show_source(console, source(**changes))).splitlines()[-1]
