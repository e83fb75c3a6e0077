"""Characters and videos as one suite sees them: rows to begin with, and a service that is scripted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

from screentest.client.characters.task import CHARACTER
from screentest.client.config import Secret, Settings
from screentest.client.registry.identity import Wish
from screentest.client.registry.ledger import Ledger
from screentest.client.registry.registry import Registry
from screentest.client.registry.videos import Video, VideoWish
from screentest.client.remote.character_models import SORA_2_CHARACTERS, Polled
from screentest.client.remote.replies import Prediction
from screentest.client.remote.wavespeed import Listing
from screentest.client.tasks.finish import finish
from screentest.client.tasks.kind import Kind
from screentest.client.tasks.recover import (
    Settled,
    reconcile,
)
from screentest.client.tasks.session import Clocks, Session
from screentest.client.tasks.settle import settle
from screentest.client.tasks.submit import submit
from screentest.client.videos.task import video_to
from screentest.prep.core.errors import ScreentestError
from screentest.prep.core.values import Clip, Segment

START = datetime(2026, 2, 1, tzinfo=UTC)
SETTINGS = Settings(
    Path("/home"), "https://s/api/v3", Secret("k"), "b", sandbox=False, keep_objects=True
)
VIDEO_MODEL = "openai/sora-2/text-to-video"
CLIP = Clip(
    path="/home/clips/ab.mp4",
    sha256="ab" * 32,
    bytes=10,
    segment=Segment(8.0, 4.0, 0.9, "face", ("Best.",), ()),
    model=SORA_2_CHARACTERS.model_id,
    width_px=1280,
    height_px=720,
    fps=Fraction(30),
    frames=120,
    has_audio=True,
    upscaled=False,
)

Row = Any
"""A row of either kind: what one suite does with both is what no type of one kind says."""


@dataclass(frozen=True, slots=True)
class Both:
    """One kind of paid task. ``planned``, ``ready``: a row of that name or prompt, at that state."""

    kind: Kind[Row]
    model_id: str
    price_usd: float
    planned: Callable[[Registry, str, Settings], Row]
    ready: Callable[[Registry, str, Settings], Row]
    done: Callable[[Registry, Row], Row]

    def ledger(self, registry: Registry) -> Ledger[Row]:
        return self.kind.ledger(registry)

    def begun(self, registry: Registry, name: str = "Joe", settings: Settings = SETTINGS) -> Row:
        """A row that may be submitted."""
        return self.ready(registry, name, settings)

    def submitting(self, registry: Registry, name: str = "Joe", settings: Settings = SETTINGS) -> Row:
        """A row as a run leaves it that was killed while it submitted."""
        row = self.begun(registry, name, settings)
        return self.ledger(registry).mark_submitting(row, served_at=registry.now())

    def lost(self, registry: Registry, name: str = "Joe", settings: Settings = SETTINGS) -> Row:
        """A row whose reply was lost."""
        row = self.submitting(registry, name, settings)
        return self.ledger(registry).mark_unknown(row, RuntimeError("lost"))

    def submitted(self, registry: Registry, name: str = "Joe", task_id: str = "task-1") -> Row:
        """A row whose task the service has."""
        row = self.submitting(registry, name)
        return self.ledger(registry).mark_submitted(row, task_id=task_id, cost_usd=self.price_usd)


def _character_planned(registry: Registry, name: str, settings: Settings) -> Row:
    model = SORA_2_CHARACTERS.model_id
    wish = Wish(settings.service, settings.account, model, name, "/raw.mov", "f00d", {})
    return registry.registrations.record_wish(wish)


def _character_ready(registry: Registry, name: str, settings: Settings) -> Row:
    ledger = registry.registrations
    row = ledger.mark_clipped(_character_planned(registry, name, settings), CLIP)
    return ledger.mark_uploaded(row, bucket="b", key="clips/ab.mp4")


def _video_planned(registry: Registry, prompt: str, settings: Settings) -> Row:
    inputs = {"prompt": prompt, "duration": 4}
    wish = VideoWish(settings.service, settings.account, VIDEO_MODEL, prompt, inputs, 0.4)
    return registry.videos.record_wish(wish)


def _video_done(registry: Registry, row: Row) -> Row:
    return registry.videos.mark_done(row, path="/out.mp4", sha256="cd" * 32, has_nsfw=False)


def _kept_without_download(row: Video, _: Prediction, session: Session) -> Video:
    return _video_done(session.registry, row)  # type: ignore[no-any-return]


REGISTRATIONS = Both(
    kind=CHARACTER,
    model_id=SORA_2_CHARACTERS.model_id,
    price_usd=SORA_2_CHARACTERS.price_usd,
    planned=_character_planned,
    ready=_character_ready,
    done=lambda registry, row: registry.registrations.mark_done(row, character_id="char_1"),
)
VIDEOS = Both(
    kind=replace(video_to(Path("/out.mp4")), keep=_kept_without_download),
    model_id=VIDEO_MODEL,
    price_usd=0.4,
    planned=_video_planned,
    ready=_video_planned,
    done=_video_done,
)
BOTH = [REGISTRATIONS, VIDEOS]
NAMES = ["characters", "videos"]


@dataclass(slots=True)
class Scripted:
    """A service that says what a test tells it to.

    ``listed``: its list of tasks. ``ends``: how a task is when it has ended, by its id. ``refusal``:
    what a submit raises; ``seen``: what is done while one is under way. ``ahead``: its clock less
    ours, None where it does not tell its own. ``posts``, ``lists`` and ``asked``: how it was asked.
    """

    now: datetime = START
    listed: list[Prediction] = field(default_factory=list)
    ends: dict[str, Prediction | ScreentestError] = field(default_factory=dict)
    refusal: BaseException | None = None
    seen: Callable[[], None] = lambda: None
    ahead: timedelta | None = timedelta(0)
    posts: list[Mapping[str, object]] = field(default_factory=list)
    lists: list[datetime] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def submit(self, model_id: str, inputs: Mapping[str, object], *, webhook: str) -> Prediction:
        self.posts.append({"model": model_id, "webhook": webhook, **inputs})
        self.seen()
        if self.refusal:
            raise self.refusal
        return Prediction(f"task-{len(self.posts)}", model_id, "created")

    def list_predictions(self, *, model_id: str, since: datetime) -> Listing:
        self.lists.append(since)
        recent = [task for task in self.listed if task.created_at is None or task.created_at >= since]
        return Listing(tuple(task for task in recent if task.model in ("", model_id)), self.served_at())

    def served_at(self) -> datetime | None:
        return None if self.ahead is None else self.now + self.ahead

    def wait(self, task_id: str, *, model: Polled, **_: object) -> Prediction:
        assert model.poll_interval_s(0) > 0
        return self.result(task_id)

    def result(self, task_id: str) -> Prediction:
        self.asked.append(task_id)
        known = {task.task_id: task for task in self.listed}
        found = self.ends.get(task_id) or known[task_id]
        if isinstance(found, ScreentestError):
            raise found
        return found

    def clock(self) -> float:
        return (self.now - START).total_seconds()

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def session_of(registry: Registry, service: Scripted, home: Path, **said: Any) -> Session:
    """A session over the registry and the scripted service, whose clock is the service's ``now``."""
    clocks = Clocks(service.clock, service.sleep, lambda: service.now)
    chosen = replace(SETTINGS, home=home, **said)
    return Session(chosen, registry, service, clocks=clocks)  # type: ignore[arg-type]


