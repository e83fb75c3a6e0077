"""The stills of an order: made, chosen for the model, and kept under the home by their content."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from screentest.client.characters.footage import moved_to, require_scores
from screentest.client.config import private_folder
from screentest.prep.core.files import scratch_folder_beside
from screentest.prep.stills.choosing import for_model
from screentest.prep.stills.sheet import character_sheet

if TYPE_CHECKING:
    from screentest.prep.core.progress import Watcher
    from screentest.prep.core.spec import StillSpec
    from screentest.prep.core.values import Source
    from screentest.prep.core.wishes import Wishes
    from screentest.prep.stills.values import Still

_IDLE = ("orientation", "fit", "audio", "audio_track")
"""Wishes about a clip that stills know nothing of."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The stills that go to a model, in its order. ``said``: what is to be known of them."""

    stills: tuple[Still, ...]
    said: tuple[str, ...]


def kept_stills(
    source: Source,
    wishes: Wishes,
    spec: StillSpec,
    *,
    takes_video: bool,
    home: Path,
    watcher: Watcher,
) -> Kept:
    """The stills that the model takes of the footage, each in the home under its content's name.

    ``takes_video``: the model would take a clip instead. Raises what ``prep.stills`` raises, with
    MissingAngle where the footage shows too few angles.
    """
    folder = private_folder(home / "stills")
    with scratch_folder_beside(folder / "sheet") as scratch:
        sheet = character_sheet(
            [source], spec, out=scratch, wishes=wishes, scans=home / "scans", watcher=watcher
        )
        chosen = for_model(sheet.stills, spec, takes_video=takes_video)
        require_scores(chosen, wishes)
        kept = tuple(
            replace(still, path=moved_to(folder, still.path, still.sha256, what="stills"))
            for still in chosen
        )
    return Kept(kept, (*sheet.warnings, *without_effect(wishes)))


def without_effect(wishes: Wishes) -> tuple[str, ...]:
    """A sentence about wishes that stills cannot meet."""
    said = [name.replace("_", " ") for name in _IDLE if getattr(wishes, name) not in (None, "pad")]
    return (f"Stills have no {' and no '.join(said)}: that is left aside.",) if said else ()
