"""What is recorded comes back: through a row, through JSON, through an export into another home."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screentest.client.errors import RegistryError
from screentest.client.registry.encoding import registration_json
from screentest.client.registry.exchange import csv_of, exported, imported, read_export
from screentest.client.registry.records import clip_columns, record_from, stored_columns
from screentest.prep.core.values import Candidate, Clip, Segment
from screentest.prep.stills.values import Still
from tests.registry_parts import (
    CLIP,
    FILE_NAME,
    VIDEO_WISH,
    WISH,
    Registration,
    Registry,
    brought,
    deleted,
    every_video,
    everyone,
    noted,
    require_valid,
    spent_usd,
    tasks,
    video_brought,
)

QUICK = settings(max_examples=40, deadline=None)
# Without what csv leaves unquoted: a bare carriage return.
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=12)
NUMBERS = st.floats(-1e9, 1e9)
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)).map(
    lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000)
)
RATES = st.sampled_from([24, 25, 30, 60]).map(Fraction) | st.sampled_from(
    [Fraction(24000, 1001), Fraction(30000, 1001), Fraction(60000, 1001)]
)
WINDOWS = st.builds(
    Segment,
    start_s=NUMBERS,
    length_s=NUMBERS,
    score=st.floats(0, 1),
    subject=st.sampled_from(["face", "other"]),
    reasons=st.lists(TEXTS, max_size=2).map(tuple),
    alternatives=st.lists(st.builds(Candidate, NUMBERS, NUMBERS, st.floats(0, 1)), max_size=2).map(
        tuple
    ),
)
CLIPS = st.builds(
    replace,
    st.just(CLIP),
    path=TEXTS,
    sha256=TEXTS,
    segment=WINDOWS,
    bytes=st.integers(0, 2**50),
    width_px=st.integers(1, 8000),
    height_px=st.integers(1, 8000),
    fps=RATES,
    frames=st.integers(1, 10**6),
    has_audio=st.booleans(),
    upscaled=st.booleans(),
    warnings=st.lists(TEXTS, max_size=2).map(tuple),
)
MAYBE = st.none() | TEXTS
STILLS = st.builds(
    Still,
    path=TEXTS,
    role=st.sampled_from(["frontal", "left", "view"]),
    t_s=NUMBERS,
    yaw_deg=st.none() | NUMBERS,
    pitch_deg=st.none() | NUMBERS,
    width_px=st.integers(1, 8000),
    height_px=st.integers(1, 8000),
    score=st.floats(0, 1),
    source=TEXTS,
    sha256=TEXTS,
    bytes=st.integers(0, 2**30),
    upscaled=st.booleans(),
    company=st.booleans(),
)
OVERRIDES = st.dictionaries(TEXTS, st.one_of(NUMBERS, TEXTS), max_size=3)
RECORDS = st.builds(
    Registration,
    row_id=st.just(0),
    character_no=st.just(0),
    character=TEXTS,
    identity=TEXTS,
    generation=st.integers(1, 99),
    state=st.sampled_from(["planned", "clipped", "submitted", "done", "failed", "unknown"]),
    service=TEXTS,
    account=TEXTS,
    model=st.just(CLIP.model),
    name=TEXTS,
    source_path=TEXTS,
    source_fingerprint=TEXTS,
    overrides=OVERRIDES,
    clip=st.none() | CLIPS,
    bucket=MAYBE,
    object_key=MAYBE,
    submitting_at=st.none() | MOMENTS,
    task_id=MAYBE,
    character_id=MAYBE,
    cost_usd=st.none() | st.floats(0, 100),
    error_type=st.none(),
    error=st.none(),
    created_at=MOMENTS,
    updated_at=MOMENTS,
    done_at=st.none() | MOMENTS,
    consent=MAYBE,
    has_nsfw=st.booleans(),
    object_deleted_at=st.none() | MOMENTS,
    deleted_at=st.none() | MOMENTS,
    stills=st.lists(STILLS, max_size=3).map(tuple),
)


@contextmanager
def two_homes() -> Iterator[tuple[Registry, Registry]]:
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / name / FILE_NAME for name in ("one", "two")]
        with Registry(paths[0]) as one, Registry(paths[1]) as two:
            yield one, two


def carried(registry: Registry) -> dict[str, Any]:
    """An export after its way through a file."""
    content = json.loads(json.dumps(exported(registry)))
    assert isinstance(content, dict)
    return content


# One record


@QUICK
@given(record=RECORDS)
def test_a_record_comes_back_from_its_json(record: Registration) -> None:
    # JSON is how a registry is carried to another computer: what it loses is lost.
    story = json.loads(json.dumps(registration_json(record)))
    assert record_from({"row_id": 0, "character_no": 0, **stored_columns(story)}) == record


@QUICK
@given(record=RECORDS)
def test_whatever_is_recorded_here_counts_as_valid(record: Registration) -> None:
    require_valid(record)


@QUICK
@given(clip=CLIPS)
def test_a_clip_comes_back_from_its_columns(clip: Clip) -> None:
    row = {field.name: None for field in fields(Registration)}
    moment = "2026-01-01T00:00:00.000Z"
    plain = {"state": "planned", "overrides": "{}", "created_at": moment, "updated_at": moment}
    assert record_from({**row, **plain, **clip_columns(clip)}).clip == clip


@QUICK
@given(record=RECORDS)
def test_json_about_a_record_is_strict_and_whole(record: Registration) -> None:
    story = registration_json(record)
    assert json.loads(json.dumps(story, allow_nan=False)) == json.loads(json.dumps(story))
    assert (story["name"], story["character_id"]) == (record.name, record.character_id)


# A whole registry

STATES = st.sampled_from(
    ["planned", "clipped", "uploaded", "submitting", "submitted", "unknown", "failed", "done"]
)
VIDEO_STATES = st.sampled_from(["planned", "submitting", "submitted", "unknown", "failed", "done"])


@settings(max_examples=8, deadline=None)
@given(
    people=st.lists(st.tuples(STATES, TEXTS, OVERRIDES), max_size=4),
    videos=st.lists(st.tuples(VIDEO_STATES, TEXTS), max_size=3, unique_by=lambda one: one[1]),
)
def test_an_export_brings_a_home_back_as_it_was(
    people: list[tuple[str, str, dict[str, float | str]]], videos: list[tuple[str, str]]
) -> None:
    with two_homes() as (one, two):
        for number, (state, consent, overrides) in enumerate(people):
            wish = replace(WISH, name=f"Joe {number}", overrides=overrides)
            row = noted(one, brought(one, state, wish=wish, number=number), consent)
            if state in ("done", "failed", "planned") and number % 2:
                deleted(one, row)
        for number, (state, prompt) in enumerate(videos):
            wish_of_one = replace(VIDEO_WISH, prompt=prompt, inputs={"prompt": prompt})
            video_brought(one, state, wish=wish_of_one, number=number)
        content = carried(one)
        added = imported(content, two)
        assert (added.characters, added.videos, added.known) == (len(people), len(videos), 0)
        again = carried(two)
        assert again["characters"] == content["characters"]
        assert again["videos"] == content["videos"]
        assert tasks(two) == tasks(one)
        assert spent_usd(two) == spent_usd(one)
        twice = imported(content, two)
        assert (twice.characters, twice.videos) == (0, 0)
        assert carried(two)["characters"] == content["characters"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=4,
)
COLUMNS = st.sampled_from(
    [
        *("identity", "generation", "state", "name", "overrides", "segment", "clip_facts"),
        *("task_id", "created_at", "cost_usd", "error", "moves", "task_ids", "consent", "deleted_at"),
    ]
)


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """An export with two characters and a video."""
    with Registry(tmp_path_factory.mktemp("from") / FILE_NAME) as registry:
        brought(registry, "done")
        brought(registry, "failed", wish=replace(WISH, name="Ann"))
        video_brought(registry, "done")
        return carried(registry)


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """The home that everything is imported into."""
    with Registry(tmp_path_factory.mktemp("to") / FILE_NAME) as registry:
        yield registry


def edited(content: dict[str, Any], kind: str, column: str, value: object) -> dict[str, Any]:
    """The export with one value of its first entry changed."""
    first, *others = content[kind]
    return {**content, kind: [{**first, column: value}, *others]}


@settings(max_examples=60, deadline=None)
@given(column=COLUMNS, value=JSON)
def test_a_list_somebody_edited_is_imported_readable_or_not_at_all(
    column: str, value: object, content: dict[str, Any], target: Registry
) -> None:
    before = len(everyone(target)), len(every_video(target))
    try:
        imported(edited(content, "characters", column, value), target)
    except RegistryError:
        assert (len(everyone(target)), len(every_video(target))) == before
    else:
        carried(target)


@settings(max_examples=60, deadline=None)
@given(
    column=st.sampled_from(["identity", "state", "prompt", "inputs", "cost_usd", "task_id", "error"]),
    value=JSON,
)
def test_a_video_somebody_edited_is_imported_readable_or_not_at_all(
    column: str, value: object, content: dict[str, Any], target: Registry
) -> None:
    before = len(everyone(target)), len(every_video(target))
    try:
        imported(edited(content, "videos", column, value), target)
    except RegistryError:
        assert (len(everyone(target)), len(every_video(target))) == before
    else:
        carried(target)


@settings(max_examples=40, deadline=None)
@given(content=JSON)
def test_any_json_file_is_an_export_or_refused(content: object) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.json"
        path.write_text(json.dumps(content), encoding="utf-8")
        with pytest.raises(RegistryError, match=r"x\.json"):
            read_export(path)


@pytest.mark.parametrize("text", [b"", b"\xff\xfe", b"{", b"null"])
def test_a_file_that_is_no_json_is_refused_without_a_crash(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "x.json").write_bytes(text)
    with pytest.raises(RegistryError):
        read_export(tmp_path / "x.json")


@pytest.mark.parametrize("version", [None, "2", 1.5, 10**30, []])
def test_an_export_of_no_known_version_is_refused(tmp_path: Path, version: object) -> None:
    content = {"format": "screentest-registry", "version": version, "characters": [], "videos": []}
    (tmp_path / "x.json").write_text(json.dumps(content))
    with pytest.raises(RegistryError):
        read_export(tmp_path / "x.json")


# The spreadsheet

HOSTILE = st.sampled_from(["=", "+", "-", "@", "\t"]).flatmap(
    lambda first: TEXTS.map(lambda rest: f"{first}{rest}")
)


def cells(content: dict[str, Any]) -> list[dict[str, str]]:
    """The registrations of the spreadsheet, by their headings."""
    rows = list(csv.DictReader(io.StringIO(csv_of(content))))
    return [row for row in rows if row["kind"] == "registration"]


@QUICK
@given(
    column=st.sampled_from(["name", "consent", "source", "clip", "task_id", "service"]), text=HOSTILE
)
def test_no_cell_of_a_spreadsheet_is_a_formula(column: str, text: str, content: dict[str, Any]) -> None:
    row, other = cells(edited(content, "characters", column, text))
    assert not row[column].startswith(("=", "+", "-", "@", "\t", "\r"))
    assert row[column].removeprefix("'") == text
    assert (row["character_id"], other["name"]) == ("char_1", "Ann")


@QUICK
@given(name=TEXTS, consent=TEXTS)
def test_quotes_commas_and_lines_in_a_name_keep_the_columns(
    name: str, consent: str, content: dict[str, Any]
) -> None:
    row, other = cells(
        edited(edited(content, "characters", "name", name), "characters", "consent", consent)
    )
    assert row["name"].removeprefix("'") == name.removeprefix("'")
    assert row["consent"].removeprefix("'") == consent.removeprefix("'")
    assert (row["state"], other["state"]) == ("done", "failed")
