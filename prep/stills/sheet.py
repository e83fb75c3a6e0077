"""stills: footage becomes the character sheet of one person, animal or thing."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from screentest.prep.core.errors import (
    ClipError,
    ImpossibleWish,
    TooShort,
)
from screentest.prep.core.progress import SILENT, IsCancelled, Progress, Watcher, cancellable, stage
from screentest.prep.core.remedy import Remedy
from screentest.prep.core.spec import KLING_STILLS, StillSpec
from screentest.prep.core.text import counted, lasting
from screentest.prep.core.values import Source
from screentest.prep.core.wishes import NO_WISHES, Wishes
from screentest.prep.media.opening import regular_file
from screentest.prep.media.orientation import turned
from screentest.prep.media.probe import probe
from screentest.prep.stills.choosing import ONE_ANGLE
from screentest.prep.stills.folder import PICTURE, keep_sheet, sheet_folder
from screentest.prep.stills.gathering import Material, gathered
from screentest.prep.stills.montage import montage
from screentest.prep.stills.rendering import Developed, coded, developed
from screentest.prep.stills.values import CharacterSheet, Chosen, Framing, Still

Raw = str | os.PathLike[str] | Source

_POOR = 0.25
_MOST_FAILURES = 6


def stills(
    raw: Raw | Sequence[Raw],
    spec: StillSpec = KLING_STILLS,
    *,
    out: str | os.PathLike[str],
    wishes: Wishes = NO_WISHES,
    framing: Framing = "bust",
    overwrite: bool = False,
    private: bool = False,
    scans: Path | None = None,
    watcher: Watcher = SILENT,
    cancelled: IsCancelled | None = None,
) -> tuple[Still, ...]:
    """The stills of one character in the folder ``out``, the frontal one first; at least one.

    Arguments and errors as of ``character_sheet``, whose stills these are.
    """
    raws = [raw] if isinstance(raw, (str, os.PathLike, Source)) else raw
    return character_sheet(
        raws,
        spec,
        out=out,
        wishes=wishes,
        framing=framing,
        overwrite=overwrite,
        private=private,
        scans=scans,
        watcher=watcher,
        cancelled=cancelled,
    ).stills


def character_sheet(
    raws: Sequence[Raw],
    spec: StillSpec = KLING_STILLS,
    *,
    out: str | os.PathLike[str],
    wishes: Wishes = NO_WISHES,
    framing: Framing = "bust",
    overwrite: bool = False,
    private: bool = False,
    scans: Path | None = None,
    watcher: Watcher = SILENT,
    cancelled: IsCancelled | None = None,
) -> CharacterSheet:
    """One frontal still and up to five clearly different angles of one person, and a contact sheet.

    Without a human face: up to six views that differ. ``raws``: paths, or what was probed of them, of
    one character. ``wishes``: ``subject``, ``person`` (a number from the scan of the first) and
    ``match`` say who; ``start_s`` and ``length_s`` bound where in a single piece of footage to look;
    ``rotate_deg`` turns all of it.
    ``framing``: the head, head and shoulders, or the whole picture. ``out``: a folder, made where it is
    missing. ``overwrite``: replace the stills of an earlier sheet there. ``private``: as a home's files
    are, for their owner alone; folders above are made too. ``scans``: the folder that keeps scans, None
    to keep none.

    Nothing is written before every still is made. Raises ImpossibleWish, ConfigError for a private
    folder that cannot be had, FootageError, PickError, ClipError and Cancelled.
    """
    _require_possible(raws, wishes)
    folder = sheet_folder(out, private=private)
    watcher = cancellable(watcher, cancelled)
    sources = [_probed(raw, wishes, watcher) for raw in raws]
    material = gathered(sources, wishes, scans=scans, watcher=watcher)
    with stage(watcher, "stills") as under_way:
        made = _made(material, sources, framing, spec, under_way.advance)
        written = _written(made, sources, folder, spec, overwrite=overwrite, private=private)
        under_way.summary = counted(len(made), "still")
    return CharacterSheet(
        stills=written,
        picture=str(folder / PICTURE),
        person=material.number,
        warnings=_warnings(written, material, spec),
    )


@dataclass(frozen=True, slots=True)
class _Made:
    chosen: Chosen
    developed: Developed


def _require_possible(raws: Sequence[Raw], wishes: Wishes) -> None:
    wishes.require_quarter_turns()
    wishes.require_one_subject()
    bounds = [n for n in ("start_s", "length_s") if getattr(wishes, n) is not None]
    if len(raws) > 1 and bounds:
        raise ImpossibleWish(
            "A part of the footage can be named where there is one file, not several.",
            Remedy("without", tuple(bounds)),
        )
    for raw in raws:
        if not isinstance(raw, Source):
            regular_file(raw)
    if wishes.match is not None:
        regular_file(wishes.match)


def _probed(raw: Raw, wishes: Wishes, watcher: Watcher) -> Source:
    if isinstance(raw, Source):
        return raw if wishes.rotate_deg is None else turned(raw, wishes.rotate_deg)
    with stage(watcher, "probe") as under_way:
        source = probe(Path(raw).absolute(), rotate_deg=wishes.rotate_deg or 0)
        under_way.summary = f"{source.width_px}x{source.height_px}, {lasting(source.duration_s)}"
    return source


def _made(
    material: Material,
    sources: Sequence[Source],
    framing: Framing,
    spec: StillSpec,
    progress: Progress,
) -> tuple[_Made, ...]:
    """Every chosen still, developed. A moment that ffmpeg cannot show gives way to the next best."""
    known: dict[tuple[int, float], Developed] = {}
    failed: set[tuple[int, float]] = set()
    while True:
        chosen = material.chosen(without=frozenset(failed))
        try:
            for n, one in enumerate(chosen):
                progress(n / len(chosen))
                key = (one.raw, one.t_s)
                if key not in known:
                    known[key] = developed(sources[one.raw], one, framing=framing, spec=spec)
        except (ClipError, TooShort):
            failed.add(key)
            if len(failed) > _MOST_FAILURES or not material.chosen(without=frozenset(failed)):
                raise
            continue
        return tuple(_Made(one, known[one.raw, one.t_s]) for one in chosen)


def _written(
    made: Sequence[_Made],
    sources: Sequence[Source],
    folder: Path,
    spec: StillSpec,
    *,
    overwrite: bool,
    private: bool,
) -> tuple[Still, ...]:
    """The stills and their contact sheet, on disk."""
    views = count(1)
    names = [
        f"view-{next(views)}.jpg" if one.chosen.role == "view" else f"{one.chosen.role}.jpg"
        for one in made
    ]
    labels = [Path(name).stem for name in names]
    shown_together = [
        (label, one.chosen.t_s, one.developed.picture) for label, one in zip(labels, made, strict=True)
    ]
    _, together = coded(montage(shown_together), most_bytes=spec.max_bytes)
    files = {name: one.developed.jpeg for name, one in zip(names, made, strict=True)}
    files[PICTURE] = together
    keep_sheet(folder, files, overwrite=overwrite, private=private)
    pairs = zip(names, made, strict=True)
    return tuple(_still(folder / name, one, sources[one.chosen.raw]) for name, one in pairs)


def _still(path: Path, one: _Made, source: Source) -> Still:
    chosen, pixels = one.chosen, one.developed
    return Still(
        path=str(path),
        role=chosen.role,
        t_s=chosen.t_s,
        yaw_deg=chosen.turn.yaw_deg if chosen.turn is not None else None,
        pitch_deg=chosen.turn.pitch_deg if chosen.turn is not None else None,
        width_px=pixels.picture.shape[1],
        height_px=pixels.picture.shape[0],
        score=chosen.score,
        source=source.path,
        sha256=hashlib.sha256(pixels.jpeg).hexdigest(),
        bytes=len(pixels.jpeg),
        upscaled=pixels.upscaled,
        company=pixels.company,
    )


def _warnings(found: Sequence[Still], material: Material, spec: StillSpec) -> tuple[str, ...]:
    """What is missing, and what to look at before the stills are used."""
    said = list(material.lying)
    said += [
        f"{name} does not show that person: nothing was taken from it." for name in material.absent
    ]
    if not material.sights:
        none = "No face stands upright" if material.lying else "No human face shows itself"
        said.append(
            f"{none}: these are clear views that differ. Look whether all of them show one character."
        )
    elif found[0].role != "frontal":
        said.append("The face is never turned to the camera well enough for a frontal still.")
    if len(found) == 1:
        said.append(f"{ONE_ANGLE}.")
    if poor := [still for still in found if still.score < _POOR]:
        said.append(f"Below a score of {_POOR}, to be looked at closely: {_listed(poor)}.")
    if enlarged := [still for still in found if still.upscaled]:
        said.append(
            f"Enlarged to the {spec.min_side_px} pixels a side that {spec.model} wants, which adds no "
            f"detail: {_listed(enlarged)}."
        )
    if company := [still for still in found if still.company]:
        said.append(f"Somebody else's face shows in {_listed(company)} too.")
    return tuple(said)


def _listed(some: Sequence[Still]) -> str:
    return ", ".join(Path(still.path).name for still in some)
