"""What goes to the model, made from the footage, once the model is known to take what it shows."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from screentest.client.characters import footage
from screentest.client.characters.cautions import require_welcome, sound_for, sound_left_out
from screentest.client.characters.way import said_subject
from screentest.prep.pipeline import choose, conform

if TYPE_CHECKING:
    from screentest.client.characters.order import Order
    from screentest.client.remote.character_models import CharacterModel
    from screentest.prep.core.progress import Watcher
    from screentest.prep.core.values import CheckReport, Clip, Scan, Source


@dataclass(frozen=True, slots=True)
class Ready:
    """The clip as it is kept under the home, and what led to it. ``scan``: what it was picked from."""

    clip: Clip
    scan: Scan
    report: CheckReport


def prepared(
    order: Order,
    model: CharacterModel,
    source: Source,
    *,
    home: Path,
    draft: str,
    watcher: Watcher,
    served: Collection[str] = (),
) -> Ready:
    """The clip that an order's footage becomes for the model, kept under ``home`` and checked.

    ``draft``: the name of its file until it is whole. ``served``: as of ``require_welcome``. Raises
    what ``prep.pipeline.prepare`` raises; SubjectRefused before the clip is made.
    """
    scans = home / "scans"
    wishes = replace(order.wishes, audio=sound_for(order.wishes, model))
    with footage.draft(home / "clips", draft) as out:
        choice = choose(source, wishes, model.clip, scans=scans, watcher=watcher)
        require_welcome(
            model,
            way="video",
            subject=said_subject(order.wishes),
            shows_face=choice.segment.shows_face,
            served=served,
        )
        clip, report = conform(choice, wishes, model.clip, out=out, watcher=watcher)
        if order.wishes.audio != wishes.audio == "remove" and source.has_audio:
            clip = replace(clip, warnings=(*clip.warnings, sound_left_out(model)))
        kept = footage.kept(clip, home / "clips")
    return Ready(kept, choice.scan, replace(report, clip=kept.path))
