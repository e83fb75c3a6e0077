"""Tasks and characters on disk: status by time, money, lists, and what survives a restart."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from screentest.client.sandbox.work.tasks import Query, StoredCharacter, Task, TaskStore

TASK = Task(
    id="t1",
    model="openai/sora-2/characters",
    inputs={"name": "Joe"},
    price_usd=0.001,
    created_at=100.0,
    starts_at=101.0,
    finished_at=None,
    outputs=(),
    code=0,
    error="",
    inference_ms=0,
)


@pytest.mark.parametrize(
    ("now", "finished_at", "code", "status"),
    [
        (100.5, None, 0, "created"),
        (101.5, None, 0, "processing"),
        (101.5, 102.0, 0, "processing"),
        (102.0, 102.0, 0, "completed"),
        (102.0, 102.0, 1401, "failed"),
    ],
)
def test_a_status_follows_from_the_time_it_is_asked_for(
    now: float, finished_at: float | None, code: int, status: str
) -> None:
    assert replace(TASK, finished_at=finished_at, code=code).status(now) == status


def test_money_that_is_not_there_is_not_spent(tmp_path: Path) -> None:
    store = TaskStore(tmp_path / "tasks.sqlite")
    try:
        assert store.add(TASK, funds_usd=0.0015)
        assert not store.add(replace(TASK, id="t2"), funds_usd=0.0015)
        everything = Query(page=1, page_size=10, after=0.0, before=1e12)
        assert [t.id for t in store.listed(everything, now=0.0)] == ["t1"]
    finally:
        store.close()


def test_no_presigned_url_is_kept_after_the_work(tmp_path: Path) -> None:
    store = TaskStore(tmp_path / "tasks.sqlite")
    task = replace(TASK, inputs={"video": "https://h/x.mp4?X-Amz-Signature=SECRET"})
    try:
        store.add(task, funds_usd=1.0)
        store.fail(task, 1402, "gone", at=1.0, inference_ms=1)
        kept = store.get(task.id, since=0.0)
    finally:
        store.close()
    assert kept is not None
    assert "SECRET" not in kept.inputs["video"]


EVERYTHING = Query(page=1, page_size=100, after=0.0, before=1e12)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[TaskStore]:
    store = TaskStore(tmp_path / "tasks.sqlite")
    yield store
    store.close()


def add(store: TaskStore, *ids: str, **changes: object) -> None:
    """Tasks one second apart, in this order."""
    for index, task_id in enumerate(ids):
        at = TASK.created_at + index
        task = replace(TASK, id=task_id, created_at=at, starts_at=at, **changes)  # type: ignore[arg-type]
        assert store.add(task, funds_usd=1.0)


def finish(store: TaskStore, task_id: str, *, at: float = 200.0) -> None:
    store.complete(replace(TASK, id=task_id), ["out"], at=at, inference_ms=5)


def listed(store: TaskStore, query: Query = EVERYTHING, *, now: float = 1000.0) -> list[str]:
    return [task.id for task in store.listed(query, now=now)]


def test_a_restart_finds_every_task_and_character_again(tmp_path: Path) -> None:
    path = tmp_path / "tasks.sqlite"
    joe = StoredCharacter("char_1", "Joe", "t1", "face", "char_1.mp4")
    store = TaskStore(path)
    add(store, "t1", "t2")
    store.complete(TASK, [{"id": "char_1"}], at=150.0, inference_ms=7, character=joe)
    before = store.get("t1", since=0.0)
    store.close()
    again = TaskStore(path)
    try:
        assert again.get("t1", since=0.0) == before
        assert again.character("char_1") == joe
        assert [task.id for task in again.unfinished()] == ["t2"]
    finally:
        again.close()


def test_only_the_owner_may_read_the_tasks(tmp_path: Path, store: TaskStore) -> None:
    add(store, "t1")
    modes = {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    assert modes == {0o600}


def test_a_failed_task_gives_its_money_back(store: TaskStore) -> None:
    add(store, "t1", "t2", price_usd=0.25)
    store.fail(replace(TASK, id="t1"), 1401, "too small", at=150.0, inference_ms=1)
    assert store.spent_usd() == 0.25


def test_a_deleted_task_stays_paid(store: TaskStore) -> None:
    add(store, "t1", price_usd=0.25)
    finish(store, "t1")
    assert store.delete(["t1"], now=300.0) == 1
    assert store.get("t1", since=0.0) is None
    assert store.spent_usd() == 0.25


def test_only_tasks_that_have_ended_are_deleted_and_each_counts_once(store: TaskStore) -> None:
    add(store, "done", "later", "running")
    finish(store, "done", at=200.0)
    finish(store, "later", at=900.0)
    assert store.delete(["done", "done", "later", "running", "nosuch"], now=300.0) == 1
    assert listed(store) == ["running", "later"]


def test_a_task_older_than_the_retention_is_not_found(store: TaskStore) -> None:
    add(store, "t1")
    assert store.get("t1", since=TASK.created_at) is not None
    assert store.get("t1", since=TASK.created_at + 1) is None


def test_pages_of_the_list_follow_each_other_newest_first(store: TaskStore) -> None:
    add(store, "a", "b", "c")
    pages = [listed(store, replace(EVERYTHING, page=page, page_size=2)) for page in (1, 2, 3)]
    assert pages == [["c", "b"], ["a"], []]


@pytest.mark.parametrize(
    ("changes", "ids"),
    [
        ({"after": 101.0}, ["c", "b"]),
        ({"before": 101.0}, ["b", "a"]),
        ({"model": "other"}, []),
        ({"status": "completed"}, ["a"]),
        ({"status": "processing"}, ["c", "b"]),
    ],
)
def test_the_list_is_limited_to_what_was_asked_for(
    store: TaskStore, changes: dict[str, object], ids: list[str]
) -> None:
    add(store, "a", "b", "c")
    finish(store, "a")
    assert listed(store, replace(EVERYTHING, **changes)) == ids  # type: ignore[arg-type]


def test_a_page_is_counted_after_the_filter_by_status(store: TaskStore) -> None:
    add(store, "a", "b", "c")
    finish(store, "a")
    assert listed(store, replace(EVERYTHING, page_size=1, status="completed")) == ["a"]


def test_the_oldest_due_task_comes_first(store: TaskStore) -> None:
    store.add(replace(TASK, id="late", starts_at=300.0), funds_usd=1.0)
    store.add(replace(TASK, id="soon", starts_at=200.0), funds_usd=1.0)
    assert [task.id for task in store.unfinished()] == ["soon", "late"]


def test_a_webhook_is_remembered_for_its_task_alone(store: TaskStore) -> None:
    store.add(replace(TASK, id="t1"), funds_usd=1.0, webhook="https://me.example/hook")
    store.add(replace(TASK, id="t2"), funds_usd=1.0)
    assert store.webhook("t1") == "https://me.example/hook"
    assert store.webhook("t2") is None


def test_an_id_that_is_there_already_changes_nothing(store: TaskStore) -> None:
    joe = StoredCharacter("char_1", "Joe", "t1", "face", "char_1.mp4")
    add(store, "t1", "t2")
    store.complete(TASK, [], at=150.0, inference_ms=1, character=joe)
    with pytest.raises(Exception, match="UNIQUE"):
        store.complete(replace(TASK, id="t2"), [], at=150.0, inference_ms=1, character=joe)
    assert [task.id for task in store.unfinished()] == ["t2"]
