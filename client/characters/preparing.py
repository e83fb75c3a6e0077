"""What goes to the model, made from the footage, once the model is known to take what it shows."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from screentest.client.characters import footage
from screentest.client.characters.cautions import require_welcome, sound_for, sound_left_out
from screentest.client.characters.way import said_subject, way_before_a_look, way_in
from screentest.client.errors import ConfigError
from screentest.prep.core.remedy import Remedy
from screentest.prep.pipeline import choose, conform

if TYPE_CHECKING:
    from screentest.client.characters.order import Order
    from screentest.client.remote.models.inline import Registrable
    from screentest.client.remote.models.reference import Way
    from screentest.prep.core.progress import Watcher
    from screentest.prep.core.values import CheckReport, Clip, Scan, Source
    from screentest.prep.stills.values import Still


@dataclass(frozen=True, slots=True)
class Ready:
    """The clip or the stills, as they are kept under the home, and what led to them.

    ``scan``: what the window was picked from, ``report``: the check of the clip; None without one.
    ``said``: sentences about why stills are sent, and about them.
    """

    clip: Clip | None = None
    stills: tuple[Still, ...] = ()
    scan: Scan | None = None
    report: CheckReport | None = None
    said: tuple[str, ...] = ()

    @property
    def way(self) -> Way:
        return "images" if self.stills else "video"


Making = Callable[..., Ready]
"""``ready``, or what hands over what was made elsewhere for the same arguments."""


def ready(
    order: Order,
    model: Registrable,
    source: Source,
    *,
    home: Path,
    draft: str,
    watcher: Watcher,
    served: Collection[str] = (),
) -> Ready:
    """What an order's footage becomes for the model: a clip, checked, or stills.

    ``draft``: the name of the clip's file until it is whole. ``served``: as of ``require_welcome``.
    Raises what ``prep.pipeline.prepare`` or ``prep.stills`` raises; SubjectRefused as soon as it is
    known.
    """
    subject = said_subject(order.wishes)
    asked = order.reference
    if way_before_a_look(model, asked=asked, subject=subject) == "images":
        decided = way_in(model, asked=asked, subject=subject, shows_face=False)
        return _stills(order, model, source, decided.said, home=home, watcher=watcher, served=served)
    wishes = replace(order.wishes, audio=sound_for(order.wishes, model))
    choice = choose(source, wishes, model.clip, scans=home / "scans", watcher=watcher)
    shows_face = choice.segment.shows_face
    decided = way_in(model, asked=asked, subject=subject, shows_face=shows_face)
    if decided.way == "images":
        return _stills(order, model, source, decided.said, home=home, watcher=watcher, served=served)
    require_welcome(model, way="video", subject=subject, shows_face=shows_face, served=served)
    with footage.draft(home / "clips", draft) as out:
        clip, report = conform(choice, wishes, model.clip, out=out, watcher=watcher)
        clip = with_sound_told(clip, order, model, source)
        kept = footage.kept(clip, home / "clips")
        return Ready(kept, scan=choice.scan, report=replace(report, clip=kept.path))


def with_sound_told(clip: Clip, order: Order, model: Registrable, source: Source) -> Clip:
    """The clip of an order, with a warning where sound was left out that nobody chose to leave out."""
    left_out = order.wishes.audio != sound_for(order.wishes, model) == "remove"
    if not (left_out and source.has_audio):
        return clip
    return replace(clip, warnings=(*clip.warnings, sound_left_out(model)))


def _stills(
    order: Order,
    model: Registrable,
    source: Source,
    said: tuple[str, ...],
    *,
    home: Path,
    watcher: Watcher,
    served: Collection[str],
) -> Ready:
    # Loaded where stills are made: few registrations are by images.
    from screentest.client.characters.stills import kept_stills

    if model.takes.stills is None:
        raise ConfigError(f"{model.model_id} takes no images.", Remedy("list_models"))
    subject = said_subject(order.wishes)
    refuses_clip = model.takes.reception(subject or "person", way="video") == "refused"
    kept = kept_stills(
        source,
        order.wishes,
        model.takes.stills,
        # Not where stills were decided for: then no clip is sure to do.
        takes_video=model.takes.clip is not None and not said and not refuses_clip,
        home=home,
        watcher=watcher,
    )
    shows_face = footage.show_face(kept.stills)
    require_welcome(model, way="images", subject=subject, shows_face=shows_face, served=served)
    return Ready(stills=kept.stills, said=(*said, *kept.said))
