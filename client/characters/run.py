"""One run of ``register`` on one row: each step does what its state lacks, and records it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from screentest.client.characters import footage
from screentest.client.characters.cautions import sound_for
from screentest.client.characters.order import Order, require_here
from screentest.client.characters.preparing import Making, Ready, ready
from screentest.client.characters.task import CHARACTER
from screentest.client.characters.way import said_subject, way_before_a_look, way_in, way_of
from screentest.client.errors import BadReply, RateLimited, Rejected, SubjectRefused
from screentest.client.registry.records import Registration
from screentest.client.registry.states import MAY_BE_PAID, UNSETTLED, State
from screentest.client.remote.living import ServedModels, require_served
from screentest.client.remote.models.character import CharacterModel
from screentest.client.remote.models.inline import InlineModel, Registrable
from screentest.client.remote.models.reference import Way
from screentest.client.remote.prices import quoted_usd
from screentest.client.tasks.finish import finish
from screentest.client.tasks.pace import UNPACED, Pace
from screentest.client.tasks.session import Session
from screentest.prep.core.errors import FootageError, PickError
from screentest.prep.core.progress import stage
from screentest.prep.core.values import Source

if TYPE_CHECKING:
    from screentest.client.characters.known import Meant


@dataclass(frozen=True, slots=True)
class Run:
    """What a run needs besides its row, whose lock it holds.

    ``making``: hands over a clip or stills that were made elsewhere, None to make them here. ``pace``:
    when something that costs money may be sent. ``asked``: what the row is to be, None where it is.
    ``known``: the models that the service lists, where others asked before.
    """

    order: Order
    model: Registrable
    source: Source
    session: Session
    making: Making | None = None
    pace: Pace = UNPACED
    asked: Meant | None = None
    known: ServedModels | None = None

    def to_the_end(self, record: Registration, *, bucket_tried: bool) -> tuple[Registration, bool]:
        """The row when it is done, or submitted where nobody waits; whether this run submitted.

        ``bucket_tried``: the bucket was found usable a moment ago.
        """
        if isinstance(self.model, InlineModel):
            record = self._as_decided(record)
            served = require_served(self.session.service, self.model.model_id, known=self.known)
            return self.kept(record, served), False
        submits = False
        if record.state in UNSETTLED:
            record = self._settled(record)
        record = self._as_decided(record)
        if record.state == "failed":
            record = self._tried_again(record)
        if record.state != "submitted":
            if not bucket_tried:  # before minutes go into a clip for it
                from screentest.client.remote.storage import require_bucket

                require_bucket(self.session.settings)
            served = require_served(self.session.service, self.model.model_id, known=self.known)
            expected: Way = self._way_before_a_look() or "video"
            price_usd = self._afforded(expected)
            if not self._will_do(record):
                self._require_service(price_usd)
            record = self._with_reference(record, served)
            if way_of(record) != expected:
                price_usd = self._afforded(way_of(record))
            submits = True
            with self.pace.task(price_usd) as accepted:
                record = self._submitted(record, price_usd=price_usd)
                accepted()
                return self._finished(record), submits
        with self.pace.task(0.0):  # paid for by an earlier run
            return self._finished(record), submits

    def _finished(self, record: Registration) -> Registration:
        return finish(record, kind=CHARACTER, session=self.session) if self.order.wait else record

    def prepared(self, record: Registration) -> Registration:
        """The row with its clip or stills, and nothing sent; one that is further on stays as it is."""
        if record.state in UNSETTLED or record.state in ("submitted", "done"):
            return record
        record = self._as_decided(record)
        if record.state == "failed":
            record = self._tried_again(record)
        return self._with_reference(record, frozenset())

    def kept(self, record: Registration, served: frozenset[str] = frozenset()) -> Registration:
        """The row with what the model gets with every video, done: nothing is submitted.

        ``served``: ids of the models that are served, none where nobody asked.
        """
        record = self._with_reference(record, served)
        with stage(self.session.watcher, "record") as under_way:
            under_way.summary = f"kept for {self.model.model_id}"
            return self.session.registry.registrations.mark_kept(record)

    @property
    def _paid(self) -> CharacterModel:
        """The model of a task that is submitted."""
        if isinstance(self.model, InlineModel):
            raise TypeError(f"nothing is submitted to {self.model.model_id} for a character")
        return self.model

    def _settled(self, record: Registration) -> Registration:
        from screentest.client.tasks.settle import settle

        self.session.watcher.warned("The reply to an earlier submit was lost: looking for its task.")
        return settle(record, kind=CHARACTER, session=self.session)

    def _as_decided(self, record: Registration) -> Registration:
        """The row as it is decided now, unless its task exists or may; then it stays as ordered.

        Raises SkipDecided where it is not to be ordered any more.
        """
        asked = self.asked
        if asked is None or record.state in MAY_BE_PAID or record.state == "done":
            return record
        asked.require_wanted()
        if (record.asked is None and asked.wish.asked is None) or record.is_as(asked.wish):
            return record
        return self.session.registry.registrations.record_choice(record, asked.wish)

    def _tried_again(self, record: Registration) -> Registration:
        note = f"tried again after: {record.error}"
        to: State = "clipped" if self._will_do(record) else "planned"
        return self.session.registry.registrations.mark_back(record, to, note=note)

    def _way_before_a_look(self) -> Way | None:
        subject = said_subject(self.order.wishes)
        return way_before_a_look(self.model, asked=self.order.reference, subject=subject)

    def _afforded(self, way: Way) -> float:
        """What the submit costs, at most what the order allows and somebody agreed to."""
        order, listed_usd = self.order, self.model.price_usd_by(way)
        limits = [usd for usd in (order.max_cost_usd, order.agreed_usd) if usd is not None]
        if not limits and not self._paid.price.asks:
            return listed_usd
        return quoted_usd(
            self.session.service,
            self.model.model_id,
            inputs=self._paid.example(way, name=order.name, description=order.description),
            listed_usd=listed_usd,
            max_cost_usd=min(limits, default=None),
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

    def _with_reference(self, record: Registration, served: frozenset[str]) -> Registration:
        """The row with a clip or stills that are there, made again where they are gone or changed."""
        told, ledger = self.session.watcher.warned, self.session.registry.registrations
        if not self._will_do(record):
            record = self._planned_again(record)
            made = self._made(record, served)
            for sentence in made.said:
                told(sentence)
            if made.clip is not None:
                record = ledger.mark_clipped(record, made.clip)
            else:
                record = ledger.mark_with_stills(record, made.stills)
        if record.stills:
            footage.require_scores(record.stills, self.order.wishes)
        elif record.clip is not None:
            self.order.wishes.require_score(record.clip.segment)
        for warning in footage.warnings_of(record, self.model, served=served):
            told(warning)
        return record

    def _will_do(self, record: Registration) -> bool:
        """Whether what an earlier run made is there, and is what the order asks for now."""
        if record.stills:
            intact = all(map(footage.still_intact, record.stills))
            return intact and self._way_before_a_look() != "video"
        clip, order = record.clip, self.order
        if clip is None:
            return False
        subject, shows_face = said_subject(order.wishes), clip.segment.shows_face
        way = way_in(self.model, asked=order.reference, subject=subject, shows_face=shows_face).way
        is_silent = not clip.has_audio or sound_for(order.wishes, self.model) == "keep"
        return way == "video" and is_silent and footage.intact(clip)

    def _planned_again(self, record: Registration) -> Registration:
        if record.state == "planned":
            return record
        note = "what was made for it is gone, or is not what the model gets"
        return self.session.registry.registrations.mark_back(record, "planned", note=note)

    def _made(self, record: Registration, served: frozenset[str]) -> Ready:
        session = self.session
        if self.making is None:
            require_here(self.order)
        try:
            return (self.making or ready)(
                self.order,
                self.model,
                self.source,
                home=session.settings.home,
                draft=record.identity[:32],
                watcher=session.watcher,
                served=served,
            )
        except (FootageError, PickError, SubjectRefused) as error:
            if not error.retryable:  # another run may want to know before it looks again
                session.registry.registrations.record_error(record, error)
            raise

    def _submitted(self, record: Registration, *, price_usd: float) -> Registration:
        from screentest.client.characters.sending import clip_sent, stills_sent
        from screentest.client.tasks.submit import submit

        order = self.order
        if record.stills:
            record, stills = stills_sent(record, self.session)
            body = self._paid.body(name=order.name, description=order.description, stills=stills)
        else:
            record, url = clip_sent(record, self.session)
            body = self._paid.body(name=order.name, description=order.description, video=url)
        ledger = self.session.registry.registrations
        with stage(self.session.watcher, "submit") as under_way:
            while True:
                self.pace.wait_for_turn()
                try:
                    record = submit(
                        record,
                        body=body,
                        cost_usd=price_usd,
                        ledger=ledger,
                        service=self.session.service,
                        webhook=order.webhook,
                        key_hash=self.session.settings.key_hash,
                    )
                    break
                except RateLimited:  # nothing was accepted, and the row is ready again
                    if not self.pace.slowed():
                        raise
                    record = ledger.find_row(record.row_id)
            under_way.summary = f"task {record.task_id}, USD {price_usd:g}"
        return record
