"""Videos that were asked for on a page: priced, agreed to, made in the background, compared."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from screentest.client.batch.outcome import Reason, reason_of
from screentest.client.errors import PromptProblem, ReplyLost, UnsettledSubmit, WaitTimeout
from screentest.client.registry.videos import Video
from screentest.client.studio.library.offers import NOTHING, SAID, Offer, stamp_of, standing
from screentest.client.studio.library.telling import Telling
from screentest.client.tasks.session import Session
from screentest.client.videos.likeness import compared
from screentest.client.videos.make import Quote, make, quote
from screentest.client.videos.out import file_name
from screentest.client.videos.plan import VideoOrder, planned
from screentest.prep.core.errors import NotFound, ScreentestError
from screentest.prep.core.files import private_folder

State = Literal["asking", "offered", "making", "made", "refused"]
_UNSETTLED = frozenset(error.__name__ for error in (ReplyLost, UnsettledSubmit, WaitTimeout))
_MOST = 200
"""Drafts that a studio remembers; those that nothing is done about any more go first."""


@dataclass(frozen=True, slots=True)
class Draft:
    """One video on a page. ``stage``, ``fraction``: how far it is. ``said``: why it is offered anew.
    ``proposed``: the prompt with the names that were missing. ``video``: once it is made.
    """

    key: str
    order: VideoOrder
    state: State = "asking"
    stage: str = ""
    fraction: float = 0.0
    offer: Offer | None = None
    said: str = ""
    refusal: Reason | None = None
    proposed: str = ""
    video: Video | None = None
    submitted: bool = False

    @property
    def is_busy(self) -> bool:
        return self.state in ("asking", "making")

    @property
    def is_unsettled(self) -> bool:
        """Whether it ended with a submit that may have been accepted."""
        return self.refusal is not None and self.refusal.error_type in _UNSETTLED


@dataclass(slots=True)
class Drafts:
    """``folder``: where videos go. ``opened``: a session whose watcher is given; ``run``: has something
    done in a thread; ``pause``: sleeps, and raises Cancelled where the studio closes; ``tell``: says
    that a draft changed.
    """

    folder: Path
    opened: Callable[[Telling], AbstractContextManager[Session]]
    run: Callable[[Callable[[], None]], None]
    pause: Callable[[float], None]
    tell: Callable[[str], None]
    _drafts: dict[str, Draft] = field(default_factory=dict)
    _under_way: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def find(self, key: str) -> Draft:
        """Raises NotFound."""
        with self._lock:
            if key in self._drafts:
                return self._drafts[key]
        raise NotFound("The studio was started anew since.", "Ask for the price again.")

    def making(self, asked_by: str) -> tuple[Draft, ...]:
        """Those of a character that are being made, the newest first."""
        with self._lock:
            drafts = [one for one in self._drafts.values() if asked_by in one.order.characters]
        return tuple(one for one in reversed(drafts) if one.state == "making")

    def begin(self, order: VideoOrder) -> Draft:
        """A draft whose price is asked. ``order``: without a file; its own is chosen here."""
        draft = self._draft(order)
        key = draft.key
        with self._lock:
            self._drafts[key] = draft
            for old in [one.key for one in self._drafts.values() if not one.is_busy][:-_MOST]:
                del self._drafts[old]
        self.run(lambda: self._ask(key))
        return draft

    def _draft(self, order: VideoOrder) -> Draft:
        while True:
            key = secrets.token_hex(8)
            out = self.folder / file_name(order.prompt, key)
            if not out.exists():
                return Draft(key, replace(order, out=out))

    def agree(self, key: str) -> Draft:
        """The draft, made from now on where it was offered; what is under way stays as it is."""
        self.find(key)
        with self._lock:
            draft = self._drafts[key]
            if draft.state != "offered":
                return draft
            draft = self._drafts[key] = replace(draft, state="making", stage="starting", said="")
        self.run(lambda: self._make(key))
        return draft

    # In threads

    def _ask(self, key: str) -> None:
        with self._told(key), self._open(key) as session:
            _, offer = self._priced(self.find(key).order, session)
            self._change(key, state="offered", offer=offer)

    def _make(self, key: str) -> None:
        with self._told(key), self._open(key) as session:
            draft = self.find(key)
            quoted, offer = self._priced(draft.order, session)
            with self._ordering(draft.offer or NOTHING, offer, session) as ruled:
                if ruled:
                    self._change(key, state="offered", offer=ruled[0], said=ruled[1])
                    return
                private_folder(self.folder)
                made = make(quoted, session)
            video = compared(made.record, session)
            self._change(key, state="made", video=video, submitted=made.submitted)

    def _priced(self, order: VideoOrder, session: Session) -> tuple[Quote, Offer]:
        quoted = quote(planned(order, session.registry, session.settings), session)
        return quoted, offer_of(quoted, session)

    @contextmanager
    def _ordering(
        self, agreed: Offer, now: Offer, session: Session
    ) -> Iterator[tuple[Offer, str] | None]:
        """None where the order may be made, which nobody else here makes meanwhile; else what is
        offered now, and why.
        """
        with self._lock:
            is_taken = now.identity in self._under_way
            now = replace(now, stamp=stamp_of(now.identity, session.registry.videos.list_all()))
            ruling = "spent" if is_taken else standing(agreed, now)
            if ruling == "stands":
                self._under_way.add(now.identity)
        if ruling != "stands":
            yield now, SAID[ruling]
            return
        try:
            yield None
        finally:
            with self._lock:
                self._under_way.discard(now.identity)

    def _open(self, key: str) -> AbstractContextManager[Session]:
        def told(stage: str, fraction: float) -> None:
            self._change(key, stage=stage, fraction=fraction)

        return self.opened(Telling(told, self.pause))

    @contextmanager
    def _told(self, key: str) -> Iterator[None]:
        """Whatever ends the block is told by the draft."""
        try:
            yield
        except PromptProblem as problem:
            (better,) = problem.remedies[0].values
            self._refuse(key, problem, proposed=better)
        except ScreentestError as error:
            self._refuse(key, error)
        except Exception as error:  # a bug must not leave the draft under way for ever
            words = "Something went wrong inside the studio."
            self._change(key, state="refused", refusal=Reason(type(error).__name__, words))

    def _refuse(self, key: str, error: ScreentestError, *, proposed: str = "") -> None:
        self._change(key, state="refused", refusal=reason_of(error), proposed=proposed)

    def _change(self, key: str, **changes: Any) -> None:
        with self._lock:
            self._drafts[key] = replace(self._drafts[key], **changes)
        self.tell(key)


def offer_of(quoted: Quote, session: Session) -> Offer:
    """What is offered: the price, what it is for, and what is recorded of the same order."""
    videos, identity = session.registry.videos, quoted.wish.identity
    plan = quoted.plan
    size = f" at {plan.size}" if plan.size else ""
    with_ = f" and {plan.billed_reference_s} s of reference" if plan.reference_s else ""
    return Offer(
        identity,
        stamp_of(identity, videos.list_all()),
        quoted.wish.cost_usd,
        f"{plan.order.duration_s} s of video{with_}{size} from {plan.model.model_id}",
        is_paid=quoted.resumes,
        takes=len(videos.list_done(identity)),
    )
