"""Raw footage to a recorded character id, stage by stage; what is done stays done.

Each step looks at the row's state, does what is missing and records it, so that the same command
after a failure, a Ctrl-C or a crash goes on where the last one stopped.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime

from screentest.client.characters import footage
from screentest.client.characters.choosing import several
from screentest.client.characters.choosing.alone import held
from screentest.client.characters.choosing.differing import Difference
from screentest.client.characters.known import Meant, meant
from screentest.client.characters.names import require_own_name
from screentest.client.characters.order import Order, model_for, require_here
from screentest.client.characters.preparing import Making
from screentest.client.characters.rehearse import Forecast, rehearse
from screentest.client.config import Settings, private_folder
from screentest.client.errors import RegistryDamaged
from screentest.client.registry.records import Registration
from screentest.client.registry.registry import FILE_NAME, Registry, utc_now
from screentest.client.registry.states import MAY_BE_PAID
from screentest.client.remote.living import ServedModels
from screentest.client.remote.video_models import registrable_model_of
from screentest.client.tasks.account import told_to, with_account
from screentest.client.tasks.pace import UNPACED, Pace
from screentest.client.tasks.session import Clocks, Session, service_of
from screentest.prep.core.progress import SILENT, Noted, Watcher
from screentest.prep.core.values import Segment, Source
from screentest.prep.stills.values import Still

__all__ = [
    "SILENT",
    "STAGES",
    "Forecast",
    "Order",
    "Registered",
    "Watcher",
    "register",
    "rehearse",
]


STAGES = (
    "probe",
    "scan",
    "pick",
    "clip",
    "check",
    "upload",
    "prove",
    "submit",
    "wait",
    "record",
)


@dataclass(frozen=True, slots=True)
class Registered:
    """A recorded character, or one on its way where nobody waits (``character_id`` is then None).

    ``is_kept``: the model knows no ids; its clip or stills are sent with every video. ``clip``:
    absolute path of the file kept under the home; None, like its hash and window, where ``stills`` were
    given instead. ``submitted``: whether this run sent a submit; ``cost_usd``: what the registration
    cost, in this run or an earlier one. ``reused``: the stages whose result an earlier run left behind.
    ``row_id``: its row in the registry. ``footage``: the file that it was made of. ``differs``: what is
    decided about the footage since, which no run orders unless it is asked to.
    """

    name: str
    character_id: str | None
    model: str
    clip: str | None
    clip_sha256: str | None
    segment: Segment | None
    submitted: bool
    cost_usd: float
    warnings: tuple[str, ...]
    reused: tuple[str, ...]
    row_id: int = 0
    task_id: str | None = None
    stills: tuple[Still, ...] = ()
    is_kept: bool = False
    footage: str = ""
    differs: Difference | None = None


def register(
    order: Order,
    settings: Settings,
    *,
    watcher: Watcher = SILENT,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
    now: Callable[[], datetime] = utc_now,
    source: Source | None = None,
    making: Making | None = None,
    beside: Sequence[Source] = (),
    pace: Pace = UNPACED,
    prepares_only: bool = False,
    registry: Registry | None = None,
    known: ServedModels | None = None,
) -> Registered:
    """The character, made now or recorded before.

    ``clock``: monotonic seconds. ``source``: the footage where it was probed already; ``making`` hands
    over what was made of it elsewhere. ``beside``: all files of the same person, probed, of which the
    order's was chosen. ``pace``: when a submit may be sent. ``prepares_only``: stop
    once the clip or the stills are kept; nothing is sent then, and the same call goes on. ``registry``:
    the home's where it is open, which stays so; to open it reads all of it. ``known``: the models that
    the service lists, asked once for many registrations.

    What is decided about the footage counts, and orders nothing again: what is recorded stays, and
    what is under way is settled as it was ordered.

    Raises a ScreentestError with the way out; the row is then at the last step that was done, and the
    same call goes on from there. A submit whose reply was lost is first looked for at the service, and
    never sent again blindly.
    """
    model = model_for(order)
    if making is None:
        require_here(order)
    home = private_folder(settings.home)
    clocks = Clocks(clock, sleep, now)
    with nullcontext(registry) if registry else Registry(home / FILE_NAME, now=now) as registry:
        if not prepares_only:  # else no key may be there, whose account could be told
            settings = with_account(settings, registry, told=told_to(watcher))
        asked = meant(
            order,
            registry,
            model,
            service=settings.service,
            account=settings.account,
            scans=home / "scans",
            watcher=watcher,
            source=source,
        )
        if isinstance(asked, Registration):
            return _registration(asked, submitted=False, reused=STAGES[1:])
        order, probed, wish = asked.order, asked.source, asked.wish
        if asked.decision:
            registry.decisions.mark_seen(probed.fingerprint, wish.source_path)
        recorded = several.recorded(wish, registry)
        if recorded and not order.again:
            return _registration(recorded, submitted=False, reused=STAGES[1:], asked=asked)
        if not order.shares_name:
            require_own_name(wish, registry, key_hash=settings.key_hash)
        others = asked.beside or beside
        with held(asked, registry, settings, beside=others, watcher=watcher, clocks=clocks) as alone:
            if alone.is_other:
                asked, making = alone.asked, None
                order, probed, wish = asked.order, asked.source, asked.wish
                recorded = several.recorded(wish, registry)
                if recorded and (alone.made_meanwhile or not order.again):
                    return _registration(recorded, submitted=False, reused=STAGES[1:], asked=asked)
            # Two runs of --again at once ask for one new character, not for two.
            again = order.again and not alone.made_meanwhile
            is_new = again or registry.registrations.find_done(wish.identity) is None
            begun = registry.registrations.find_under_way(wish.identity)
            begins = is_new and begun is None
            if is_new and not (begun and begun.state in MAY_BE_PAID):
                asked.require_wanted()
            if begins and model.delivery == "id" and not prepares_only:  # before anything is recorded
                from screentest.client.remote.storage import require_bucket

                require_bucket(settings)
            record = registry.registrations.record_wish(wish, again=again)
            if order.consent:
                record = registry.registrations.add_consent(record, order.consent)
            if record.state == "done":
                return _registration(record, submitted=False, reused=STAGES[1:], asked=asked)
            # Not before: a rehearsal and a second run send nothing, so they load no HTTP.
            from screentest.client.characters.run import Run

            noted = Noted(watcher)
            with service_of(settings, clocks) as service:
                session = Session(settings, registry, service, noted, clocks)
                run = Run(order, model, probed, session, making, pace, asked, known)
                if prepares_only:
                    record, submitted = run.prepared(record), False
                else:
                    record, submitted = run.to_the_end(record, bucket_tried=begins)
            reused = tuple(one for one in STAGES[1:] if one not in noted.names)
            return _registration(record, submitted=submitted, reused=reused, asked=asked)


def _registration(
    record: Registration,
    *,
    submitted: bool,
    reused: tuple[str, ...],
    asked: Meant | None = None,
) -> Registered:
    clip = None if record.stills else record.clip
    if not (clip or record.stills):
        raise RegistryDamaged(
            f"The record of {record.name!r} is {record.state} without clip or stills."
        )
    return Registered(
        name=record.name,
        character_id=record.character_id,
        model=record.model,
        clip=clip.path if clip else None,
        clip_sha256=clip.sha256 if clip else None,
        segment=clip.segment if clip else None,
        stills=record.stills,
        submitted=submitted,
        cost_usd=record.cost_usd or 0.0,
        warnings=footage.warnings_of(record, registrable_model_of(record.model)),
        reused=reused,
        row_id=record.row_id,
        task_id=record.task_id,
        is_kept=record.state == "done" and record.character_id is None,
        footage=record.source_path,
        differs=asked.differs_from(record) if asked else None,
    )
