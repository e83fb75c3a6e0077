"""Whether a video that was downloaded still shows its characters: looked at once, and recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from screentest.client.errors import ConfigError
from screentest.client.registry.records import Registration
from screentest.client.registry.videos import ShownCharacter, Video
from screentest.client.tasks.session import Session
from screentest.client.videos.faces import reference_of
from screentest.prep.core.errors import ScreentestError
from screentest.prep.core.progress import stage

if TYPE_CHECKING:
    from screentest.prep.comparing.reference import FaceReference


def compared(video: Video, session: Session) -> Video:
    """The video with what was found of each character in it, by name; unchanged where it was before.

    Nothing of the faces is kept but how alike they are. Whatever fails here is told and nothing more:
    the video is paid for and on disk.
    """
    if not video.shows or video.likeness is not None or not video.out_path:
        return video
    try:
        with stage(session.watcher, "compare") as under_way:
            found = _likenesses(video, session)
            told = ", ".join(f"{name}: {one['verdict']}" for name, one in found.items())
            under_way.summary = told or "nobody to compare it with"
        return session.registry.videos.record_likeness(video, found) if found else video
    except (ScreentestError, OSError, ValueError) as error:
        session.watcher.warned(f"The video was not compared with its characters: {error}")
        return video


def _likenesses(video: Video, session: Session) -> dict[str, Mapping[str, object]]:
    from screentest.prep.comparing.compare import compare
    from screentest.prep.comparing.encoding import likeness_json
    from screentest.prep.media.probe import probe

    source = probe(Path(video.out_path or ""))
    found: dict[str, Mapping[str, object]] = {}
    for shown in video.shows:
        try:
            found[shown.name] = likeness_json(compare(source, _reference(shown, session)))
        except (ScreentestError, OSError) as error:
            session.watcher.warned(f"{shown.name} was not looked for in the video: {error}")
    return found


def _reference(shown: ShownCharacter, session: Session) -> FaceReference:
    """The face of the first registration whose clip, stills or footage is there. Raises ConfigError."""
    error = ConfigError(f"{shown.name!r} is not recorded here.")
    for row in _registrations(shown, session):
        try:
            return reference_of(row)
        except ConfigError as gone:
            error = gone
    raise error


def _registrations(shown: ShownCharacter, session: Session) -> Sequence[Registration]:
    """The registration that was sent, then the character's others, deleted ones too."""
    number = session.registry.characters.find_key(shown.character)
    rows = session.registry.registrations.list_of(number, deleted=True) if number else ()
    return sorted(rows, key=lambda row: (row.identity != shown.registration, -row.row_id))
