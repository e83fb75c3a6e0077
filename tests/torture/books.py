"""The books of both sides: what the service accepted, made and failed, and what the registry keeps."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Collection
from contextlib import closing
from pathlib import Path
from typing import Any

from screentest.client.registry.registry import FILE_NAME, Registry
from screentest.prep.core.files import sha256_of
from tests.torture.kinds import MODELS, label_in
from tests.torture.strangers import PREFIX

Need = tuple[str, int, str]
"""A row of the registry, by table and number, and a word in the key of the object it needs."""
_NEEDS_ITS_FILES = frozenset({"uploaded", "submitting", "submitted", "unknown"})


# The service's


def label_of_submit(line: dict[str, Any]) -> str | None:
    """The label of a submit in the sandbox's journal, None for any other request."""
    model = str(line["path"]).removeprefix("/api/v3/")
    if line["method"] != "POST" or model not in MODELS or not line["body"]:
        return None
    return label_in(line["body"])


def accepted_submits(journal: Path) -> Counter[str]:
    """Label -> how many submits of it the service accepted, by the sandbox's journal."""
    lines = map(json.loads, journal.read_text(encoding="utf-8").splitlines())
    labels = (label_of_submit(line) for line in lines if line["status"] == 200)
    return Counter(label for label in labels if label)


def failed_tasks(tasks: Path) -> Counter[str]:
    """Label -> how many of its tasks failed, which are not billed, by the sandbox's own books."""
    return Counter(label for _, label, _ in _ours(tasks, "code <> 0"))


def starved_tasks(tasks: Path) -> tuple[str, ...]:
    """Labels of the tasks that failed because their file had left the bucket."""
    return tuple(label for _, label, error in _ours(tasks, "code = 1402") if "HTTP 404" in error)


def paid_tasks(tasks: Path) -> dict[str, str]:
    """The tasks of ours that did not fail -> their labels."""
    return {task_id: label for task_id, label, _ in _ours(tasks, "code = 0")}


def made_ids(tasks: Path) -> dict[str, str]:
    """What the service made here -> the label it was made for: characters by id, videos by task."""
    with closing(sqlite3.connect(tasks)) as db:
        characters = dict(db.execute("SELECT id, name FROM characters").fetchall())
    return characters | paid_tasks(tasks)


def _ours(tasks: Path, condition: str) -> list[tuple[str, str, str]]:
    """(id, label, error) of tasks that are no stranger's."""
    with closing(sqlite3.connect(tasks)) as db:
        select = f"SELECT id, inputs, error FROM tasks WHERE {condition} AND id NOT LIKE ?"
        found = db.execute(select, (f"{PREFIX}%",)).fetchall()
    return [(task_id, label_in(json.loads(inputs)) or "", error) for task_id, inputs, error in found]


# The registry's


def recorded_ids(home: Path) -> dict[str, set[str]]:
    """Label -> what is recorded of it as made, deleted characters included."""
    with Registry(home / FILE_NAME) as registry:
        rows = registry.registrations.list_all(deleted=True)
        videos = registry.videos.list_all()
    kept: dict[str, set[str]] = {}
    for row in rows:
        if row.character_id:
            kept.setdefault(row.name, set()).add(row.character_id)
    for video in videos:
        if video.state == "done":
            label = label_in(video.inputs) or video.prompt
            kept.setdefault(label, set()).add(str(video.task_id))
    return kept


def owners_of_tasks(home: Path) -> Counter[str]:
    """Task -> how many rows have it, or had it."""
    with closing(sqlite3.connect(home / FILE_NAME)) as db:
        sql = "SELECT task_id FROM tasks UNION ALL SELECT task_id FROM videos"
        return Counter(task_id for (task_id,) in db.execute(sql) if task_id)


def broken_files(home: Path, outputs: Path) -> tuple[str, ...]:
    """Labels of the videos on record whose file is not there, or is not what the service made."""
    with Registry(home / FILE_NAME) as registry:
        done = [video for video in registry.videos.list_all() if video.state == "done"]
    broken = []
    for video in done:
        kept, made = Path(str(video.out_path)), outputs / f"{video.task_id}.mp4"
        shas = {sha256_of(path) if path.is_file() else "none" for path in (kept, made)}
        if shas != {video.out_sha256}:
            broken.append(label_in(video.inputs) or video.prompt)
    return tuple(broken)


def left_files(home: Path, outs: Path) -> tuple[str, ...]:
    """Drafts under the home or beside videos, and whatever beside them is on no record."""
    with Registry(home / FILE_NAME) as registry:
        known = {video.out_path for video in registry.videos.list_all()}
    drafts = [path for path in home.rglob("*") if path.name.startswith(".") or path.suffix == ".part"]
    beside = [path for path in outs.iterdir() if str(path) not in known]
    return tuple(sorted(map(str, (*drafts, *beside))))


def needs(home: Path) -> frozenset[Need]:
    """What in the bucket is needed at this moment, and by which row."""
    with Registry(home / FILE_NAME) as registry:
        rows, videos = registry.registrations.list_unfinished(), registry.videos.list_unfinished()
    words = {
        ("registration", row.row_id, word)
        for row in rows
        if row.state in _NEEDS_ITS_FILES
        for word in (row.identity[:32], row.clip.sha256 if row.clip else "")
        if word
    }
    return frozenset(words | {("video", video.row_id, video.identity[:32]) for video in videos})


def wrongly_deleted(
    keys: Collection[str], before: frozenset[Need], after: frozenset[Need]
) -> tuple[str, ...]:
    """The keys among those deleted that a row needed all the while."""
    words = {word for _, _, word in before & after}
    return tuple(key for key in keys if any(word in key for word in words))
