"""One run of ``register`` on one row: each step does what its state lacks, and records it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from screentest.client.characters import footage
from screentest.client.characters.cautions import sound_for
from screentest.client.characters.order import Order
from screentest.client.characters.preparing import prepared
from screentest.client.characters.task import CHARACTER
from screentest.client.characters.way import said_subject
from screentest.client.errors import BadReply, Rejected
from screentest.client.registry.locks import locked
from screentest.client.registry.records import Registration
from screentest.client.registry.states import UNSETTLED, State
from screentest.client.remote.living import require_served
from screentest.client.remote.models.character import EXAMPLE, CharacterModel
from screentest.client.remote.prices import quoted_usd
from screentest.client.tasks.finish import finish
from screentest.client.tasks.session import Session
from screentest.prep.core.progress import stage
from screentest.prep.core.values import Clip, Source

if TYPE_CHECKING:
    from screentest.client.remote.storage import Bucket


@dataclass(frozen=True, slots=True)
class Run:
    """What a run needs besides its row, whose lock it holds."""

    order: Order
    model: CharacterModel
    source: Source
    session: Session

    def to_the_end(self, record: Registration, *, bucket_tried: bool) -> tuple[Registration, bool]:
        """The row when it is done, or submitted where nobody waits; whether this run submitted.

        ``bucket_tried``: the bucket was found usable a moment ago.
        """
        submits = False
        if record.state in UNSETTLED:
            record = self._settled(record)
        if record.state == "failed":
            record = self._tried_again(record)
        if record.state != "submitted":
            if not bucket_tried:  # before minutes go into a clip for it
                from screentest.client.remote.storage import require_bucket

                require_bucket(self.session.settings)
            require_served(self.session.service, self.model.model_id)
            price_usd = self._afforded()
            if record.clip is None or not self._will_do(record.clip):
                self._require_service(price_usd)
            record = self._with_clip(record)
            record = self._submitted(record, price_usd=price_usd)
            submits = True
        if self.order.wait:
            record = finish(record, kind=CHARACTER, session=self.session)
        return record, submits

    def _settled(self, record: Registration) -> Registration:
        from screentest.client.tasks.settle import settle

        self.session.watcher.warned("The reply to an earlier submit was lost: looking for its task.")
        return settle(record, kind=CHARACTER, session=self.session)

    def _tried_again(self, record: Registration) -> Registration:
        usable = record.clip is not None and self._will_do(record.clip)
        note = f"tried again after: {record.error}"
        to: State = "clipped" if usable else "planned"
        return self.session.registry.registrations.mark_back(record, to, note=note)

    def _afforded(self) -> float:
        """What the submit costs, at most what the order allows."""
        if self.order.max_cost_usd is None and not self.model.price.asks:
            return self.model.price_usd
        return quoted_usd(
            self.session.service,
            self.model.model_id,
            inputs=self._body(video=f"{EXAMPLE}/clip.mp4"),
            listed_usd=self.model.price_usd,
            max_cost_usd=self.order.max_cost_usd,
        )

    def _require_service(self, price_usd: float) -> None:
        """Raises Unauthorized or ServiceUnreachable before minutes go into a clip for the service.

        Other refusals of a balance say nothing about a submit, and nor does a low one: an account may
        pay later.
        """
        try:
            left_usd = self.session.service.balance_usd()
        except (Rejected, BadReply):
            return
        if left_usd < price_usd:
            self.session.watcher.warned(
                f"The account has USD {left_usd:g} left, and the submit costs USD {price_usd:g}."
            )

    def _with_clip(self, record: Registration) -> Registration:
        """The row with a clip whose file is there, made again where it is missing or changed."""
        if record.clip is None or not self._will_do(record.clip):
            record = self._planned_again(record)
            clip = self._made(record.identity)
            record = self.session.registry.registrations.mark_clipped(record, clip)
        self.order.wishes.require_score(_clip_of(record).segment)
        subject = said_subject(self.order.wishes)
        for warning in footage.warnings_about(_clip_of(record), self.model, subject=subject):
            self.session.watcher.warned(warning)
        return record

    def _will_do(self, clip: Clip) -> bool:
        """Whether a clip is there as it was made, and without the sound that a model would clone."""
        is_silent = not clip.has_audio or sound_for(self.order.wishes, self.model) == "keep"
        return is_silent and footage.intact(clip)

    def _planned_again(self, record: Registration) -> Registration:
        if record.state == "planned":
            return record
        intact = record.clip is not None and footage.intact(record.clip)
        note = "the model would clone its sound" if intact else "the clip's file is gone"
        return self.session.registry.registrations.mark_back(record, "planned", note=note)

    def _made(self, identity: str) -> Clip:
        session = self.session
        made = prepared(
            self.order,
            self.model,
            self.source,
            home=session.settings.home,
            draft=identity[:32],
            watcher=session.watcher,
        )
        return made.clip

    def _submitted(self, record: Registration, *, price_usd: float) -> Registration:
        from screentest.client.remote.http import Http
        from screentest.client.remote.storage import Bucket
        from screentest.client.tasks.proof import proven
        from screentest.client.tasks.submit import submit

        clocks = self.session.clocks
        with (
            Bucket(self.session.settings) as bucket,
            Http(clock=clocks.clock, sleep=clocks.sleep) as http,
        ):
            record = self._uploaded(record, bucket)
            upload = proven(
                record.object_key or "",
                Path(_clip_of(record).path),
                what="clip",
                bucket=bucket,
                http=http,
                session=self.session,
            )
        with stage(self.session.watcher, "submit") as under_way:
            record = submit(
                record,
                body=self._body(video=upload.url),
                cost_usd=price_usd,
                ledger=self.session.registry.registrations,
                service=self.session.service,
                webhook=self.order.webhook,
                key_hash=self.session.settings.key_hash,
            )
            under_way.summary = f"task {record.task_id}, USD {price_usd:g}"
        return record

    def _body(self, *, video: str) -> dict[str, object]:
        order = self.order
        return self.model.body(video=video, name=order.name, description=order.description)

    def _uploaded(self, record: Registration, bucket: Bucket) -> Registration:
        from screentest.client.remote.storage import key_of

        clip, registry = _clip_of(record), self.session.registry
        ledger = registry.registrations
        locks = self.session.settings.home / "locks"
        with (
            stage(self.session.watcher, "upload") as under_way,
            # Not while another run, done with the same clip, takes its object away.
            locked(
                locks,
                clip.sha256,
                what="the clip's object",
                wait_s=600.0,
                told=self.session.watcher.warned,
            ),
        ):
            stored = bucket.put(
                Path(clip.path),
                sha256=clip.sha256,
                key=key_of(clip.sha256, folder=registry.folder),
                progress=under_way.advance,
            )
            place = f"{stored.bucket}/{stored.key}"
            under_way.summary = f"{place}{', already there' if stored.reused else ''}"
            if record.state == "uploaded":
                if (record.bucket, record.object_key) == (stored.bucket, stored.key):
                    return record
                record = ledger.mark_back(record, "clipped", note=f"now goes to {place}")
            return ledger.mark_uploaded(record, bucket=stored.bucket, key=stored.key)


def _clip_of(record: Registration) -> Clip:
    if record.clip is None:
        raise ValueError(f"a row at {record.state} has no clip")
    return record.clip
