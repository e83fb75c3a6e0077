"""The people of a scan: a numbered list with a picture each, kept under the home."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from screentest.client.config import private_folder
from screentest.prep.core.encoding import box_json
from screentest.prep.core.progress import stage

if TYPE_CHECKING:
    from screentest.prep.core.progress import Watcher
    from screentest.prep.core.values import Scan
    from screentest.prep.people.grouping import Person


@dataclass(frozen=True, slots=True)
class Listed:
    """One person and where the picture of the face lies."""

    person: Person
    thumbnail: str


def cast_list(scan: Scan, *, home: Path, watcher: Watcher) -> tuple[Listed, ...]:
    """Everybody that ``--person`` can name, most prominent first, pictures written."""
    from screentest.prep.people.grouping import people

    with stage(watcher, "people") as under_way:
        found = people(scan)
        folder = private_folder(home / "people" / scan.source.fingerprint[:16])
        listed = tuple(Listed(person, _written(person, folder)) for person in found)
        _remove_others(folder, {Path(one.thumbnail).name for one in listed})
        under_way.summary = f"{len(listed)} told apart"
    return listed


def _remove_others(folder: Path, names: set[str]) -> None:
    """Pictures of an earlier list: a number would show a face that it no longer stands for."""
    for file in folder.glob("person-*.jpg"):
        if file.name not in names:
            file.unlink(missing_ok=True)


def cast_result(listed: tuple[Listed, ...]) -> list[dict[str, Any]]:
    """The list for machines; boxes are fractions of the picture."""
    return [
        {
            "person": one.person.number,
            "seen_s": round(one.person.seen_s, 3),
            "face_height": round(one.person.height, 4),
            "best_s": round(one.person.best_s, 3),
            "box": box_json(one.person.box),
            "thumbnail": one.thumbnail,
        }
        for one in listed
    ]


def _written(person: Person, folder: Path) -> str:
    """The path of the person's picture, 0600."""
    from screentest.prep.report.stills import jpeg

    path = folder / f"person-{person.number}.jpg"
    width_px = int(person.thumbnail.shape[1])
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(jpeg(person.thumbnail, width_px=width_px))
    return str(path)
