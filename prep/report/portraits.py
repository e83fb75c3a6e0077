"""The people of a scan as a numbered list, with a picture of each in a folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from screentest.prep.core.files import private_folder, write_atomically
from screentest.prep.core.progress import SILENT, Progress, Watcher, stage
from screentest.prep.core.text import counted
from screentest.prep.core.values import Scan
from screentest.prep.people.closeups import Memory
from screentest.prep.people.grouping import Person, people
from screentest.prep.picking.casting import refusal_of
from screentest.prep.picking.scans import LIST_SPEC
from screentest.prep.report.screen import jpeg


@dataclass(frozen=True, slots=True)
class Portrait:
    """One person and where the picture of the face lies.

    ``refusal``: why no window can be picked for the person, in words; "" where one can.
    """

    person: Person
    thumbnail: str
    refusal: str = ""


def portraits(scan: Scan, *, folder: Path, watcher: Watcher = SILENT) -> tuple[Portrait, ...]:
    """Everybody that a wish for a person can name, most prominent first, pictures written.

    ``folder``: holds a folder for each piece of footage. The pictures are private (0600). Raises
    ConfigError where they cannot be written.
    """
    with stage(watcher, "people") as under_way:
        memory = Memory()
        found = people(scan, memory=memory)
        home = private_folder(folder / f"{scan.source.fingerprint[:16]}{scan.source.turn_mark}")
        listed = _listed(scan, found, home, memory, under_way.advance)
        _remove_others(home, {Path(one.thumbnail).name for one in listed})
        under_way.summary = f"{counted(len(listed), 'person', plural='people')} found"
    return listed


def _listed(
    scan: Scan, found: Sequence[Person], home: Path, memory: Memory, progress: Progress
) -> tuple[Portrait, ...]:
    listed: list[Portrait] = []
    for done, person in enumerate(found):

        def of_person(share: float, done: int = done) -> None:
            progress((done + share) / len(found))

        of_person(0.0)
        error = refusal_of(scan, person.number, spec=LIST_SPEC, memory=memory, progress=of_person)
        refusal = "" if error is None else error.message
        listed.append(Portrait(person, _written(person, home), refusal))
    return tuple(listed)


def _remove_others(folder: Path, names: set[str]) -> None:
    """Pictures of an earlier list: a number would show a face that it no longer stands for."""
    for file in folder.glob("person-*.jpg"):
        if file.name not in names:
            file.unlink(missing_ok=True)


def _written(person: Person, folder: Path) -> str:
    """The path of the person's picture."""
    path = folder / f"person-{person.number}.jpg"
    width_px = int(person.thumbnail.shape[1])
    write_atomically(path, jpeg(person.thumbnail, width_px=width_px), what="picture")
    return str(path)
