"""What ``register`` would do and cost, with nothing sent and nothing recorded."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

from screentest.client.characters import footage
from screentest.client.characters.choosing import several
from screentest.client.characters.choosing.decided import decided
from screentest.client.characters.choosing.differing import Difference
from screentest.client.characters.known import Meant, meant
from screentest.client.characters.names import require_own_name
from screentest.client.characters.order import Order, model_for, require_here, wish_at
from screentest.client.characters.preparing import Ready, ready
from screentest.client.characters.way import said_subject, way_of
from screentest.client.config import DEFAULT_ACCOUNT, DEFAULT_BASE_URL, private_folder
from screentest.client.errors import NameTaken, SkipDecided
from screentest.client.registry.identity import Wish
from screentest.client.registry.records import Registration
from screentest.client.registry.registry import FILE_NAME, Registry
from screentest.client.registry.states import MAY_BE_PAID, UNSETTLED
from screentest.client.remote.models.inline import Registrable
from screentest.prep.core.progress import SILENT, Watcher
from screentest.prep.core.text import counted
from screentest.prep.core.values import CheckReport, Clip, Scan, Segment
from screentest.prep.pipeline import probed
from screentest.prep.stills.values import Still


@dataclass(frozen=True, slots=True)
class Forecast:
    """What ``register`` would do.

    ``clip``: really made and checked, and kept under the home: its file may be watched, and registered;
    None where ``stills`` would be given instead, which are kept there too. ``scan``: what the window
    was picked from, ``report``: the check; None where there is neither, or where ``recorded`` is the
    registration that an earlier run submitted, whose clip it is then. ``steps``: sentences, in order.
    ``cost_usd``: what a submit would cost, by ``price_source``; 0 where none would be sent.
    ``footage`` and ``differs``: as of ``Registered``.
    """

    name: str
    model: str
    scan: Scan | None
    clip: Clip | None
    report: CheckReport | None
    steps: tuple[str, ...]
    cost_usd: float
    price_source: str
    warnings: tuple[str, ...]
    recorded: Registration | None = None
    stills: tuple[Still, ...] = ()
    footage: str = ""
    differs: Difference | None = None

    @property
    def segment(self) -> Segment | None:
        return self.clip.segment if self.clip else None


def rehearse(
    order: Order,
    home: Path,
    *,
    service: str = DEFAULT_BASE_URL,
    account: str | None = None,
    watcher: Watcher = SILENT,
) -> Forecast:
    """What ``register`` would do and cost; needs no key and records nothing, and keeps scan and clip.

    ``service`` and ``account``: as of ``Settings``; None for an account that is not known. Raises what
    ``register`` raises before it sends anything.
    """
    model = model_for(order)
    require_here(order)
    private_folder(home)
    if order.character or order.others or (home / FILE_NAME).exists():
        with Registry(home / FILE_NAME) as registry:
            asked = meant(
                order,
                registry,
                model,
                service=service,
                account=account or DEFAULT_ACCOUNT,
                scans=home / "scans",
                watcher=watcher,
            )
        if isinstance(asked, Registration):
            return _of_recorded(model, asked)
    else:
        order = decided(order, None)
        model_for(order)
        source = probed(order.footage, rotate_deg=order.wishes.rotate_deg, watcher=watcher)
        asked = Meant(order, source, wish_at(service, account or DEFAULT_ACCOUNT, order, source))
    order, source, wish = asked.order, asked.source, asked.wish
    recorded = None if order.again else _submitted(wish, home, account)
    if recorded is not None and (recorded.clip or recorded.stills):
        return replace(_of_recorded(model, recorded), differs=asked.differs_from(recorded))
    draft = f"rehearsal-{os.getpid()}"
    made = ready(order, model, source, home=home, draft=draft, watcher=watcher)
    return Forecast(
        name=order.name,
        model=model.model_id,
        scan=made.scan,
        clip=made.clip,
        report=made.report,
        steps=_steps_ahead(order, model, made),
        cost_usd=model.price_usd_by(made.way),
        price_source=model.price_source,
        warnings=(
            *made.said,
            *_about_files(made, order, model),
            *_about_name(order, wish, home),
            *_about_skipping(asked),
        ),
        stills=made.stills,
        footage=source.path,
    )


def _about_files(made: Ready, order: Order, model: Registrable) -> tuple[str, ...]:
    subject = said_subject(order.wishes)
    if made.clip is not None:
        return footage.warnings_about(made.clip, model, subject=subject)
    return footage.warnings_about_stills(made.stills, model, subject=subject)


def _about_name(order: Order, wish: Wish, home: Path) -> tuple[str, ...]:
    """What a run would ask about first: that another character has the name."""
    if order.shares_name or not (home / FILE_NAME).exists():
        return ()
    with Registry(home / FILE_NAME) as registry:
        try:
            require_own_name(wish, registry, key_hash="")
        except NameTaken as taken:
            return (f"{taken.message} A run asks before it registers another one.",)
    return ()


def _about_skipping(asked: Meant) -> tuple[str, ...]:
    """The same of footage that is to be skipped."""
    try:
        asked.require_wanted()
    except SkipDecided as skipped:
        return (f"{skipped.message} A run asks before it registers it.",)
    return ()


def _submitted(wish: Wish, home: Path, account: str | None) -> Registration | None:
    """The registration of this very thing that was submitted, or may have been, before."""
    if not (home / FILE_NAME).exists():
        return None
    with Registry(home / FILE_NAME) as registry:
        known = [one.name for one in registry.accounts.list_all() if one.service == wish.service]
        wishes = [replace(wish, account=name) for name in ([account] if account else known)]
        # As a run would find them: what is done counts first, then what is under way.
        done = [row for one in wishes if (row := several.recorded(one, registry))]
        find_under_way = registry.registrations.find_under_way
        open_ = [row for one in wishes if (row := find_under_way(one.identity))]
    return next((row for row in (*done, *open_) if row.state in ("done", *MAY_BE_PAID)), None)


def _of_recorded(model: Registrable, row: Registration) -> Forecast:
    return Forecast(
        name=row.name,
        model=model.model_id,
        scan=None,
        clip=None if row.stills else row.clip,
        report=None,
        steps=_steps_left(row, model),
        cost_usd=model.price_usd_by(way_of(row)) if row.state in UNSETTLED else 0.0,
        price_source=model.price_source,
        warnings=footage.warnings_of(row, model),
        recorded=row,
        stills=row.stills,
        footage=row.source_path,
    )


def _steps_left(row: Registration, model: Registrable) -> tuple[str, ...]:
    if row.state == "done" and row.character_id is None:
        return (f"Nothing: it is kept for {model.model_id}, which gets it with every video.",)
    if row.state == "done":
        return (f"Give the recorded id, {row.character_id}. Nothing is submitted.",)
    if row.state == "submitted":
        return (f"Wait for task {row.task_id}, which is paid for, and record the character's id.",)
    return (
        "Look for the task of an earlier submit whose reply was lost.",
        "Take the task that is surely it, at no further cost.",
        f"Only where there is surely none, submit again, for USD {model.price_usd_by(way_of(row)):g}.",
    )


def _steps_ahead(order: Order, model: Registrable, made: Ready) -> tuple[str, ...]:
    if model.delivery == "inline":
        return (f"Keep it for {model.model_id}, which gets it with every video. Nothing is submitted.",)
    usd = f"USD {model.price_usd_by(made.way):g}"
    if made.clip is not None:
        sent = (
            f"Upload the clip of {made.clip.bytes} bytes to the bucket as a private object.",
            "Make a URL that gives it to the service for a while, and prove it.",
            f"Submit it to {model.model_id} as {order.name!r}, for {usd}.",
        )
    else:
        whole = sum(still.bytes for still in made.stills)
        stills = counted(len(made.stills), "still")
        sent = (
            f"Upload {stills} of {whole} bytes together to the bucket as private objects.",
            "Make a URL of each that gives it to the service for a while, and prove it.",
            f"Submit them to {model.model_id} as {order.name!r}, for {usd}.",
        )
    return (*sent, "Wait for the character and record its id.")
