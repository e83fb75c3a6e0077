"""Making a video that was planned: submitted once, waited for, downloaded, recorded."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from screentest.client.errors import (
    BadReply,
    ConfigError,
    RegistryError,
    Rejected,
    ReplyLost,
    StorageError,
    UnsettledSubmit,
)
from screentest.client.registry.locks import locked
from screentest.client.registry.videos import VideoLedger, VideoRecord, VideoWish
from screentest.client.remote.http import Http, Request
from screentest.client.remote.prices import quoted_usd
from screentest.client.remote.replies import Prediction, task_error
from screentest.client.remote.storage import Bucket
from screentest.client.tasks.proof import proven
from screentest.client.tasks.session import Session
from screentest.client.tasks.settle import Adopt, Leave, Return, decide, unclaimed
from screentest.client.tasks.submit import NOT_ABOUT_THE_CLIP
from screentest.client.videos.plan import VideoPlan
from screentest.prep.core.files import sha256_of
from screentest.prep.core.progress import stage

IMAGES = "images"
"""Where first frames lie in the registry's folder of the bucket."""


@dataclass(frozen=True, slots=True)
class Made:
    """A video on disk. ``submitted``: whether this run was the one that paid for it."""

    record: VideoRecord
    submitted: bool


@dataclass(frozen=True, slots=True)
class Quote:
    """A plan with the price the service asks. ``resumes``: it was paid for by an earlier run."""

    plan: VideoPlan
    wish: VideoWish
    resumes: bool
    image_sha256: str = field(default="", repr=False)


def quote(plan: VideoPlan, session: Session) -> Quote:
    """What the video costs, asked of the service; raises CostTooHigh. Nothing is spent."""
    order = plan.order
    usd = quoted_usd(
        session.service,
        plan.model.model_id,
        inputs=plan.inputs(image="https://example.invalid/image.png" if order.image else ""),
        listed_usd=plan.cost_usd,
        max_cost_usd=order.max_cost_usd,
    )
    image = order.image if _is_url(order.image) else _sha256(order.image) if order.image else ""
    wish = VideoWish(
        service=session.settings.service,
        account=session.settings.account,
        model=plan.model.model_id,
        prompt=order.prompt,
        # A URL's query may be a signature: it is never recorded.
        inputs=plan.inputs(image=image.partition("?")[0]),
        cost_usd=usd,
    )
    under_way = VideoLedger(session.registry).under_way(wish)
    paid = under_way is not None and under_way.state == "submitted"
    return Quote(plan, wish, paid, "" if _is_url(order.image) else image)


def make(quoted: Quote, session: Session) -> Made:
    """The video, downloaded to the order's ``out`` and recorded.

    The same order goes on with a video that an earlier run paid for and did not fetch. Raises a
    ScreentestError with the way out; a submit whose reply was lost is looked for and never sent
    again blindly.
    """
    ledger = VideoLedger(session.registry)
    with locked(session.settings.home / "locks", quoted.wish.identity, what="this video"):
        record = ledger.plan(quoted.wish)
        if record.state in ("submitting", "unknown"):
            record = _settled(record, ledger, session)
        submits = record.state == "planned"
        if submits:
            record = _submitted(record, quoted, ledger, session)
        record = _fetched(record, quoted.plan, ledger, session)
        _tidy(quoted, session)
        return Made(record, submits)


def _submitted(
    record: VideoRecord, quoted: Quote, ledger: VideoLedger, session: Session
) -> VideoRecord:
    plan = quoted.plan
    inputs = plan.inputs(image=_image_url(quoted, session))
    with stage(session.watcher, "submit") as under_way:
        record = ledger.submitting(record)
        try:
            task = session.service.submit(plan.model.model_id, inputs, webhook=plan.order.webhook)
        except NOT_ABOUT_THE_CLIP:
            ledger.returned(record)
            raise
        except Rejected as error:
            ledger.failed(record, error)
            raise
        except ReplyLost as error:
            _mark_unknown(record, error, ledger)
            raise ReplyLost(
                f"{error.message.rstrip('.')}: the video may or may not have been accepted.",
                "Run the same command again: it looks for the task and never pays twice blindly.",
            ) from error
        except BaseException:
            lost = ReplyLost("The run was interrupted while it submitted.")
            _mark_unknown(record, lost, ledger)
            raise
        record = ledger.submitted(record, task_id=task.task_id)
        under_way.summary = f"task {task.task_id}, USD {record.cost_usd:g}"
    return record