def task(
    task_id: str,
    *,
    model: str = "",
    name: str | None = None,
    status: str = "completed",
    at: datetime | None = START,
    inputs: Mapping[str, object] | None = None,
) -> Prediction:
    """A task as the service shows it; ``name``: of the character that it made."""
    outputs = ({"id": f"char_{task_id}", "name": name},) if name else (f"char_{task_id}",)
    shown = outputs if status == "completed" else ()
    return Prediction(task_id, model, status, shown, created_at=at, inputs=inputs)


def own(row: Row, task_id: str = "t1", **said: Any) -> Prediction:
    """A task that tells whose it is: by its name, or by the inputs that a video was asked for with."""
    return task(task_id, name=row.name or None, inputs=getattr(row, "inputs", None), **said)


def now(both: Both, row: Row, session: Session) -> Row:
    return both.ledger(session.registry).find_row(row.row_id)


def submitted(both: Both, row: Row, session: Session) -> Row:
    return submit(
        row,
        body={"prompt": "Joe"},
        cost_usd=both.price_usd,
        ledger=both.ledger(session.registry),
        service=session.service,
        webhook="https://w",
    )


def settled(both: Both, row: Row, session: Session) -> Row:
    return settle(row, kind=both.kind, session=session)


def finished(both: Both, row: Row, session: Session) -> Row:
    return finish(row, kind=both.kind, session=session)


def reconciled(both: Both, row: Row, session: Session, *, wait: bool = True) -> Settled[Row]:
    [one] = reconcile([row], kind=both.kind, session=session, wait=wait)
    return one