def _mark_unknown(record: VideoRecord, error: Exception, ledger: VideoLedger) -> None:
    with suppress(RegistryError):
        ledger.unknown(record, error)


def _settled(record: VideoRecord, ledger: VideoLedger, session: Session) -> VideoRecord:
    if record.state == "submitting":
        record = ledger.unknown(record, ReplyLost("The run ended while it submitted."))
    since = record.submitting_at or record.created_at
    decision = decide(
        "",
        candidates=unclaimed(since, model_id=record.model, session=session),
        rivals={str(rival.video_id) for rival in ledger.rivals(record)},
        waited_s=(session.clocks.now() - since).total_seconds(),
        settle_after_s=session.settings.settle_after_s,
    )
    match decision:
        case Adopt(task_id, _):
            return ledger.submitted(record, task_id=task_id)
        case Return(_):
            return ledger.returned(record)
        case Leave(reason, hint):
            raise UnsettledSubmit(f"Whether the video was accepted is open: {reason}", hint)


def _fetched(
    record: VideoRecord, plan: VideoPlan, ledger: VideoLedger, session: Session
) -> VideoRecord:
    with stage(session.watcher, "wait") as under_way:
        task = session.service.wait(
            record.task_id or "",
            model=plan.model,
            deadline_s=session.settings.wait_s,
            clock=session.clocks.clock,
            sleep=session.clocks.sleep,
        )
        under_way.summary = task.status
    if not task.completed:
        error = task_error(task)
        ledger.failed(record, error)
        raise error
    out = plan.order.out
    with (
        stage(session.watcher, "download") as under_way,
        Http(clock=session.clocks.clock, sleep=session.clocks.sleep) as http,
    ):
        sha256 = _downloaded(_url_of(task), out, http, under_way.advance)
        under_way.summary = str(out)
    return ledger.finished(record, path=str(out), sha256=sha256, has_nsfw=task.has_nsfw)


def _downloaded(url: str, out: Path, http: Http, progress: object) -> str:
    report = progress if callable(progress) else None
    try:
        return http.fetch(Request("GET", url), out, progress=report)
    except OSError as error:
        raise ConfigError(
            f"{out} cannot be written: {error.strerror}.",
            "The video is paid for: run the same command again with another -o.",
        ) from None


def _url_of(task: Prediction) -> str:
    for output in _flat(task.outputs):
        if isinstance(output, str) and output.startswith(("https://", "http://")):
            return output
    raise BadReply(
        f"Task {task.task_id} is completed, but its outputs hold no URL.",
        "Look the task up at the service.",
        task_id=task.task_id,
    )


def _flat(value: object) -> list[object]:
    if isinstance(value, list | tuple):
        return [one for item in value for one in _flat(item)]
    return [value.get("url"), value.get("video")] if isinstance(value, Mapping) else [value]


def _image_url(quoted: Quote, session: Session) -> str:
    image = quoted.plan.order.image
    if not image or _is_url(image):
        return image
    path, sha256 = Path(image), quoted.image_sha256
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    clocks, settings = session.clocks, session.settings
    key = _image_key(quoted, session)
    with Bucket(settings) as bucket, Http(clock=clocks.clock, sleep=clocks.sleep) as http:
        with stage(session.watcher, "upload") as under_way:
            bucket.put(path, sha256=sha256, key=key, content_type=kind, progress=under_way.advance)
            under_way.summary = f"{settings.bucket}/{key}"
        return proven(key, path, what="image", bucket=bucket, http=http, session=session).url


def _image_key(quoted: Quote, session: Session) -> str:
    """A key of this very order, whose lock is held: nobody else's video needs the object."""
    suffix = Path(quoted.plan.order.image).suffix.lower()
    return f"{session.registry.folder}/{IMAGES}/{quoted.wish.identity[:32]}{suffix}"


def _tidy(quoted: Quote, session: Session) -> None:
    """The video is there: its first frame need not stay in the bucket."""
    if not quoted.image_sha256 or session.settings.keep_objects:
        return
    try:
        with Bucket(session.settings) as bucket:
            bucket.delete(_image_key(quoted, session))
    except StorageError as error:
        session.watcher.warned(f"The image stays in the bucket: {error.message}")


def _is_url(image: str) -> bool:
    return image.startswith(("https://", "http://"))


def _sha256(image: str) -> str:
    try:
        return sha256_of(Path(image))
    except OSError as error:
        raise ConfigError(
            f"The image {image} cannot be read: {error.strerror}.", "Give a path or a URL."
        ) from None
